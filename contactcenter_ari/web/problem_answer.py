"""The last resort of the API: every error below becomes a problem.

A fault of ours becomes a 500 that tells nothing of its inside; the log has it, without the path
that was asked for.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.runtime.log_limit import LogLimit
from contactcenter_ari.web.problem import (
    BODY_TOO_LARGE,
    INTERNAL_ERROR,
    Problem,
    ProblemKind,
)
from contactcenter_ari.web.route import RouteTable

NOT_FOUND = ProblemKind(HTTPStatus.NOT_FOUND, "not_found")
METHOD_NOT_ALLOWED = ProblemKind(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)


class Problems:
    """Turns every error of an inner layer into a problem. A fault that is repeated is logged now
    and then.
    """

    def __init__(self, routes: RouteTable) -> None:
        self._routes = routes
        self._told = LogLimit()

    def __repr__(self) -> str:
        """The routes that it knows."""
        return f"<Problems of {self._routes!r}>"

    @web.middleware
    async def answer(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        """The answer of the inner layer, or the problem."""
        try:
            return await handler(request)
        except Problem as problem:
            return problem.response()
        except RequestRefused as refusal:
            kind = self._routes.kind_of(request, refusal)
            return Problem(kind, str(refusal)).response()
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return as_problem(error).response()
        except Exception:
            resource = request.match_info.route.resource
            path = resource.canonical if resource else None  # the path asked for may tell who
            if times := self._told.take(f"{request.method} {path}"):
                log.exception("web.request_failed", method=request.method, path=path, times=times)
            detail = "the center could not do this; its log says why"
            return Problem(INTERNAL_ERROR, detail).response()


def as_problem(error: web.HTTPException) -> Problem:
    """An error of the HTTP library as a problem."""
    match error:
        case web.HTTPNotFound():
            return Problem(NOT_FOUND, "there is nothing at this path")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            detail = f"this path takes {allowed}"
            return Problem(METHOD_NOT_ALLOWED, detail, {"Allow": allowed})
        case web.HTTPRequestEntityTooLarge():
            return Problem(BODY_TOO_LARGE, "the body is larger than 64 KiB")
        case _:
            status = HTTPStatus(error.status)
            return Problem(ProblemKind(status, status.name.lower()), error.reason or status.phrase)
