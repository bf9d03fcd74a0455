"""`contactcenter bench`: what the center costs on this machine, beside Asterisk's `Queue()`."""

import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import msgspec
import typer

from contactcenter_ari.bench.board import measure_boards
from contactcenter_ari.bench.call_cpu import CpuPlan, measure_call_cpu
from contactcenter_ari.bench.call_floor import Talks
from contactcenter_ari.bench.call_rate import RatePlan, measure_call_rate
from contactcenter_ari.bench.call_run import run_on_floor
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.held import HeldPlan, measure_held
from contactcenter_ari.bench.plan import SITE, Plan
from contactcenter_ari.bench.run import run_bench, run_without_asterisk
from contactcenter_ari.bench.tables import as_json, tables
from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held
from contactcenter_ari.machine.run_folder import fresh_folder, remove_run

Found = TypeVar("Found")
Changed = TypeVar("Changed", Plan, CpuPlan, HeldPlan)

FLOOR = Plan(samples=200, agents=5, waiting=25, full_calls=20, decisions=2_000, days=30)
QUICK_FLOOR = replace(FLOOR, samples=45, full_calls=5, decisions=400, days=8)
CPU = CpuPlan(rounds=3, calls=60, agents=16, per_second=2)
QUICK_CPU = CpuPlan(rounds=3, calls=20, agents=16, per_second=2)
RATE = RatePlan(
    first=4,
    step=1,
    last=14,
    talks=Talks(least=timedelta(seconds=16), more=timedelta(seconds=4)),
    measured=timedelta(seconds=30),
)
QUICK_RATE = RatePlan(
    first=6,
    step=3,
    last=24,
    talks=Talks(least=timedelta(seconds=6)),
    measured=timedelta(seconds=12),
)
HELD = HeldPlan(talks=100, agents=5, waiting=25, samples=200)
QUICK_HELD = replace(HELD, samples=60)
MANY = {"agents": 10_000, "talks": 10_000, "samples": 10}


class Part(StrEnum):
    """The parts that can be measured; each can be asked for alone."""

    FLOOR = "floor"
    CALLS = "calls"
    RATE = "rate"
    HELD = "held"
    BOARDS = "boards"


AMOUNTS: Final[Mapping[Part, Mapping[str, str]]] = {
    Part.FLOOR: {
        "samples": "samples",
        "agents": "agents",
        "waiting": "waiting",
        "calls": "full_calls",
        "days": "days",
        "seed": "seed",
    },
    Part.CALLS: {"calls": "calls", "agents": "agents", "rounds": "rounds"},
    Part.RATE: {},
    Part.HELD: {"samples": "samples", "agents": "agents", "waiting": "waiting", "seed": "seed"},
    Part.BOARDS: {},
}
"""The options that each part knows, and the fields of its plan that they change."""
WITHOUT_ASTERISK: Final = frozenset({"days", "seed"})
"""The options that have a meaning there."""


