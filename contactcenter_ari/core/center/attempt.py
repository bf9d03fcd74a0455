"""One attempt to keep a promise: from the place in line to the end of the call to the customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.callback import CANCELLED, LATER, QUESTION, Promise
from contactcenter_ari.core.center.catalog import Catalog
from contactcenter_ari.core.flow.flow import ACCEPTED, Flow
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import OUTBOUND, Party
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.promise import AttemptResult, CallbackResult
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

RING_LIMIT = timedelta(seconds=30)
CHOICES = {LATER: AttemptResult.LATER, CANCELLED: AttemptResult.CANCELLED}
"""What comes of an attempt by the sections that lead there; the customer pressed a key."""
ENDS = {
    AttemptResult.CANCELLED: CallbackResult.CANCELLED,
    AttemptResult.REACHED: CallbackResult.REACHED,
}
CALLED_BACK = "Callback"
"""The name on the agent's display."""


@dataclass(slots=True)
class Attempt:
    """The call to the customer, not begun before somebody's phone rings for it. It is `placed`
    while its `place` in line is taken. `result` is what came of it, `agent` who waits for the
    customer, with what he hears as `briefing`,
    `bridge` where they are being joined and
    `recording` what is written down of that.
    """

    promise: Promise
    interaction: Interaction
    call: Call
    place: Waiting
    answered_at: datetime | None = None
    result: AttemptResult | None = None
    placed: bool = False
    over: bool = False
    agent: Agent | None = None
    briefing: Call | None = None
    bridge: BridgeId | None = None
    recording: RecordingId | None = None

    def __repr__(self) -> str:
        """Tell for which promise."""
        return f"<Attempt of {self.promise!r}>"

    @property
    def leg(self) -> LegId:
        """The customer's."""
        return self.interaction.leg

    @property
    def is_ours(self) -> bool:
        """Whether nobody was reached through a fault of ours: such an attempt does not count."""
        return self.answered_at is None and self.interaction.failed

    def fail(self, result: AttemptResult) -> None:
        """The customer's phone was not picked up."""
        self.result = result
        self.interaction.unreached = True
        self.interaction.ended_by = Party.SYSTEM

    @property
    def chosen(self) -> AttemptResult | None:
        """What the customer has chosen by key; whoever hung up on the question was reached."""
        entered = self.call.run.entries
        for section, result in CHOICES.items():
            if section in entered:
                return result
        asked = QUESTION in entered and ACCEPTED not in entered
        hung_up = self.interaction.ended_by is None and not self.interaction.failed
        return AttemptResult.REACHED if asked and hung_up else None

    def abandon(self, turn: Turn) -> None:
        """The customer will not be dialed; an agent may have been rung for it all the same."""
        if self.interaction.begun:
            self.fail(AttemptResult.FAILED)
            self.interaction.end(
                by=Party.SYSTEM, language=self.interaction.language, status="", tags={}, turn=turn
            )

    def dial(self, originator: LegId, turn: Turn) -> None:
        """Ring the customer's phone; `originator` is the agent's leg, if he is there already."""
        self.interaction.begin(turn)
        self.call.arrived_at = turn.now
        turn.clockwork.wake(Wake.CALLBACK, self.promise.id, turn.now + RING_LIMIT)
        turn.do(
            DialOutside(
                call=self.call.run.call,
                leg=self.leg,
                number=self.promise.number,
                caller_number=self.interaction.caller_number,
                originator=originator,
                ring_limit=RING_LIMIT,
            )
        )


def prepare(
    promise: Promise, catalog: Catalog, turn: Turn, *, known_by: tuple[str, ...]
) -> Attempt:
    """The next attempt, of which nobody knows yet, to a customer who is `known_by` this."""
    flow = catalog.flow(promise.flow)
    interaction = Interaction(
        interaction=InteractionId(turn.clockwork.mint()),
        leg=LegId(turn.clockwork.mint()),
        called_number=promise.number,
        caller_number=_own_number(flow),
        caller_name="",
        flow=promise.flow,
        flow_version=flow.version if flow is not None else "",
        language=promise.language,
        now=turn.now,
        direction=OUTBOUND,
    )
    run = FlowRun(
        call=CallId(interaction.id),
        interaction=interaction.id,
        leg=interaction.leg,
        language=promise.language,
        caller_number=promise.number,
        called_number=interaction.caller_number,
        answered=True,  # by the customer, before the run begins
    )
    flow_back = catalog.calling_back(promise.queue)
    call = Call(run, flow_back, turn.now, interaction=interaction, known_by=known_by)
    call.attempt = Attempt(promise, interaction, call, _place(promise, interaction, turn))
    return call.attempt


def _own_number(flow: Flow | None) -> str:
    """What the customer sees: the first number of the flow that can be called from outside."""
    numbers = flow.numbers if flow is not None else ()
    return next(filter(is_e164, numbers), numbers[0] if numbers else "")


def _place(promise: Promise, interaction: Interaction, turn: Turn) -> Waiting:
    """The place in line that is kept for the customer."""
    return Waiting(
        interaction=interaction.id,
        queue=promise.queue,
        leg=LegId(""),
        caller_number=promise.number,
        caller_name=CALLED_BACK,
        joined_at=turn.now,
        ranked_since=promise.since,
        priority=promise.rank_priority,
        head_start=promise.head_start,
        arrival=promise.arrival,
        skills=promise.skills,
        callback=promise.id,
        prepared=interaction,
    )


def ends_as(attempt: Attempt) -> CallbackResult | None:
    """How the promise is over after an attempt, if the customer has decided that."""
    return ENDS.get(attempt.result) if attempt.result is not None else None


def take_over(waiting: Waiting, promise: Promise, *, kept: bool) -> None:
    """Let a caller wait at the promised place, which may have been `kept` in the line."""
    waiting.ranked_since, waiting.arrival, waiting.kept = promise.since, promise.arrival, kept
    waiting.rerank(promise.rank_priority, promise.head_start)
