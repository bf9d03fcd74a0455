"""Offers in progress: from the reserved agent to the one result of each.

An agent is reserved before the phone rings, so no two callers are ever offered the same one.
A caller has one live offer, or with `ring_all` several, of which the first answer wins.
"""

from collections.abc import Iterator

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.contact import Contacts
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import ForOffer, Leg, Role
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallId,
    LegId,
    OfferId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason


class Offers:
    """The offers that have no result yet."""

    def __init__(self, contacts: Contacts, dials: Dials) -> None:
        self._contacts = contacts
        self._dials = dials
        self._offers: dict[OfferId, Offer] = {}
        self._by_agent: dict[AgentId, Offer] = {}

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

    def find(self, offer: OfferId) -> Offer | None:
        """The offer of that id, if it has no result yet."""
        return self._offers.get(offer)

    def to(self, agent: AgentId) -> Offer | None:
        """The offer for which the agent is reserved."""
        return self._by_agent.get(agent)

    def is_being_answered(self, waiting: Waiting) -> bool:
        """Whether an agent has picked up and is about to hear the caller."""
        return any(self._offers[offer].answered_at for offer in waiting.offers)

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
        self._contacts.reserve(agent, waiting.queue, turn)
        waiting.offers[offer.id] = None
        self._offers[offer.id] = offer
        self._by_agent[agent.id] = offer
        turn.tell(
            OfferMade,
            interaction=waiting.interaction,
            offer=offer.id,
            agent=agent.id,
            queue=waiting.queue,
            reason=reason,
        )
        leg = Leg(
            id=offer.leg,
            node=turn.clockwork.node,
            role=Role.AGENT,
            purpose=ForOffer(offer.id),
            since=turn.now,
        )
        command = DialLeg(
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
        self._dials.begin(leg, command, turn)

    def answered(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up; of several phones the others stop to ring."""
        offer.answered_at = turn.now
        self._withdraw(offer.waiting, HangUpReason.ANSWERED_ELSEWHERE, turn, but=offer)

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
                self._contacts.release(offer.agent, turn)

    @staticmethod
    def hang_up(offer: Offer, reason: HangUpReason, turn: Turn) -> None:
        """End the leg to the agent."""
        call = CallId(offer.waiting.interaction)
        turn.do(HangUpLeg(call=call, leg=offer.leg, reason=reason))

    def expel(self, offer: Offer, turn: Turn) -> None:
        """Strike out an offer that was left half made or half closed."""
        told = offer.result is not None
        self._dials.end(offer.leg, turn)
        offer.waiting.offers.pop(offer.id, None)
        offer.result = offer.result or OfferResult.FAILED
        self._offers.pop(offer.id, None)
        if self._by_agent.get(offer.agent.id) is offer:
            del self._by_agent[offer.agent.id]
        if not told:
            self._tell_ended(offer, offer.result, turn)

    def close(self, offer: Offer, result: OfferResult, turn: Turn) -> None:
        """The offer has come to its result."""
        if result is not OfferResult.ACCEPTED:
            self._dials.end(offer.leg, turn)
        del offer.waiting.offers[offer.id]
        offer.result = result
        del self._offers[offer.id]
        del self._by_agent[offer.agent.id]
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
