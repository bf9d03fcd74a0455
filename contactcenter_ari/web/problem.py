"""Problems as RFC 9457 has them: every error of the API is an `application/problem+json`.

`code` is stable and for programs, `detail` for people.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from aiohttp import web

from contactcenter_ari.core.errors import ContactCenterError

CONTENT_TYPE = "application/problem+json"


class ProblemKind(NamedTuple):
    """A kind of problem that programs can tell from others: its status and its code."""

    status: int
    code: str


FORBIDDEN = ProblemKind(HTTPStatus.FORBIDDEN, "forbidden")
BODY_TOO_LARGE = ProblemKind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
DATABASE_AWAY = ProblemKind(HTTPStatus.SERVICE_UNAVAILABLE, "database_away")
INTERNAL_ERROR = ProblemKind(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")


def refused(code: str) -> ProblemKind:
    """The kind of a request that is refused as things stand now, by the code of the refusal."""
    return ProblemKind(HTTPStatus.CONFLICT, code)


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A problem (RFC 9457): `code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


class Problem(ContactCenterError):
    """An answer that is an error; raise it anywhere below the application."""

    def __init__(
        self, kind: ProblemKind, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code = kind
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
