"""Takes apart what a fault of ours has left of a call: offers, talks, outside lines and stays.

Nothing is decided here: see the audit. Each step is an attempt, so that a further fault keeps
nothing else from being repaired.
"""

from collections.abc import Callable
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.repair import Repair
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.outside import FAILED
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.queueing import LOST
from contactcenter_ari.core.center.soundness import Soundness
from contactcenter_ari.core.interactions.interaction import ENDED, IN_FLOW, TALKING
from contactcenter_ari.core.telephony.bridge import Bridge, BridgeState
from contactcenter_ari.core.telephony.leg import Ending, ForOutside, Leg, Talks
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import HangUpLeg, StopMusic, UnbridgeLeg
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, LegId


class CallRepair:
    """Takes apart, in one turn; `gone` is a leg that the switch has reported as gone."""

    def __init__(
        self,
        calls: CallControl,
        distribution: Distribution,
        turn: Turn,
        *,
        repair: Repair,
        gone: LegId | None,
    ) -> None:
        self._calls = calls
        self._distribution = distribution
        self._turn = turn
        self._repair = repair
        self._gone = gone
        self._sound = Soundness(calls, distribution, turn)

    def __repr__(self) -> str:
        return f"<CallRepair of {self._calls!r}>"

    def fail_offer(self, offer: Offer) -> None:
        """The phone is hung up, the caller goes on waiting, and the agent is free."""
        turn, leg = self._turn, offer.leg
        turn.attempt(offer.id, partial(self._calls.registry.end_side_prompt, leg, turn))
        bridge = self._calls.bridges.of(leg)
        if bridge is not None:
            self.part(bridge)
        self.first_that_works(
            offer.id,
            partial(self._repair.fail, offer, turn),
            partial(self._repair.expel_offer, offer, turn),
        )
        self._calls.legs.end(leg)
        call = self._calls.registry.by_id.get(CallId(offer.waiting.interaction))
        if call is not None and self._sound.stay(offer.waiting):
            going_on = partial(self._calls.queueing.offer_over, call, offer, turn)
            turn.attempt(call.run.call, lambda: self._calls.carry_out(call, going_on(), turn))

    def part(self, bridge: Bridge) -> None:
        """A bridge is not sound: the other party is hung up, the caller goes on in the flow."""
        turn = self._turn
        call = self._calls.registry.by_id.get(bridge.call)
        if bridge.state is BridgeState.JOINED and call is not None:
            self.first_that_works(
                bridge.id,
                partial(self._calls.finish_talk, call, turn),
                partial(self._calls.conversations.finish, call, turn),
            )
        bridge.state = BridgeState.OVER
        turn.attempt(bridge.id, partial(turn.clockwork.forget, Wake.JOIN, bridge.id))
        for leg in list(bridge.legs):
            if leg != self._gone:
                turn.attempt(bridge.id, partial(self._let_go, leg, bridge, call))
            turn.attempt(bridge.id, partial(self._calls.bridges.left, leg, turn))
        self._calls.bridges.strike(bridge)
        if call is not None and call.interaction is not None:
            if call.conversation is not None and call.conversation.bridge == bridge.id:
                call.conversation = None
            self.bring_to_flow(call)

    def _let_go(self, leg: LegId, bridge: Bridge, call: Call | None) -> None:
        if call is not None and call.run.leg == leg:
            self._turn.do(UnbridgeLeg(call=bridge.call, bridge=bridge.id, leg=leg))
            return
        known = self._calls.legs.find(leg)
        if known is not None and isinstance(known.purpose, Talks):
            known.purpose = Ending()
        self._turn.do(HangUpLeg(call=bridge.call, leg=leg))

    def give_up_line(self, line: Leg) -> None:
        """An outside line is hung up, and a caller who waits for it goes on in the flow."""
        turn, purpose = self._turn, line.purpose
        turn.attempt(line.id, partial(self._calls.registry.end_side_prompt, line.id, turn))
        if not isinstance(purpose, ForOutside):
            return  # it is given up
        outside, call = self._calls.outside, self._calls.registry.by_id.get(purpose.call)
        resorts = [partial(outside.expel, line, turn)]
        if call is not None and call.outside == line.id:
            resorts.insert(0, partial(outside.close, call, FAILED, turn))
        self.first_that_works(line.id, *resorts)
        self._calls.legs.end(line.id)

    def give_up_gap(self, call: Call) -> None:
        """A lost agent is rung no more: the caller goes on in the flow."""
        turn = self._turn
        turn.attempt(call.run.call, partial(self._calls.lost_agents.give_up, call, turn))
        call.gap = None
        turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        self.bring_to_flow(call)

    def expel(self, waiting: Waiting) -> None:
        """A stay is struck out, wherever it is entered."""
        subject = waiting.interaction
        self._turn.attempt(subject, partial(self._repair.expel, waiting, self._turn))

    def leave_line(self, call: Call) -> None:
        """The caller waits no more."""
        waiting = self._distribution.stays.find(InteractionId(call.run.call))
        if waiting is not None:
            self.expel(waiting)
            if call.interaction is not None:
                self._calls.queueing.note_left(call, waiting, LOST, self._turn)
        call.run.line_frame = None

    def bring_to_flow(self, call: Call) -> None:
        """The interaction is in the flow, even if it was on its way to another state."""
        interaction = call.interaction
        if interaction is None or interaction.state in {IN_FLOW, ENDED}:
            return
        if self._sound.is_talking(call) and interaction.state is TALKING:
            return
        moving = partial(interaction.move_to, IN_FLOW, self._turn)
        if not self._turn.attempt(call.run.call, moving):
            interaction.state, interaction.since = IN_FLOW, self._turn.now

    def first_that_works(self, subject: str, *resorts: Callable[[], object]) -> None:
        """Try the resorts in order, the gentlest first."""
        for resort in resorts:
            if self._turn.attempt(subject, resort):
                return
