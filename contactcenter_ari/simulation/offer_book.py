"""The offers and the legs to agents' phones: each has one result, and no phone rings on.

Of several phones that ring for one caller the first to answer wins.
"""

from collections.abc import Mapping

from contactcenter_ari.core.acd.settings import QueueSettings, Strategy
from contactcenter_ari.core.center.site import Input
from contactcenter_ari.core.vocabulary.command import DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, CallId, LegId, OfferId
from contactcenter_ari.core.vocabulary.signal import LegAnswered, LegHungUp, SwitchReconciled
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.simulation.agent_book import AgentBook


class OfferBook:
    """The live offers, and the leg that was dialed for each."""

    def __init__(self) -> None:
        self._live: dict[OfferId, OfferMade] = {}
        self._legs: dict[OfferId, LegId] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<OfferBook {len(self._live)} live>"

    def make(self, event: OfferMade, settings: QueueSettings | None) -> None:
        """A new offer; a caller has another one only if all phones ring at once."""
        others = [o for o in self._live.values() if o.interaction == event.interaction]
        if others:
            assert settings is not None, event
            assert settings.strategy is Strategy.RING_ALL, (event, others)
            assert len(others) < settings.ring_at_most, (event, others)
            assert {other.at for other in others} == {event.at}, (event, others)
        assert event.offer not in self._live, event
        self._live[event.offer] = event

    def end(self, event: OfferEnded) -> None:
        """The result of an offer."""
        made = self._live.pop(event.offer)
        assert (made.agent, made.interaction) == (event.agent, event.interaction), event
        assert made.at == event.made_at, event

    def follow(self, input_: Input, outcome: Outcome, agents: Mapping[AgentId, AgentBook]) -> None:
        """Assert that the phones do as the offers say, after all events of the turn."""
        self._check_hung_up(input_, outcome)
        made = [event for event in outcome.events if isinstance(event, OfferMade)]
        dials = [command for command in outcome.commands if isinstance(command, DialLeg)]
        for event, dial in zip(made, dials, strict=True):
            assert dial.call == CallId(event.interaction), (event, dial)
            assert dial.phone == agents[event.agent].profile.phone, (event, dial)
            self._legs[event.offer] = dial.leg

    def settle(self) -> None:
        """Assert that every offer came to its result."""
        assert not self._live, self._live

    def _check_hung_up(self, input_: Input, outcome: Outcome) -> None:
        reasons = {c.leg: c.reason for c in outcome.commands if isinstance(c, HangUpLeg)}
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
    return isinstance(input_, LegHungUp) and input_.leg == leg
