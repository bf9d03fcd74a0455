"""Queues as they stand: `/api/v1/queues`."""

import msgspec
from aiohttp import web

from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.message import json_answer


class QueueStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One queue now: callers waiting, the longest wait in seconds (0 when nobody waits), its
    agents signed in, and those of them who could take a call this instant.
    """

    queue: QueueName
    waiting: int
    oldest_wait_seconds: float
    signed_in: int
    free: int


class QueueList(msgspec.Struct, frozen=True):
    """All queues, in the order they were configured."""

    queues: tuple[QueueStatus, ...]


class QueueRoutes:
    """Shows the queues."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver = driver
        self._clock = clock

    def __repr__(self) -> str:
        """Tell whose queues."""
        return f"<QueueRoutes of {self._driver!r}>"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/api/v1/queues", self._list)]

    async def _list(self, _request: web.Request) -> web.Response:
        views = self._driver.center.queues(self._clock.now())
        listed = tuple(
            QueueStatus(
                queue=view.queue,
                waiting=view.waiting,
                oldest_wait_seconds=round(view.oldest_wait.total_seconds(), 3),
                signed_in=view.signed_in,
                free=view.free,
            )
            for view in views
        )
        return json_answer(QueueList(listed))
