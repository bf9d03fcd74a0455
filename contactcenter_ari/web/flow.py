"""The call flows that are served: `/api/v1/flows`. Published here, and taken back."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import Instant
from contactcenter_ari.core.vocabulary.request import SetFlag
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import bearer_of
from contactcenter_ari.web.message import json_answer, read_body, read_nothing
from contactcenter_ari.web.port import FlowProblem, Flows, FlowsRefused, FlowsState
from contactcenter_ari.web.problem import CONTENT_TYPE, ProblemDetails, ProblemKind, refused
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Route
from contactcenter_ari.web.submission import CENTER_BUSY, submit

FLOWS_REFUSED = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "flows_refused")
UNKNOWN_FLAG = ProblemKind(HTTPStatus.NOT_FOUND, "unknown_flag")
UNKNOWN_VERSION = ProblemKind(HTTPStatus.NOT_FOUND, "unknown_version")

FLAG_EXAMPLE = '{"flow": "insurance", "flag": "always_open", "value": "on"}'
ROLLBACK_EXAMPLE = '{"version": "3f1c9a0b"}, or {} for the version before'


class FlowVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A flow and the version of it that new calls get."""

    flow: str
    version: str


class SiteVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the whole site that was published, and when."""

    version: str
    published_at: Instant


class FlowList(msgspec.Struct, frozen=True, kw_only=True):
    """The flows of new calls; `pinned` after a rollback, until the files change.
    `problems` keep the files as they are now from being published; `kept` are the versions
    that can be gone back to, the latest first.
    """

    version: str
    flows: tuple[FlowVersion, ...]
    pinned: bool
    problems: tuple[FlowProblem, ...]
    kept: tuple[SiteVersion, ...]


class Rollback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goes back to a version, or to the one before without one; a few letters do."""

    version: str = ""


class FlagSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Switches a flag of a flow `on` or `off`, for calls in progress, too."""

    flow: str
    flag: str
    value: str


class FlowProblemDetails(ProblemDetails, frozen=True, kw_only=True):
    """The problems in the files that keep them from being published."""

    problems: tuple[FlowProblem, ...] = ()


class FlowRoutes:
    """Shows the flows, publishes them, and goes back."""

    def __init__(self, flows: Flows, driver: Driver) -> None:
        self._flows = flows
        self._driver = driver

    def __repr__(self) -> str:
        """The publisher of the flows."""
        return f"<FlowRoutes of {self._flows!r}>"

    async def _show(self, _request: web.Request) -> web.Response:
        return await self._listed(self._flows.state())

    async def _publish(self, request: web.Request) -> web.Response:
        await read_nothing(request)
        try:
            state = await self._flows.publish()
        except FlowsRefused as refusal:
            return _refusal(refusal)
        return await self._listed(state)

    async def _roll_back(self, request: web.Request) -> web.Response:
        wanted = await read_body(request, Rollback, ROLLBACK_EXAMPLE)
        return await self._listed(await self._flows.rollback(wanted.version))

    async def _switch_flag(self, request: web.Request) -> web.Response:
        wanted = await read_body(request, FlagSwitch, FLAG_EXAMPLE)
        switched = SetFlag(wanted.flow, wanted.flag, wanted.value, by=bearer_of(request))
        await submit(self._driver, switched)
        return await self._listed(self._flows.state())

    async def _listed(self, state: FlowsState) -> web.Response:
        kept = await self._flows.versions()
        listed = FlowList(
            version=state.version,
            flows=tuple(FlowVersion(flow=f, version=v) for f, v in state.flows.items()),
            pinned=state.pinned,
            problems=state.problems,
            kept=tuple(
                SiteVersion(version=one.version, published_at=one.published_at) for one in kept
            ),
        )
        return json_answer(listed)

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/flows",
            operation="list_flows",
            handler=_show,
            summary="The call flows that new calls get",
            tags=("flows",),
            right=Right.READ_FLOWS,
            answers={200: FlowList},
        ),
        Route(
            method="POST",
            path="/api/v1/flows",
            operation="publish_flows",
            handler=_publish,
            summary="Check, test and publish the files; 422: they stay unpublished, and why",
            tags=("flows",),
            right=Right.PUBLISH_FLOWS,
            answers={200: FlowList, 422: FlowProblemDetails},
            problems=(FLOWS_REFUSED,),
        ),
        Route(
            method="POST",
            path="/api/v1/flows/rollback",
            operation="roll_back_flows",
            handler=_roll_back,
            summary="Go back to a published version, until the files change",
            tags=("flows",),
            right=Right.PUBLISH_FLOWS,
            body=Rollback,
            answers={200: FlowList},
            problems=(
                UNKNOWN_VERSION,
                refused("no_earlier_version"),
                refused("version_unreadable"),
            ),
        ),
        Route(
            method="POST",
            path="/api/v1/flows/flags",
            operation="switch_flag",
            handler=_switch_flag,
            summary="Switch a flag of a flow, for calls in progress, too",
            tags=("flows",),
            right=Right.PUBLISH_FLOWS,
            body=FlagSwitch,
            answers={200: FlowList},
            problems=(UNKNOWN_FLAG, refused("flag_invalid"), CENTER_BUSY),
        ),
    )
    """Its part of the API."""


def _refusal(refusal: FlowsRefused) -> web.Response:
    status, code = FLOWS_REFUSED
    details = FlowProblemDetails(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(refusal),
        code=code,
        problems=refusal.problems,
    )
    headers = {"Content-Type": CONTENT_TYPE}
    return web.Response(body=msgspec.json.encode(details), status=status, headers=headers)
