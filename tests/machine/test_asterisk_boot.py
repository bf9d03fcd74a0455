"""A real Asterisk, started and stopped by us with the configuration we ship."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from contactcenter_ari.machine.asterisk_config import AsteriskSite, Login
from contactcenter_ari.machine.asterisk_process import AsteriskProcess, AsteriskStartFailed
from contactcenter_ari.machine.log_rotation import KEPT
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port, free_rtp_block
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.address import Address

CHECKOUT: Final = Path(__file__).parents[2]
LIMIT: Final = 10

SiteMaker = Callable[[], AsteriskSite]

ORPHAN: Final = """
import asyncio, os, signal, sys
sys.path.insert(0, sys.argv[1])
from test_asterisk_boot import native_tools, site_in
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from pathlib import Path

async def main():
    folder = Path(sys.argv[2])
    bound = sys.argv[3:] != ["unbound"]
    process = AsteriskProcess(
        native_tools(), site_in(folder), folder / "run", dies_with_us=bound
    )
    await process.start()
    print(process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def native_tools() -> Tools:
    """The native tools; a missing one is an error."""
    return ensure_tools(Console(stderr=True), os.environ)


def site_in(folder: Path) -> AsteriskSite:
    """A site with free ports and a second of music."""
    music = folder / "music"
    music.mkdir(exist_ok=True)
    (music / "silence.ulaw").write_bytes(b"\xff" * 8000)
    return AsteriskSite(
        sip=Address(LOOPBACK, free_port(Protocol.UDP)),
        http=Address(LOOPBACK, free_port(Protocol.TCP)),
        application_at=Address(LOOPBACK, free_port(Protocol.TCP)),
        rtp=free_rtp_block(40),
        ari=Login("contactcenter", "ari-secret"),
        application_login=Login("asterisk", "application-secret"),
        ami=Login("recorder", "ami-secret"),
        ami_port=free_port(Protocol.TCP),
        music=music,
        templates=CHECKOUT / "asterisk-conf",
        dialplan=CHECKOUT / "dialplan",
    )


async def gone(pid: int) -> None:
    """Wait until a process has ended."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(handle, ended.set)
        async with asyncio.timeout(LIMIT):
            await ended.wait()
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)


async def test_boots_without_a_complaint(tmp_path: Path) -> None:
    """No warning, no error; one transport, the trunk known by its address, music there."""
    process = AsteriskProcess(native_tools(), site_in(tmp_path), tmp_path / "run")
    async with AsyncExitStack() as stack:
        await process.start()
        stack.push_async_callback(process.stop)
        identifies = await process.rx("pjsip show identifies")
        music = await process.rx("moh show files")
        pid = process.pid
    log = process.log_file.read_text()
    assert [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line] == []
    assert "127.0.0.2/32" in identifies
    assert "silence" in music
    assert pid is not None
    assert process.pid is None
    await gone(pid)


async def test_two_copies_in_deep_folders_at_once(tmp_path: Path) -> None:
    """A path too long for a control socket is no obstacle; neither copy meets the other."""
    deep = tmp_path / "/".join(["quite-a-long-folder-name"] * 6)
    deep.mkdir(parents=True)
    first = AsteriskProcess(native_tools(), site_in(tmp_path), deep / "one")
    second = AsteriskProcess(
        native_tools(), replace(site_in(tmp_path), node="node2"), deep / "two"
    )
    async with AsyncExitStack() as stack:
        for process in (first, second):
            await process.start()
            stack.push_async_callback(process.stop)
        answers = [await process.rx("core show settings") for process in (first, second)]
    assert ["node1" in answers[0], "node2" in answers[1]] == [True, True]
    assert not first.folders.run.exists()


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """The message names the address and the setting."""
    site = site_in(tmp_path)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        taken.bind((site.sip.host, site.sip.port))
        process = AsteriskProcess(native_tools(), site, tmp_path / "run")
        with pytest.raises(AsteriskStartFailed, match=rf"{site.sip}.*CC_ASTERISK_SIP"):
            await process.start()


async def test_a_failed_start_shows_the_last_words(tmp_path: Path) -> None:
    """An Asterisk that ends while it starts is reported with its own words, and at once."""
    tools = native_tools()
    broken = replace(tools, switch=replace(tools.switch, command=("sh", "-c", "echo no luck")))
    process = AsteriskProcess(broken, site_in(tmp_path), tmp_path / "run")
    with pytest.raises(AsteriskStartFailed, match=r"(?s)ended while it started.*no luck"):
        await process.start()


async def killed_beside_its_asterisk(folder: Path, *more: str) -> int:
    """The process id of an Asterisk whose program was killed outright."""
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ORPHAN, str(Path(__file__).parent), str(folder), *more,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await killed.communicate()
    return int(said)


async def test_a_module_that_does_not_load_is_named(tmp_path: Path) -> None:
    """A module of the allow list that is not there fails the start, not a call."""
    templates = shutil.copytree(CHECKOUT / "asterisk-conf", tmp_path / "conf")
    with (templates / "modules.conf").open("a", encoding="utf-8") as modules:
        modules.write("load = app_nothing.so\n")
    site = replace(site_in(tmp_path), templates=templates)
    process = AsteriskProcess(native_tools(), site, tmp_path / "run")
    with pytest.raises(AsteriskStartFailed, match=r"does not run its modules app_nothing\.so\."):
        await process.start()
    assert process.pid is None


async def test_it_does_not_outlive_us(tmp_path: Path) -> None:
    """When we are killed outright, Asterisk ends, too."""
    await gone(await killed_beside_its_asterisk(tmp_path))


async def test_a_leftover_is_ended_first(tmp_path: Path) -> None:
    """An Asterisk that a killed run left in the folder makes way for the new one."""
    pid = await killed_beside_its_asterisk(tmp_path, "unbound")
    new = AsteriskProcess(native_tools(), site_in(tmp_path), tmp_path / "run")
    await new.start()
    try:
        await gone(pid)
        assert new.pid != pid
    finally:
        await new.stop()


async def test_one_whose_program_lives_is_no_leftover(tmp_path: Path) -> None:
    """A second start in the same folder is refused, and the first Asterisk goes on."""
    first = AsteriskProcess(native_tools(), site_in(tmp_path), tmp_path / "run")
    await first.start()
    try:
        second = AsteriskProcess(native_tools(), site_in(tmp_path), tmp_path / "run")
        for _ in range(2):
            with pytest.raises(AsteriskStartFailed, match=f"pid {os.getpid()}, since"):
                await second.start()
        await second.stop()
        assert "Asterisk" in await first.rx("core show version")
    finally:
        await first.stop()


async def test_logs_are_cut_while_it_writes(tmp_path: Path) -> None:
    """However long strangers try to get in: what they do goes on to be written, in few files."""
    site = site_in(tmp_path)
    process = AsteriskProcess(native_tools(), site, tmp_path / "run")
    await process.start()
    security = process.folders.log / "security.log"
    try:
        for _ in range(KEPT + 2):
            await knocked_on(site, security)
            await process.rotate_logs(limit=1)
        await knocked_on(site, security)
        files = {path.name for path in security.parent.glob("security.log*")}
        assert files == {"security.log", *(f"security.log.{n}" for n in range(1, KEPT + 1))}
        assert all(told(security.parent / name) for name in files)
        modes = {path.stat().st_mode & 0o077 for path in security.parent.iterdir()}
        assert modes == {0}
    finally:
        await process.stop()


def told(security: Path) -> bool:
    """Whether the log has that somebody unknown tried to get in."""
    return security.exists() and "InvalidAccountID" in security.read_text()


async def knocked_on(site: AsteriskSite, security: Path) -> None:
    """A stranger asks to be registered until the security log says so."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
        stranger.bind((LOOPBACK, 0))
        own = f"{LOOPBACK}:{stranger.getsockname()[1]}"
        async with asyncio.timeout(LIMIT):
            while not told(security):
                branch = os.urandom(8).hex()
                stranger.sendto(
                    f"REGISTER sip:{site.sip} SIP/2.0\r\n"
                    f"Via: SIP/2.0/UDP {own};branch=z9hG4bK{branch}\r\n"
                    f"From: <sip:nobody@{site.sip}>;tag={branch}\r\n"
                    f"To: <sip:nobody@{site.sip}>\r\n"
                    f"Call-ID: {branch}\r\nCSeq: 1 REGISTER\r\nContact: <sip:nobody@{own}>\r\n"
                    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n".encode(),
                    (site.sip.host, site.sip.port),
                )
                await asyncio.sleep(0.1)
