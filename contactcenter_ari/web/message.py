"""JSON bodies: what comes in is read strictly, what goes out is written from typed values."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import web

from contactcenter_ari.web.problem import BODY_TOO_LARGE, Problem, ProblemKind

BODY_LIMIT = 64 * 1024
"""The largest body that is read, in bytes."""
BODY_DEADLINE = timedelta(seconds=10)
"""How long a body may take to come in."""

BAD_BODY = ProblemKind(HTTPStatus.BAD_REQUEST, "bad_body")
BAD_FIELD = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_field")
BAD_JSON = ProblemKind(HTTPStatus.BAD_REQUEST, "bad_json")
BODY_TOO_SLOW = ProblemKind(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow")
ENCODED_BODY = ProblemKind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoded_body")
NOT_JSON = ProblemKind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json")
BODY_PROBLEMS = (
    BAD_BODY,
    BAD_JSON,
    BODY_TOO_SLOW,
    BODY_TOO_LARGE,
    ENCODED_BODY,
    NOT_JSON,
    BAD_FIELD,
)
"""The problems of every request that may have a body."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "contactcenter",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: nothing is kept by caches, framed, or taken for another type."""

_ESCAPED_NUL = b"\\u0000"

T = TypeVar("T")


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body without a field."""


def json_answer(value: object, status: int = HTTPStatus.OK) -> web.Response:
    """A value as the JSON body of an answer."""
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")


async def read_body(request: web.Request, kind: type[T], example: str) -> T:
    """The JSON body of a request as a value of that kind. `example` goes into the problem.

    Raises:
        Problem: 400 no JSON, 408 too slow, 415 another content type, 422 not of that kind.
    """
    _check_type(request)
    try:
        async with asyncio.timeout(BODY_DEADLINE.total_seconds()):
            raw = await request.read()
    except TimeoutError as error:
        raise Problem(BODY_TOO_SLOW, "the body took too long to come in") from error
    except (web.RequestPayloadError, OSError) as error:
        raise Problem(BAD_BODY, "the body broke off") from error
    return decode(raw, kind, example)


async def read_nothing(request: web.Request) -> None:
    """Check that there is no body, or an empty object; raises Problem like `read_body`."""
    if request.can_read_body:
        await read_body(request, Nothing, "{}, or no body at all")


def decode(raw: bytes, kind: type[T], example: str) -> T:
    """A JSON text as a value of that kind.

    Raises:
        Problem: 400 no JSON, 422 not of that kind.
    """
    try:
        value = msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        detail = f"{error}; it should look like {example}"
        raise Problem(BAD_FIELD, detail) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        detail = f"the body is no JSON; it should look like {example}"
        raise Problem(BAD_JSON, detail) from error
    if _ESCAPED_NUL in raw and _holds_nul(msgspec.to_builtins(value)):
        detail = f"a text holds the character NUL; it should look like {example}"
        raise Problem(BAD_FIELD, detail)
    return value


def _check_type(request: web.Request) -> None:
    """Raise Problem 415 unless the body is JSON in UTF-8, not compressed, and says so once."""
    types = request.headers.getall("Content-Type", [])
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    utf8 = (request.charset or "utf-8").lower() in {"utf-8", "utf8"}
    if len(types) != 1 or request.content_type != "application/json" or not utf8:
        detail = "send JSON in UTF-8, with one header Content-Type: application/json"
        raise Problem(NOT_JSON, detail)
    if encoding != "identity":
        detail = "send the body as it is, without the header Content-Encoding"
        raise Problem(ENCODED_BODY, detail)


def _holds_nul(value: object) -> bool:
    match value:
        case str():
            return "\x00" in value
        case dict():
            return any(_holds_nul(item) for pair in value.items() for item in pair)
        case list() | tuple():
            return any(map(_holds_nul, value))
        case _:
            return False
