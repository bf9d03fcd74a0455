"""Calls back that were promised, calls that were lost, and numbers that must not be called:
`/api/v1/callbacks`, `/api/v1/lost-calls`, `/api/v1/do-not-call`.

A phone number is shown to those alone who may see it, and never told in a problem.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import CallbackView
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
from contactcenter_ari.web.problem import Problem
from contactcenter_ari.web.submission import submit

REASON_EXAMPLE = '{"reason": "asked by letter"}, or {}'


class CallbackStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A call back that is still to be made: it is resting until `next_at` at the earliest, in
    line (at which place, 1 is next), being dialed, or taken over by its customer, who called in
    and waits. `number` is null for whoever may not see it; an urgent one comes before all others,
    for a person wants it so. For the last attempt it had to be day in all `zones` (IANA names),
    known from `zone_source`; null until there was one.
    """

    callback: CallbackId
    interaction: InteractionId
    queue: QueueName
    number: str | None
    state: CallbackState
    position: int
    waiting_since: datetime
    attempts_made: int
    attempts: int
    next_at: datetime
    expires_at: datetime
    mode: CallbackMode
    urgent: bool
    zones: tuple[str, ...]
    zone_source: ZoneSource | None


class CallbackList(msgspec.Struct, frozen=True):
    """The calls back that are still to be made."""

    callbacks: tuple[CallbackStatus, ...]


class CallbackChange(msgspec.Struct, frozen=True):
    """It was done."""

    callback: CallbackId


class LostCallStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A caller who hung up while waiting, or left a number or a message while the application was
    away (`reason`), and was not talked to since; `caller_number` is null for whoever may not see
    it, `queue` empty where there is none.
    """

    interaction: InteractionId
    queue: QueueName
    caller_number: str | None
    opened_at: datetime
    reason: LostCallReason


class LostCallList(msgspec.Struct, frozen=True):
    """The lost calls that nobody has looked after yet, the oldest first."""

    lost_calls: tuple[LostCallStatus, ...]


class Prohibition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Says why a number must not be called."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class NumberStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a number must not be called."""

    number: str
    forbidden: bool


class CallbackRoutes:
    """Shows callbacks, has them kept or taken back, and keeps the do-not-call list."""

    def __init__(self, callbacks: Callbacks, driver: Driver) -> None:
        self._callbacks = callbacks
        self._driver = driver

    def __repr__(self) -> str:
        """Tell where they are."""
        return f"<CallbackRoutes of {self._callbacks!r}>"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/api/v1/callbacks", self._list_callbacks),
            web.post("/api/v1/callbacks/{callback}/dial", self._dial),
            web.post("/api/v1/callbacks/{callback}/cancel", self._cancel),
            web.get("/api/v1/lost-calls", self._list_lost_calls),
            web.put("/api/v1/do-not-call/{number}", self._forbid),
            web.delete("/api/v1/do-not-call/{number}", self._allow),
        ]

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


@asynccontextmanager
async def _database() -> AsyncIterator[None]:
    """Raises Problem 503 when the database does not answer within."""
    try:
        yield
    except RequestRefused:
        raise
    except ContactCenterError as error:
        detail = "this cannot be done now: the database is away"
        status = HTTPStatus.SERVICE_UNAVAILABLE
        raise Problem(status, "database_away", detail, {"Retry-After": "5"}) from error


def _number_of(request: web.Request, driver: Driver) -> str:
    written = request.match_info["number"]
    number = driver.center.e164(written)
    if not is_e164(number) or re.search(r"[^0-9+ ()./-]", written):
        detail = (
            "this is no number of any country; write it in E.164, for example +31201234567, or as"
            " people in the country of the site do"
        )
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_number", detail)
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
