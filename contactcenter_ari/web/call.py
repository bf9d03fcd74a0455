"""Calls as they stand (`/api/v1/calls`), and what may be done with one that waits
(`/api/v1/interactions`). A phone number is shown to those alone who may see it.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import CallView
from contactcenter_ari.core.interactions.interaction import InteractionState
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    ChangePriority,
    MoveWaiting,
    Request,
    WithdrawWaiting,
)
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import bearer_of, sees_numbers
from contactcenter_ari.web.message import json_answer, read_body, read_nothing
from contactcenter_ari.web.problem import Problem
from contactcenter_ari.web.submission import submit

PRIORITY_EXAMPLE = '{"head_start_seconds": 120}, or {"priority": 1}, or both'
MOVE_EXAMPLE = '{"queue": "sales"}'


class CallStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One call now: what it is doing since when, in which section of its flow, and in which
    queue (at which place, 1 is next) or with which agent. `direction` is outbound for a customer
    who is called back; `customer_number` is in E.164, `customer_number_raw` as the carrier
    wrote it; both are null for whoever may not see them.
    """

    interaction: InteractionId
    state: InteractionState
    since: datetime
    started_at: datetime
    direction: str
    section: str
    queue: QueueName
    position: int
    agent: AgentId
    customer_number: str | None
    customer_number_raw: str | None


class CallList(msgspec.Struct, frozen=True):
    """The calls in progress, the oldest first."""

    calls: tuple[CallStatus, ...]


class CallChange(msgspec.Struct, frozen=True, kw_only=True):
    """It was done; `call` is null when the call has ended meanwhile."""

    interaction: InteractionId
    call: CallStatus | None


class PriorityChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Gives a waiting caller another head start (at most a day) or priority class (from 1,
    which is first, to 10); what is null stays as it is.
    """

    head_start_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=10)] | None = None


class QueueMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lets a waiting caller go on waiting in another queue."""

    queue: str


class CallRoutes:
    """Shows the calls and submits what is asked for those that wait."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def __repr__(self) -> str:
        """Tell whose calls."""
        return f"<CallRoutes of {self._driver!r}>"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        waiting = "/api/v1/interactions/{interaction}"
        return [
            web.get("/api/v1/calls", self._list),
            web.post(f"{waiting}/priority", self._change_priority),
            web.post(f"{waiting}/move", self._move),
            web.post(f"{waiting}/withdraw", self._withdraw),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        numbers = sees_numbers(request)
        views = self._driver.center.calls()
        return json_answer(CallList(tuple(_status(view, numbers=numbers) for view in views)))

    async def _change_priority(self, request: web.Request) -> web.Response:
        by = bearer_of(request)
        change = await read_body(request, PriorityChange, PRIORITY_EXAMPLE)
        if change == PriorityChange():
            detail = f"say what is to change, like {PRIORITY_EXAMPLE}"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_field", detail)
        seconds = change.head_start_seconds
        head_start = None if seconds is None else timedelta(seconds=seconds)
        changed = ChangePriority(_interaction_of(request), by, head_start, change.priority)
        return await self._granted(request, changed)

    async def _move(self, request: web.Request) -> web.Response:
        by = bearer_of(request)
        move = await read_body(request, QueueMove, MOVE_EXAMPLE)
        moved = MoveWaiting(_interaction_of(request), QueueName(move.queue), by)
        return await self._granted(request, moved)

    async def _withdraw(self, request: web.Request) -> web.Response:
        by = bearer_of(request)
        await read_nothing(request)
        return await self._granted(request, WithdrawWaiting(_interaction_of(request), by))

    async def _granted(self, request: web.Request, wanted: Request) -> web.Response:
        await submit(self._driver, wanted)
        interaction, numbers = _interaction_of(request), sees_numbers(request)
        views = self._driver.center.calls()
        found = [_status(v, numbers=numbers) for v in views if v.interaction == interaction]
        return json_answer(CallChange(interaction=interaction, call=found[0] if found else None))


def _interaction_of(request: web.Request) -> InteractionId:
    return InteractionId(request.match_info["interaction"])


def _status(view: CallView, *, numbers: bool) -> CallStatus:
    return CallStatus(
        interaction=view.interaction,
        state=view.state,
        since=view.since,
        started_at=view.started_at,
        direction=view.direction,
        section=view.section,
        queue=view.queue,
        position=view.position,
        agent=view.agent,
        customer_number=view.customer_number if numbers else None,
        customer_number_raw=view.customer_number_raw if numbers else None,
    )
