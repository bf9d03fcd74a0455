"""One run of SIPp: a scenario, its parameters, and what became of it.

Promises: SIPp never reads the terminal, stays on its loopback address, ends by a limit, and is
ended with us; the outcome says in words why a call failed. Must not decide what a caller does:
the scenario does.
"""

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

from contactcenter_ari.core.errors import ContactCenterError

SCENARIOS = Path(__file__).resolve().parents[2] / "sipp-scenarios"
STOP_LIMIT = timedelta(seconds=2)
FAILED = 1
NEVER_CALLED = 99
COMPLAINTS_KEPT = 12
REMARKS = ("Received out-of-call INVITE", "The following events occurred")


class SippFailed(ContactCenterError):
    """SIPp itself could not do its work: bad scenario, taken port, missing program."""


class Verdict(Enum):
    """How a run ended."""

    PASSED = "passed"
    CALL_FAILED = "a call failed"
    OUT_OF_TIME = "out of time"
    STOPPED = "stopped by us"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an INVITE: when it came, by SIPp's clock, and how long it took."""

    at: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict, what SIPp complained about, and the answers of a run that `times` them."""

    verdict: Verdict
    complaints: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every call went the way its scenario says."""
        return self.verdict is Verdict.PASSED

    def __str__(self) -> str:
        return ": ".join([self.verdict.value, *self.complaints[:3]])


@dataclass(frozen=True, slots=True)
class Sipp:
    """The program SIPp, and its target: host:port of the center's SIP."""

    command: tuple[str, ...]
    target: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SippJob:
    """A run of SIPp: scenario file names, keywords (`-key`), numbers (`-set`), other arguments.

    `limit` is the longest the whole run may take; `address` a loopback address. A run that
    `times` its answers needs the timer of `part/invite.xml`.
    """

    scenario: str
    number: str = "s"
    calls: int = 1
    address: str = "127.0.0.1"
    port: int | None = None
    limit: timedelta = timedelta(minutes=2)
    keywords: Mapping[str, str] = field(default_factory=dict)
    durations: Mapping[str, timedelta] = field(default_factory=dict)
    lines: tuple[tuple[str, ...], ...] = ()
    answers_with: str | None = None
    times: bool = False
    arguments: tuple[str, ...] = ()


class SippRun:
    """One SIPp process; use `await SippRun(sipp, job).run()`, or start, then wait or stop."""

    def __init__(self, sipp: Sipp, job: SippJob) -> None:
        self._sipp = sipp
        self._job = job
        self._process: Process | None = None
        self._folder: Path | None = None
        self._stopped = False

    def __repr__(self) -> str:
        pid = self._process.pid if self._process else None
        return f"<SippRun {self._job.scenario} to {self._job.number}: pid {pid}>"

    async def run(self) -> Outcome:
        """Start and wait; ends SIPp when we are cancelled."""
        await self.start()
        return await self.wait()

    async def start(self) -> None:
        """Start SIPp; raises `SippFailed` when the program cannot be started."""
        self._folder = Path(tempfile.mkdtemp(prefix="cc-sipp-"))
        try:
            self._process = await asyncio.create_subprocess_exec(
                "setpriv", "--pdeathsig", "KILL", *self._command_line(self._folder),
                stdin=DEVNULL, stdout=PIPE, stderr=STDOUT,
                cwd=self._folder, env={**os.environ, **self._sipp.environment},
            )  # fmt: skip
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise SippFailed(f"SIPp cannot be started: {error}") from error

    async def wait(self) -> Outcome:
        """The outcome once SIPp has ended; raises `SippFailed`."""
        process, folder = self._process, self._folder
        if process is None or folder is None:
            raise AssertionError("not started")
        try:
            said, _ = await process.communicate()
            complaints = _complaints(folder / "errors.log")
            answers = tuple(_answers(folder)) if self._job.times else ()
        finally:
            await self._kill(process)
            shutil.rmtree(folder, ignore_errors=True)
        outcome = self._outcome(
            process.returncode or 0, complaints, said.decode("utf-8", "replace")
        )
        return replace(outcome, answers=answers)

    def stop(self) -> None:
        """End SIPp now, whatever its calls are doing; `wait` then gives STOPPED."""
        if self._process is not None and self._process.returncode is None:
            self._stopped = True
            self._process.kill()

    async def _kill(self, process: Process) -> None:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _outcome(self, code: int, complaints: tuple[str, ...], said: str) -> Outcome:
        if self._stopped:
            return Outcome(Verdict.STOPPED, complaints)
        if code == 0:
            return Outcome(Verdict.PASSED, complaints)
        if code == FAILED:
            return Outcome(Verdict.CALL_FAILED, complaints)
        if any("timed out" in line for line in complaints) and code != NEVER_CALLED:
            return Outcome(Verdict.OUT_OF_TIME, complaints)
        last = complaints or tuple(said.strip().splitlines()[-3:])
        raise SippFailed(f"{self._job.scenario}: SIPp ended with {code}: {'; '.join(last)}")

    def _command_line(self, folder: Path) -> tuple[str, ...]:
        job = self._job
        words = [
            *self._sipp.command, self._sipp.target, "-sf", str(SCENARIOS / job.scenario),
            "-s", job.number, "-m", str(job.calls), "-nostdin",
            "-timeout", f"{job.limit.total_seconds():.0f}s", "-timeout_error",
            "-i", job.address, "-mi", job.address, "-ci", job.address,
            "-trace_err", "-error_file", str(folder / "errors.log"),
        ]  # fmt: skip
        if job.port is not None:
            words += ["-p", str(job.port)]
        if job.times:
            words += ["-trace_rtt", "-rtt_freq", "1"]
        if job.answers_with is not None:
            words += ["-oocsf", str(SCENARIOS / job.answers_with)]
        if job.lines:
            words += ["-inf", str(_injection_file(folder, job.lines))]
        for name, value in job.keywords.items():
            words += ["-key", name, value]
        for name, length in job.durations.items():
            words += ["-set", name, str(round(length.total_seconds() * 1000))]
        return (*words, *job.arguments)


def _injection_file(folder: Path, lines: tuple[tuple[str, ...], ...]) -> Path:
    path = folder / "lines.csv"
    path.touch(mode=0o600)  # holds the phones' secrets
    path.write_text("SEQUENTIAL\n" + "".join(";".join(line) + "\n" for line in lines), "utf-8")
    return path


def _answers(folder: Path) -> Iterator[Answer]:
    """SIPp writes milliseconds: when, how long, and which timer."""
    for file in folder.glob("*_rtt.csv"):
        for line in file.read_text("utf-8").splitlines()[1:]:
            at, after, _ = line.split(";")
            yield Answer(timedelta(milliseconds=float(at)), timedelta(milliseconds=float(after)))


def _complaints(log: Path) -> tuple[str, ...]:
    """The last complaints of SIPp's error log, without their time stamps."""
    try:
        lines = log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    stamped = [line.split(": ", 1)[-1] for line in lines if "\t" in line]
    stamped = [line for line in stamped if not line.startswith(REMARKS)]
    return tuple(stamped[-COMPLAINTS_KEPT:])
