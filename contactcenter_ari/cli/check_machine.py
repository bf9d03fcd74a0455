"""Looks of the doctor at this machine: program, tools, disk, owner, names, interfaces, ports."""

import asyncio
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from pwd import getpwnam
from typing import LiteralString

from contactcenter_ari.cli.check import Installation, Wrong
from contactcenter_ari.machine.folder_lock import ProgramRole, role_is_held
from contactcenter_ari.machine.port import Protocol, calls_in, require_free
from contactcenter_ari.machine.secret import FOLDER
from contactcenter_ari.machine.tool import dotted
from contactcenter_ari.machine.tool_root import installed_tools, require_space
from contactcenter_ari.postgres.connection import connect, connection_parts
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.runtime.address import Address, PortBlock

SPACE_NEEDED = 1_000_000_000
"""Bytes for a day's recordings and the database, at the least."""
RESOLVE_LIMIT = timedelta(seconds=4)
CLOCK_LIMIT = timedelta(seconds=2)
"""The difference that clocks may have; the times of calls in reports would be wrong by as much."""
OTHERS = 0o077
DATABASE_ACCOUNT = "nobody"
"""Run by root, the embedded Postgres runs as this."""
LOOPBACK_INTERFACE = "lo"
INTERFACES = Path("/sys/class/net")
HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


async def python(_: Installation) -> str:
    """The version of Python."""
    return sys.version.split()[0]


async def tools(_: Installation) -> str:
    """The native tools, and an Asterisk that is new enough."""
    found = installed_tools(os.environ)
    if found is None:
        return "not installed yet; `make setup` or the first start does it"
    return f"Asterisk {dotted(found.switch.version)}, SIPp, espeak-ng, flite in {found.root}"


async def disk(installation: Installation) -> str:
    """Room where the data is, or will be."""
    require_space(_nearest(installation.data), SPACE_NEEDED)
    return f"enough space in {installation.data}"


async def owner(installation: Installation) -> str:
    """The data folder and what is in it belong to the account that runs this, and nobody else may
    read the secrets.
    """
    data = installation.data
    if not data.exists():
        return f"{data} is not there yet"
    entries = (data, *data.iterdir()) if os.access(data, os.R_OK) else (data,)
    ours = {os.geteuid()} if os.geteuid() else {0, getpwnam(DATABASE_ACCOUNT).pw_uid}
    for entry in entries:
        if (theirs := entry.lstat().st_uid) not in ours:
            raise Wrong(f"{entry} belongs to the account {theirs}, not to {os.geteuid()}")
    for secret in (data / FOLDER).glob("*"):
        if secret.lstat().st_mode & OTHERS:
            raise Wrong(f"{secret} can be read by other accounts")
    return f"{data} is ours, and its secrets are for nobody else"


async def clock(installation: Installation) -> str:
    """The clock agrees with the database's, and nothing in the data folder is from the future."""
    now = installation.clock.now()
    newest = max(
        (file.stat().st_mtime for file in (installation.data / "input").glob("*")), default=0.0
    )
    if newest > (now + CLOCK_LIMIT).timestamp():
        raise Wrong(f"{installation.data / 'input'} was written at a later time than the clock's")
    if (off := await _off(installation)) is None:
        return f"{now:%Y-%m-%d %H:%M:%S} UTC; there is no other clock to hold it against"
    if abs(off) > CLOCK_LIMIT:
        raise Wrong(
            f"the clock of this machine says {now:%Y-%m-%d %H:%M:%S} UTC, which differs from the"
            f" database's by {abs(off).total_seconds():.0f} s"
        )
    return f"{now:%Y-%m-%d %H:%M:%S} UTC, as in the database"


async def _off(installation: Installation) -> timedelta | None:
    """How far the clock is ahead of the database's, if that can be known."""
    if (theirs := await _told(installation, "select clock_timestamp()")) is None:
        return None
    assert isinstance(theirs, datetime), "it is a timestamptz"
    return installation.clock.now() - theirs


async def _told(installation: Installation, question: LiteralString) -> object:
    """The one value that the database answers; None while there is none that does."""
    if (url := installation.database_url) is None:
        return None
    try:
        connection = await connect(url)
    except DatabaseUnreachable:
        return None
    async with connection:
        cursor = await connection.execute(question)
        ((value,),) = await cursor.fetchall()
    return value


