"""Open callbacks, lost calls, and numbers that must not be called: `/api/v1/callbacks`,
`/api/v1/lost-calls`, `/api/v1/do-not-call`.

A phone number is shown to roles with the right `numbers:read` alone, and never told in a problem.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import CallbackView, Instant
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.number import is_e164
from contactcenter_ari.core.outbound.callback import CallbackState
from contactcenter_ari.core.vocabulary.callback import CallbackMode, LostCallReason, ZoneSource
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    CancelCallback,
    DialCallback,
    ForbidNumber,
    RestoreLostCall,
)
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import bearer_of, sees_numbers
from contactcenter_ari.web.message import json_answer, read_body, read_nothing
from contactcenter_ari.web.port import Callbacks
from contactcenter_ari.web.problem import DATABASE_AWAY, Problem, ProblemKind, refused
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Parameter, Route
from contactcenter_ari.web.submission import CENTER_BUSY, submit

BAD_NUMBER = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_number")
CALLBACK = Parameter("callback", "The id of a callback.", "n1-1-b-1")
NUMBER = Parameter(
    "number", "A phone number in E.164, or as it is written nationally.", "+31201234567"
)
UNKNOWN_CALLBACK = ProblemKind(HTTPStatus.NOT_FOUND, "unknown_callback")

REASON_EXAMPLE = '{"reason": "asked by letter"}, or {}'


class CallbackStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An open callback: it is resting until `next_at` at the earliest, in line (with its
    position, 1 is next), being dialed, or taken over by its customer, who called in and waits.
    `number` is null without the right to see numbers; an urgent one comes before all others,
    for a person wants it so. For the last attempt it had to be day in all `zones` (IANA names),
    known from `zone_source`; null until there was one.
    """

    callback: CallbackId
    interaction: InteractionId
    queue: QueueName
    number: str | None
    state: CallbackState
    position: int
    waiting_since: Instant
    attempts_made: int
    attempts: int
    next_at: Instant
    expires_at: Instant
    mode: CallbackMode
    urgent: bool
    zones: tuple[str, ...]
    zone_source: ZoneSource | None


class CallbackList(msgspec.Struct, frozen=True):
    """The open callbacks."""

    callbacks: tuple[CallbackStatus, ...]


class CallbackChange(msgspec.Struct, frozen=True):
    """The callback that was changed."""

    callback: CallbackId


class LostCallStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A caller who hung up while waiting, or left a number or a message while the application was
    away (`reason`), and was not talked to since; `caller_number` is null without the right to
    see numbers, `queue` empty where there is none.
    """

    interaction: InteractionId
    queue: QueueName
    caller_number: str | None
    opened_at: Instant
    reason: LostCallReason


class LostCallList(msgspec.Struct, frozen=True):
    """The lost calls that nobody has looked after yet, the oldest first."""

    lost_calls: tuple[LostCallStatus, ...]


class Prohibition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason why a number must not be called."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class NumberStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a number must not be called."""

    number: str
    forbidden: bool


