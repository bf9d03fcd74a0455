"""Offers in progress: from the reserved agent to the one result of each.

An agent is reserved before the phone rings, so no two callers are ever offered the same one.
A caller has one live offer, or with `ring_all` several, of which the first answer wins.
"""

from collections.abc import Iterator
from datetime import datetime

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import JOIN_LIMIT, DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallId,
    LegId,
    OfferId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason


class Offers:
    """The offers that have no result yet."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._offers: dict[OfferId, Offer] = {}
        self._by_leg: dict[LegId, Offer] = {}
        self._by_agent: dict[AgentId, Offer] = {}
        self._by_bridge: dict[BridgeId, Offer] = {}

    def __repr__(self) -> str:
        return f"<Offers {len(self._offers)} open>"

    def __len__(self) -> int:
        """How many there are."""
        return len(self._offers)

    def __iter__(self) -> Iterator[Offer]:
        """The offers as they stand now."""
        return iter(list(self._offers.values()))

    def get(self, offer: OfferId) -> Offer:
        """An offer that has no result yet."""
        return self._offers[offer]

    def at_leg(self, leg: LegId) -> Offer | None:
        """The offer for which this leg was dialed."""
        return self._by_leg.get(leg)

    def to(self, agent: AgentId) -> Offer | None:
        """The offer for which the agent is reserved."""
        return self._by_agent.get(agent)

    def at_bridge(self, bridge: BridgeId) -> Offer | None:
        """The offer that is being joined in this bridge."""
        return self._by_bridge.get(bridge)

    def legs_before(self, at: datetime) -> list[LegId]:
        """Legs of offers that were made before `at`."""
        return [offer.leg for offer in self._offers.values() if offer.made_at < at]

    def make(
        self,
        waiting: Waiting,
        agent: Agent,
        settings: QueueSettings,
        reason: OfferReason,
        turn: Turn,
    ) -> None:
        """Reserve the agent and ring the phone."""
        offer = Offer(
            offer=OfferId(turn.clockwork.mint()),
            waiting=waiting,
            agent=agent,
            leg=LegId(turn.clockwork.mint()),
            made_at=turn.now,
            recording=RecordingId(turn.clockwork.mint()) if settings.recording else None,
        )
        if waiting.prepared is not None:
            waiting.prepared.begin(turn)
        self._roster.reserve(agent, waiting.queue, turn)
        waiting.offers[offer.id] = None
        self._offers[offer.id] = offer
        self._by_leg[offer.leg] = offer
        self._by_agent[agent.id] = offer
        turn.clockwork.wake(Wake.RING, offer.id, turn.now + settings.ring_limit)
        turn.tell(
            OfferMade,
            interaction=waiting.interaction,
            offer=offer.id,
            agent=agent.id,
            queue=waiting.queue,
            reason=reason,
        )
        turn.do(
            DialLeg(
                call=CallId(waiting.interaction),
                leg=offer.leg,
                phone=agent.profile.phone,
                caller_number=waiting.caller_number,
                caller_name=waiting.caller_name,
                originator=waiting.leg,
                ring_limit=settings.ring_limit,
                recording=offer.recording,
                unreachable_after=settings.unreachable_after,
            )
        )

    def answered(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up; of several phones the others stop to ring."""
        offer.answered_at = turn.now
        turn.clockwork.forget(Wake.RING, offer.id)
        self._withdraw(offer.waiting, HangUpReason.ANSWERED_ELSEWHERE, turn, but=offer)

    def join(self, offer: Offer, turn: Turn) -> BridgeId:
        """The bridge in which the legs are being joined, within a limit."""
        offer.bridge = BridgeId(turn.clockwork.mint())
        self._by_bridge[offer.bridge] = offer
        self.expect_join(offer, turn)
        return offer.bridge

    @staticmethod
    def expect_join(offer: Offer, turn: Turn) -> None:
        """Wait for word of the bridge once more; to join legs twice is no harm."""
        offer.joins += 1
        turn.clockwork.wake(Wake.JOIN, offer.id, turn.now + JOIN_LIMIT)

    def withdraw(self, waiting: Waiting, turn: Turn) -> None:
        """The caller is gone: the agents are READY again with the idle time kept."""
        self._withdraw(waiting, HangUpReason.NORMAL, turn)

    def spare(self, waiting: Waiting, turn: Turn) -> None:
        """The customer is on the phone elsewhere: the same, and no call was missed."""
        self._withdraw(waiting, HangUpReason.ANSWERED_ELSEWHERE, turn)

    def _withdraw(
        self, waiting: Waiting, reason: HangUpReason, turn: Turn, but: Offer | None = None
    ) -> None:
        for offer in [self._offers[offer] for offer in waiting.offers]:
            if offer is not but:
                self.hang_up(offer, reason, turn)
                self.close(offer, OfferResult.WITHDRAWN, turn)
                self._roster.release(offer.agent, turn)

    @staticmethod
    def hang_up(offer: Offer, reason: HangUpReason, turn: Turn) -> None:
        """End the leg to the agent."""
        call = CallId(offer.waiting.interaction)
        turn.do(HangUpLeg(call=call, leg=offer.leg, reason=reason))

    def expel(self, offer: Offer, turn: Turn) -> None:
        """Strike out an offer that was left half made or half closed."""
        told = offer.result is not None
        for wake in (Wake.RING, Wake.JOIN):
            turn.clockwork.forget(wake, offer.id)
        offer.waiting.offers.pop(offer.id, None)
        offer.result = offer.result or OfferResult.FAILED
        self._offers.pop(offer.id, None)
        self._by_leg.pop(offer.leg, None)
        if self._by_agent.get(offer.agent.id) is offer:
            del self._by_agent[offer.agent.id]
        for bridge in [bridge for bridge, other in self._by_bridge.items() if other is offer]:
            del self._by_bridge[bridge]
        if not told:
            self._tell_ended(offer, offer.result, turn)

    def close(self, offer: Offer, result: OfferResult, turn: Turn) -> None:
        """The offer has come to its result."""
        turn.clockwork.forget(Wake.RING, offer.id)
        turn.clockwork.forget(Wake.JOIN, offer.id)
        del offer.waiting.offers[offer.id]
        offer.result = result
        del self._offers[offer.id]
        del self._by_leg[offer.leg]
        del self._by_agent[offer.agent.id]
        if offer.bridge is not None:
            del self._by_bridge[offer.bridge]
        self._tell_ended(offer, result, turn)

    @staticmethod
    def _tell_ended(offer: Offer, result: OfferResult, turn: Turn) -> None:
        turn.tell(
            OfferEnded,
            interaction=offer.waiting.interaction,
            offer=offer.id,
            agent=offer.agent.id,
            queue=offer.waiting.queue,
            made_at=offer.made_at,
            rang_at=offer.rang_at,
            result=result,
        )
