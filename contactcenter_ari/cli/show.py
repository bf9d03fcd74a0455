"""`contactcenter show`: queues, agents and calls of the running center, once or live."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import typer
from rich.console import Console, RenderableType
from rich.live import Live

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, load_settings, run, screen
from contactcenter_ari.cli.floor_table import agent_table, call_view, queue_table
from contactcenter_ari.client.running_center import RunningCenter
from contactcenter_ari.runtime.clock import Clock

REFRESH_EVERY = 0.5
"""Seconds between two looks."""

show = typer.Typer(help="The running center on the terminal.")
app.add_typer(show, name="show", no_args_is_help=True)

Follow = Annotated[bool, typer.Option("--follow", "-f", help="Live, until Ctrl-C.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="For programs; with --follow a line at each change.")
]


class Look(msgspec.Struct, frozen=True):
    """The view in two forms: for people, and for programs."""

    picture: RenderableType
    data: object


Looking = Callable[[], Awaitable[Look]]


@show.command()
@command
def queues(follow: Follow = False, as_json: AsJson = False) -> None:
    """The callers who wait in each queue, and the agents there are for it."""
    center = RunningCenter.of(load_settings())

    async def look() -> Look:
        listed = await center.queues()
        return Look(queue_table(listed), listed)

    run(_show(look, follow=follow, as_json=as_json))


@show.command()
@command
def agents(follow: Follow = False, as_json: AsJson = False) -> None:
    """The work of each agent now, and for how long."""
    center, clock = RunningCenter.of(load_settings()), Clock()

    async def look() -> Look:
        listed = await center.agents()
        return Look(agent_table(listed, clock.now()), listed)

    run(_show(look, follow=follow, as_json=as_json))


@show.command()
@command
def calls(follow: Follow = False, as_json: AsJson = False) -> None:
    """Show the place of each call, and why this agent was offered this caller."""
    center, clock = RunningCenter.of(load_settings()), Clock()

    async def look() -> Look:
        listed, offers = await center.calls(), await center.offers()
        picture = call_view(listed, offers, await center.agents(), clock.now())
        return Look(picture, {"calls": listed.calls, "offers": offers.offers})

    run(_show(look, follow=follow, as_json=as_json))


async def _show(look: Looking, *, follow: bool, as_json: bool) -> None:
    """Print what is seen, once or again and again until Ctrl-C; raises CenterAway."""
    stopped = asyncio.Event()
    if follow:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
    console = screen()
    if as_json:
        await _print_data(look, stopped, follow=follow)
    elif follow and console.is_terminal:
        await _draw(look, stopped, console)
    else:
        await _print_pictures(look, stopped, console, follow=follow)


async def _draw(look: Looking, stopped: asyncio.Event, console: Console) -> None:
    with Live((await look()).picture, console=console, auto_refresh=False) as live:
        while not await _pause(stopped):
            live.update((await look()).picture, refresh=True)


async def _print_pictures(
    look: Looking, stopped: asyncio.Event, console: Console, *, follow: bool
) -> None:
    """Print each picture that differs from the last one, where nothing can be drawn over."""
    before = ""
    while True:
        with console.capture() as drawn:
            console.print((await look()).picture)
        if drawn.get() != before:
            before = drawn.get()
            typer.echo(before, nl=False)
        if not follow or await _pause(stopped):
            return


async def _print_data(look: Looking, stopped: asyncio.Event, *, follow: bool) -> None:
    before = b""
    while True:
        data = msgspec.json.encode((await look()).data)
        if data != before:
            typer.echo(data)
        before = data
        if not follow or await _pause(stopped):
            return


async def _pause(stopped: asyncio.Event) -> bool:
    """Wait until the next look is due; gives whether to stop."""
    try:
        async with asyncio.timeout(REFRESH_EVERY):
            await stopped.wait()
    except TimeoutError:
        return False
    return True