class CallbackRoutes:
    """Shows callbacks, has them dialed or cancelled, and keeps the do-not-call list."""

    def __init__(self, callbacks: Callbacks, driver: Driver) -> None:
        self._callbacks = callbacks
        self._driver = driver

    def __repr__(self) -> str:
        """The store of the do-not-call list."""
        return f"<CallbackRoutes of {self._callbacks!r}>"

    async def _list_callbacks(self, request: web.Request) -> web.Response:
        numbers = sees_numbers(request)
        views = self._driver.center.callbacks()
        return json_answer(CallbackList(tuple(_callback(one, numbers=numbers) for one in views)))

    async def _dial(self, request: web.Request) -> web.Response:
        return await self._change(request, DialCallback)

    async def _cancel(self, request: web.Request) -> web.Response:
        return await self._change(request, CancelCallback)

    async def _change(
        self, request: web.Request, change: type[DialCallback | CancelCallback]
    ) -> web.Response:
        await read_nothing(request)
        callback = CallbackId(request.match_info["callback"])
        await submit(self._driver, change(callback=callback, by=bearer_of(request)))
        return json_answer(CallbackChange(callback))

    async def _list_lost_calls(self, request: web.Request) -> web.Response:
        numbers = sees_numbers(request)
        async with _database():
            found = await self._callbacks.open_lost_calls()
        return json_answer(LostCallList(tuple(_lost_call(one, numbers=numbers) for one in found)))

    async def _forbid(self, request: web.Request) -> web.Response:
        """First for good, then for the running center."""
        number = _number_of(request, self._driver)
        why = Prohibition()
        if request.can_read_body:
            why = await read_body(request, Prohibition, REASON_EXAMPLE)
        async with _database():
            await self._callbacks.forbid(number, by=bearer_of(request), reason=why.reason)
        await submit(self._driver, ForbidNumber(number=number, by=bearer_of(request)))
        return json_answer(NumberStatus(number=number, forbidden=True))

    async def _allow(self, request: web.Request) -> web.Response:
        number = _number_of(request, self._driver)
        await read_nothing(request)
        async with _database():
            await self._callbacks.allow(number)
        await submit(self._driver, AllowNumber(number=number, by=bearer_of(request)))
        return json_answer(NumberStatus(number=number, forbidden=False))

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/callbacks",
            operation="list_callbacks",
            handler=_list_callbacks,
            summary="The callbacks that are still to be made",
            tags=("callbacks",),
            right=Right.READ_FLOOR,
            answers={200: CallbackList},
        ),
        Route(
            method="POST",
            path="/api/v1/callbacks/{callback}/dial",
            operation="dial_callback",
            handler=_dial,
            summary="Call back as soon as an agent is free, whatever the position in line",
            tags=("callbacks",),
            right=Right.CONTROL_FLOOR,
            parameters=(CALLBACK,),
            answers={200: CallbackChange},
            problems=(
                UNKNOWN_CALLBACK,
                refused("already_dialing"),
                refused("customer_waits"),
                refused("outside_hours"),
                CENTER_BUSY,
            ),
        ),
        Route(
            method="POST",
            path="/api/v1/callbacks/{callback}/cancel",
            operation="cancel_callback",
            handler=_cancel,
            summary="Take a callback back; a call in progress goes on",
            tags=("callbacks",),
            right=Right.CONTROL_FLOOR,
            parameters=(CALLBACK,),
            answers={200: CallbackChange},
            problems=(UNKNOWN_CALLBACK, CENTER_BUSY),
        ),
        Route(
            method="GET",
            path="/api/v1/lost-calls",
            operation="list_lost_calls",
            handler=_list_lost_calls,
            summary="Lost calls that nobody has looked after",
            tags=("callbacks",),
            right=Right.READ_FLOOR,
            answers={200: LostCallList},
            problems=(DATABASE_AWAY,),
        ),
        Route(
            method="PUT",
            path="/api/v1/do-not-call/{number}",
            operation="forbid_number",
            handler=_forbid,
            summary="Never call this number (E.164) of our own accord",
            tags=("do-not-call",),
            right=Right.CONTROL_FLOOR,
            parameters=(NUMBER,),
            body=Prohibition,
            body_required=False,
            answers={200: NumberStatus},
            problems=(
                BAD_NUMBER,
                refused("list_full"),
                refused("number_invalid"),
                DATABASE_AWAY,
                CENTER_BUSY,
            ),
        ),
        Route(
            method="DELETE",
            path="/api/v1/do-not-call/{number}",
            operation="allow_number",
            handler=_allow,
            summary="Take a number off the do-not-call list",
            tags=("do-not-call",),
            right=Right.CONTROL_FLOOR,
            parameters=(NUMBER,),
            answers={200: NumberStatus},
            problems=(BAD_NUMBER, DATABASE_AWAY, CENTER_BUSY),
        ),
    )
    """Its part of the API."""


@asynccontextmanager
async def _database() -> AsyncIterator[None]:
    """Raises Problem 503 when the database does not answer within."""
    try:
        yield
    except RequestRefused:
        raise
    except ContactCenterError as error:
        detail = "this cannot be done now: the database is away"
        raise Problem(DATABASE_AWAY, detail, {"Retry-After": "5"}) from error


def _number_of(request: web.Request, driver: Driver) -> str:
    written = request.match_info["number"]
    number = driver.center.e164(written)
    if not is_e164(number) or re.search(r"[^0-9+ ()./-]", written):
        detail = (
            "this is no number of any country; write it in E.164, for example +31201234567, or as"
            " people in the country of the site do"
        )
        raise Problem(BAD_NUMBER, detail)
    return number


def _callback(view: CallbackView, *, numbers: bool) -> CallbackStatus:
    return CallbackStatus(
        callback=view.callback,
        interaction=view.interaction,
        queue=view.queue,
        number=view.number if numbers else None,
        state=view.state,
        position=view.position,
        waiting_since=view.waiting_since,
        attempts_made=view.attempts_made,
        attempts=view.attempts,
        next_at=view.next_at,
        expires_at=view.expires_at,
        mode=view.mode,
        urgent=view.urgent,
        zones=view.zones,
        zone_source=view.zone_source,
    )


def _lost_call(task: RestoreLostCall, *, numbers: bool) -> LostCallStatus:
    return LostCallStatus(
        interaction=task.interaction,
        queue=task.queue,
        caller_number=task.caller_number if numbers else None,
        opened_at=task.opened_at,
        reason=task.reason,
    )
