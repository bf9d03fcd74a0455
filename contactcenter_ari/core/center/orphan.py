"""Orphaned talks: legs in a bridge of which this center knows nothing, because its log was lost.

Such a talk goes on until one of its parties hangs up; then the others are hung up as well, and the
bridge is dissolved once all have left it. Its agents are not rung meanwhile. Each caller in it has
one interaction, which says that nothing more is known. Nobody is taken out of it, and nothing is
played into it.
"""

from collections.abc import Iterable

from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.outbound.callback_line import CallbackLine
from contactcenter_ari.core.site.called_number import CallNumbers
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import DissolveBridge, HangUpLeg
from contactcenter_ari.core.vocabulary.event import INBOUND, OUTBOUND, Party
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallId, InteractionId, LegId
from contactcenter_ari.core.vocabulary.request import AgentProfile
from contactcenter_ari.core.vocabulary.signal import CallArrived, LiveBridge

FEWEST = 2
"""With fewer legs there is no other party to talk to."""


class OrphanTalk:
    """The legs that are still there, in the switch `node`, the agents they belong to, and the
    interactions of the callers with their `numbers` in E.164.
    """

    def __init__(self, live: LiveBridge, node: str) -> None:
        self.node = node
        self.bridge = live.bridge
        self.legs = list(live.legs)
        self.phones = dict(live.phones)
        self.agents: dict[LegId, Agent] = {}
        self.interactions: dict[LegId, Interaction] = {}
        self.numbers: dict[LegId, str] = {}
        self.over = False

    def __repr__(self) -> str:
        return f"<OrphanTalk {self.bridge}: {len(self.legs)} legs>"


class OrphanTalks:
    """All orphaned talks, by leg."""

    def __init__(self, roster: Roster, callback_line: CallbackLine) -> None:
        self._roster = roster
        self._callback_line = callback_line
        self._by_leg: dict[LegId, OrphanTalk] = {}
        self._dissolved: dict[BridgeId, None] = {}
        self._unended: dict[BridgeId, OrphanTalk] = {}

    def __repr__(self) -> str:
        return f"<OrphanTalks {len(self)}>"

    def __len__(self) -> int:
        """The number of orphaned talks."""
        return len(self._talks())

    def legs(self) -> list[LegId]:
        """All legs in orphaned talks."""
        return list(self._by_leg)

    def follow(self, node: str, live: Iterable[LiveBridge], turn: Turn) -> None:
        """The bridges of a node: a leg that is no longer in its bridge has left it unheard; a talk
        that should have ended, and did not because of a fault of ours, ends now.
        """
        there = {bridge.bridge: bridge.legs for bridge in live}
        for talk in [talk for talk in self._talks() if talk.node == node]:
            for leg in [leg for leg in talk.legs if leg not in there.get(talk.bridge, ())]:
                self.hung_up(leg, turn)
        for talk in list(self._unended.values()):
            self._end(talk, Party.SYSTEM, turn)

    def find(self, node: str, live: LiveBridge, catalog: Catalog, turn: Turn) -> None:
        """A talk was found in the switch of a node; if only one party is left it ends at once. A
        talk that is over is not found again, though an old inventory may still list it.
        """
        if live.bridge in self._dissolved:
            return
        talk = OrphanTalk(live, node)
        for leg in talk.legs:
            self._by_leg[leg] = talk
        for interaction in _interactions(live, catalog, turn):
            interaction.orphaned = True
            interaction.begin(turn)
            talk.interactions[interaction.leg] = interaction
            number = interaction.caller_number
            if is_e164(number):
                talk.numbers[interaction.leg] = number
                self._callback_line.orphan_talks(interaction.leg, number, turn)
        for leg, phone in talk.phones.items():
            agent = self._roster.at_phone(phone)
            if agent is not None:
                self._keep(agent, talk, leg, turn)
        if len(talk.legs) < FEWEST:
            self._end(talk, Party.SYSTEM, turn)

    def agent_known(self, profile: AgentProfile, turn: Turn) -> None:
        """The directory has named the agent of a phone, which may be one that is in a talk."""
        agent = self._roster.get(profile.agent)
        for talk in self._talks():
            for leg in [leg for leg, phone in talk.phones.items() if phone == profile.phone]:
                if leg in talk.legs and talk.agents.get(leg) is not agent:
                    self._keep(agent, talk, leg, turn)

    def hung_up(self, leg: LegId, turn: Turn, *, lost: bool = False) -> None:
        """A leg is gone, hung up or `lost`; a leg that is in none of these talks is ignored."""
        talk = self._by_leg.pop(leg, None)
        if talk is None:
            return
        talk.legs.remove(leg)
        party = Party.SYSTEM if lost else _party(talk, leg)
        agent = talk.agents.pop(leg, None)
        if agent is not None and self._roster.find(agent.id) is agent:
            self._roster.drop_non_acd_leg(agent, leg, turn.now)
        if len(talk.legs) < FEWEST and not talk.over:
            self._end(talk, party, turn)
        if not talk.legs:
            self._dissolved[talk.bridge] = None
            turn.do(DissolveBridge(call=CallId(talk.bridge), bridge=talk.bridge))
        if leg in talk.numbers:
            self._callback_line.orphan_left(leg, talk.numbers.pop(leg), turn)

    # Within

    def _talks(self) -> list[OrphanTalk]:
        return list({talk.bridge: talk for talk in self._by_leg.values()}.values())

    def _keep(self, agent: Agent, talk: OrphanTalk, leg: LegId, turn: Turn) -> None:
        """The agent is in a call, and is not rung."""
        talk.agents[leg] = agent
        self._roster.add_non_acd_leg(agent, leg, turn.now)
        for interaction in talk.interactions.values():
            interaction.agent = agent.id

    def _end(self, talk: OrphanTalk, by: Party, turn: Turn) -> None:
        self._unended[talk.bridge] = talk
        for leg in list(talk.interactions):
            interaction = talk.interactions[leg]
            language = interaction.language
            interaction.end(by=by, language=language, status="", tags={}, turn=turn)
            del talk.interactions[leg]
        for leg in talk.legs:
            turn.do(HangUpLeg(call=CallId(talk.bridge), leg=leg))
        talk.over = True
        del self._unended[talk.bridge]


