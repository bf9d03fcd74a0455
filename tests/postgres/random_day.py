"""Random interactions and agents around an hour that is reported on."""

import random
from datetime import UTC, datetime, timedelta

from contactcenter_ari.core.kpi.occupancy import (
    StateStretch,
)
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    AgentStateChanged,
    EndReason,
    Event,
    InteractionEnded,
    Party,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    SegmentId,
)

SINCE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=1)


class Day:
    """Random interactions and agents around the hour that is reported on."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 a seed, so that a failure repeats
        self.number = 0
        self.interactions: list[InteractionEnded] = []
        self.segments: list[SegmentEnded] = []
        self.moves: list[AgentStateChanged] = []
        for index in range(300):
            self._interaction(f"i-{index}")
        for agent in ("101", "102", "103", "104"):
            self._agent(agent)

    @property
    def events(self) -> list[Event]:
        """All of it, shuffled."""
        events: list[Event] = [*self.interactions, *self.segments, *self.moves]
        self.random.shuffle(events)
        return events

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _span(self, mean: float) -> timedelta:
        return timedelta(microseconds=int(self.random.expovariate(1 / mean) * 1e6))

    def _interaction(self, name: str) -> None:
        began = SINCE + timedelta(seconds=self.random.uniform(-600, 4200))
        end = self._stays(InteractionId(name), began)
        ended = InteractionEnded(
            number=self._next(),
            at=end,
            interaction=InteractionId(name),
            node="n1",
            channel="voice",
            direction=self.random.choice(["inbound", "inbound", "inbound", "outbound"]),
            started_at=began,
            called_number="+31201234567",
            caller_number="+31611112222",
            caller_name="",
            caller_status="standard",
            flow=self.random.choice(["insurance", "night"]),
            flow_version="1",
            language="en",
            tags={},
            queue="",
            agent="",
            reason=self.random.choice(list(EndReason)),
            ended_by=Party.CALLER,
        )
        self.interactions.append(ended)

    def _stays(self, name: InteractionId, began: datetime) -> datetime:
        now = began + self._span(20)
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            queue = self.random.choice(["sales", "claims", "vip", "@101"])
            result = self.random.choice([*QueueExit, *[QueueExit.ANSWERED] * 8])
            now = self._segment(name, SegmentKind.QUEUE, now, 25, queue=queue, result=result)
            if result is QueueExit.ANSWERED:
                now = self._talks(name, now, queue)
        if self.random.random() < 0.1:  # nobody waited, as for a callback that begins at the agent
            now = self._talks(name, now, self.random.choice(["sales", "callbacks"]))
        if self.random.random() < 0.1:
            now = self._segment(name, SegmentKind.TALK, now, 60)  # with an outside line
        return now

    def _talks(self, name: InteractionId, now: datetime, queue: str) -> datetime:
        """A talk, which may go on with a second agent."""
        first, second, _ = self.random.sample(["101", "102", "105"], 3)
        for agent in self.random.choice([(first,), (first,), (first, second), (first, first)]):
            who = {"queue": queue, "agent": agent}
            now = self._segment(name, SegmentKind.TALK, now, 180, **who)
            if self.random.random() < 0.9:
                self._segment(name, SegmentKind.WRAP_UP, now, 15, **who)
        return now

    def _segment(
        self, name: InteractionId, kind: SegmentKind, began: datetime, mean: float, **more: str
    ) -> datetime:
        ended = SegmentEnded(
            number=self._next(),
            at=began + self._span(mean),
            interaction=name,
            segment=SegmentId(f"s-{self.number}"),
            kind=kind,
            started_at=began,
            **more,  # type: ignore[arg-type]  # queue, agent and result are all text
        )
        self.segments.append(ended)
        return ended.at

    def _agent(self, agent: str) -> None:
        now = SINCE - timedelta(seconds=self.random.uniform(0, 900))
        before = AgentState.LOGGED_OUT
        while now < UNTIL + timedelta(minutes=10):
            after = self.random.choice([state for state in AgentState if state is not before])
            move = AgentStateChanged(
                number=self._next(),
                at=now,
                agent=AgentId(agent),
                before=before,
                before_reason="",
                since=now,
                after=after,
                reason="",
                by="phone",
            )
            self.moves.append(move)
            before = after
            now += self._span(120) if self.random.random() < 0.9 else timedelta()

    def stays(self, queue: str) -> list[SegmentEnded]:
        """The stays in a queue that began in the hour, without those of customers called back."""
        called = {one.interaction for one in self.interactions if one.direction == "outbound"}
        return [
            segment
            for segment in self.segments
            if segment.interaction not in called
            and segment.kind is SegmentKind.QUEUE
            and segment.queue == queue
            and SINCE <= segment.started_at < UNTIL
        ]

    def stretches(self, agent: str) -> list[StateStretch]:
        """The states of an agent, one after the other."""
        moves = [move for move in self.moves if move.agent == agent]
        ends = [*[move.at for move in moves[1:]], None]
        return [StateStretch(move.after, move.at, end) for move, end in zip(moves, ends)]  # noqa: B905  # without moves there is no end
