"""One Asterisk process of our own: started, asked, stopped.

Promises: `start` returns when Asterisk takes calls, or raises with the last lines of its log;
the process ends with ours unless told otherwise; two copies never meet; all files lie below
the run folder, except the control socket when that folder's path is too long for one.
Must not: touch an Asterisk it did not start, or need root.
"""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from asyncio.subprocess import Process
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.asterisk_config import (
    AsteriskFolders,
    AsteriskSite,
    render,
    rewrite,
)
from contactcenter_ari.machine.asterisk_console import AsteriskCommandFailed, AsteriskConsole
from contactcenter_ari.machine.data_folder import shown
from contactcenter_ari.machine.errors import MachineTrouble
from contactcenter_ari.machine.folder_lock import Locked, file_locked, own_name
from contactcenter_ari.machine.log_rotation import SIZE_LIMIT, cut, is_long, new_log, set_aside
from contactcenter_ari.machine.port import Protocol, reserved
from contactcenter_ari.machine.secret import OWNER_ONLY_FOLDER
from contactcenter_ari.machine.tool import Asterisk, Tools
from contactcenter_ari.runtime.address import Address

START_LIMIT = timedelta(seconds=30)
STOP_LIMIT = timedelta(seconds=5)
POLL = timedelta(milliseconds=50)
SOCKET_PATH_LIMIT = 107  # bytes of sun_path, see unix(7)
CONTROL_SOCKET = "asterisk.ctl"
PID_FILE = "asterisk.pid"
LOCK_FILE = "asterisk.lock"
LOG_TAIL = 15
LOADED = re.compile(r"^load = (\S+)$", re.MULTILINE)
"""A module of the allow list."""
RUNNING = re.compile(r"^(\S+\.so)\b.*\bRunning\b", re.MULTILINE)
"""A module in the answer to `module show` that runs."""
OWNER_ONLY = ("sh", "-c", 'umask 077; exec "$@"', "sh")
"""Starts a program whose files, recordings above all, are for the owner alone."""


class AsteriskStartFailed(MachineTrouble):
    """Asterisk did not come up; the message holds the last lines of its log."""


