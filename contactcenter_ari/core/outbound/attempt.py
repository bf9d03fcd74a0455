"""One attempt of a callback: from its place in line to the end of the call to the customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.language.flow import ACCEPTED, Flow
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.system_prompt import CANCELLED, LATER, QUESTION
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import CalledBack, Leg, Role
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import AttemptResult, CallbackResult
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import OUTBOUND, Party
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, LegId

RING_LIMIT = timedelta(seconds=30)
CHOICES = {LATER: AttemptResult.LATER, CANCELLED: AttemptResult.CANCELLED}
"""The result of an attempt by the section that the customer chose by key."""
ENDS = {
    AttemptResult.CANCELLED: CallbackResult.CANCELLED,
    AttemptResult.REACHED: CallbackResult.REACHED,
}
CALLED_BACK = "Callback"
"""The name on the agent's display."""


@dataclass(slots=True)
class CallbackAttempt:
    """The call to the customer, not begun before a phone rings for it. It is `placed` while its
    `place` in line is taken. `result` is the result of the attempt. An agent who waits for the
    customer has accepted `offer`.
    """

    callback: Callback
    interaction: Interaction
    call: Call
    place: Waiting
    answered_at: datetime | None = None
    result: AttemptResult | None = None
    placed: bool = False
    over: bool = False
    offer: Offer | None = None

    def __repr__(self) -> str:
        return f"<CallbackAttempt of {self.callback!r}>"

    @property
    def leg(self) -> LegId:
        """The leg of the customer."""
        return self.interaction.leg

    @property
    def is_ours(self) -> bool:
        """Whether a fault of ours kept us from the customer: such an attempt does not count."""
        return self.answered_at is None and self.interaction.failed

    def fail(self, result: AttemptResult) -> None:
        """The customer's phone was not picked up."""
        self.result = result
        self.interaction.unreached = True
        self.interaction.ended_by = Party.SYSTEM

    @property
    def chosen(self) -> AttemptResult | None:
        """The customer's choice by key; a customer who hung up on the question was reached."""
        entered = self.call.run.entries
        for section, result in CHOICES.items():
            if section in entered:
                return result
        asked = QUESTION in entered and ACCEPTED not in entered
        told = self.interaction
        hung_up = told.ended_by is None and not told.failed and not told.lost
        return AttemptResult.REACHED if asked and hung_up else None

    def abandon(self, turn: Turn) -> None:
        """The customer will not be dialed; an agent's phone may have rung for it anyway."""
        if self.interaction.begun:
            self.fail(AttemptResult.FAILED)
            self.interaction.end(
                by=Party.SYSTEM, language=self.interaction.language, status="", tags={}, turn=turn
            )

    def dial(self, originator: LegId, dials: Dials, turn: Turn) -> None:
        """Ring the customer's phone; `originator` is the leg of an agent who waits already."""
        self.interaction.begin(turn)
        self.call.arrived_at = turn.now
        leg = Leg(
            id=self.leg,
            node=turn.clockwork.node,
            role=Role.OUTSIDE,
            purpose=CalledBack(self.callback.id),
            since=turn.now,
        )
        command = DialOutside(
            call=self.call.run.call,
            leg=self.leg,
            number=self.callback.number,
            caller_number=self.interaction.caller_number,
            originator=originator,
            ring_limit=RING_LIMIT,
        )
        dials.begin(leg, command, turn)


def prepare(
    callback: Callback, catalog: Catalog, turn: Turn, *, known_by: tuple[str, ...]
) -> CallbackAttempt:
    """The next attempt, not yet entered, to a customer who is `known_by` these."""
    flow = catalog.flow(callback.flow)
    interaction = Interaction(
        interaction=InteractionId(turn.clockwork.mint()),
        leg=LegId(turn.clockwork.mint()),
        called_number=callback.number,
        caller_number=_own_number(flow),
        caller_name="",
        flow=callback.flow,
        flow_version=flow.version if flow is not None else "",
        language=callback.language,
        now=turn.now,
        direction=OUTBOUND,
    )
    run = FlowRun(
        call=CallId(interaction.id),
        interaction=interaction.id,
        leg=interaction.leg,
        language=callback.language,
        caller_number=callback.number,
        called_number=interaction.caller_number,
        answered=True,  # by the customer, before the run begins
    )
    call = Call(
        run,
        catalog.callback_flow(callback.queue),
        turn.now,
        interaction=interaction,
        callback=callback.id,
        known_by=known_by,
    )
    return CallbackAttempt(callback, interaction, call, _place(callback, interaction, turn))


def _own_number(flow: Flow | None) -> str:
    """The number that the customer sees: the first of the flow that can be called from outside."""
    numbers = flow.numbers if flow is not None else ()
    return next(filter(is_e164, numbers), numbers[0] if numbers else "")


def _place(callback: Callback, interaction: Interaction, turn: Turn) -> Waiting:
    """The place in line that is kept for the customer."""
    return Waiting(
        interaction=interaction.id,
        queue=callback.queue,
        leg=LegId(""),
        caller_number=callback.number,
        caller_name=CALLED_BACK,
        joined_at=turn.now,
        ranked_since=callback.since,
        priority=callback.rank_priority,
        head_start=callback.head_start,
        arrival=callback.arrival,
        skills=callback.skills,
        callback=callback.id,
        prepared=interaction,
    )


def ends_as(attempt: CallbackAttempt) -> CallbackResult | None:
    """The result of the callback after an attempt, if the customer has decided it."""
    return ENDS.get(attempt.result) if attempt.result is not None else None


def take_over(waiting: Waiting, callback: Callback, *, kept: bool) -> None:
    """Let a caller wait at the place of a callback, which may have been `kept` in the line."""
    waiting.ranked_since, waiting.arrival, waiting.kept = callback.since, callback.arrival, kept
    waiting.rerank(callback.rank_priority, callback.head_start)
