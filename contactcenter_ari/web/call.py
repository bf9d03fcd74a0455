"""Calls as they stand (`/api/v1/calls`), and control of one that waits (`/api/v1/interactions`).

A phone number is shown to roles with the right `numbers:read` alone.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import CallView, Instant
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
from contactcenter_ari.web.message import BAD_FIELD, json_answer, read_body, read_nothing
from contactcenter_ari.web.problem import Problem, refused
from contactcenter_ari.web.queue import UNKNOWN_QUEUE
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Parameter, Route, Seconds
from contactcenter_ari.web.submission import CENTER_BUSY, submit

BEING_ANSWERED = refused("being_answered")
INTERACTION = Parameter("interaction", "The id of an interaction.", "n1-1-i-1")
NOT_WAITING = refused("not_waiting")

PRIORITY_EXAMPLE = '{"head_start_seconds": 120}, or {"priority": 1}, or both'
MOVE_EXAMPLE = '{"queue": "sales"}'


class CallStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One call now: its state and since when, the section of its flow, and its queue (with its
    position, 1 is next) or its agent. `direction` is outbound for a customer who is called back;
    `customer_number` is in E.164, `customer_number_raw` as the carrier wrote it; both are null
    without the right to see numbers.
    """

    interaction: InteractionId
    state: InteractionState
    since: Instant
    started_at: Instant
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
    """The call after a change; `call` is null when it has ended meanwhile."""

    interaction: InteractionId
    call: CallStatus | None


class PriorityChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Gives a waiting caller another head start (at most a day) or priority class (from 1,
    which is first, to 10); what is null stays as it is.
    """

    head_start_seconds: Annotated[Seconds, msgspec.Meta(ge=0, le=86_400)] | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=10)] | None = None


class QueueMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lets a waiting caller go on waiting in another queue."""

    queue: str


class CallRoutes:
    """Shows the calls and submits requests for those that wait."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def __repr__(self) -> str:
        """The driver of their center."""
        return f"<CallRoutes of {self._driver!r}>"

    async def _list(self, request: web.Request) -> web.Response:
        numbers = sees_numbers(request)
        views = self._driver.center.calls()
        return json_answer(CallList(tuple(_status(view, numbers=numbers) for view in views)))

    async def _change_priority(self, request: web.Request) -> web.Response:
        by = bearer_of(request)
        change = await read_body(request, PriorityChange, PRIORITY_EXAMPLE)
        if change == PriorityChange():
            detail = f"say what is to change, like {PRIORITY_EXAMPLE}"
            raise Problem(BAD_FIELD, detail)
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
        view = self._driver.center.call(interaction)
        status = None if view is None else _status(view, numbers=numbers)
        return json_answer(CallChange(interaction=interaction, call=status))

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/calls",
            operation="list_calls",
            handler=_list,
            summary="The calls in progress",
            tags=("calls",),
            right=Right.READ_BOARD,
            answers={200: CallList},
        ),
        Route(
            method="POST",
            path="/api/v1/interactions/{interaction}/priority",
            operation="change_priority",
            handler=_change_priority,
            summary="Give a waiting caller another head start or priority class",
            tags=("calls",),
            right=Right.CONTROL_FLOOR,
            parameters=(INTERACTION,),
            body=PriorityChange,
            answers={200: CallChange},
            problems=(NOT_WAITING, CENTER_BUSY),
        ),
        Route(
            method="POST",
            path="/api/v1/interactions/{interaction}/move",
            operation="move_waiting",
            handler=_move,
            summary="Let a waiting caller go on waiting in another queue",
            tags=("calls",),
            right=Right.CONTROL_FLOOR,
            parameters=(INTERACTION,),
            body=QueueMove,
            answers={200: CallChange},
            problems=(
                NOT_WAITING,
                BEING_ANSWERED,
                UNKNOWN_QUEUE,
                refused("queue_refuses"),
                CENTER_BUSY,
            ),
        ),
        Route(
            method="POST",
            path="/api/v1/interactions/{interaction}/withdraw",
            operation="withdraw_waiting",
            handler=_withdraw,
            summary="Take a waiting caller out of the line; the flow goes on",
            tags=("calls",),
            right=Right.CONTROL_FLOOR,
            parameters=(INTERACTION,),
            answers={200: CallChange},
            problems=(NOT_WAITING, BEING_ANSWERED, CENTER_BUSY),
        ),
    )
    """Its part of the API."""


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