class AsteriskProcess:
    """Asterisk in a run folder of ours; start, then `rx` for console commands, then stop."""

    def __init__(
        self, tools: Tools, site: AsteriskSite, run_dir: Path, *, dies_with_us: bool = True
    ) -> None:
        self._tools = tools
        self.site = site
        self._run_dir = run_dir.absolute()
        self._dies_with_us = dies_with_us
        self._process: Process | None = None
        self._control = self._run_dir / "run"
        self._control_is_elsewhere = _too_long(self._control / CONTROL_SOCKET)
        self._held = ExitStack()
        self._reserved = ExitStack()
        self._claimed = False

    def __repr__(self) -> str:
        pid = self._process.pid if self._process else None
        return f"<AsteriskProcess {self.site.node}: pid {pid}, SIP {self.site.sip}>"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    @property
    def folders(self) -> AsteriskFolders:
        """The folders of this Asterisk; `run` is final after the start."""
        return AsteriskFolders(
            etc=self._run_dir / "etc",
            modules=self._tools.switch.modules,
            data=self._run_dir / "data",
            state=self._run_dir / "state",
            spool=self._run_dir / "spool",
            run=self._control,
            log=self._run_dir / "log",
        )

    @property
    def log_file(self) -> Path:
        """Asterisk's log: notices, warnings and errors."""
        return self.folders.log / "asterisk.log"

    async def start(self) -> None:
        """Render, start, and wait until Asterisk takes calls (30 s at most).

        Raises `AsteriskStartFailed`, `AsteriskConfigInvalid`; nothing of ours runs then.
        """
        self._claim()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        await self._stop_leftover()
        self._reserved.close()  # it is started again after a crash
        self._reserve("CC_ASTERISK_SIP", self.site.sip, Protocol.UDP)
        self._reserve("the ARI address", self.site.http, Protocol.TCP)
        self.configure()
        await self._spawn()
        try:
            async with asyncio.timeout(START_LIMIT.total_seconds()):
                await self._wait_until_up()
                await self._require_modules()
        except TimeoutError as trouble:
            raise self._start_failed("did not answer within 30 s") from trouble

    async def _require_modules(self) -> None:
        """Each module of the allow list runs: one that needs another is left out by Asterisk with
        a line in its log, and calls fail later.
        """
        wanted = LOADED.findall((self.folders.etc / "modules.conf").read_text("utf-8"))
        listed = RUNNING.findall(await self.rx("module show"))
        missing = sorted(set(wanted) - set(listed))
        if missing:
            raise self._start_failed(f"does not run its modules {', '.join(missing)}")

    def configure(self) -> None:
        """Write the configuration files; raises `AsteriskConfigInvalid`."""
        self._make_folders()
        render(self.site, self.folders)

    def write_trunks(self, trunks: tuple[Trunk, ...], secrets: Mapping[str, str]) -> bool:
        """Write the configuration with these trunks where it differs; gives whether it did. What
        was never written is left so. Raises `AsteriskConfigInvalid` and OSError.
        """
        site = replace(self.site, trunks=trunks, trunk_secrets=secrets)
        changed = rewrite(site, self.folders, "pjsip.conf")
        self.site = site
        return changed

    async def wait(self) -> None:
        """Return when it has ended, for whatever reason."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        """End it: `core stop now`, then SIGTERM, then SIGKILL; harmless when it has ended."""
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(AsteriskCommandFailed):
                await self.rx("core stop now")
            await _end(process)
        if self._claimed:
            (self._run_dir / PID_FILE).unlink(missing_ok=True)
        if self._control_is_elsewhere and self._control.parent != self._run_dir:
            shutil.rmtree(self._control, ignore_errors=True)
        self._reserved.close()
        self._held.close()
        self._claimed = False

    async def rotate_logs(self, limit: int = SIZE_LIMIT) -> None:
        """Cut the logs that are over the limit; raises OSError. Asterisk goes on in a log that was
        set aside until it is told, so it is told again if it did not hear.
        """
        for written in self._logs:
            if is_long(written, limit):
                await asyncio.to_thread(set_aside, written)
        if not all(written.exists() for written in self._logs):
            with suppress(AsteriskCommandFailed):
                await self.rx("logger reload")
        if is_long(self._console, limit):
            await asyncio.to_thread(cut, self._console)

    @property
    def _logs(self) -> tuple[Path, Path]:
        return self.log_file, self.folders.log / "security.log"

    @property
    def _console(self) -> Path:
        return self.folders.log / "console.log"

    async def rx(self, command: str) -> str:
        """The console's answer to a command; raises `AsteriskCommandFailed`."""
        return await self._commands.rx(command)

    @property
    def _commands(self) -> AsteriskConsole:
        return AsteriskConsole(self._tools, self.folders.etc / "asterisk.conf")

    def _make_folders(self) -> None:
        if self._control_is_elsewhere:
            self._control = Path(tempfile.mkdtemp(prefix="cc-asterisk-"))
        folders = self.folders
        for folder in (folders.state / "keys", folders.recordings, folders.run, folders.log):
            folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        _link_data(folders.data, self._tools.switch)

    async def _spawn(self) -> None:
        asterisk = self._commands
        guard = ("setpriv", "--pdeathsig", "TERM") if self._dies_with_us else ()
        with new_log(self._console) as console:
            self._process = await asyncio.create_subprocess_exec(
                *guard,
                *OWNER_ONLY,
                *asterisk.command_line("-f", "-n"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=asyncio.subprocess.STDOUT,
                env=asterisk.environment,
                start_new_session=True,  # Ctrl-C is ours to handle: calls are drained first
            )
        (self._run_dir / PID_FILE).write_text(f"{self._process.pid}\n")

    async def _wait_until_up(self) -> None:
        """The control socket, then the last module, then the HTTP port."""
        while not await self._is_up():
            if self._process is None or self._process.returncode is not None:
                raise self._start_failed("ended while it started")
            await asyncio.sleep(POLL.total_seconds())

    async def _is_up(self) -> bool:
        if not (self._control / CONTROL_SOCKET).exists():
            return False
        try:
            await self.rx("core waitfullybooted")
            _, writer = await asyncio.open_connection(self.site.http.host, self.site.http.port)
        except (AsteriskCommandFailed, OSError):
            return False
        writer.close()
        return True

    def _reserve(self, setting: str, address: Address, protocol: Protocol) -> None:
        """Have an address to ourselves until the stop."""
        try:
            self._reserved.enter_context(reserved(address, protocol))
        except OSError as error:
            raise AsteriskStartFailed(
                f"Asterisk cannot listen on {address}: {error.strerror}.",
                f"Choose another address for {setting}, or stop what listens there.",
            ) from error

    def _start_failed(self, what: str) -> AsteriskStartFailed:
        lines = [*_tail(self._console), *_tail(self.log_file)]
        return AsteriskStartFailed(
            f"Asterisk {what}. Its last words:\n  " + "\n  ".join(lines or ["(nothing)"]) + "\n",
            f"Its configuration is in {self.folders.etc}.",
        )

    def _claim(self) -> None:
        """Hold the run folder until the stop: an Asterisk in it is then ours or a leftover."""
        if self._claimed:
            return  # it is started again after a crash
        try:
            self._run_dir.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            self._held.enter_context(file_locked(self._run_dir / LOCK_FILE, own_name()))
        except Locked as locked:
            told = f" ({locked.holder})" if locked.holder else ""
            raise AsteriskStartFailed(
                f"Another program{told} runs the Asterisk of {shown(self._run_dir)}.",
                "Stop it, or set CC_DATA_DIR to another folder.",
            ) from locked
        except OSError as error:
            raise AsteriskStartFailed(
                f"{self._run_dir} cannot be used: {error.strerror}.",
                "Set CC_DATA_DIR to a folder you may write to.",
            ) from error
        self._claimed = True

    async def _stop_leftover(self) -> None:
        """End an Asterisk that an earlier, killed run left in this very run folder; no living
        program has it, for the folder is claimed.
        """
        pid = self._leftover()
        if pid is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            if await _gone(pid):
                return

    def _leftover(self) -> int | None:
        """The process id in our file, unless the number belongs to somebody else by now."""
        try:
            pid = int((self._run_dir / PID_FILE).read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if str(self.folders.etc / "asterisk.conf").encode() in words else None


def _too_long(path: Path) -> bool:
    return len(os.fsencode(path)) > SOCKET_PATH_LIMIT


def _link_data(data: Path, switch: Asterisk) -> None:
    """A data folder whose parts are links into Asterisk's own, sounds by plain language code."""
    (data / "sounds").mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    for part in ("documentation", "rest-api", "agi-bin"):
        _link(data / part, switch.data / part)
    for voice in sorted(switch.sounds.glob("*")):
        if voice.is_dir() and voice.name[:2].islower() and voice.name[2:3] in {"", "_"}:
            _link(data / "sounds" / voice.name[:2], voice)


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _tail(log: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from log.read_text("utf-8", "replace").splitlines()[-LOG_TAIL:]


async def _end(process: Process) -> None:
    """Wait for the end, with more force each time the limit passes."""
    for force in (process.terminate, process.kill):
        try:
            async with asyncio.timeout(STOP_LIMIT.total_seconds()):
                await process.wait()
                return
        except TimeoutError:
            with suppress(ProcessLookupError):
                force()
    await process.wait()


async def _gone(pid: int) -> bool:
    """Whether a process that is no child of ours ends within the stop limit."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        async with asyncio.timeout(STOP_LIMIT.total_seconds()):
            await ended.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(handle)
        os.close(handle)
    return True
