"""The last offers are remembered with what came of them."""

from datetime import UTC, datetime, timedelta

from contactcenter_ari.core.vocabulary.event import Event, OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, OfferId, QueueName
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason
from contactcenter_ari.service.recent_offers import OFFERS_KEPT, Announced, RecentOffers
from tests.runtime.world import Journal

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
OFFER_REASON = OfferReason(
    strategy="linear",
    value=1,
    priority=5,
    waited=timedelta(),
    head_start=timedelta(),
    free_agents=1,
    callers_waiting=1,
)


def made(number: int) -> OfferMade:
    """An offer."""
    return OfferMade(
        number=number,
        at=AT,
        interaction=InteractionId(f"i-{number}"),
        offer=OfferId(f"o-{number}"),
        agent=AgentId("100"),
        queue=QueueName("sales"),
        reason=OFFER_REASON,
    )


def ended(offer: OfferMade) -> OfferEnded:
    """Nobody picked up."""
    return OfferEnded(
        number=offer.number + 1000,
        at=AT + timedelta(seconds=20),
        interaction=offer.interaction,
        offer=offer.offer,
        agent=offer.agent,
        queue=offer.queue,
        made_at=offer.at,
        rang_at=None,
        result=OfferResult.LAPSED,
    )


def test_the_newest_comes_first() -> None:
    """An end does not change the order, and goes with its offer; other events are ignored."""
    offers, first, second = RecentOffers(), made(1), made(2)
    offers.record([first, second, ended(first)])
    assert [(one.made, one.ended) for one in offers.latest()] == [
        (second, None),
        (first, ended(first)),
    ]


def test_only_the_last_ones_are_kept() -> None:
    """The oldest are forgotten, and their ends are of no interest."""
    offers, many = RecentOffers(), [made(number) for number in range(OFFERS_KEPT + 3)]
    offers.record(many)
    offers.record([ended(many[0])])
    assert [one.made for one in offers.latest()] == many[:2:-1]
    assert all(one.ended is None for one in offers.latest())


def test_all_listeners_hear_the_same() -> None:
    """In the same order."""
    journal, offers = Journal(), RecentOffers()
    events: list[Event] = [made(1), made(2)]
    Announced(journal, offers).record(events)
    assert journal.events == events
    assert len(offers.latest()) == 2