async def names(installation: Installation) -> str:
    """Each host that the settings name by a name has an address."""
    settings = installation.settings
    listening = (settings.asterisk_sip, settings.http)
    hosts = [trunk.host for trunk in installation.trunks if trunk.host]
    hosts += [address.host for address in listening if address is not None]
    for url in (settings.database_url, settings.lookup_url):
        if url is not None:
            hosts += [part for part in connection_parts(url).get("host", "").split(",") if part]
    found = list(dict.fromkeys(host for host in hosts if not host.startswith("/")))
    await asyncio.gather(*map(_resolved, found))
    return f"{', '.join(found)} have addresses" if found else "none is named"


async def _resolved(host: str) -> None:
    try:
        async with asyncio.timeout(RESOLVE_LIMIT.total_seconds()):
            await asyncio.get_running_loop().getaddrinfo(host, None)
    except TimeoutError as error:
        raise Wrong(f"no name server has answered for {host}") from error
    except OSError as error:
        raise Wrong(f"the name {host} has no address ({error.strerror})") from error


async def interface(installation: Installation) -> str:
    """The addresses to listen on are those of a network interface that is up."""
    settings = installation.settings
    given = [address for address in (settings.asterisk_sip, settings.http) if address is not None]
    for address in given:
        if address.interface is not None and not _is_here(address.interface):
            raise Wrong(f"no network interface of this machine has the address {address.host}")
    up = sorted(name for _, name in socket.if_nameindex() if _is_up(name))
    outside = [a for a in given if not a.host.startswith("127.") and a.host != "localhost"]
    if outside and not any(name != LOOPBACK_INTERFACE for name in up):
        raise Wrong(
            "only the loopback interface is up: no phone or carrier can reach this machine"
        )
    return f"{', '.join(up)} up" + ("" if outside else "; we listen on loopback alone")


def _is_here(host: str) -> bool:
    try:
        require_free(Address(host, 0), Protocol.UDP)
    except OSError:
        return False
    return True


def _is_up(name: str) -> bool:
    try:
        return (INTERFACES / name / "operstate").read_text().strip() in {"up", "unknown"}
    except OSError:
        return False


async def ports(installation: Installation) -> str:
    """The programs that are not running yet can listen where they should."""
    settings, data, kept = installation.settings, installation.data, installation.addresses
    wanted: list[tuple[str, Address, Protocol]] = []
    if not role_is_held(data, ProgramRole.SWITCH) and settings.asterisk_http is None:
        sip = kept.sip if kept else settings.asterisk_sip
        wanted += [("SIP, CC_ASTERISK_SIP", sip, Protocol.UDP)] if sip else []
    if not role_is_held(data, ProgramRole.APPLICATION):
        web = kept.web if kept else settings.http
        wanted += [("the HTTP API, CC_HTTP", web, Protocol.TCP)] if web else []
    for what, address, protocol in wanted:
        if address.interface is not None and _is_here(address.interface):
            try:
                require_free(address, protocol)
            except OSError as error:
                told = f"{address} cannot be used for {what}: {error.strerror}"
                raise Wrong(told) from error
    told = ", ".join(str(address) for _, address, _ in wanted)
    return f"{told} can be used" if told else "in use by this installation, or still to be chosen"


async def audio_ports(installation: Installation) -> str:
    """The audio ports are enough for all agents to talk at once, and are nobody else's."""
    kept = installation.addresses
    block = kept.rtp if kept else installation.settings.rtp_ports
    if block is None:
        return "still to be chosen"
    calls, agents = calls_in(block), await _agents(installation)
    if calls < agents:
        raise Wrong(
            f"the audio ports {block.first}-{block.last} are enough for {calls} calls, and there"
            f" are {agents} agents"
        )
    _require_apart(block)
    return f"{block.first}-{block.last}, enough for {calls} calls"


async def _agents(installation: Installation) -> int:
    """How many agents there are, as far as the database tells."""
    if not await _told(installation, "select to_regclass('agent') is not null"):
        return 0
    count = await _told(installation, "select count(*) from agent")
    return count if isinstance(count, int) else 0


def _require_apart(block: PortBlock) -> None:
    """The kernel must not hand the ports out to other programs."""
    first, last = map(int, HANDED_OUT.read_text().split())
    if block.first <= last and first <= block.last:
        raise Wrong(
            f"the audio ports {block.first}-{block.last} overlap {first}-{last}, from which the"
            " kernel hands out ports to any program"
        )


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder
