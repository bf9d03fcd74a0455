"""One run of the benchmark, from an empty folder to its findings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import msgspec
from rich.console import Console
from rich.progress import Progress

from contactcenter_ari.bench.decision import SIZES, measure_decision
from contactcenter_ari.bench.estimate import HARDER, STANDARD, wait_figures
from contactcenter_ari.bench.figures import (
    CallCost,
    Comparison,
    DecisionCost,
    OnAsterisk,
)
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.floor import Floor
from contactcenter_ari.bench.plan import SITE, VARIATION, Plan
from contactcenter_ari.bench.turns import measure_turns
from contactcenter_ari.bootstrap.environment import prepared
from contactcenter_ari.bootstrap.service import serving
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.machine.tool_root import ensure_tools


async def run_bench(
    settings: Settings, plan: Plan, *, console: Console, environ: Mapping[str, str]
) -> Findings:
    """Start everything in `settings.data`, measure, stop it again; raises ContactCenterError.

    Agents and calls are written to the database of the settings: it should be an empty one.
    """
    settings = replace(settings, site=SITE, whole_logs=True)
    on_asterisk = await _on_asterisk(settings, plan, console=console, environ=environ)
    without = run_without_asterisk(plan, console=console)
    return msgspec.structs.replace(without, on_asterisk=on_asterisk)


def run_without_asterisk(plan: Plan, *, console: Console) -> Findings:
    """The parts that need nothing but this program."""
    scenarios = STANDARD + HARDER
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Days of waiting", total=len(scenarios) * plan.days)
        waits = tuple(
            wait_figures(
                scenario,
                days=plan.days,
                seed=plan.seed,
                day_over=partial(progress.advance, task),
            )
            for scenario in scenarios
        )
        decisions = tuple(_decisions(plan, progress))
    return Findings(waits=waits, decisions=decisions)


def _decisions(plan: Plan, progress: Progress) -> Iterator[DecisionCost]:
    strategies = (Strategy.LONGEST_IDLE, Strategy.LEAST_OCCUPIED)
    task = progress.add_task("Decisions", total=len(strategies) * len(SIZES))
    for strategy in strategies:
        for size in SIZES:
            yield measure_decision(
                size, strategy, samples=plan.decisions, scans=plan.decisions // 20
            )
            progress.advance(task)


async def _on_asterisk(
    settings: Settings, plan: Plan, *, console: Console, environ: Mapping[str, str]
) -> OnAsterisk:
    site = load_site(settings.site)
    tools = ensure_tools(console, environ)
    async with prepared(
        settings, site, tools, console=console, environ=environ, variation=VARIATION
    ) as environment:
        async with serving(settings, site, environment) as service:
            floor = Floor(service, environment, tools, plan)
            with Progress(console=console, transient=True) as progress:
                async with floor.staffed():
                    calls = await _full_calls(floor, progress)
                    comparison = await _comparison(floor, plan, progress)
        core = measure_turns(service.input_log)
    return OnAsterisk(comparison=comparison, calls=calls, core=core)


async def _full_calls(floor: Floor, progress: Progress) -> tuple[CallCost, ...]:
    task = progress.add_task("Complete calls", total=None)
    costs = await floor.full_calls()
    progress.remove_task(task)
    return costs


async def _comparison(floor: Floor, plan: Plan, progress: Progress) -> Comparison:
    task = progress.add_task("The center beside Queue()", total=plan.samples)
    async with floor.crowded():
        before = await floor.depths()
        async for samples in floor.measured():
            progress.update(task, completed=samples)
        after = await floor.depths()
    center, app_queue = floor.gaps()
    return Comparison(
        agents=plan.agents,
        depths_before=before,
        depths_after=after,
        center=center,
        app_queue=app_queue,
    )
