"""The switch alone, as `contactcenter asterisk` writes and runs it."""

import asyncio
import os
import signal

from contactcenter_ari.bootstrap.environment import switch_process
from contactcenter_ari.cli.command import error_screen, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.machine.trunk_config import MODULES
from contactcenter_ari.service.address import addresses
from contactcenter_ari.service.archive import FOLDER, Archive
from contactcenter_ari.service.own_asterisk import kept_running
from contactcenter_ari.service.publishing import first_site


async def write_configuration(settings: Settings) -> None:
    """Write Asterisk's configuration files for this site; raises ContactCenterError."""
    process = await _process(settings)
    process.configure()
    screen().print(f"Written to {process.folders.etc}", soft_wrap=True, highlight=False)


async def reload_trunks(settings: Settings) -> None:
    """Write the trunks of this site and have them taken up; raises ContactCenterError."""
    process = await _process(settings)
    process.write_trunks(process.site.trunks, process.site.trunk_secrets)
    for module in MODULES:
        await process.rx(f"module reload {module}")
    names = ", ".join(trunk.name for trunk in process.site.trunks)
    screen().print(f"Taken up: {names}", highlight=False)


async def run_switch(settings: Settings) -> None:
    """Run Asterisk until Ctrl-C, and again when it crashes; raises ContactCenterError."""
    process = await _process(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with kept_running(process):
        where = addresses(settings, settings.data.absolute())
        screen().print(f"SIP {where.sip}; now run: CC_ASTERISK_HTTP={where.asterisk_http} serve")
        await stop.wait()


async def _process(settings: Settings) -> AsteriskProcess:
    tools = ensure_tools(error_screen(), os.environ)
    site = first_site(settings.site, Archive(settings.data.absolute() / FOLDER))
    return await switch_process(settings, site, tools, environ=os.environ)
