"""A second program is started on the data folder of a running one, with a call in progress: it is
refused, and the first one, its Asterisk, its database, its log and its call go on.
"""

import asyncio
import os
import re
import stat
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from baresip import Runtime

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.site.site import CenterResumed, CenterStarted
from contactcenter_ari.loadtest.agent import Phone
from contactcenter_ari.machine.postgres_process import running_dsn
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.runtime.replay import replay_onward
from contactcenter_ari.service.address import Addresses, addresses
from contactcenter_ari.service.secret import administrator_token
from tests.e2e.caller import Caller
from tests.e2e.phone import AgentPhone, Conversation
from tests.e2e.polling import until_holds
from tests.e2e.program import Program
from tests.e2e.world import LONGEST, SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE, EXTENSION, NUMBER = "longest", "301", "+31630000001"
AGENT, TALKER = 620, 440
"""The voices, in hertz."""
CPU_LIMIT = 1.0
"""Seconds of processor time for a refusal on any machine, the start of Python included."""
GROUP_AND_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Installation:
    """A running program with all that it started, and a talk in it."""

    data: Path
    where: Addresses
    program: Program
    environ: dict[str, str]
    caller: Caller
    talk: Conversation


@dataclass(frozen=True, slots=True)
class Refusal:
    """The result of a second program."""

    status: int
    said: str
    seconds: float
    cpu: float


@asynccontextmanager
async def talking(data: Path, runtime: Runtime) -> AsyncIterator[Installation]:
    """`contactcenter up`, an agent added beside it, and a caller who talks to the agent."""
    where = addresses(Settings(site=SITE, data=data), data)
    environ = {"CC_DATA_DIR": str(data), "CC_SITE": str(SITE)}
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(
            Program.of(
                environ,
                output=data.parent / "program.log",
                web=str(where.web),
                token=administrator_token(data),
                words=("up",),
            )
        )
        credential = await _agent(environ)
        await program.start()
        phone = await AgentPhone.registered(runtime, credential, where.sip, frequency=AGENT)
        stack.push_async_callback(phone.close)
        await program.until_reachable(EXTENSION)
        await program.change_state(EXTENSION, "logged_in")
        caller = await Caller.place(where.sip, LONGEST, number=NUMBER, frequency=TALKER)
        stack.callback(caller.close)
        talk = await phone.talks()
        await caller.until_hears_tone(AGENT)
        yield Installation(data, where, program, environ, caller, talk)


async def _agent(environ: dict[str, str]) -> Phone:
    """Add an agent before anything runs; gives the credentials of the phone."""
    added = await _second(environ, "agent", "add", EXTENSION, "Agent", "--queue", QUEUE)
    assert added.status == 0, added.said
    (user,) = re.findall(r"SIP user +(\S+)", added.said)
    (secret,) = re.findall(r"SIP secret +(\S+)", added.said)
    return Phone(user, secret)


async def _second(environ: dict[str, str], *words: str) -> Refusal:
    """Start another program and wait for its end."""
    loop = asyncio.get_running_loop()
    before, began = os.times(), loop.time()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "contactcenter_ari", *words),
        env={**os.environ, **environ},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    seconds, after = loop.time() - began, os.times()
    assert process.returncode is not None, "it has ended"
    cpu = after.children_user + after.children_system
    return Refusal(
        process.returncode,
        (out + err).decode(),
        seconds,
        cpu - before.children_user - before.children_system,
    )


@pytest.mark.parametrize("tries", [3, pytest.param(20, marks=pytest.mark.chaos)])
async def test_the_first_one_goes_on(
    data_folder: Path,
    runtime: Runtime,
    tools: Tools,
    tries: int,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """The first program goes on, whatever other program is started, and how often."""
    assert tools.asterisk, "they are installed before a program wants them"
    async with talking(data_folder / f"data-{tries}", runtime) as first:
        seconds = await _is_refused(first, tries)
        record_testsuite_property(
            "refused in seconds", f"{median(seconds):.2f}, at most {max(seconds):.2f}"
        )
        await _goes_on_talking(first)
        _is_private(first.data)
        await _ends_well(first)


async def _is_refused(first: Installation, tries: int) -> list[float]:
    """Each other program ends by itself with one line that names the first one; gives the seconds
    until then.
    """
    asterisk = (first.data / "asterisk/asterisk.pid").read_text()
    apart = {
        **first.environ,
        "CC_DATABASE_URL": running_dsn(first.data) or "",
        "CC_ASTERISK_HTTP": str(first.where.asterisk_http),
    }
    line = re.compile(
        r"error: contactcenter up already runs on \S+ "
        rf"\(pid {first.program.pid}, since \d\d:\d\d:\d\d\); stop it first\n"
    )
    refusals = []
    for _ in range(tries):
        for words, environ in (
            (("up",), first.environ),
            (("serve",), apart),
            (("asterisk", "run"), first.environ),
        ):
            refusal = await _second(environ, *words)
            assert refusal.status == 1, refusal.said
            assert line.fullmatch(refusal.said), refusal.said
            assert refusal.cpu < CPU_LIMIT
            refusals.append(refusal)
    assert (first.data / "asterisk/asterisk.pid").read_text() == asterisk
    os.kill(int(asterisk), 0)
    return [refusal.seconds for refusal in refusals]


async def _goes_on_talking(first: Installation) -> None:
    """Both hear each other, and the commands that may run beside the program work."""
    first.caller.rtp.heard.clear()
    await first.caller.until_hears_tone(AGENT, 0.5)
    for words in (("agent", "list"), ("db", "migrate"), ("show", "queues"), ("flow", "versions")):
        beside = await _second(first.environ, *words)
        assert beside.status == 0, beside.said
    assert first.caller.talking


def _is_private(data: Path) -> None:
    """No other account can use anything in the data folder; root's Postgres, which is another
    account, may pass through the folder itself.
    """
    passable = 0o711 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(data.stat().st_mode) == passable
    entries = [path for path in data.rglob("*") if not path.is_symlink()]
    assert {"input", "secrets", "asterisk", "published"} <= {path.name for path in entries}
    open_to_others = [
        str(path) for path in entries if stat.S_IMODE(path.lstat().st_mode) & GROUP_AND_OTHERS
    ]
    assert open_to_others == []


async def _ends_well(first: Installation) -> None:
    """The caller hangs up, the program ends in order, and its log replays to the same."""
    first.caller.hang_up()
    await first.talk.until_over()

    async def in_progress() -> str:
        calls = await first.program.metric("contactcenter_calls_in_progress")
        return f"{calls} calls are in progress" if calls else ""

    await until_holds(in_progress)
    assert await first.program.metric("contactcenter_faults_total") == 0
    assert await first.program.stop() == 0
    (start,) = (log for log in (first.data / "input").glob("*.jsonl") if "." not in log.stem)
    inputs = [entry.input for entry in read_input_log(start)]
    assert sum(isinstance(each, CenterStarted) for each in inputs) == 1
    assert not any(isinstance(each, CenterResumed) for each in inputs)
    assert replay_onward(start).center.calls_in_progress() == 0
