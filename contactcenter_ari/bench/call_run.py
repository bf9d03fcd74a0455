"""The floor on which whole calls are measured, with all that it stands on started for it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TypeVar

from rich.console import Console

from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.bench.application import application_running
from contactcenter_ari.bench.call_floor import CallFloor
from contactcenter_ari.bench.plan import SITE, VARIATION
from contactcenter_ari.bootstrap.environment import prepared
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.port import RTP_PORTS
from contactcenter_ari.machine.tool_root import ensure_tools

Found = TypeVar("Found")
IN_SERVICE = replace(VARIATION, fsync=True, rtp_ports=RTP_PORTS)
"""The database is as safe as in service, and there are as many audio ports."""


async def run_on_floor(
    settings: Settings,
    work: Callable[[CallFloor], Awaitable[Found]],
    *,
    console: Console,
    environ: Mapping[str, str],
) -> Found:
    """Start everything in `settings.data`, measure, stop it again; raises ContactCenterError."""
    settings = replace(settings, site=SITE)
    site, tools = load_site(SITE), ensure_tools(console, environ)
    async with AsyncExitStack() as stack:
        environment = await stack.enter_async_context(
            prepared(settings, site, tools, console=console, environ=environ, variation=IN_SERVICE)
        )
        http = await stack.enter_async_context(
            SwitchHttp.opened(
                str(environment.addresses.asterisk_http),
                Credentials(environment.ari.user, environment.ari.secret),
            )
        )
        application = await stack.enter_async_context(application_running(settings, environment))
        return await work(CallFloor(application, environment, tools, http=http))
