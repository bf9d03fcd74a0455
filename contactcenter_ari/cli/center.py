"""The center as `contactcenter up` and `contactcenter serve` run it, until Ctrl-C."""

import asyncio
import os
import signal
from datetime import timedelta

from rich.console import Console

from contactcenter_ari.bootstrap.archive import FOLDER, Archive
from contactcenter_ari.bootstrap.ground import prepared
from contactcenter_ari.bootstrap.publishing import first_site
from contactcenter_ari.bootstrap.service import ADMINISTRATOR_FILE, Service, serving
from contactcenter_ari.cli.app import error_screen
from contactcenter_ari.cli.rehearsing import Rehearser
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.tool_root import ensure_tools

DRAIN_LIMIT = timedelta(minutes=5)


async def serve_calls(settings: Settings) -> None:
    """Start what is not configured, and serve until Ctrl-C; raises ContactCenterError."""
    console = error_screen()
    site = first_site(settings.site, Archive(settings.data.absolute() / FOLDER))
    tools = ensure_tools(console, os.environ)
    async with (
        prepared(settings, site, tools, console=console, environ=os.environ) as ground,
        serving(settings, site, ground, tester=Rehearser()) as service,
    ):
        where = ground.addresses
        console.print(f"Phones register at {where.sip} (SIP, UDP); calls come in there, too.")
        console.print(f"HTTP API: http://{where.web}/api/openapi.json")
        console.print(f"Administrator's token: {ground.data / 'secrets' / ADMINISTRATOR_FILE}")
        await until_drained(service, console)


async def until_drained(service: Service, console: Console) -> None:
    """Wait for Ctrl-C, then for the calls in progress, or for another Ctrl-C."""
    pressed: asyncio.Queue[None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, pressed.put_nowait, None)
    await pressed.get()
    service.driver.drain()
    again = asyncio.ensure_future(pressed.get())
    while (calls := service.driver.center.calls_in_progress()) and not again.done():
        console.print(f"{calls} calls in progress; Ctrl-C again ends them.")
        await asyncio.wait({again}, timeout=5)
    again.cancel()
