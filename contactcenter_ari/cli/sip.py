"""`contactcenter sip`: what Asterisk, carriers and phones say to each other."""

import asyncio
import os
import signal
from contextlib import ExitStack, aclosing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import (
    command,
    error_screen,
    limit_given,
    load_settings,
    run,
)
from contactcenter_ari.cli.sip_ladder import Ladder
from contactcenter_ari.client.running_center import RunningCenter
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import site_trunks
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.asterisk_console import AsteriskConsole
from contactcenter_ari.machine.audit_log import note_use
from contactcenter_ari.machine.secret import OWNER_ONLY_FILE
from contactcenter_ari.machine.sip_capture import SipCapture
from contactcenter_ari.machine.sip_message import SipMessage
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.service.address import addresses
from contactcenter_ari.service.trunk import KnownTrunks

sip = typer.Typer(help="Signaling of calls.")
app.add_typer(sip, name="sip", no_args_is_help=True)

LONGEST = timedelta(hours=1)
SIGNIFICANT = 8
"""The last digits by which numbers are compared, however they are written."""


class TraceRefused(ContactCenterError):
    """There can be no such trace; the message says why."""


@sip.command()
@command
def trace(
    of: Annotated[str, typer.Argument(help="A number, or a call in progress; else all.")] = "",
    pcap: Annotated[Path | None, typer.Option(help="Also write a file for Wireshark.")] = None,
    limit: Annotated[str, typer.Option("--for", help="For how long, at most 1h.")] = "10m",
) -> None:
    """Draw the signaling of calls as it happens, until Ctrl-C; keys and passwords are masked.

    Of a call that begins later all is shown, of one that has begun what follows. Each use is
    noted in `audit.jsonl` of the data folder.
    """
    settings = load_settings()
    run(_trace(settings, of, pcap, _limit(limit)))


def _limit(text: str) -> timedelta:
    if (limit := limit_given(text, LONGEST)) is None:
        raise TraceRefused(f'"{text}" is no time for a trace; an example: 10m (at most 1h)')
    return limit


async def _trace(settings: Settings, of: str, pcap: Path | None, limit: timedelta) -> None:
    data = settings.data.absolute()
    console = AsteriskConsole.of(ensure_tools(error_screen(), os.environ), data)
    wanted = Wanted(await _number(settings, of))
    note_use(data, "sip trace", of=of or "all", limit=str(limit), pcap=str(pcap or ""))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    capture = SipCapture(console, data, limit, stop)
    trunks = KnownTrunks(settings, os.environ).of(site_trunks(settings.site))
    networks = tuple(network for trunk in trunks for network in trunk.networks)
    ladder = Ladder(addresses(settings, data).sip, networks)
    with ExitStack() as stack:
        file = stack.enter_context(_opened(pcap)) if pcap else None
        begun = partial(typer.echo, ladder.head())
        async with aclosing(capture.messages(begun)) as messages:
            async for message in messages:
                if wanted.has(message):
                    typer.echo(ladder.line(message))
                    if file is not None:
                        file.write((b"" if file.tell() else capture.header) + message.raw)
                        file.flush()


async def _number(settings: Settings, of: str) -> str:
    """The number to look for: as given, or that of the customer of a call in progress."""
    if not of or of.strip("+*#").isdecimal():
        return of
    for call in (await RunningCenter.of(settings).calls()).calls:
        if call.interaction == of and (number := call.customer_number_raw or call.customer_number):
            return number
    raise TraceRefused(f"no call {of} with a number is in progress; give a number, or nothing")


class Wanted:
    """The calls that are traced: those of a number, or all."""

    def __init__(self, number: str) -> None:
        self._digits = _significant(number)
        self._calls: set[str] = set()

    def __repr__(self) -> str:
        return f"<Wanted {len(self._calls)} calls>"

    def has(self, message: SipMessage) -> bool:
        """Whether a message belongs to one."""
        if not self._digits or message.call_id in self._calls:
            return True
        if self._digits not in map(_significant, message.numbers):
            return False
        self._calls.add(message.call_id)
        return True


def _significant(number: str) -> str:
    digits = "".join(each for each in number if each.isdecimal() or each in "*#")
    return digits[-SIGNIFICANT:]


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY_FILE), "wb")
