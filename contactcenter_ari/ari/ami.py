"""Asterisk's manager interface, for the two verbs on recordings that ARI does not have.

There is one connection over loopback, as a user that may do nothing else and gets no events. It is
asked every second whether it still answers; when it does not, it is made again, and a request made
meanwhile fails at once.
"""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Final

import structlog

from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.errors import (
    SwitchError,
    SwitchTooSlow,
    SwitchUnreachable,
    SwitchUnsuitable,
)

REPLY_LIMIT: Final = timedelta(seconds=2)
PING_EVERY: Final = timedelta(seconds=1)
RETRY_AFTER: Final = timedelta(milliseconds=500)
MESSAGE_LIMIT: Final = 64 * 1024
END: Final = b"\r\n\r\n"

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class Ami:
    """A connection to `host` and `port` that `run` keeps open."""

    def __init__(self, host: str, port: int, credentials: Credentials) -> None:
        self._host = host
        self._port = port
        self._credentials = credentials
        self._writer: asyncio.StreamWriter | None = None
        self._answers: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._numbers = count(1)
        self._connected = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Ami {'connected' if self.connected else 'away'}, {len(self._answers)} asked>"

    @property
    def connected(self) -> bool:
        """Whether Asterisk has accepted our login, and answers."""
        return self._connected.is_set()

    async def until_connected(self) -> None:
        """Wait for the connection."""
        await self._connected.wait()

    async def run(self) -> None:
        """Stay connected, as long as Asterisk is there, until cancelled."""
        while True:
            try:
                await self._work()
            except (OSError, SwitchError) as error:
                if self.connected:
                    log.warning("ami.lost", reason=str(error))
            finally:
                self._close()
            await asyncio.sleep(RETRY_AFTER.total_seconds())

    async def mute(self, leg: str, *, muted: bool) -> None:
        """Record silence of a leg, or its audio again; raises SwitchError."""
        state = "1" if muted else "0"
        await self._ask("MixMonitorMute", Channel=leg, Direction="both", State=state)

    async def stop(self, leg: str) -> None:
        """End the recording of a leg; raises SwitchError."""
        await self._ask("StopMixMonitor", Channel=leg)

    async def _work(self) -> None:
        """Log in, then ask again and again, until no answer comes."""
        async with asyncio.timeout(REPLY_LIMIT.total_seconds()):
            reader, self._writer = await asyncio.open_connection(
                self._host, self._port, limit=MESSAGE_LIMIT
            )
        reading = asyncio.create_task(self._read(reader))  # noqa: TID251  # awaited below
        try:
            await self._ask(
                "Login", Username=self._credentials.user, Secret=self._credentials.password
            )
            self._connected.set()
            log.info("ami.connected")
            while True:
                await self._ask("Ping")
                await asyncio.wait([reading], timeout=PING_EVERY.total_seconds())
                if reading.done():
                    raise SwitchUnreachable("Asterisk closed the manager interface")
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Hand on each answer to the request that waits for it; end with the connection."""
        try:
            await reader.readline()  # the version of the interface
            while True:
                message = _fields(await reader.readuntil(END))
                asked = self._answers.pop(message.get("actionid", ""), None)
                if asked is not None and not asked.done():
                    asked.set_result(message)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            self._fail_all()

    async def _ask(self, action: str, **fields: str) -> None:
        """Send an action; raises SwitchError when it is refused, or not answered in time."""
        if self._writer is None:
            raise SwitchUnreachable("Asterisk's manager interface is not connected")
        number = str(next(self._numbers))
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        lines = {"Action": action, "ActionID": number, **fields}
        text = "".join(f"{key}: {_line(value)}\r\n" for key, value in lines.items())
        self._writer.write(text.encode() + b"\r\n")
        try:
            async with asyncio.timeout(REPLY_LIMIT.total_seconds()):
                message = await answer
        except TimeoutError:
            raise SwitchTooSlow(f"no answer to {action} came in time") from None
        finally:
            self._answers.pop(number, None)
        if message.get("response") != "Success":
            raise SwitchUnsuitable(f"{action} was refused: {message.get('message', '')}")

    def _fail_all(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(SwitchUnreachable("the manager interface was lost"))

    def _close(self) -> None:
        self._connected.clear()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._fail_all()


def _fields(message: bytes) -> dict[str, str]:
    """The lines `Key: value` of a message, keys in lower case."""
    lines = message.decode(errors="replace").split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _line(value: str) -> str:
    """A value that cannot end its line."""
    if "\r" in value or "\n" in value:
        raise ValueError("a value of one line is expected")
    return value
