"""One interaction: its states, its stretches of time, and why it ended."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contactcenter_ari.core.move import move
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import (
    INBOUND,
    EndReason,
    InteractionEnded,
    InteractionStarted,
    Party,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    QueueName,
    SegmentId,
)


class InteractionState(StrEnum):
    """The state of an interaction; it is in exactly one."""

    IN_FLOW = "in_flow"
    QUEUED = "queued"
    TALKING = "talking"
    ENDED = "ended"


IN_FLOW = InteractionState.IN_FLOW
QUEUED = InteractionState.QUEUED
TALKING = InteractionState.TALKING
ENDED = InteractionState.ENDED

MOVES: dict[InteractionState, tuple[InteractionState, ...]] = {
    IN_FLOW: (QUEUED, TALKING, ENDED),
    QUEUED: (IN_FLOW, TALKING, ENDED),
    TALKING: (IN_FLOW, QUEUED, ENDED),
    ENDED: (),
}
SEGMENTS = {IN_FLOW: SegmentKind.FLOW, TALKING: SegmentKind.TALK}
"""The stretches told here, by the state they are spent in."""


class Unserved(NamedTuple):
    """A stay in a queue that ended without a talk, how long it was, and whether the queue wants
    somebody to look after the caller.
    """

    queue: QueueName
    result: QueueExit
    waited: timedelta
    is_task: bool


class Interaction:
    """One contact of a caller. `queue` and `agent` are the last ones it had, `language` the
    one it began in. `unserved_since` is its beginning, or the end of the last talk; `unserved`
    is the last stay in a queue since then. `released_by` ended the last talk, if the flow went
    on after it. One that is still to be made has not `begun`; a customer we called and did not
    reach is `unreached`. Of one that is `orphaned` no stretches are known. One that is `lost`
    ended because the caller's phone vanished. A `raw` number is as the carrier wrote it.
    """

    def __init__(
        self,
        *,
        interaction: InteractionId,
        leg: LegId,
        called_number: str,
        caller_number: str,
        caller_name: str,
        flow: str,
        flow_version: str,
        language: str,
        now: datetime,
        direction: str = INBOUND,
        called_number_raw: str = "",
        caller_number_raw: str = "",
    ) -> None:
        self.id = interaction
        self.leg = leg
        self.called_number = called_number
        self.caller_number = caller_number
        self.called_number_raw = called_number_raw
        self.caller_number_raw = caller_number_raw
        self.caller_name = caller_name
        self.flow = flow
        self.flow_version = flow_version
        self.language = language
        self.direction = direction
        self.begun = False
        self.started_at = now
        self.unserved_since = now
        self.state = IN_FLOW
        self.since = now
        self.queue = QueueName("")
        self.agent = AgentId("")
        self.unserved: Unserved | None = None
        self.released_by: Party | None = None
        self.talked = False
        self.with_agent = False
        self.turned_away = False
        self.failed = False
        self.abandoned = False
        self.unreached = False
        self.orphaned = False
        self.lost = False
        self.ended_by: Party | None = None

    def __repr__(self) -> str:
        return f"<Interaction {self.id}: {self.state} since {self.since:%H:%M:%S}>"

    def begin(self, turn: Turn) -> None:
        """The interaction has started; the event is made once."""
        if self.begun:
            return
        self.started_at = self.since = self.unserved_since = turn.now
        turn.tell(
            InteractionStarted,
            interaction=self.id,
            leg=self.leg,
            called_number=self.called_number,
            caller_number=self.caller_number,
            called_number_raw=self.called_number_raw,
            caller_number_raw=self.caller_number_raw,
            caller_name=self.caller_name,
            flow=self.flow,
            flow_version=self.flow_version,
            language=self.language,
            direction=self.direction,
        )
        self.begun = True

    def move_to(self, after: InteractionState, turn: Turn) -> None:
        """Make an allowed move; a stretch in the flow or of talk is told as a segment. The
        stretch in a queue is told by distribution, which knows the positions.

        Raises:
            IllegalMove: the state table does not allow it; nothing is changed.
        """
        self._end_stretch(after, turn)
        if self.state is TALKING:
            self.unserved_since = turn.now
        if after is TALKING:
            self.talked, self.unserved = True, None
        if after is not IN_FLOW:
            self.released_by = None
        self.state = after
        self.since = turn.now

    @property
    def is_served(self) -> bool:
        """Whether the caller talked to somebody, and has not waited without being served since."""
        return self.talked and self.unserved is None

    def meet(self, agent: AgentId, queue: QueueName, turn: Turn) -> None:
        """Customer and agent hear each other."""
        self.move_to(TALKING, turn)
        self.queue, self.agent = queue, agent
        self.with_agent = True

    def outlive_caller(self, turn: Turn) -> None:
        """The caller is gone, the flow not yet done: what is left is a stretch in the flow."""
        self.abandoned = self.state is QUEUED
        if self.state is not IN_FLOW:
            self.move_to(IN_FLOW, turn)

    def end(
        self, *, by: Party, language: str, status: str, tags: dict[str, str], turn: Turn
    ) -> None:
        """The caller is gone; `by` unless somebody else was noted before."""
        was = self.state
        self._end_stretch(ENDED, turn)
        turn.tell(
            InteractionEnded,
            interaction=self.id,
            node=turn.clockwork.node,
            channel="voice",
            direction=self.direction,
            started_at=self.started_at,
            called_number=self.called_number,
            caller_number=self.caller_number,
            called_number_raw=self.called_number_raw,
            caller_number_raw=self.caller_number_raw,
            caller_name=self.caller_name,
            caller_status=status,
            flow=self.flow,
            flow_version=self.flow_version,
            language=language,
            tags=tags,
            queue=self.queue,
            agent=self.agent,
            reason=self._reason(was, self.ended_by or by),
            ended_by=self.ended_by or (Party.SYSTEM if self.lost else by),
        )
        self.state = ENDED
        self.since = turn.now

    def _reason(self, was: InteractionState, by: Party) -> EndReason:
        if self.orphaned:
            return EndReason.ORPHANED
        if self.failed:
            return EndReason.SYSTEM_ERROR
        if not self.flow:
            return EndReason.REJECTED
        if self.unreached:
            return EndReason.NOT_REACHED
        if self.talked:
            return EndReason.COMPLETED
        if was is QUEUED or self.abandoned:
            return EndReason.ABANDONED
        if self.turned_away:
            return EndReason.TURNED_AWAY
        return EndReason.LEFT_FLOW if by is Party.CALLER else EndReason.CONTAINED

    def _end_stretch(self, after: InteractionState, turn: Turn) -> None:
        """End a stretch with an allowed move; another raises IllegalMove, and nothing is told."""
        move(MOVES, self.state, after)
        kind = SEGMENTS.get(self.state)
        if kind is None or self.orphaned:
            return
        talk = kind is SegmentKind.TALK
        turn.tell(
            SegmentEnded,
            interaction=self.id,
            segment=SegmentId(turn.clockwork.mint()),
            kind=kind,
            started_at=self.since,
            queue=self.queue if talk and self.with_agent else "",
            agent=self.agent if talk and self.with_agent else "",
        )
