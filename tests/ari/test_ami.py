"""The manager interface: asked again and again, so that its silence is noticed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.errors import (
    SwitchError,
    SwitchTooSlow,
    SwitchUnreachable,
    SwitchUnsuitable,
)

LIMIT = 20
Answer = Callable[[str], str | None]


def agreeing(action: str) -> str | None:
    """An Asterisk that does as told."""
    assert action
    return "Success"


@asynccontextmanager
async def asterisk(answer: Answer, left: asyncio.Event) -> AsyncIterator[int]:
    """A manager interface that answers each action in this way; gives its port. `left` is set
    when a client closes a connection.
    """
    writers = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        with suppress(EOFError):
            while True:
                message = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = dict(line.split(": ", 1) for line in message.strip().split("\r\n"))
                if (said := answer(lines["Action"])) is not None:
                    number = lines["ActionID"]
                    told = f"Response: {said}\r\nActionID: {number}\r\nMessage: so\r\n\r\n"
                    writer.write(told.encode())
        left.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.close()


@asynccontextmanager
async def connected(answer: Answer, left: asyncio.Event | None = None) -> AsyncIterator[Ami]:
    """A client that is logged in."""
    serving = asterisk(answer, left or asyncio.Event())
    async with asyncio.timeout(LIMIT), serving as port, asyncio.TaskGroup() as group:
        ami = Ami("127.0.0.1", port, Credentials("recorder", "secret"))
        run = group.create_task(ami.run())
        await ami.until_connected()
        yield ami
        run.cancel()


async def test_what_is_asked_is_done() -> None:
    """A pause, its end, and the end of a recording."""
    actions: list[str] = []

    def noting(action: str) -> str | None:
        actions.append(action)
        return "Success"

    async with connected(noting) as ami:
        await ami.mute("l1", muted=True)
        await ami.mute("l1", muted=False)
        await ami.stop("l1")
    wanted = ["MixMonitorMute", "MixMonitorMute", "StopMixMonitor"]
    assert [action for action in actions if action not in {"Login", "Ping"}] == wanted


async def test_a_refusal_is_an_error() -> None:
    """The leg is not there, for example."""
    async with connected(
        lambda action: "Success" if action != "MixMonitorMute" else "Error"
    ) as ami:
        with pytest.raises(SwitchUnsuitable, match="MixMonitorMute was refused: so"):
            await ami.mute("gone", muted=True)
        assert ami.connected


async def test_silence_is_an_error_and_noticed() -> None:
    """No task waits without end, and the connection counts as lost: by this action, or by a Ping
    that was sent just before it.
    """
    silent = False

    def falling_silent(action: str) -> str | None:
        assert action
        return None if silent else "Success"

    left = asyncio.Event()
    async with connected(falling_silent, left) as ami:
        silent = True
        with pytest.raises((SwitchTooSlow, SwitchUnreachable)):
            await ami.mute("l1", muted=True)
        await left.wait()
        assert not ami.connected
        with pytest.raises(SwitchError):
            await ami.mute("l1", muted=True)


async def test_without_an_asterisk_everything_fails_at_once() -> None:
    """The task that pauses a recording must know at once that it is not paused."""
    ami = Ami("127.0.0.1", 9, Credentials("recorder", "secret"))
    assert repr(ami) == "<Ami away, 0 asked>"
    with pytest.raises(SwitchError, match="is not connected"):
        await ami.stop("l1")


@pytest.mark.parametrize("leg", ["l1\r\nAction: Command", "l1\n"])
async def test_a_value_cannot_become_an_action(leg: str) -> None:
    """A value that would end a line is refused."""
    async with connected(agreeing) as ami:
        with pytest.raises(ValueError, match="one line"):
            await ami.stop(leg)
