"""The doctor finds each planted fault, says what to do, and has nothing against a sound place.

A registration that the carrier refuses is planted in `tests/e2e/trunk`. Not here yet, for there is
nothing to look at: certificates, the public address behind NAT, and the age of a backup.
"""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contactcenter_ari.cli.check import Finding, Installation
from contactcenter_ari.cli.check_machine import HANDED_OUT
from contactcenter_ari.cli.doctor import CHECKS
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.runtime.address import Address, PortBlock
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.service.address import addresses
from tests.cli.program import contactcenter, holder

CHECKOUT = Path(__file__).parents[2]
SITE = CHECKOUT / "callflows"
NOWHERE = "192.0.2.1"
"""An address that no machine has (RFC 5737)."""


class WrongClock(Clock):
    """A clock that is set wrong."""

    off = timedelta(hours=1)

    def now(self) -> datetime:
        """An hour ahead."""
        return super().now() + self.off


def installed(data: Path, **set_to: object) -> Settings:
    """The settings of an installation."""
    return Settings(**{"site": SITE, "data": data, **set_to})  # type: ignore[arg-type]  # as the fields are


async def found(what: str, settings: Settings, clock: Clock | None = None) -> Finding:
    """The finding of one check for an installation."""
    (check,) = [check for check in CHECKS if check.what == what]
    finding = await check.finding(Installation(settings, clock or Clock()))
    assert finding.fine is not bool(finding.advice), finding
    return finding


async def test_a_name_without_an_address(tmp_path: Path) -> None:
    """It names the host."""
    finding = await found(
        "names", installed(tmp_path, carrier=Address("no-such-carrier.invalid", 5060))
    )
    assert not finding.fine
    assert "no-such-carrier.invalid" in finding.detail
    assert "/etc/resolv.conf" in finding.advice
    assert (await found("names", installed(tmp_path, carrier=Address("localhost", 5060)))).fine


@pytest.mark.parametrize(
    ("setting", "protocol"), [("asterisk_sip", Protocol.UDP), ("http", Protocol.TCP)]
)
async def test_a_port_that_is_taken(tmp_path: Path, setting: str, protocol: Protocol) -> None:
    """It names the address and its setting; a port that is free is fine."""
    with socket.socket(socket.AF_INET, protocol.value) as taken:
        taken.bind((LOOPBACK, 0))
        if protocol is Protocol.TCP:
            taken.listen()
        where = Address(LOOPBACK, taken.getsockname()[1])
        finding = await found("ports", installed(tmp_path, **{setting: where}))
    assert not finding.fine
    assert f"{where} cannot be used" in finding.detail
    assert f"CC_{setting.upper()}" in finding.detail
    assert (await found("ports", installed(tmp_path, **{setting: where}))).fine


async def test_the_ports_of_a_running_installation_are_its_own(tmp_path: Path) -> None:
    """They are taken, and that is right."""
    where = addresses(Settings(site=SITE, data=tmp_path), tmp_path).sip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((where.host, where.port))
        assert not (await found("ports", installed(tmp_path))).fine
        with holder(tmp_path, "application", "switch"):
            assert (await found("ports", installed(tmp_path))).fine


@asynccontextmanager
async def carrier_that_answers(status: bytes) -> AsyncIterator[Address]:
    """A carrier that answers every question so."""

    class Answers(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # of UDP
            self.transport = transport

        def datagram_received(self, data: bytes, address: object) -> None:
            assert data.startswith(b"OPTIONS ")
            self.transport.sendto(b"SIP/2.0 " + status + b"\r\n\r\n", address)  # type: ignore[arg-type]  # as given

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Answers, local_addr=(LOOPBACK, 0))
    yield Address(LOOPBACK, transport.get_extra_info("sockname")[1])
    transport.close()


async def test_a_carrier_that_is_down(tmp_path: Path) -> None:
    """One that answers anything at all is there."""
    where = Address(LOOPBACK, free_port(Protocol.UDP))
    finding = await found("carrier", installed(tmp_path, carrier=where))
    assert not finding.fine
    assert f"the carrier at {where} does not answer" in finding.detail
    assert "CC_CARRIER" in finding.advice
    async with carrier_that_answers(b"403 Forbidden") as there:
        finding = await found("carrier", installed(tmp_path, carrier=there))
    assert (finding.fine, finding.detail) == (True, f"{there} answers (403 Forbidden)")


async def test_a_clock_that_is_off(tmp_path: Path, database_url: str) -> None:
    """By the clock of the database."""
    finding = await found("clock", installed(tmp_path, database_url=database_url), WrongClock())
    assert not finding.fine
    assert "by 3600 s" in finding.detail
    assert "NTP" in finding.advice
    assert (await found("clock", installed(tmp_path, database_url=database_url))).fine


async def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """The input log is from the future."""
    log = tmp_path / "input" / "1.jsonl"
    log.parent.mkdir()
    log.touch()
    assert (await found("clock", installed(tmp_path))).fine
    later = Clock().now().timestamp() + 3600
    os.utime(log, (later, later))
    finding = await found("clock", installed(tmp_path))
    assert not finding.fine
    assert "later time" in finding.detail


async def test_a_disk_without_room() -> None:
    """A file system that has none: it says where, and how much is needed."""
    finding = await found("disk", installed(Path("/proc/contactcenter")))
    assert not finding.fine
    assert "/proc is too full: 0.0 GB free" in finding.detail


