"""`contactcenter bench`: what the center costs on this machine, beside Asterisk's `Queue()`."""

import os
from dataclasses import replace
from typing import Annotated

import typer

from contactcenter_ari.bench.figures import Findings
from contactcenter_ari.bench.plan import Plan
from contactcenter_ari.bench.run import run_bench, run_without_asterisk
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.cli.app import app, command, error_screen, load_settings, run, screen
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held
from contactcenter_ari.machine.run_folder import fresh_folder, remove_run

QUICK_SAMPLES = 45
QUICK_CALLS = 5
QUICK_DAYS = 8
DECISIONS, QUICK_DECISIONS = 2_000, 400


@app.command()
@command
def bench(
    *,
    samples: Annotated[int, typer.Option(min=2, help="Samples of each queue, at least.")] = 200,
    agents: Annotated[int, typer.Option(min=1, max=50, help="Agents of each queue.")] = 5,
    waiting: Annotated[int, typer.Option(min=1, max=200, help="Callers waiting in each.")] = 25,
    calls: Annotated[int, typer.Option(min=1, max=200, help="Calls through the menu.")] = 20,
    days: Annotated[int, typer.Option(min=2, max=1000, help="Days of each way to wait.")] = 30,
    seed: Annotated[int, typer.Option(help="Another number, other lengths of talks.")] = 1,
    without_asterisk: Annotated[
        bool, typer.Option("--without-asterisk", help="Only what needs none: simulated waits.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Less than a minute.")] = False,
    as_object: Annotated[bool, typer.Option("--json", help="Durations in seconds.")] = False,
) -> None:
    """Measure, in one Asterisk, how long a freed agent waits for the next caller in the center
    and in `Queue()`; what a call exchanges with Asterisk; what a turn of the core takes; what
    a decision costs as agents and callers get more; and, simulated, how true the waits are that
    callers are told.
    """
    plan = Plan(
        samples=min(samples, QUICK_SAMPLES) if quick else samples,
        agents=agents,
        waiting=waiting,
        full_calls=min(calls, QUICK_CALLS) if quick else calls,
        decisions=QUICK_DECISIONS if quick else DECISIONS,
        days=min(days, QUICK_DAYS) if quick else days,
        seed=seed,
    )
    if without_asterisk:
        findings = run_without_asterisk(plan, console=error_screen())
    else:
        findings = _on_asterisk(plan)
    if as_object:
        typer.echo(as_json(findings))
    else:
        screen().print(tables(findings))


def _on_asterisk(plan: Plan) -> Findings:
    settings = load_settings()
    settings = replace(
        settings,
        data=fresh_folder(settings.data / "bench", kept=1),
        database_url=None,
        asterisk_http=None,
        asterisk_sip=None,
    )
    with roles_held(settings.data, "contactcenter bench", *ProgramRole):
        findings = run(run_bench(settings, plan, console=error_screen(), environ=os.environ))
    remove_run(settings.data)
    return findings
