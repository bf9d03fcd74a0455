"""Queues as they stand: `/api/v1/queues`. People may close one now, and open it again."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import QueueView
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import CloseQueue, OpenQueue
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import bearer_of
from contactcenter_ari.web.message import json_answer, read_nothing
from contactcenter_ari.web.problem import ProblemKind
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Parameter, Route, Seconds
from contactcenter_ari.web.submission import CENTER_BUSY, submit

QUEUE = Parameter("queue", "The name of a queue.", "support")
UNKNOWN_QUEUE = ProblemKind(HTTPStatus.NOT_FOUND, "unknown_queue")


class QueueStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One queue now: callers waiting, the longest wait in seconds (0 when nobody waits), its
    agents logged in, those of them who take calls, now or after the present one, and those who
    could take a call this instant; positions in line kept for callbacks. `closed` when a person
    closed it.
    """

    queue: QueueName
    waiting: int
    oldest_wait_seconds: Seconds
    logged_in: int
    takes_calls: int
    free: int
    callbacks: int
    closed: bool


class QueueList(msgspec.Struct, frozen=True):
    """All queues, in the order they were configured."""

    queues: tuple[QueueStatus, ...]


class QueueRoutes:
    """Shows the queues."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver = driver
        self._clock = clock

    def __repr__(self) -> str:
        """The driver of their center."""
        return f"<QueueRoutes of {self._driver!r}>"

    async def _list(self, _request: web.Request) -> web.Response:
        return json_answer(QueueList(self._statuses()))

    async def _close(self, request: web.Request) -> web.Response:
        return await self._change(request, CloseQueue)

    async def _open(self, request: web.Request) -> web.Response:
        return await self._change(request, OpenQueue)

    async def _change(
        self, request: web.Request, change: type[CloseQueue | OpenQueue]
    ) -> web.Response:
        await read_nothing(request)
        name = QueueName(request.match_info["queue"])
        await submit(self._driver, change(queue=name, by=bearer_of(request)))
        (now,) = (status for status in self._statuses() if status.queue == name)
        return json_answer(now)

    def _statuses(self) -> tuple[QueueStatus, ...]:
        return tuple(map(_status, self._driver.center.queues(self._clock.now())))

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/queues",
            operation="list_queues",
            handler=_list,
            summary="All queues as they stand",
            tags=("queues",),
            right=Right.READ_QUEUES,
            answers={200: QueueList},
        ),
        Route(
            method="POST",
            path="/api/v1/queues/{queue}/close",
            operation="close_queue",
            handler=_close,
            summary="Send on all callers who wait, and let nobody in until it is opened",
            tags=("queues",),
            right=Right.CONTROL_FLOOR,
            parameters=(QUEUE,),
            answers={200: QueueStatus},
            problems=(UNKNOWN_QUEUE, CENTER_BUSY),
        ),
        Route(
            method="POST",
            path="/api/v1/queues/{queue}/open",
            operation="open_queue",
            handler=_open,
            summary="Let callers in again",
            tags=("queues",),
            right=Right.CONTROL_FLOOR,
            parameters=(QUEUE,),
            answers={200: QueueStatus},
            problems=(UNKNOWN_QUEUE, CENTER_BUSY),
        ),
    )
    """Its part of the API."""


def _status(view: QueueView) -> QueueStatus:
    return QueueStatus(
        queue=view.queue,
        waiting=view.waiting,
        oldest_wait_seconds=round(view.oldest_wait.total_seconds(), 3),
        logged_in=view.logged_in,
        takes_calls=view.takes_calls,
        free=view.free,
        callbacks=view.callbacks,
        closed=view.closed,
    )