async def test_a_database_that_is_away(tmp_path: Path) -> None:
    """It says where nobody answers, and no password."""
    where = f"{LOOPBACK}:{free_port(Protocol.TCP)}"
    finding = await found(
        "database", installed(tmp_path, database_url=f"postgresql://me:hush@{where}/cc")
    )
    assert not finding.fine
    assert where in finding.detail
    assert "hush" not in finding.detail + finding.advice
    assert "Postgres" in finding.advice


async def test_an_old_asterisk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which is there and which is needed."""
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 20.1.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("CC_ASTERISK", str(program))
    finding = await found("tools", installed(tmp_path))
    assert not finding.fine
    assert f"Asterisk 20.1.0 at {program} is older than 22." in finding.detail
    assert "CC_ASTERISK" in finding.advice


async def test_an_asterisk_that_is_away(tmp_path: Path) -> None:
    """It names the address."""
    where = Address(LOOPBACK, free_port(Protocol.TCP))
    finding = await found("Asterisk", installed(tmp_path, asterisk_http=where))
    assert not finding.fine
    assert str(where) in finding.detail
    assert "asterisk.log" in finding.advice


async def test_too_few_audio_ports(tmp_path: Path, database_url: str) -> None:
    """Fewer calls than agents."""
    few = PortBlock(12000, 12011)  # two calls
    set_to = {"rtp_ports": few, "database_url": database_url}
    async with Database(database_url) as database:
        for extension in ("101", "102"):
            await Directory(database).add_agent(extension, "Ann", ())
        assert (await found("audio ports", installed(tmp_path, **set_to))).fine
        await Directory(database).add_agent("103", "Bob", ())
    finding = await found("audio ports", installed(tmp_path, **set_to))
    assert not finding.fine
    assert "enough for 2 calls, and there are 3 agents" in finding.detail
    assert "CC_RTP_PORTS" in finding.advice


async def test_audio_ports_of_the_kernel(tmp_path: Path) -> None:
    """Any program may be given one of them."""
    first, last = map(int, HANDED_OUT.read_text().split())  # of the kernel
    finding = await found("audio ports", installed(tmp_path, rtp_ports=PortBlock(first, last)))
    assert not finding.fine
    assert "overlap" in finding.detail


async def test_an_address_that_no_interface_has(tmp_path: Path) -> None:
    """It names the address."""
    finding = await found("interface", installed(tmp_path, asterisk_sip=Address(NOWHERE, 5060)))
    assert not finding.fine
    assert NOWHERE in finding.detail
    assert (
        await found("interface", installed(tmp_path, asterisk_sip=Address(LOOPBACK, 5060)))
    ).fine


async def test_files_of_another_account(tmp_path: Path) -> None:
    """As after a start by root; an ordinary user cannot plant that, but finds it in what is root's
    anyway.
    """
    data = tmp_path / "data"
    addresses(Settings(site=SITE, data=data), data)
    assert (await found("owner", installed(data))).fine
    if os.geteuid():
        data = Path("/usr")
    else:
        os.chown(data / "addresses.json", 12345, -1)
    finding = await found("owner", installed(data))
    assert not finding.fine
    assert str(data) in finding.detail
    assert "chown" in finding.advice


async def test_a_secret_that_others_can_read(tmp_path: Path) -> None:
    """It names the file, and not what is in it."""
    secret = tmp_path / "secrets" / "ari"
    secret.parent.mkdir()
    secret.write_text("hush")
    secret.chmod(0o600)
    assert (await found("owner", installed(tmp_path))).fine
    secret.chmod(0o644)
    finding = await found("owner", installed(tmp_path))
    assert not finding.fine
    assert str(secret) in finding.detail
    assert "hush" not in finding.detail


async def test_a_missing_prompt(tmp_path: Path) -> None:
    """It is told at the line that names it."""
    site = Path(shutil.copytree(SITE, tmp_path / "callflows"))
    shutil.copytree(CHECKOUT / "prompts", tmp_path / "prompts")
    assert (await found("flows", installed(tmp_path, site=site))).fine
    flow = site / "clinic.yaml"
    text = flow.read_text("utf-8")
    flow.write_text(
        text.replace("\nprompts:\n", '\nprompts:\n  lost: {en: "sound:nobody"}\n'), "utf-8"
    )
    finding = await found("flows", installed(tmp_path, site=site))
    assert not finding.fine
    assert "nobody" in finding.detail
    assert "flow check" in finding.advice


def test_the_program_tells_all_of_it(tmp_path: Path) -> None:
    """Each check once, in order; its status is 1 when there is something to mend."""
    done = contactcenter(tmp_path / "data", "doctor", "--json")
    told = [Finding(**finding) for finding in json.loads(done.stdout)]
    assert [finding.what for finding in told] == [check.what for check in CHECKS]
    assert [finding.detail for finding in told if not finding.fine] == []
    assert done.returncode == 0
    where = f"{LOOPBACK}:{free_port(Protocol.UDP)}"
    done = contactcenter(tmp_path / "data", "doctor", CC_CARRIER=where)
    assert done.returncode == 1
    assert f"the carrier at {where} does not answer" in done.stdout
    assert "then ask the carrier" in " ".join(done.stdout.replace("│", "").split())
