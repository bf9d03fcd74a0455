"""Whole calls measured: each part on an Asterisk, a database and an application of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from rich.console import Console

from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.bench.application import application_running
from contactcenter_ari.bench.call_cpu import CpuPlan, measure_call_cpu
from contactcenter_ari.bench.call_figures import CallCpu
from contactcenter_ari.bench.call_floor import CallFloor, Talks
from contactcenter_ari.bench.plan import SITE, VARIATION
from contactcenter_ari.bootstrap.environment import prepared
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.tool_root import ensure_tools

IN_SERVICE = replace(VARIATION, fsync=True, rtp_ports=1_000)
"""The database is as safe as in service, and there are audio ports for 200 calls."""


async def run_call_cpu(
    settings: Settings,
    plan: CpuPlan,
    talks: Talks,
    *,
    console: Console,
    environ: Mapping[str, str],
) -> CallCpu:
    """The CPU of whole calls; raises ContactCenterError."""
    async with (
        _floor(settings, console, environ) as floor,
        floor.staffed(talks, agents=plan.agents, members=plan.agents),
    ):
        return await measure_call_cpu(floor, plan, tell=console.print)


@asynccontextmanager
async def _floor(
    settings: Settings, console: Console, environ: Mapping[str, str]
) -> AsyncIterator[CallFloor]:
    settings = replace(settings, site=SITE)
    site, tools = load_site(SITE), ensure_tools(console, environ)
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(
            prepared(settings, site, tools, console=console, environ=environ, variation=IN_SERVICE)
        )
        http = await stack.enter_async_context(
            SwitchHttp.opened(
                str(ground.addresses.asterisk_http),
                Credentials(ground.ari.user, ground.ari.secret),
            )
        )
        application = await stack.enter_async_context(application_running(settings, ground))
        yield CallFloor(application, ground, tools, http=http)
