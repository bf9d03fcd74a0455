"""`contactcenter acd simulate`: how a staffing would do, tried out with the shipped core."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_queues, site_zone
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.spoken.value import read_duration
from contactcenter_ari.planning.forecast import Forecast, forecasts
from contactcenter_ari.planning.history import Past
from contactcenter_ari.planning.interval import read_span
from contactcenter_ari.planning.one_queue import OneQueue
from contactcenter_ari.planning.plan import plan_of
from contactcenter_ari.planning.run import simulate
from contactcenter_ari.planning.scenario import MOST_AGENTS, Scenario
from contactcenter_ari.planning.scenario_file import read_scenario
from contactcenter_ari.planning.table import as_json, tables
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.history import History
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.service.own_database import open_database

acd = typer.Typer(help="The queues: what a staffing would do.")
app.add_typer(acd, name="acd", no_args_is_help=True)

MOST_ROWS = 50
_AGENTS = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
_ALWAYS = ("seed", "target", "chart", "as_object")
_PICTURES = (".svg", ".png")
_WITH_SCENARIO = ("scenario", "days", *_ALWAYS)
_WITH_HISTORY = ("from_history", "agents", "days", "queue", "weekdays", *_ALWAYS)
_OF_OTHERS = {"scenario", "days", "from_history", "queue", "weekdays"}
DAYS = 20


def _time(words: str) -> Any:  # noqa: ANN401  # what typer.Option is
    return typer.Option(parser=read_duration, metavar="TIME", help=words)


@acd.callback()
def the_queues() -> None:
    """The queues: what a staffing would do."""


@acd.command("simulate")
@command
def simulate_staffing(
    ctx: typer.Context,
    *,
    agents: Annotated[str, typer.Option(help="How many: 20, or each of 15-25.")] = "",
    arrivals: Annotated[
        float | None, typer.Option("--arrivals-per-hour", min=0.01, max=100_000, help="Callers.")
    ] = None,
    aht: Annotated[timedelta | None, _time("Mean of talk and wrap-up: 180s, 3m.")] = None,
    variation: Annotated[
        float | None,
        typer.Option("--aht-variation", min=0.01, max=10, help="Makes talks lognormal."),
    ] = None,
    patience: Annotated[timedelta | None, _time("Mean after which callers give up.")] = None,
    max_wait: Annotated[timedelta | None, _time("After which a caller is sent away.")] = None,
    wrap_up: Annotated[timedelta | None, _time("Its part of the handle time. [0s]")] = None,
    service_level: Annotated[timedelta | None, _time("To be answered within. [20s]")] = None,
    short_abandon: Annotated[timedelta | None, _time("Up to which none counts. [0s]")] = None,
    answer_delay: Annotated[timedelta | None, _time("How long phones ring. [0s]")] = None,
    strategy: Annotated[Strategy | None, typer.Option(help="Who gets the call.")] = None,
    hours: Annotated[
        float, typer.Option(min=0.5, max=100_000, help="Measured, at a constant rate.")
    ] = 400,
    scenario: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A YAML file with it all.")
    ] = None,
    from_history: Annotated[
        str, typer.Option(metavar="DAYS", help="Callers as of 28 days, or 2026-03-02..2026-03-27.")
    ] = "",
    queue: Annotated[
        list[str] | None, typer.Option(help="With --from-history: this queue; may stand again.")
    ] = None,
    weekdays: Annotated[str, typer.Option(help="With --from-history: mon-fri.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=1000, help="How many days are simulated. [20]")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another number, other luck.")] = None,
    target: Annotated[
        float, typer.Option(min=0.01, max=1, help="The service level wanted, of 1.")
    ] = 0.8,
    chart: Annotated[Path | None, typer.Option(help="Draw it, as .svg or .png.")] = None,
    as_object: Annotated[bool, typer.Option("--json", help="For programs, in seconds.")] = False,
) -> None:
    """Try out a staffing: of one queue by its figures, or of a scenario with several.

    The code that takes real calls takes simulated ones, on a virtual clock; the same seed gives
    the same figures. What Erlang C and Erlang A expect stands beside them.
    """
    if chart is not None and chart.suffix not in _PICTURES:
        raise typer.BadParameter("must end in .svg or .png", param_hint="--chart")
    if scenario is not None:
        _refuse_others(ctx, "scenario", _WITH_SCENARIO)
        scenarios = [_from_file(scenario, days=days, seed=seed)]
    elif from_history:
        _refuse_others(ctx, "from-history", _WITH_HISTORY)
        counts = _counts(agents)
        past = run(_past(load_settings(), from_history, weekdays))
        chosen = past.only(queue) if queue else past
        _tell_left_out(chosen)
        scenarios = [
            chosen.scenario(count, days=days or DAYS, seed=1 if seed is None else seed)
            for count in counts
        ]
    else:
        _refuse_others(ctx, "arrivals-per-hour", set(ctx.params) - _OF_OTHERS)
        question = {
            "per_hour": arrivals,
            "handle_time": aht,
            "variation": variation,
            "patience": patience,
            "max_wait": max_wait,
            "wrap_up": wrap_up,
            "service_level": service_level,
            "short_abandon": short_abandon,
            "answer_delay": answer_delay,
            "strategy": strategy,
            "hours": hours,
            "seed": seed,
        }
        one_queue = _one_queue(question)
        scenarios = [one_queue.scenario(count) for count in _counts(agents)]
    found = _simulated(scenarios)
    if chart is not None:
        _draw(found, chart, target)
    if as_object:
        typer.echo(as_json(found))
    else:
        screen().print(tables(found, target=target))


def _simulated(scenarios: Sequence[Scenario]) -> list[Forecast]:
    done = []
    console = error_screen()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        parts = sum(plan_of(scenario).parts for scenario in scenarios)
        task = progress.add_task("Simulating", total=parts)
        for part in simulate(scenarios):
            done.append(part)
            progress.advance(task)
    return forecasts(scenarios, done)


def _draw(found: Sequence[Forecast], path: Path, target: float) -> None:
    from contactcenter_ari.planning.chart import draw_chart  # loads slowly

    draw_chart(found, path, target=target)


def _from_file(path: Path, *, days: int | None, seed: int | None) -> Scenario:
    """The scenario of a file, its mistakes told as `flow check` tells them."""
    try:
        scenario = read_scenario(path)
    except SiteInvalid as invalid:
        typer.echo(str(invalid), err=True)
        raise typer.Exit(1) from invalid
    if days is not None and scenario.days is None:
        raise typer.BadParameter("this scenario has hours, not days", param_hint="--days")
    return replace(
        scenario,
        days=days or scenario.days,
        seed=scenario.seed if seed is None else seed,
    )


async def _past(settings: Settings, named: str, weekdays: str) -> Past:
    """The traffic of the days named, from the database of the settings."""
    queues = load_queues(settings.site)
    try:
        span = read_span(named, weekdays, zone=site_zone(settings.site), now=Clock().now())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from-history") from error
    async with AsyncExitStack() as stack:
        url = await open_database(settings, stack, error_screen())
        history = History(await stack.enter_async_context(Database(url)))
        return Past(
            arrivals=await history.arrivals(span),
            habits=await history.habits(span),
            queues=queues,
        )


def _tell_left_out(past: Past) -> None:
    for name in past.left_out:
        told = f"Left out: {name}, for nobody there was answered on these days."
        error_screen().print(told, markup=False, highlight=False, soft_wrap=True)


def _one_queue(question: Mapping[str, object]) -> OneQueue:
    given = {name: value for name, value in question.items() if value is not None}
    for name, option in (("per_hour", "--arrivals-per-hour"), ("handle_time", "--aht")):
        if name not in given:
            example = "; an example: --agents 20 --arrivals-per-hour 342 --aht 180s"
            raise typer.BadParameter(f"{option} is missing{example}")
    asked = OneQueue(**given)  # type: ignore[arg-type]  # each option gives the type of its field
    if asked.handle_time <= asked.wrap_up:
        message = "must be more than the wrap-up, which is a part of it"
        raise typer.BadParameter(message, param_hint="--aht")
    return asked


def _counts(agents: str) -> list[int]:
    """The staffings asked for."""
    found = _AGENTS.fullmatch(agents)
    least = int(found[1]) if found else 0
    most = int(found[2] or least) if found else 0
    if not 1 <= least <= most <= MOST_AGENTS or most - least >= MOST_ROWS:
        message = f"must be like 20, or 15-25: up to {MOST_AGENTS}, at most {MOST_ROWS} at once"
        raise typer.BadParameter(message, param_hint="--agents")
    return list(range(least, most + 1))


def _refuse_others(ctx: typer.Context, mode: str, allowed: Collection[str]) -> None:
    """The options given on the command line must go together."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        source = ctx.get_parameter_source(name)
        given = source is not None and source.name == "COMMANDLINE"
        if given and name not in allowed:
            message = f"does not go with --{mode}"
            raise typer.BadParameter(message, param_hint=parameter.opts[0])
