"""Problems as RFC 9457 has them: every error of the API is an `application/problem+json`.

`code` is stable and for programs, `detail` for people. A fault of ours becomes a 500 that
tells nothing of its inside; the log has it, without the path asked for.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.runtime.log_limit import LogLimit

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSALS: Mapping[str, int] = {
    "unknown_agent": HTTPStatus.NOT_FOUND,
    "unknown_callback": HTTPStatus.NOT_FOUND,
    "unknown_disposition": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_flag": HTTPStatus.NOT_FOUND,
    "unknown_queue": HTTPStatus.NOT_FOUND,
    "unknown_reason": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_your_queue": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_version": HTTPStatus.NOT_FOUND,
}
"""The status of a refused request by its code; 409 for the others: not as things stand."""


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457): `code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


class Problem(ContactCenterError):
    """An answer that is an error; raise it anywhere below the application."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The problem as JSON."""
        details = ProblemDetails(
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=str(self),
            code=self.code,
        )
        return msgspec.json.encode(details)

    def response(self) -> web.Response:
        """The problem as an answer."""
        headers = {**self.headers, "Content-Type": CONTENT_TYPE}
        return web.Response(body=self.body(), status=self.status, headers=headers)


class Problems:
    """Turns every error of an inner layer into a problem; one that comes again and again is in
    the log once in a while.
    """

    def __init__(self) -> None:
        self._told = LogLimit()

    def __repr__(self) -> str:
        """Tell what it is."""
        return "<Problems>"

    @web.middleware
    async def answer(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        """The answer of the inner layer, or the problem."""
        try:
            return await handler(request)
        except Problem as problem:
            return problem.response()
        except RequestRefused as refusal:
            status = REFUSALS.get(refusal.code, HTTPStatus.CONFLICT)
            return Problem(status, refusal.code, str(refusal)).response()
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
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail).response()


def as_problem(error: web.HTTPException) -> Problem:
    """An error of the library in our form."""
    match error:
        case web.HTTPNotFound():
            return Problem(error.status, "not_found", "there is nothing at this path")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            detail = f"this path takes {allowed}"
            return Problem(error.status, "method_not_allowed", detail, {"Allow": allowed})
        case web.HTTPRequestEntityTooLarge():
            return Problem(error.status, "body_too_large", "the body is larger than 64 KiB")
        case _:
            status = HTTPStatus(error.status)
            return Problem(status, status.name.lower(), error.reason or status.phrase)