def _party(talk: OrphanTalk, leg: LegId) -> Party:
    """The party who hung up."""
    if leg in talk.interactions:
        return Party.CALLER
    return Party.AGENT if leg in talk.phones else Party.SYSTEM


def _interactions(live: LiveBridge, catalog: Catalog, turn: Turn) -> list[Interaction]:
    """One interaction for each caller; without a caller, one for the customer we called."""
    if live.callers:
        return [_inbound(caller, catalog, turn) for caller in live.callers]
    outside = next((leg for leg in live.legs if leg not in live.phones), live.legs[0])
    called = CallArrived(outside, "", "", "")
    return [_interaction(called, CallNumbers(), turn, direction=OUTBOUND)]


def _inbound(caller: CallArrived, catalog: Catalog, turn: Turn) -> Interaction:
    numbers = catalog.call_numbers(caller.called_number, caller.caller_number, caller.country)
    answering = catalog.answering(numbers.called)
    if answering is None:
        return _interaction(caller, numbers, turn)
    flow = answering.flow
    return _interaction(
        caller, numbers, turn, flow=flow.name, version=flow.version, language=flow.languages[0]
    )


def _interaction(  # only the facts that are known
    caller: CallArrived,
    numbers: CallNumbers,
    turn: Turn,
    *,
    flow: str = "",
    version: str = "",
    language: str = "",
    direction: str = INBOUND,
) -> Interaction:
    return Interaction(
        interaction=InteractionId(turn.clockwork.mint()),
        leg=caller.leg,
        called_number=numbers.called,
        caller_number=numbers.caller,
        called_number_raw=numbers.called_raw,
        caller_number_raw=numbers.caller_raw,
        caller_name=caller.caller_name,
        flow=flow,
        flow_version=version,
        language=language,
        now=turn.now,
        direction=direction,
    )


def is_of_this_boot(name: BridgeId | LegId, turn: Turn) -> bool:
    """Whether this center minted a name itself, so that it knows the fate of the leg or bridge."""
    return name.startswith(f"{turn.clockwork.node}-{turn.clockwork.boot}-")


def is_ours(name: BridgeId | LegId, turn: Turn) -> bool:
    """Whether this node minted a name, now or before a restart."""
    return name.startswith(f"{turn.clockwork.node}-")
