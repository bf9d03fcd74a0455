"""The last offers with their reasons, kept in memory from the events."""

from collections.abc import Sequence

from contactcenter_ari.core.vocabulary.event import Event, OfferEnded, OfferMade
from contactcenter_ari.core.vocabulary.ids import OfferId
from contactcenter_ari.runtime.port import Journal
from contactcenter_ari.web.port import RecentOffer

OFFERS_KEPT = 50


class RecentOffers:
    """Listens to events, and remembers the last offers."""

    def __init__(self) -> None:
        self._offers: dict[OfferId, RecentOffer] = {}

    def __repr__(self) -> str:
        return f"<RecentOffers {len(self._offers)}>"

    def latest(self) -> Sequence[RecentOffer]:
        """The last ones, the newest first."""
        return list(reversed(self._offers.values()))

    def record(self, events: Sequence[Event]) -> None:
        """Take events, in order; the end of an offer that is forgotten is of no interest."""
        for event in events:
            match event:
                case OfferMade(offer=offer):
                    self._offers[offer] = RecentOffer(event)
                    if len(self._offers) > OFFERS_KEPT:
                        del self._offers[next(iter(self._offers))]
                case OfferEnded(offer=offer) if offer in self._offers:
                    self._offers[offer] = RecentOffer(self._offers[offer].made, event)
                case _:
                    pass


class Announced:
    """Hands events on to several listeners, in their order."""

    def __init__(self, *listeners: Journal) -> None:
        self._listeners = listeners

    def __repr__(self) -> str:
        return f"<Announced to {self._listeners!r}>"

    def record(self, events: Sequence[Event]) -> None:
        """Take events, in order."""
        for listener in self._listeners:
            listener.record(events)
