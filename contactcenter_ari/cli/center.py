"""The center as `contactcenter up` and `contactcenter serve` run it, until Ctrl-C."""

import os

from contactcenter_ari.bootstrap.environment import prepared
from contactcenter_ari.bootstrap.service import serving
from contactcenter_ari.cli.command import error_screen
from contactcenter_ari.cli.draining import end_within, until_drained
from contactcenter_ari.cli.flow_tester import FlowTester
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.service.archive import FOLDER, Archive
from contactcenter_ari.service.publishing import first_site
from contactcenter_ari.service.secret import administrator_file


async def serve_calls(settings: Settings) -> None:
    """Start what is not configured, and serve until Ctrl-C; raises ContactCenterError."""
    console = error_screen()
    site = first_site(settings.site, Archive(settings.data.absolute() / FOLDER))
    tools = ensure_tools(console, os.environ)
    async with (
        prepared(settings, site, tools, console=console, environ=os.environ) as environment,
        serving(settings, site, environment, tester=FlowTester()) as service,
    ):
        where = environment.addresses
        console.print(f"Phones register at {where.sip} (SIP, UDP); calls come in there, too.")
        console.print(f"HTTP API: http://{where.web}/api/openapi.json")
        console.print(f"Administrator's token: {administrator_file(environment.data)}")
        await until_drained(service.driver, console, limit=settings.drain_limit)
        end_within()
