"""The last offers, and why each was made: `/api/v1/offers`."""

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import Instant
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, OfferId, QueueName
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason, PassedAgent, PassedCaller
from contactcenter_ari.web.message import json_answer
from contactcenter_ari.web.port import Offers, RecentOffer
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Route, Seconds


class OfferReasonStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Why this agent: the strategy of the queue and the `value` it compared, in its own unit
    (seconds, a share of 1, or a count), and who was passed over. Why this caller: the priority
    class (1 is first), then the score, which is seconds waited plus head start, and who was
    passed over.
    """

    strategy: str
    value: float
    priority: int
    waited_seconds: Seconds
    head_start_seconds: Seconds
    score_seconds: Seconds
    free_agents: int
    callers_waiting: int
    agents_passed: tuple[PassedAgent, ...]
    callers_passed: tuple[PassedCaller, ...]


class OfferStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One offer; `ended_at` and `result` are null while the phone rings, `rang_at` until it
    is known.
    """

    offer: OfferId
    interaction: InteractionId
    queue: QueueName
    agent: AgentId
    made_at: Instant
    rang_at: Instant | None
    ended_at: Instant | None
    result: OfferResult | None
    reason: OfferReasonStatus


class OfferList(msgspec.Struct, frozen=True):
    """The last offers, the newest first."""

    offers: tuple[OfferStatus, ...]


class OfferRoutes:
    """Shows the offers."""

    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    def __repr__(self) -> str:
        """The memory that they come from."""
        return f"<OfferRoutes of {self._offers!r}>"

    async def _list(self, _request: web.Request) -> web.Response:
        return json_answer(OfferList(tuple(map(_status, self._offers.latest()))))

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/offers",
            operation="list_offers",
            handler=_list,
            summary="The last offers, and why this agent and this caller",
            tags=("offers",),
            right=Right.READ_FLOOR,
            answers={200: OfferList},
        ),
    )
    """Its part of the API."""


def _status(offer: RecentOffer) -> OfferStatus:
    made, ended = offer.made, offer.ended
    return OfferStatus(
        offer=made.offer,
        interaction=made.interaction,
        queue=made.queue,
        agent=made.agent,
        made_at=made.at,
        rang_at=ended.rang_at if ended else None,
        ended_at=ended.at if ended else None,
        result=ended.result if ended else None,
        reason=_reason(made.reason),
    )


def _reason(reason: OfferReason) -> OfferReasonStatus:
    waited, head_start = reason.waited.total_seconds(), reason.head_start.total_seconds()
    return OfferReasonStatus(
        strategy=reason.strategy,
        value=reason.value,
        priority=reason.priority,
        waited_seconds=waited,
        head_start_seconds=head_start,
        score_seconds=waited + head_start,
        free_agents=reason.free_agents,
        callers_waiting=reason.callers_waiting,
        agents_passed=reason.agents_passed,
        callers_passed=reason.callers_passed,
    )
