"""The offers that agents accept: picked up, then joined with the caller."""

from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.agents.agent import Contact
from contactcenter_ari.core.agents.contact import Contacts
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import AgentConnected, OfferResult, QueueExit


class Acceptances:
    """Takes offers from the answer to the contact of the agent."""

    def __init__(self, queues: Queues, offers: Offers, stays: Stays, contacts: Contacts) -> None:
        self._queues = queues
        self._offers = offers
        self._stays = stays
        self._contacts = contacts

    def __repr__(self) -> str:
        return f"<Acceptances of {self._offers!r}>"

    def answered(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up."""
        self._offers.answered(offer, turn)
        self._queues.lines[offer.waiting.queue].close(offer.waiting)

    def bridged(self, offer: Offer, turn: Turn) -> None:
        """The parties hear each other: the offer is accepted and the wait is over."""
        waiting = offer.waiting
        self._offers.close(offer, OfferResult.ACCEPTED, turn)
        self._stays.close(waiting, QueueExit.ANSWERED, turn)
        self._connect(offer, turn)
        turn.tell(
            AgentConnected,
            interaction=waiting.interaction,
            agent=offer.agent.id,
            queue=waiting.queue,
            waited=turn.now - waiting.joined_at,
        )

    def taken(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up for a callback: accepted, though the customer is still to be
        dialed.
        """
        self._offers.answered(offer, turn)
        self._offers.close(offer, OfferResult.ACCEPTED, turn)
        self._stays.part(offer.waiting, turn)
        self._connect(offer, turn)

    def _connect(self, offer: Offer, turn: Turn) -> None:
        waiting = offer.waiting
        contact = Contact(
            interaction=waiting.interaction, queue=waiting.queue, since=offer.made_at
        )
        self._contacts.connect(offer.agent, contact, turn)
