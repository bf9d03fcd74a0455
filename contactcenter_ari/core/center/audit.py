"""The audit after a fault of ours: half-done work is repaired, and sound work is left alone.

The audit looks at each offer, talk, outside line, stay, call, agent and callback. A caller whose
call is not sound, or in whose turn we failed, goes on in the flow with an apology. If that fails,
the caller hears an apology and is hung up. If that fails, too, the caller is hung up. Nobody is
left without a deadline, in a line they do not wait in, or in a call that is over.
"""

from collections.abc import Callable
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.repair import Repair
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.state import OFFERED, ON_CALL, WRAP_UP
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.call_repair import CallRepair
from contactcenter_ari.core.center.dismissal import apology
from contactcenter_ari.core.center.soundness import Soundness
from contactcenter_ari.core.interactions.interaction import (
    ENDED,
    IN_FLOW,
    Interaction,
)
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.outbound.callback_repair import CallbackRepair
from contactcenter_ari.core.route import Deadlines
from contactcenter_ari.core.telephony.bridge import Bridge
from contactcenter_ari.core.telephony.leg import (
    AwaitsCustomer,
    Ending,
    ForOffer,
    ForOutside,
    Leg,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import HangUpLeg, StopMusic
from contactcenter_ari.core.vocabulary.event import Party
from contactcenter_ari.core.vocabulary.ids import CallId, LegId

ROUNDS = 4
"""How often all records are checked when the repair has faults, too."""
WAKES = (Wake.FLOW, Wake.ANNOUNCEMENT, Wake.HANG_UP)
"""The deadlines of a call itself."""


class Audit:
    """Checks the records of a center in whose turn we failed. `subjects` are the ids the faults
    concern. `gone` is a leg that the switch has reported as gone. If not `gently`, the callers
    concerned do not go on in the flow.
    """

    def __init__(
        self,
        calls: CallControl,
        distribution: Distribution,
        turn: Turn,
        *,
        deadlines: Deadlines,
        subjects: set[str],
        gone: LegId | None,
        gently: bool,
    ) -> None:
        self._calls = calls
        self._distribution = distribution
        self._turn = turn
        self._deadlines = deadlines
        self._subjects = subjects
        self._gone = gone
        self._gently = gently
        self._round = 0
        self._sound = Soundness(calls, distribution, turn)
        self._repair = Repair(distribution, calls.misses)
        self._callback_repair = CallbackRepair(calls.callback_queue, calls.dialing, self._repair)
        self._parts = CallRepair(calls, distribution, turn, repair=self._repair, gone=gone)

    def __repr__(self) -> str:
        return f"<Audit because of {', '.join(sorted(self._subjects))}>"

    def mend(self) -> None:
        """Leave no work half done. Another round repairs what the first one has caused, and holds
        nobody responsible any more; faults in the repair are followed by one more round.
        """
        for self._round in range(ROUNDS):
            faults = len(self._turn.faults)
            self._mend_once()
            if self._round and len(self._turn.faults) == faults:
                break
            self._subjects.clear()
        self._sort_out_legs()
        for wake, owner in self._turn.clockwork.deadlines():
            if not self._deadlines[wake].is_needed(owner):
                self._turn.clockwork.forget(wake, owner)
        self._repair.start_over()

    def _sort_out_legs(self) -> None:
        """Forget legs that nothing uses, or end those in a bridge, which is dissolved with them;
        an inventory ends those that are still in the switch.
        """
        legs = self._calls.legs
        for leg in legs:
            if leg.id != self._gone and self._sound.leg(leg):
                continue
            if leg.id == self._gone or self._calls.bridges.of(leg.id) is None:
                legs.forget(leg.id)
            else:
                leg.purpose = Ending()
                self._turn.do(HangUpLeg(call=CallId(leg.id), leg=leg.id))

    def _mend_once(self) -> None:
        center, attempt = self._calls, self._turn.attempt
        for offer in self._distribution.offers:
            attempt(offer.id, partial(self._mend_offer, offer))
        for bridge in center.bridges:
            attempt(bridge.id, partial(self._mend_bridge, bridge))
        for line in center.outside.all():
            attempt(line.id, partial(self._mend_line, line))
        for call in center:
            attempt(call.run.call, partial(self._mend_gap, call))
        for waiting in self._distribution.stays:
            attempt(waiting.interaction, partial(self._mend_stay, waiting))
        for call in center:
            attempt(call.run.call, partial(self._mend_call, call))
        for agent in list(self._distribution.workforce.roster):
            attempt(agent.id, partial(self._mend_agent, agent))
        for callback in list(center.callback_queue.callbacks):
            attempt(callback.id, partial(self._mend_callback, callback))

    def _is_blamed(self, *ids: str | None) -> bool:
        return any(each is not None and each in self._subjects for each in ids)

    # Offers, talks, outside lines

    def _mend_offer(self, offer: Offer) -> None:
        leg = self._calls.legs.find(offer.leg)
        blamed = self._is_blamed(offer.id, offer.leg, leg.bridge if leg is not None else None)
        if blamed or not self._sound.offer(offer):
            self._parts.fail_offer(offer)

    def _mend_bridge(self, bridge: Bridge) -> None:
        if self._gone in bridge.legs or not self._sound.bridge(bridge):
            self._parts.part(bridge)

    def _mend_line(self, line: Leg) -> None:
        if self._is_blamed(line.id, line.bridge) or not self._sound.line(line):
            self._parts.give_up_line(line)

    def _mend_gap(self, call: Call) -> None:
        if call.gap is None:
            return
        blamed = self._concerns(call) or self._is_blamed(call.gap.conversation.party)
        if blamed or self._gone == call.run.leg or not self._sound.gap(call):
            self._parts.give_up_gap(call)

    # Stays

    def _mend_stay(self, waiting: Waiting) -> None:
        if not self._sound.stay(waiting):
            self._parts.expel(waiting)
        elif not self._repair.is_settled(waiting):
            self._parts.first_that_works(
                waiting.interaction,
                partial(self._repair.settle, waiting, self._turn),
                partial(self._parts.expel, waiting),
            )

    # Calls

    def _mend_call(self, call: Call) -> None:
        if self._gone == call.run.leg and self._calls.registry.knows_leg_of(call):
            self._end(call)
            return
        if self._sound.call(call) and not self._concerns(call):
            return
        if call.interaction is None and self._side_call_failed(call):
            return
        if self._sound.is_talking(call):
            return  # the parties hear each other: nothing is to be done for them
        resorts = (self._lead_on, self._apologize, self._hang_up, self._end)
        for resort in resorts if self._gently else resorts[1:]:
            worked = self._turn.attempt(call.run.call, partial(resort, call))
            if worked and (not self._calls.has(call) or self._sound.call(call)):
                return

    def _side_call_failed(self, call: Call) -> bool:
        """The party who was asked or told something before being joined is hung up."""
        leg = self._calls.legs.find(call.run.leg)
        if leg is None:
            return False
        offers, attempts = self._distribution.offers, self._calls.callback_queue.attempts
        match leg.purpose:
            case ForOffer(offer=offer_id) if offer := offers.find(offer_id):
                self._parts.fail_offer(offer)
            case ForOutside():
                self._parts.give_up_line(leg)
            case AwaitsCustomer(callback=callback) if attempt := attempts.awaited_on(
                leg.id, callback
            ):
                self._give_up_attempt(attempt.callback)
            case _:
                return False
        if self._calls.has(call):
            self._end(call)
        return True

    def _concerns(self, call: Call) -> bool:
        """Whether we failed in work for this call."""
        return self._is_blamed(call.run.call, call.run.leg)

    def _lead_on(self, call: Call) -> None:
        """The same as after a fault of the flow: an apology and a person; in line, the wait."""
        if call.run.hung_up or call.run.activity.is_over or call.interaction is None:
            return
        waits = self._distribution.stays.find(call.interaction.id) is not None
        if waits or call.interaction.state is IN_FLOW:
            self._calls.carry_out(call, call.interpreter.fail(call.run, self._turn), self._turn)

    def _apologize(self, call: Call) -> None:
        """An apology that does not depend on the flow, and the end of the call."""
        if call.run.hung_up or not self._calls.registry.knows_leg_of(call):
            return
        turn, old = self._turn, call.run
        self._parts.leave_line(call)
        self._parts.bring_to_flow(call)
        for wake in WAKES:
            turn.clockwork.forget(wake, old.call)
        turn.do(StopMusic(call=old.call, leg=old.leg))
        call.interpreter = self._calls.catalog.announcer()
        call.run = apology(old)
        self._calls.carry_out(call, call.interpreter.start(call.run, turn), turn)

    def _hang_up(self, call: Call) -> None:
        if self._calls.registry.knows_leg_of(call):
            self._parts.leave_line(call)
            self._calls.hang_up(call, self._turn, by=Party.SYSTEM, failed=True)

    def _end(self, call: Call) -> None:
        """The call is removed everywhere, and its end is recorded."""
        turn, run, interaction = self._turn, call.run, call.interaction
        lives = run.leg != self._gone and self._calls.registry.knows_leg_of(call)
        self._calls.registry.strike(call)
        ways: list[Callable[[], object]] = [
            partial(self._parts.leave_line, call),
            partial(self._calls.recordings.call_over, run.call, turn),
        ]
        if (line := self._calls.outside.to(call)) is not None:
            ways.append(partial(self._parts.give_up_line, line))
        if lives:
            ways.append(partial(turn.do, HangUpLeg(call=run.call, leg=run.leg)))
        ways += [partial(turn.clockwork.forget, wake, run.call) for wake in WAKES]
        if call.callback is not None:
            ways.append(partial(self._calls.attempt_over, call, turn))
        if interaction is not None and interaction.state is not ENDED:
            ways += [
                partial(self._parts.bring_to_flow, call),
                partial(self._note_failed, interaction),
                partial(self._calls.queueing.look_after, call, turn),
                partial(call.tell_end, turn),
                partial(self._calls.callback_queue.line.reconsider_customer, call, turn),
            ]
        for way in ways:
            turn.attempt(run.call, way)

    @staticmethod
    def _note_failed(interaction: Interaction) -> None:
        interaction.failed = interaction.failed or not interaction.is_served

    # Agents and callbacks

    def _mend_agent(self, agent: Agent) -> None:
        turn, workforce = self._turn, self._distribution.workforce
        for leg in list(agent.non_acd_legs):
            if (call := self._calls.registry.at_leg(leg)) is None or call.agent is not agent:
                drop = partial(workforce.roster.drop_non_acd_leg, agent, leg, turn.now)
                turn.attempt(agent.id, drop)
        if agent.state in {OFFERED, ON_CALL, WRAP_UP} and not self._sound.agent(agent):
            turn.attempt(agent.id, partial(workforce.contacts.set_free, agent, turn))

    def _mend_callback(self, callback: Callback) -> None:
        if not self._sound.callback(callback) or callback.id in self._subjects:
            self._give_up_attempt(callback)

    def _give_up_attempt(self, callback: Callback) -> None:
        """The customer is not dialed, or not any more; the callback rests until the next time."""
        turn, repair = self._turn, self._callback_repair
        for call in self._calls:
            if call.callback == callback.id:
                if (attempt := self._calls.callback_queue.attempts.of(call)) is not None:
                    attempt.over = True
                turn.attempt(call.run.call, partial(self._end, call))
        told = turn.attempt(callback.id, partial(repair.tell_given_up, callback, turn))
        if told or self._round == ROUNDS - 1:
            repair.expel(callback, turn)  # else once more in the next round
