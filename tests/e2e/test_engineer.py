"""An engineer asks a running Asterisk: by its console, and by the trace of a call."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.e2e.polling import until_holds
from tests.e2e.wire.raw_caller import RawCaller
from tests.e2e.world import DESK, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "+31611223344"
MODULE = "res_pjsip_logger.so"
OTHER = "+31655667788"
KEY = "Signal=7\r\nDuration=160\r\n"


class Use(msgspec.Struct):
    """A line of the audit."""

    what: str
    by: str
    of: str = ""
    command: str = ""


def uses(world: World) -> list[Use]:
    """The audit so far."""
    lines = (world.environment.data / "audit.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Use) for line in lines]


async def started(world: World, *words: str) -> Process:
    """A command of the program, for the running installation."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("CC_")}
    settings = {
        "CC_DATA_DIR": str(world.environment.data),
        "CC_SITE": str(world.place.settings.site),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "contactcenter_ari", *words,
        env={**inherited, **settings}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip


async def said(process: Process) -> str:
    """The output of a command that ends well."""
    out, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    return out.decode()


async def console(world: World, command: str) -> str:
    """The answer of Asterisk's console."""
    return await said(await started(world, "asterisk", "console", *command.split()))


async def logger_is_off(world: World) -> str:
    """A complaint while the packet logger is there."""
    assert world.environment.asterisk is not None
    told = await world.environment.asterisk.rx(f"module show like {MODULE}")
    return "" if "0 modules loaded" in told else told


@asynccontextmanager
async def tracing(world: World, *words: str) -> AsyncIterator[Process]:
    """A trace that is on."""
    process = await started(world, "sip", "trace", *words)
    assert process.stdout is not None, "it is a pipe"
    try:
        assert b"Asterisk" in await process.stdout.readline()
        assert await logger_is_off(world)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_the_console_answers_and_each_use_is_noted(world: World) -> None:
    """By the account that asked, with the command."""
    assert "Asterisk 22." in await console(world, "core show version")
    assert uses(world)[-1].what == "asterisk console"
    assert uses(world)[-1].command == "core show version"
    assert (world.environment.data / "audit.jsonl").stat().st_mode & 0o077 == 0


async def test_a_call_is_traced_and_its_keys_are_not(world: World, tmp_path: Path) -> None:
    """One number among others is traced, on the terminal and in a file; afterwards the logger is
    off, and no file of it is left.
    """
    pcap = tmp_path / "call.pcap"
    async with tracing(world, NUMBER, "--pcap", str(pcap)) as trace:
        other = await world.call(DESK, number=OTHER)
        sip = world.environment.addresses.sip
        caller = await RawCaller.dials(sip, DESK, number=NUMBER.encode())
        world.callers.append(caller)
        await caller.until_answered()
        assert (await caller.ask("INFO", body=KEY, kind="application/dtmf-relay"))[8:11] == "200"
        caller.hang_up()
        await caller.until_over()
        other.hang_up()
        await other.until_over()
        trace.send_signal(signal.SIGINT)
        told = await said(trace)
    for title in ("INVITE +SDP", "100 Trying", "200 OK +SDP", "ACK", "INFO", "200 OK (BYE)"):
        assert f" {title} " in told
    assert {line.rsplit(maxsplit=1)[1] for line in told.splitlines()} == {"a"}
    written = pcap.read_bytes()
    assert b"Signal=*" in written
    assert NUMBER.encode() in written
    assert not any(hidden in written for hidden in (b"Signal=7", OTHER.encode()))
    assert pcap.stat().st_mode & 0o077 == 0
    assert await logger_is_off(world) == ""
    assert [*(world.environment.data / "asterisk" / "log").glob("trace*")] == []
    assert (uses(world)[-1].what, uses(world)[-1].of) == ("sip trace", NUMBER)


async def test_a_trace_that_is_killed_leaves_the_logger_off(world: World) -> None:
    """Within a moment; meanwhile there is no second one."""
    async with tracing(world) as trace:
        second = await started(world, "sip", "trace")
        _, complaint = await second.communicate()
        assert second.returncode == 1
        assert f"Another trace is under way (pid {trace.pid}" in complaint.decode()
        assert await logger_is_off(world)
        trace.kill()
        await until_holds(lambda: logger_is_off(world))


class Stretch(msgspec.Struct):
    """A stretch of what was heard."""

    sound: str
    name: str
    whole: bool


class Call(msgspec.Struct):
    """The report of a call."""

    status: int
    end: str
    heard: list[Stretch]


async def called(world: World, *words: str) -> tuple[int, Call]:
    """Place a call; gives the status of the program, and what it tells."""
    process = await started(world, "call", *words, "--json")
    out, complaint = await process.communicate()
    assert process.returncode is not None
    return process.returncode, msgspec.json.decode(out or complaint, type=Call)


async def test_a_test_call_tells_what_was_heard(world: World) -> None:
    """Prompts by name, in order, after the keys that lead to them; and who hung up."""
    status, call = await called(world, DESK, "--keys", ",,,,,,1", "--for", "14s")
    assert (status, call.status, call.end) == (0, 200, "we hung up")
    prompts = [each.name for each in call.heard if each.sound == "prompt"]
    assert prompts[:3] == ["desk: welcome (en)", "desk: main_menu (en)", "desk: help_menu (en)"]
    assert uses(world)[-1].what == "call"


async def test_a_number_that_is_not_ours_is_not_called(world: World) -> None:
    """Unless asked for, and then only by the carrier."""
    for words, told in (((), "no number of this site"), (("--outside",), "no trunk has a host")):
        process = await started(world, "call", "+31651234567", *words)
        _, complaint = await process.communicate()
        assert process.returncode == 1
        assert told in complaint.decode()
