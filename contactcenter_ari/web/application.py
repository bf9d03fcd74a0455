"""The application: all routes behind one check of tokens, problems and headers around them."""

from http import HTTPStatus

from aiohttp import web

from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import Access
from contactcenter_ari.web.agent import AgentRoutes
from contactcenter_ari.web.bearer import Bearers
from contactcenter_ari.web.call import CallRoutes
from contactcenter_ari.web.callback import CallbackRoutes
from contactcenter_ari.web.event_count import EventCounts
from contactcenter_ari.web.flow import FlowRoutes
from contactcenter_ari.web.health import HealthRoutes
from contactcenter_ari.web.message import BODY_LIMIT, HEADERS
from contactcenter_ari.web.metric import CenterCollector, MetricRoutes
from contactcenter_ari.web.offer import OfferRoutes
from contactcenter_ari.web.openapi import DescriptionRoutes
from contactcenter_ari.web.port import Callbacks, Flows, Health, Meters, Offers, Tokens
from contactcenter_ari.web.problem import CONTENT_TYPE
from contactcenter_ari.web.problem_answer import Problems, as_problem
from contactcenter_ari.web.queue import QueueRoutes
from contactcenter_ari.web.route import RouteTable, bound

ROUTES = RouteTable(
    (
        *HealthRoutes.ROUTES,
        *MetricRoutes.ROUTES,
        *DescriptionRoutes.ROUTES,
        *QueueRoutes.ROUTES,
        *AgentRoutes.ROUTES,
        *CallRoutes.ROUTES,
        *OfferRoutes.ROUTES,
        *CallbackRoutes.ROUTES,
        *FlowRoutes.ROUTES,
    )
)
"""All that the API answers."""


def make_application(
    *,
    driver: Driver,
    clock: Clock,
    tokens: Tokens,
    health: Health,
    flows: Flows,
    offers: Offers,
    callbacks: Callbacks,
    counts: EventCounts,
    meters: Meters,
) -> web.Application:
    """The API of one center; serve it with `serving`, on the loop the driver runs on."""
    bearers = Bearers(tokens, clock)
    application = web.Application(
        middlewares=[Problems(ROUTES).answer, Access(bearers, ROUTES).check],
        client_max_size=BODY_LIMIT,
    )
    collector = CenterCollector(
        driver,
        clock,
        health,
        flows,
        bad_tokens=bearers.bad_tokens,
        counts=counts,
        meters=meters,
    )
    application.add_routes(
        [
            *bound(HealthRoutes(driver, health), HealthRoutes.ROUTES),
            *bound(MetricRoutes(collector), MetricRoutes.ROUTES),
            *bound(DescriptionRoutes(ROUTES), DescriptionRoutes.ROUTES),
            *bound(QueueRoutes(driver, clock), QueueRoutes.ROUTES),
            *bound(AgentRoutes(driver, clock), AgentRoutes.ROUTES),
            *bound(CallRoutes(driver), CallRoutes.ROUTES),
            *bound(OfferRoutes(offers), OfferRoutes.ROUTES),
            *bound(CallbackRoutes(callbacks, driver), CallbackRoutes.ROUTES),
            *bound(FlowRoutes(flows, driver), FlowRoutes.ROUTES),
        ]
    )
    application.on_response_prepare.append(_add_headers)
    return application


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Also on what the library answers by itself, such as 417, which becomes a problem here."""
    if isinstance(response, web.HTTPException) and response.status >= HTTPStatus.BAD_REQUEST:
        body = as_problem(response).body()
        response.body = body
        response.headers.update({"Content-Type": CONTENT_TYPE, "Content-Length": str(len(body))})
    response.headers.update(HEADERS)
