"""`contactcenter flow simulate`: play a caller in the terminal."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.command import command
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.flow_test.given import parse_instant
from contactcenter_ari.flow_test.interactive import HELP, Interactive
from contactcenter_ari.flow_test.simulated_call import SimulatedCall
from contactcenter_ari.flow_test.story import Given
from contactcenter_ari.flow_test.story_file import given_like, read_played_flow
from contactcenter_ari.runtime.clock import Clock


@flow.command("simulate")
@command
def simulate(
    file: Annotated[Path, typer.Argument(help="A flow file.")],
    at: Annotated[str, typer.Option(help="When the call comes, like '2026-12-24 14:59'.")] = "",
    caller: Annotated[str, typer.Option("--from", help="The caller's number.")] = "",
    like: Annotated[
        str, typer.Option(help="Look-ups, queues and flags as given in the test of this name.")
    ] = "",
) -> None:
    """Play a caller: type keys, see what is heard, skip time."""
    if not file.is_file():
        raise typer.BadParameter(f"{file} does not exist", param_hint="FILE")
    sites: dict[Path, Site] = {}
    site, played = read_played_flow(file, sites)
    if played is None:
        raise typer.BadParameter(f"{file} is no flow", param_hint="FILE")
    try:
        given = given_like(file, like, sites) if like else _given(played)
        given = replace(
            given,
            at=parse_instant(at, played.timezone) if at else given.at,
            caller=caller or given.caller,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{file.name}: {HELP}")
    Interactive(SimulatedCall(site, played, given), typer.echo).play(_lines())


def _given(played: Flow) -> Given:
    """A call that comes now."""
    return Given(at=Clock().now().replace(microsecond=0), called=played.numbers[0])


def _lines() -> Iterator[str]:
    """The input that the person types; a pipe is read without a prompt."""
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return
