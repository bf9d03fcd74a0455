"""`contactcenter demo`: the whole center at work on this machine, with simulated people."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.bootstrap.environment import Variation, prepared
from contactcenter_ari.bootstrap.service import serving
from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, fail, load_settings, run, screen
from contactcenter_ari.cli.draining import until_drained
from contactcenter_ari.cli.log import start_logging
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.demo.cast import Appearance, cast_callers
from contactcenter_ari.demo.demonstration import Demonstration, Progress, demo_site
from contactcenter_ari.demo.live import LiveView
from contactcenter_ari.demo.verdict import complaints, leftovers, read_back, show
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held
from contactcenter_ari.machine.run_folder import fresh_folder
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.runtime.replay import replay_onward

RUNS_KEPT = 3


class WentWrong(ContactCenterError):
    """Something in the demonstration was not as it should be."""


@app.command()
@command
def demo(
    calls: Annotated[int, typer.Option(min=1, max=2000, help="How many calls.")] = 20,
    agents: Annotated[int, typer.Option(min=1, max=50, help="How many agents.")] = 5,
    rate: Annotated[float, typer.Option(min=0.1, max=50, help="Calls per second.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another number, another order of stories.")] = 1,
    leave: Annotated[
        bool, typer.Option("--exit", help="End after the calls; 0 only if all went well.")
    ] = False,
) -> None:
    """Start everything, place real SIP calls, show the floor live, read the result back."""
    settings = load_settings()
    start_logging(settings.log, least="warning")
    folder = fresh_folder(settings.data / "demo", kept=RUNS_KEPT)
    settings = replace(
        settings, data=folder, database_url=None, asterisk_http=None, whole_logs=True
    )
    with roles_held(folder, "contactcenter demo", *ProgramRole):
        problems = run(_demo(settings, calls, agents, rate, seed, leave=leave))
    if problems:
        fail(WentWrong("; ".join(problems)))


async def _demo(
    settings: Settings, calls: int, agents: int, rate: float, seed: int, *, leave: bool
) -> list[str]:
    console = screen()
    site = demo_site(load_site(settings.site))
    tools = ensure_tools(console, os.environ)
    quick = Variation(fsync=False, rtp_ports=400)
    async with prepared(
        settings, site, tools, console=console, environ=os.environ, variation=quick
    ) as environment:
        async with serving(settings, site, environment) as service:
            demonstration = Demonstration(service, environment, tools)
            appearances = cast_callers(calls, agents=agents, seed=seed, audio=demonstration.audio)
            console.print(
                f"SIP {environment.addresses.sip}, API http://{environment.addresses.web}"
            )
            async with demonstration.staffed(agents):
                problems = await _perform(
                    service, demonstration, appearances, rate=rate, console=console
                )
                if not leave:
                    console.print("The center stays up. Ctrl-C ends it.")
                    await until_drained(service.driver, console, limit=settings.drain_limit)
        problems += _replayed(service.input_log, console)
    return problems


async def _perform(
    service: Service,
    demonstration: Demonstration,
    appearances: list[Appearance],
    *,
    rate: float,
    console: Console,
) -> list[str]:
    since = service.clock.now()
    progress = Progress(len(appearances))
    with Live(LiveView(service, progress), console=console, refresh_per_second=4, transient=True):
        await demonstration.play(appearances, progress, per_second=rate)
    findings = await read_back(service, since)
    show(findings, appearances, console)
    return [
        *progress.failures,
        *complaints(findings, appearances),
        *await leftovers(service),
    ]


def _replayed(input_log: Path, console: Console) -> list[str]:
    """The input log must give the same again."""
    done = replay_onward(input_log)
    console.print(
        f"Replayed {done.inputs} inputs: the same {done.commands} commands, {done.events} events"
    )
    return []
