"""`contactcenter call`: a call through the running switch, and what was heard in it."""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer
from rich.table import Table

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import (
    command,
    error_screen,
    limit_given,
    load_settings,
    run,
    screen,
)
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.site.called_number import CalledNumbers
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.loadtest.sip_caller import KEYS, OK, SipCaller
from contactcenter_ari.machine.audit_log import note_use
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.service.address import addresses
from contactcenter_ari.service.prompts import fixed_prompts, prompt_cache
from contactcenter_ari.service.trunk import KnownTrunks, host_address
from contactcenter_ari.speech.hearing import Heard, Sound, all_heard
from contactcenter_ari.speech.tone import Samples, decode_ulaw

LONGEST = timedelta(minutes=10)
ANSWER_LIMIT = timedelta(seconds=30)
LOOK_EVERY = timedelta(milliseconds=20)
PAUSE = timedelta(seconds=1)
"""For each comma among the keys."""
WITHHELD = "anonymous"
"""The user of a caller whose number is not told (RFC 3323)."""
LISTENING = 300.0
"""Hertz; the caller's own tone is not heard in what the caller hears."""


class CallRefused(ContactCenterError):
    """There can be no such call; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One call: the final status of SIP, how long it took, who ended it, and what was heard."""

    number: str
    status: int
    answered_after: timedelta
    lasted: timedelta
    end: str
    heard: list[Heard]


