"""Restores callbacks and handle times from the database into a center that starts empty.

Promises: events that the last run left in the spool are written first, so that no closed callback
is opened again; each request is submitted once; while the database is away the center works
without, says so, and is told later. A row that cannot be read or taken is left out and logged, and
ends nothing. A center rebuilt from its input log knows all this already.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.request import Request
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.port import Condition, PartHealth

log = structlog.get_logger(__name__)

HISTORY = timedelta(weeks=8)
"""Over how long handle times are averaged."""
RETRY_AFTER = timedelta(seconds=2)
RETRY_LIMIT = timedelta(seconds=10)
"""The wait before the next try doubles up to this."""

Reading = Callable[[], Awaitable[Sequence[Request]]]


class Restoring:
    """Reads the do-not-call list, closed queues, callbacks, lost calls and handle times, and
    submits them.
    """

    def __init__(
        self, callbacks: Callbacks, journal: Journal, driver: Driver, now: Callable[[], datetime]
    ) -> None:
        self._callbacks = callbacks
        self._journal = journal
        self._driver = driver
        self._now = now
        self._missing: list[Reading] = [
            callbacks.forbidden_numbers,
            callbacks.closed_queues,
            callbacks.open_callbacks,
            callbacks.open_lost_calls,
            self._handle_times,
        ]
        self._known = asyncio.Event()
        self._unreadable = 0

    def __repr__(self) -> str:
        return f"<Restoring: {len(self._missing)} kinds missing>"

    def health(self) -> PartHealth:
        """Whether the center knows what the database knows."""
        if not self._known.is_set():
            why = "callbacks and numbers not to call have not been read from the database yet"
            return PartHealth(Condition.DEGRADED, why)
        if self._unreadable:
            why = "callbacks or numbers not to call in the database cannot be read; see the log"
            return PartHealth(Condition.DEGRADED, why)
        return PartHealth()

    def skip(self) -> None:
        """The center was rebuilt from its input log."""
        self._missing.clear()
        self._known.set()

    async def until_known(self) -> None:
        """Wait until the center knows the open callbacks; handle times may still be calculated."""
        await self._known.wait()

    async def run(self) -> None:
        """Submit all of it, however long the database is away."""
        delay = RETRY_AFTER
        await self._journal.until(lambda: not self._journal.spooled)
        while self._missing:
            try:
                requests = await self._missing[0]()
            except DatabaseUnreachable as error:
                log.warning("callbacks.not_restored_yet", reason=str(error))
                await asyncio.sleep(delay.total_seconds())
                delay = min(2 * delay, RETRY_LIMIT)
            except Exception:
                log.exception("callbacks.unreadable")
                self._unreadable += 1
                self._done()
            else:
                await self._submit(requests)
                self._done()

    def _done(self) -> None:
        """One kind is dealt with; all but the handle times are callbacks."""
        del self._missing[0]
        if len(self._missing) <= 1:
            self._known.set()

    async def _submit(self, requests: Sequence[Request]) -> None:
        refused: Counter[str] = Counter()
        for request in requests:
            try:
                await self._driver.request(request)
            except RequestRefused as refusal:
                refused[f"{type(request).__name__}: {refusal.code}"] += 1
            except Exception:  # noqa: BLE001  # the driver has logged it
                refused[f"{type(request).__name__}: fault"] += 1
        if refused:
            log.warning("callbacks.refused", reasons=dict(refused))

    async def _handle_times(self) -> Sequence[Request]:
        return [await self._callbacks.handle_times(self._now() - HISTORY)]
