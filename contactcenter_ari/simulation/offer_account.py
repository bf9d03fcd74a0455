"""The offers and the legs to agents' phones: each has one result, and no phone rings on.

Of several phones that ring for one caller the first to answer wins. No phone rings for an agent
who has asked for no more calls, or who is not to get this one.
"""

from collections.abc import Mapping

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import (
    OfferEnded,
    OfferMade,
    OfferResult,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallId,
    InteractionId,
    LegId,
    OfferId,
    PhoneId,
)
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHungUp,
    LegLost,
    LegRinging,
    PhoneSilent,
    SwitchReconciled,
)
from contactcenter_ari.simulation.agent_account import AgentAccount


class OfferAccount:
    """The live offers, and the leg that was dialed for each; and the phones of lost agents, which
    ring again for a talk.
    """

    def __init__(self) -> None:
        self._live: dict[OfferId, OfferMade] = {}
        self._legs: dict[OfferId, LegId] = {}
        self._phones: dict[OfferId, PhoneId] = {}
        self._picked_up: set[OfferId] = set()
        self._heard: set[OfferId] = set()
        self._lives: set[OfferId] = set()
        self._again: dict[InteractionId, DialLeg] = {}
        self._said: set[LegId] = set()

    def __repr__(self) -> str:
        return f"<OfferAccount {len(self._live)} live>"

    def note_input(self, input_: Input) -> None:
        """Whether a phone is picked up, before what comes of it is told."""
        winner = self._answered(input_)
        if winner in self._live:
            self._picked_up.add(winner)
        self._lives = set()
        if isinstance(input_, PhoneSilent) and self.dead_phone(input_.leg) is None:
            self._lives = {offer for offer, leg in self._legs.items() if leg == input_.leg}
        if isinstance(input_, LegRinging | LegAnswered):
            self._said.add(input_.leg)
        if isinstance(input_, LegRinging):
            self._heard |= {offer for offer, leg in self._legs.items() if leg == input_.leg}

    def dead_phone(self, leg: LegId) -> PhoneId | None:
        """The phone that was dialed there and has neither rung nor been picked up."""
        silent = self._live.keys() - self._picked_up - self._heard
        phones = [self._phones[offer] for offer in silent if self._legs[offer] == leg]
        rung = [dial for dial in self._again.values() if dial.leg not in self._said]
        phones += [dial.phone for dial in rung if dial.leg == leg]
        return phones[0] if phones else None

    def make(self, event: OfferMade, settings: QueueSettings | None) -> None:
        """A new offer; a caller has another one only if all phones ring at once."""
        others = [o for o in self._live.values() if o.interaction == event.interaction]
        if others:
            assert settings is not None, event
            assert settings.rings_all, (event, others)
            assert len(others) < settings.ring_at_most, (event, others)
            assert not self.is_being_answered(event.interaction), (event, others)
        assert event.offer not in self._live, event
        self._live[event.offer] = event

    def end(self, event: OfferEnded) -> None:
        """The result of an offer."""
        assert event.offer not in self._lives, f"its phone has said something: {event}"
        made = self._live.pop(event.offer)
        del self._phones[event.offer]
        self._picked_up.discard(event.offer)
        self._heard.discard(event.offer)
        assert (made.agent, made.interaction) == (event.agent, event.interaction), event
        assert made.at == event.made_at, event

    def follow(
        self, input_: Input, outcome: Outcome, agents: Mapping[AgentId, AgentAccount]
    ) -> None:
        """Assert that the phones do as the offers say, after all events of the turn."""
        self._check_hung_up(input_, outcome)
        made = [event for event in outcome.events if isinstance(event, OfferMade)]
        dials = [command for command in outcome.commands if isinstance(command, DialLeg)]
        offered = {CallId(event.interaction) for event in made}
        again = {dial.call: dial for dial in dials if dial.call not in offered}
        self._ring_again(again, agents)
        dials = [dial for dial in dials if dial.call not in again]
        for event, dial in zip(made, dials, strict=True):
            assert dial.call == CallId(event.interaction), (event, dial)
            assert dial.phone == agents[event.agent].profile.phone, (event, dial)
            self._legs[event.offer] = dial.leg
            self._phones[event.offer] = dial.phone
        for offer in self._live.keys() - self._picked_up:
            self._check_wanted(self._live[offer], agents)

    def is_being_answered(self, interaction: InteractionId) -> bool:
        """Whether somebody has picked up for the caller."""
        return any(self._live[offer].interaction == interaction for offer in self._picked_up)

    def settle(self) -> None:
        """Assert that every offer came to its result."""
        assert not self._live, self._live
        assert not self._again, self._again

    def has_room(self, interaction: InteractionId, settings: QueueSettings | None) -> bool:
        """Whether more phones may ring for a caller for whom some do."""
        if settings is None or not settings.rings_all:
            return False
        rung = sum(offer.interaction == interaction for offer in self._live.values())
        return rung < settings.ring_at_most and not self.is_being_answered(interaction)

    def _check_wanted(self, offer: OfferMade, agents: Mapping[AgentId, AgentAccount]) -> None:
        agent = agents[offer.agent]
        assert not agent.leaving, f"rung although they said no: {agent}"
        assert not agent.removed, f"rung although they are gone: {agent}"
        assert agent.serves(offer.queue), f"rung for a queue that they do not serve: {agent}"
        assert agent.profile.phone == self._phones[offer.offer], f"another phone rings: {agent}"

    def _ring_again(
        self, dials: Mapping[CallId, DialLeg], agents: Mapping[AgentId, AgentAccount]
    ) -> None:
        """A phone that rings for no offer is that of an agent who is in the talk."""
        for call, dial in dials.items():
            talkers = [agent for agent in agents.values() if agent.talk == InteractionId(call)]
            assert [agent.profile.phone for agent in talkers] == [dial.phone], dial
            self._again[InteractionId(call)] = dial

    def _check_hung_up(self, input_: Input, outcome: Outcome) -> None:
        reasons = {c.leg: c.reason for c in outcome.commands if isinstance(c, HangUpLeg)}
        for event in outcome.events:
            if isinstance(event, SegmentEnded) and event.kind is SegmentKind.GAP:
                rung = self._again.pop(event.interaction).leg
                over = rung in reasons or _is_gone(rung, input_)
                assert over or event.result == OfferResult.ACCEPTED, f"it rings on: {event}"
        winner = self._answered(input_)
        for event in outcome.events:
            if not isinstance(event, OfferEnded):
                continue
            leg = self._legs.pop(event.offer)
            if event.result is OfferResult.ACCEPTED or _is_gone(leg, input_):
                continue
            assert leg in reasons, f"the phone rings on: {event}"
            if winner is not None and event.offer != winner:
                assert reasons[leg] is HangUpReason.ANSWERED_ELSEWHERE, event
        if winner in self._live:
            interaction = self._live[winner].interaction
            rest = [o for o in self._live.values() if o.interaction == interaction]
            assert len(rest) == 1, f"others still ring: {rest}"

    def _answered(self, input_: Input) -> OfferId | None:
        if not isinstance(input_, LegAnswered):
            return None
        return next((offer for offer, leg in self._legs.items() if leg == input_.leg), None)


def _is_gone(leg: LegId, input_: Input) -> bool:
    """Whether the switch has just told that the leg is gone."""
    if isinstance(input_, SwitchReconciled):
        return leg not in input_.legs
    return isinstance(input_, LegHungUp | LegLost) and input_.leg == leg
