"""`contactcenter bench`: what the center costs on this machine, beside Asterisk's `Queue()`."""

import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from contactcenter_ari.bench.call_cpu import CpuPlan
from contactcenter_ari.bench.call_floor import Talks
from contactcenter_ari.bench.call_run import run_call_cpu
from contactcenter_ari.bench.figures import Findings
from contactcenter_ari.bench.plan import Plan
from contactcenter_ari.bench.run import run_bench, run_without_asterisk
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.cli.app import app, command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held
from contactcenter_ari.machine.run_folder import fresh_folder, remove_run

Found = TypeVar("Found")

QUICK_SAMPLES = 45
QUICK_CALLS = 5
QUICK_DAYS = 8
DECISIONS, QUICK_DECISIONS = 2_000, 400
CPU = CpuPlan(rounds=3, calls=60, agents=16, per_second=2)
QUICK_CPU = CpuPlan(rounds=3, calls=20, agents=16, per_second=2)
CPU_TALKS = Talks(least=timedelta(seconds=6))


class Part(StrEnum):
    """What can be measured; each part can be asked for alone."""

    FLOOR = "floor"
    CALLS = "calls"


@app.command()
@command
def bench(
    parts: Annotated[
        list[Part] | None,
        typer.Argument(
            help="floor (the default): freed agents, turns, decisions and told waits, 5 minutes,"
            " --quick under 1. calls: whole CPU per call, recorded and not, 14 minutes, --quick"
            " 7; needs a quiet machine.",
            show_default=False,
        ),
    ] = None,
    *,
    samples: Annotated[int, typer.Option(min=2, help="Samples of each queue, at least.")] = 200,
    agents: Annotated[int, typer.Option(min=1, max=50, help="Agents of each queue.")] = 5,
    waiting: Annotated[int, typer.Option(min=1, max=200, help="Callers waiting in each.")] = 25,
    calls: Annotated[int, typer.Option(min=1, max=200, help="Calls of each way.")] = 20,
    days: Annotated[int, typer.Option(min=2, max=1000, help="Days of each way to wait.")] = 30,
    seed: Annotated[int, typer.Option(help="Another number, other lengths of talks.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds of the part calls.")] = 3,
    without_asterisk: Annotated[
        bool, typer.Option("--without-asterisk", help="Only what needs none: simulated waits.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer samples.")] = False,
    as_object: Annotated[bool, typer.Option("--json", help="Durations in seconds.")] = False,
) -> None:
    """Measure the center beside Asterisk's `Queue()`, both in one Asterisk.

    The part floor: how long a freed agent waits for the next caller; the requests and events of a
    call; what a turn of the core and a decision take; and, simulated, how true the waits are that
    callers are told. The part calls: the CPU of complete calls in the application, Asterisk and
    the database.
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
    wanted = parts or [Part.FLOOR]
    findings = Findings()
    if without_asterisk:
        findings = run_without_asterisk(plan, console=error_screen())
    elif Part.FLOOR in wanted:
        findings = _in_fresh_folder(partial(run_bench, plan=plan), *ProgramRole)
    if Part.CALLS in wanted:
        cpu_plan = replace(QUICK_CPU if quick else CPU, rounds=rounds)
        work = partial(run_call_cpu, plan=cpu_plan, talks=CPU_TALKS)
        found = _in_fresh_folder(work, ProgramRole.SWITCH)
        findings = msgspec.structs.replace(findings, call_cpu=found)
    if as_object:
        typer.echo(as_json(findings))
    else:
        screen().print(tables(findings))


def _in_fresh_folder(
    work: Callable[..., Coroutine[Any, Any, Found]], *roles: ProgramRole
) -> Found:
    """Do work on a data folder of its own, which is removed when all went well."""
    settings = load_settings()
    settings = _alone(settings)
    with roles_held(settings.data, "contactcenter bench", *roles):
        found = run(work(settings, console=error_screen(), environ=os.environ))
    remove_run(settings.data)
    return found


def _alone(settings: Settings) -> Settings:
    return replace(
        settings,
        data=fresh_folder(settings.data / "bench", kept=1),
        database_url=None,
        asterisk_http=None,
        asterisk_sip=None,
    )
