"""`contactcenter asterisk`: the switch alone, for sites that run it apart from `serve`."""

import asyncio
import os
import signal

import typer

from contactcenter_ari.bootstrap.address import addresses
from contactcenter_ari.bootstrap.ground import kept_running, switch_process
from contactcenter_ari.cli.app import app, command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.tool import dotted
from contactcenter_ari.machine.tool_root import ensure_tools

asterisk = typer.Typer(help="The switch.")
app.add_typer(asterisk, name="asterisk", no_args_is_help=True)


@asterisk.command()
@command
def install() -> None:
    """Install Asterisk and the other native tools, without root."""
    load_settings()
    found = ensure_tools(error_screen(), os.environ)
    screen().print(f"Asterisk {dotted(found.switch.version)}", highlight=False)


@asterisk.command()
@command
def config() -> None:
    """Write Asterisk's configuration files for this site; says where they are."""
    process = run(_process(load_settings()))
    process.configure()
    screen().print(f"Written to {process.folders.etc}", soft_wrap=True, highlight=False)


@asterisk.command(name="run")
@command
def run_asterisk() -> None:
    """Run Asterisk until Ctrl-C, and again when it crashes; `contactcenter serve` with the same
    CC_DATA_DIR uses it.
    """
    run(_run(load_settings()))


async def _process(settings: Settings) -> AsteriskProcess:
    tools = ensure_tools(error_screen(), os.environ)
    return await switch_process(settings, load_site(settings.site), tools, environ=os.environ)


async def _run(settings: Settings) -> None:
    process = await _process(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with kept_running(process):
        where = addresses(settings, settings.data.absolute())
        screen().print(f"SIP {where.sip}; now run: CC_ASTERISK_HTTP={where.asterisk_http} serve")
        await stop.wait()