@app.command()
@command
def bench(
    parts: Annotated[
        list[Part] | None,
        typer.Argument(help="What to measure, see above; floor by default.", show_default=False),
    ] = None,
    *,
    samples: Annotated[int | None, typer.Option(min=2, help="Samples, at least: 200.")] = None,
    agents: Annotated[int | None, typer.Option(min=1, max=50, help="Agents: 5, calls 16.")] = None,
    waiting: Annotated[int | None, typer.Option(min=1, max=200, help="Callers wait: 25.")] = None,
    calls: Annotated[
        int | None, typer.Option(min=1, max=200, help="Calls of each way: 20, calls 60.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=2, max=1000, help="Days of each way to wait: 30.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another number, other talks.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=50, help="Rounds: 3.")] = None,
    without_asterisk: Annotated[
        bool, typer.Option("--without-asterisk", help="Only what needs none: simulated waits.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer samples.")] = False,
    as_object: Annotated[bool, typer.Option("--json", help="Durations in seconds.")] = False,
) -> None:
    """Measure the center, beside Asterisk's `Queue()` in the same Asterisk.

    Parts, and minutes they take (with --quick):

    floor, 5 (1): from a freed agent to the next caller; requests and events of a call; a turn of
    the core; a decision; how true the waits are that callers are told.

    calls, 15 (8): CPU of complete calls in application, Asterisk and database, beside `Queue()`;
    with CC_RECORDING_FORMAT=wav without the encoding of recordings, which MixMonitor does not do.

    rate, 14 (5): the steady rate of complete calls up to which callers are answered at once.

    held, 3 (2): from a freed agent to the next caller while 100 others talk.

    boards, 1 (1): lists for boards, turns, and rounds of the event loop, with 10,000 agents; needs
    no Asterisk.

    All but the counts need a quiet machine. An option that a part does not know is refused: floor
    knows all but --rounds; calls --calls, --agents, --rounds; held --samples, --agents, --waiting,
    --seed; rate and boards none. All know --quick and --json.
    """
    wanted = list(dict.fromkeys(parts or [Part.FLOOR]))
    options = {
        "samples": samples,
        "agents": agents,
        "waiting": waiting,
        "calls": calls,
        "days": days,
        "seed": seed,
        "rounds": rounds,
    }
    given = {name: amount for name, amount in options.items() if amount is not None}
    _refuse_meaningless(given, wanted, without_asterisk=without_asterisk)
    if without_asterisk:
        plan = changed(QUICK_FLOOR if quick else FLOOR, Part.FLOOR, given)
        findings = run_without_asterisk(plan, console=error_screen())
    else:
        findings = Findings()
        for part in wanted:
            findings = _with_part(findings, part, given, quick=quick)
    if as_object:
        typer.echo(as_json(findings))
    else:
        screen().print(tables(findings))


def changed(plan: Changed, part: Part, given: Mapping[str, int]) -> Changed:
    """The plan of a part with what was given instead."""
    fields: dict[str, Any] = {
        field: given[name] for name, field in AMOUNTS[part].items() if name in given
    }
    return replace(plan, **fields)


def _refuse_meaningless(
    given: Mapping[str, int], parts: Sequence[Part], *, without_asterisk: bool
) -> None:
    """Raise BadParameter for an option that would change nothing."""
    if without_asterisk and parts != [Part.FLOOR]:
        raise typer.BadParameter("is for the part floor alone", param_hint="--without-asterisk")
    for name in given:
        if not any(name in AMOUNTS[part] for part in parts):
            knowing = ", ".join(part for part in Part if name in AMOUNTS[part])
            message = f"means nothing to {', '.join(parts)}; it is for {knowing}"
            raise typer.BadParameter(message, param_hint=f"--{name}")
        if without_asterisk and name not in WITHOUT_ASTERISK:
            message = "means nothing to --without-asterisk"
            raise typer.BadParameter(message, param_hint=f"--{name}")


def _with_part(
    findings: Findings, part: Part, given: Mapping[str, int], *, quick: bool
) -> Findings:
    """The figures found so far, and those of one part more."""
    found = partial(msgspec.structs.replace, findings)
    match part:
        case Part.FLOOR:
            plan = changed(QUICK_FLOOR if quick else FLOOR, part, given)
            floor = _in_fresh_folder(partial(run_bench, plan=plan), *ProgramRole)
            return found(
                waits=floor.waits, decisions=floor.decisions, on_asterisk=floor.on_asterisk
            )
        case Part.CALLS:
            cpu_plan = changed(QUICK_CPU if quick else CPU, part, given)
            return found(call_cpu=_on_floor(partial(measure_call_cpu, plan=cpu_plan)))
        case Part.RATE:
            rate_plan = QUICK_RATE if quick else RATE
            return found(call_rate=_on_floor(partial(measure_call_rate, plan=rate_plan)))
        case Part.HELD:
            held_plan = changed(QUICK_HELD if quick else HELD, part, given)
            return found(held=_on_floor(partial(measure_held, plan=held_plan)))
        case Part.BOARDS:
            return found(boards=run(measure_boards(load_site(SITE), **MANY)))


def _on_floor(measure: Callable[..., Coroutine[Any, Any, Found]]) -> Found:
    """Measure one part on a floor of its own; progress is shown meanwhile."""
    work = partial(measure, tell=error_screen().print)
    return _in_fresh_folder(partial(run_on_floor, work=work), ProgramRole.SWITCH)


def _in_fresh_folder(
    work: Callable[..., Coroutine[Any, Any, Found]], *roles: ProgramRole
) -> Found:
    """Do work on a data folder of its own, which is removed when all went well."""
    settings = _alone(load_settings())
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