@app.command(name="call")
@command
def place_call(
    number: Annotated[str, typer.Argument(help="A number of the site.")],
    *,
    keys: Annotated[str, typer.Option(help="Keys to press; a comma waits for a second.")] = "",
    listen: Annotated[str, typer.Option("--for", help="For how long, at most 10m.")] = "20s",
    caller: Annotated[str, typer.Option("--from", help="The caller's number.")] = WITHHELD,
    outside: Annotated[bool, typer.Option("--outside", help="By the carrier; it costs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Call a number through the running Asterisk, press keys, and tell what was heard.

    The call is an ordinary one: it has a row in the database, and may ring an agent.
    """
    settings = load_settings()
    if set(keys) - {*KEYS, ","}:
        raise CallRefused(f'"{keys}" are no keys; there are 0 to 9, *, # and the comma')
    report = run(_report(settings, number, keys, _limit(listen), caller=caller, outside=outside))
    if as_json:
        typer.echo(json.dumps(_plain(report)))
    else:
        _show(report)
    if report.status != OK:
        raise typer.Exit(1)


def _limit(text: str) -> timedelta:
    if (limit := limit_given(text, LONGEST)) is None:
        raise CallRefused(f'"{text}" is no time for a call; an example: 20s (at most 10m)')
    return limit


async def _report(
    settings: Settings, number: str, keys: str, limit: timedelta, *, caller: str, outside: bool
) -> Report:
    site = load_site(settings.site)
    data = settings.data.absolute()
    target, source = _way(settings, site, number, outside=outside)
    note_use(data, "call", number=number, outside="yes" if outside else "no")
    line = await SipCaller.place(
        target, number, number=caller, frequency=LISTENING, address=source
    )
    try:
        return await _held(line, number, keys, limit, await _prompts(settings, site))
    finally:
        line.close()


def _way(settings: Settings, site: Site, number: str, *, outside: bool) -> tuple[Address, str]:
    """Where the call goes, and from which address of this machine."""
    trunks = KnownTrunks(settings, os.environ).of(site.trunks)
    if outside:
        for trunk in sorted(trunks, key=lambda trunk: trunk.name not in site.via[:1]):
            if trunk.host:
                there = host_address(trunk)
                return there, _address_towards(there)
        raise CallRefused("there is no way to the outside: no trunk has a host")
    if CalledNumbers(site).find(number) not in {n for f in site.flows for n in f.numbers}:
        raise CallRefused(f"{number} is no number of this site; --outside calls any other")
    for network in (ip_network(each) for trunk in trunks for each in trunk.networks):
        if network.is_loopback:
            there = addresses(settings, settings.data.absolute()).sip
            return there, str(network.network_address)
    raise CallRefused(
        "a test call comes from this machine, as from a carrier: add 127.0.0.2/32 to the"
        " networks of a trunk (CC_TRUNK_NETWORKS, if the site names none), or use --outside"
    )


def _address_towards(there: Address) -> str:
    """The address of this machine from which packets go there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((there.host, there.port))
        host: str = probe.getsockname()[0]
    return host


async def _held(
    line: SipCaller,
    number: str,
    keys: str,
    limit: timedelta,
    prompts: list[tuple[str, Samples]],
) -> Report:
    """Wait for the answer, press the keys, listen until the limit, and hang up."""
    loop = asyncio.get_running_loop()
    placed_at = loop.time()
    await _until(lambda: line.status != 0 or line.over, ANSWER_LIMIT)
    answered_at = loop.time()
    if line.talking:
        await _press(line, keys, limit)
        left = limit - timedelta(seconds=loop.time() - answered_at)
        await _until(lambda: line.over, left)
    end = _end(line)
    lasted = loop.time() - answered_at if line.status == OK else 0.0
    line.hang_up()
    await _until(lambda: line.over, ANSWER_LIMIT)
    recording = decode_ulaw(np.frombuffer(bytes(line.rtp.heard), dtype=np.uint8))
    return Report(
        number=number,
        status=line.status,
        answered_after=timedelta(seconds=answered_at - placed_at),
        lasted=timedelta(seconds=lasted),
        end=end,
        heard=await asyncio.to_thread(all_heard, recording, prompts),
    )


def _end(line: SipCaller) -> str:
    if not line.status:
        return "no answer"
    if line.status != OK:
        return f"refused with {line.status} {line.reason}".strip()
    return "the center hung up" if line.over else "we hung up"


async def _press(line: SipCaller, keys: str, limit: timedelta) -> None:
    """One key after the other; a comma is a pause."""
    for part in keys.replace(",", " , ").split():
        if part == ",":
            await _until(lambda: line.over, PAUSE)
        else:
            line.dial(part)
            await _until(lambda: not line.keys_left or line.over, limit)


async def _until(holds: Callable[[], bool], limit: timedelta) -> None:
    """Wait until it holds, or the limit has passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(max(limit.total_seconds(), 0)):
            while not holds():  # noqa: ASYNC110  # several things may come
                await asyncio.sleep(LOOK_EVERY.total_seconds())


async def _prompts(settings: Settings, site: Site) -> list[tuple[str, Samples]]:
    """The prompts that callers may hear, without those that have blanks, by name."""
    tools = ensure_tools(error_screen(), os.environ)
    cache = prompt_cache(tools, settings.site, os.environ)
    found: dict[Path, tuple[str, Samples]] = {}
    for name, part in fixed_prompts(site):
        with suppress(ContactCenterError, OSError, soundfile.SoundFileError):
            (media,) = await cache.media((part,))
            file = Path(media.removeprefix("sound:")).with_suffix(".wav")
            found.setdefault(file, (name, await asyncio.to_thread(_samples, file)))
    return list(found.values())


def _samples(file: Path) -> Samples:
    """The sound of a prompt; Asterisk plays no WAV of another rate."""
    samples: Samples = soundfile.read(file, dtype="int16", always_2d=True)[0][:, 0]
    return samples


def _show(report: Report) -> None:
    console = screen()
    table = Table("At", "For", "Heard")
    for heard in report.heard:
        table.add_row(_seconds(heard.at), _seconds(heard.length), _words(heard))
    if report.heard:
        console.print(table)
    told = report.end
    if report.status == OK:
        told = (
            f"answered after {_seconds(report.answered_after)}; after"
            f" {_seconds(report.lasted)} {report.end}"
        )
    console.print(f"{report.number}: {told}", markup=False, highlight=False)


def _words(heard: Heard) -> str:
    match heard.sound:
        case Sound.PROMPT:
            return heard.name if heard.whole else f"{heard.name} (cut short)"
        case Sound.TONE:
            return f"tone of {heard.name}"
        case Sound.SILENCE:
            return "silence"
        case Sound.OTHER:
            return "speech or music that is no fixed prompt"


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.1f} s"


def _plain(report: Report) -> dict[str, object]:
    """The report for programs; times in seconds."""
    return {
        **asdict(report),
        "answered_after": report.answered_after.total_seconds(),
        "lasted": report.lasted.total_seconds(),
        "heard": [
            {
                **asdict(heard),
                "at": heard.at.total_seconds(),
                "length": heard.length.total_seconds(),
            }
            for heard in report.heard
        ],
    }
