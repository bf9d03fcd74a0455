"""The signaling of a running Asterisk, as its own packet logger writes it; no audio.

Promises: the logger is off again when the capture ends, however it ends: a guard, which is a
process of its own, waits for the end of ours. What the logger writes has no name on the disk, and
leaves here masked (`machine/sip_message.py`).

The logger keeps back what it writes until its file is closed, so it gets a new file each second.
"""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.machine.asterisk_console import AsteriskConsole
from contactcenter_ari.machine.errors import MachineTrouble
from contactcenter_ari.machine.folder_lock import Locked, file_locked, own_name
from contactcenter_ari.machine.sip_message import HEADER_LENGTH, SipMessage, read_records

LOCK = "trace.lock"
MODULE = "res_pjsip_logger.so"
LOOK_EVERY = timedelta(seconds=1)
GUARD = (
    'timeout "$0" cat; for it in "pjsip set logger off" "module unload %s"; do "$@" "$it"; done'
)


class CaptureFailed(MachineTrouble):
    """Asterisk's packet logger cannot be used."""


class SipCapture:
    """Captures until `stop` is set, or the limit has passed; `header` begins a file of libpcap
    with the messages.
    """

    def __init__(
        self, console: AsteriskConsole, data: Path, limit: timedelta, stop: asyncio.Event
    ) -> None:
        self._console = console
        self._data = data
        self._limit = limit
        self._stop = stop
        self._file: int | None = None
        self.header = b""

    def __repr__(self) -> str:
        return f"<SipCapture for {self._limit}>"

    async def messages(self, begun: Callable[[], None]) -> AsyncGenerator[SipMessage, None]:
        """The messages, within a second, once it has `begun`; raises CaptureFailed,
        AsteriskCommandFailed.
        """
        try:
            with file_locked(self._data / LOCK, own_name()):
                async with _guarded(self._console, self._limit):
                    await self._start()
                    begun()
                    async for message in self._while_on():
                        yield message
                for message in self._take():
                    yield message
        except Locked as locked:
            raise CaptureFailed(
                f"Another trace is under way ({locked.holder or 'its process is not known'}).",
                "There can be one at a time.",
            ) from locked
        finally:
            if self._file is not None:
                os.close(self._file)

    async def _start(self) -> None:
        await self._console.rx(f"module load {MODULE}")
        await self._console.rx("pjsip set logger verbose off")
        await self._write_anew()
        await self._console.rx("pjsip set logger on")

    async def _while_on(self) -> AsyncIterator[SipMessage]:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limit.total_seconds()):
                while not self._stop.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                            await self._stop.wait()
                    for message in await self._write_anew():
                        yield message

    async def _write_anew(self) -> list[SipMessage]:
        """Give the logger a new file; gives the messages of the one before. A file loses its name
        at once: nobody else can open it, and it is gone with the last process that has it open.
        """
        path = self._console.log_folder / f"trace-{os.getpid()}.pcap"
        try:
            said = await self._console.rx(f"pjsip set logger pcap {path}")
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            raise CaptureFailed(f"Asterisk cannot write {path}: {said.strip()}.", "") from error
        finally:
            path.unlink(missing_ok=True)
        found = list(self._take())
        self._file = file
        return found

    def _take(self) -> Iterator[SipMessage]:
        """The messages of the file that the logger has closed."""
        if self._file is None:
            return
        with os.fdopen(self._file, "rb") as closed:
            self._file = None
            written = closed.read()
        self.header = self.header or written[:HEADER_LENGTH]
        yield from read_records(written[HEADER_LENGTH:])


@asynccontextmanager
async def _guarded(console: AsteriskConsole, limit: timedelta) -> AsyncIterator[None]:
    """The guard turns the logger off when its input ends, which it does with this process."""
    guard = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        GUARD % MODULE,
        str(round(limit.total_seconds())),
        *console.command_line("-r", "-x"),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        env=console.environment,
        start_new_session=True,  # what ends us must not end it
    )
    try:
        yield
    finally:
        assert guard.stdin is not None, "it was asked for"
        guard.stdin.close()
        await asyncio.shield(guard.wait())
