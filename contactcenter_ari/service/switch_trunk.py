"""The trunks in Asterisk: written and taken up when a site with other trunks is published.

Guarantees: calls in progress go on over what they were begun on; an Asterisk that was started
again has the trunks of the site that is served. Only files that are there are written, so an
Asterisk of another machine is left alone.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.reply import Asking
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.trunk_config import MODULES
from contactcenter_ari.service.trunk import KnownTrunks
from contactcenter_ari.service.waiting import until_first

RELOAD_LIMIT = timedelta(seconds=10)
TRY_AGAIN_AFTER = timedelta(seconds=2)

log = structlog.get_logger(__name__)


class Connections(Protocol):
    """Counts the connections that Asterisk has made."""

    @property
    def connections(self) -> int:
        """How many there were."""
        ...

    async def until_new_connection(self, known: int) -> None:
        """Wait until there were more than the known ones."""
        ...


class SwitchTrunks:
    """Keeps Asterisk's trunks those of the site that is served."""

    def __init__(
        self,
        known: KnownTrunks,
        asterisk: AsteriskProcess,
        http: Asking,
        trunks: tuple[Trunk, ...],
    ) -> None:
        self._known = known
        self._asterisk = asterisk
        self._http = http
        self._trunks = trunks
        self._changed = asyncio.Event()
        self._is_written = False
        """And not yet read by Asterisk."""
        self._taken_up: tuple[Trunk, ...] = ()

    def __repr__(self) -> str:
        return f"<SwitchTrunks {', '.join(trunk.name for trunk in self._trunks)}>"

    @property
    def settled(self) -> bool:
        """Whether Asterisk has the trunks of the site that is served."""
        return self._taken_up == self._trunks

    def check(self, site: Site) -> None:
        """Raises ContactCenterError if the trunks of a site cannot be had here."""
        self._known.secrets(self._known.of(site.trunks))

    def follow(self, site: Site) -> None:
        """A site is served from now on."""
        self._trunks = self._known.of(site.trunks)
        self._changed.set()

    async def run(self, switch: Connections) -> None:
        """Write what differs and have it taken up: after each change, and each time that Asterisk
        was started.
        """
        while True:
            connections = switch.connections
            self._changed.clear()
            try:
                await self._take_up()
            except (SwitchError, ContactCenterError, OSError) as error:
                log.error("trunks.not_taken_up", reason=str(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(TRY_AGAIN_AFTER.total_seconds()):
                        await self._changed.wait()
                continue
            await until_first(self._changed.wait(), switch.until_new_connection(connections))

    async def _take_up(self) -> None:
        trunks, write = self._trunks, self._asterisk.write_trunks
        secrets = self._known.secrets(trunks)
        self._is_written |= await asyncio.to_thread(write, trunks, secrets)
        for module in MODULES if self._is_written else ():
            reply = await self._http.send(operation.reload_module(module), limit=RELOAD_LIMIT)
            if not reply.succeeded:
                raise SwitchError(f"Asterisk has not reloaded {module}: {reply.status}")
        self._is_written, self._taken_up = False, trunks
        log.info("trunks.taken_up", trunks=[trunk.name for trunk in trunks])
