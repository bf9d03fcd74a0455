"""The phones: which can be reached, and which are in talks that nobody knows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    LegLost,
    PhoneReachable,
    PhoneSilent,
    PhoneUnreachable,
    SwitchReconciled,
)
from contactcenter_ari.simulation.agent_account import AgentAccount
from contactcenter_ari.simulation.bridging import Bridges
from contactcenter_ari.simulation.offer_account import OfferAccount


class PhoneAccount:
    """Follows what the switch says of phones; `agents` are the ledger's own."""

    def __init__(self, agents: Mapping[AgentId, AgentAccount]) -> None:
        self._agents = agents
        self._reachable: set[PhoneId] = set()
        self._orphans: dict[LegId, PhoneId] = {}

    def __repr__(self) -> str:
        return f"<PhoneAccount, {len(self._reachable)} reachable>"

    def note_orphans(self, signal: SwitchReconciled, bridges: Bridges) -> None:
        """Phones in talks that nobody knows are busy, for as long as they are in their bridge;
        `bridges` are those from before the signal.
        """
        there = {leg for bridge in signal.bridges for leg in bridge.legs}
        for leg in [leg for leg in self._orphans if leg not in there]:
            self._hung_up(leg)
        for bridge in signal.bridges:
            if bridges.is_new(bridge):
                self._orphans |= bridge.phones

    def note_input(self, input_: Input, offers: OfferAccount) -> None:
        """Follow an input, once the agents and `offers` have followed it."""
        match input_:
            case PhoneReachable(phone=phone):
                self._reachable.add(phone)
            case PhoneUnreachable(phone=phone):
                self._reachable.discard(phone)
            case SwitchReconciled(phones=phones):
                self._reachable = set(phones)
            case PhoneSilent(leg=leg):
                self._reachable -= {offers.dead_phone(leg)}
            case LegHungUp(leg=leg) | LegLost(leg=leg):
                self._hung_up(leg)
            case _:
                pass
        for agent in self._agents.values():
            agent.reachable = agent.profile.phone in self._reachable
            for leg in [x for x, phone in self._orphans.items() if phone == agent.profile.phone]:
                agent.non_acd_calls[leg] = datetime.max.replace(
                    tzinfo=UTC
                )  # it may last without end

    def _hung_up(self, leg: LegId) -> None:
        self._orphans.pop(leg, None)
        for agent in self._agents.values():
            agent.non_acd_calls.pop(leg, None)
