"""`contactcenter up` and `contactcenter serve`: the center, until Ctrl-C."""

import asyncio
import os
import signal
from datetime import timedelta

from rich.console import Console

from contactcenter_ari.bootstrap.archive import FOLDER, Archive
from contactcenter_ari.bootstrap.ground import prepared
from contactcenter_ari.bootstrap.publishing import first_site
from contactcenter_ari.bootstrap.service import ADMINISTRATOR_FILE, Service, serving
from contactcenter_ari.cli.app import app, command, error_screen, load_settings, run
from contactcenter_ari.cli.rehearsing import Rehearser
from contactcenter_ari.config.settings import SettingInvalid, Settings
from contactcenter_ari.machine.tool_root import ensure_tools

DRAIN_LIMIT = timedelta(minutes=5)


@app.command()
@command
def up() -> None:
    """Start what is not configured (Postgres, Asterisk), then serve. Ctrl-C drains: no new
    calls are taken, those in progress go on for up to five minutes; a second one ends them.
    """
    run(_serve(load_settings()))


@app.command()
@command
def serve() -> None:
    """Serve on a database and an Asterisk that run already (CC_DATABASE_URL,
    CC_ASTERISK_HTTP). Ctrl-C drains, as with `up`.
    """
    settings = load_settings()
    for name, value, example in (
        ("CC_DATABASE_URL", settings.database_url, "postgresql://user@127.0.0.1/contactcenter"),
        ("CC_ASTERISK_HTTP", settings.asterisk_http, "127.0.0.1:8088"),
    ):
        if value is None:
            raise SettingInvalid(f"{name} is not set; an example: {example}")
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
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
