"""Estimates that can be believed: the targets, and the simulation that shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from math import sqrt
from statistics import fmean, stdev

import pytest
from rich.console import Console

from contactcenter_ari.bench.estimate import (
    HARDER,
    MOST_ERROR,
    MOST_SPOKEN_SHORT,
    STANDARD,
    wait_figures,
)
from contactcenter_ari.bench.figures import Measure, WaitFigures
from contactcenter_ari.bench.wait_table import wait_tables
from contactcenter_ari.bench.waiting import Day, Scenario

DAYS = 8
DAYS_OF_FEW_CALLS = 32
"""Days with fewer agents have fewer callers and differ more."""
ERRORS = 2
"""The standard errors by which a figure must stay away from its target."""
MEMORYLESS = Scenario(
    name="memoryless",
    agents=5,
    load=1.2,
    talk=timedelta(minutes=3),
    wrap_up=timedelta(),
    patience=timedelta(minutes=2),
)


def figures_of(scenario: Scenario, days: int) -> WaitFigures:
    """The figures of so many days."""
    return wait_figures(scenario, days=days, seed=1, day_over=lambda: None)


def at_most(measure: Measure) -> float:
    """The limit of the figure, with the luck of the days taken away."""
    return measure.value + ERRORS * measure.error


# --- targets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", STANDARD, ids=lambda scenario: scenario.name)
def test_waits_that_are_told_can_be_believed(scenario: Scenario) -> None:
    """With nothing known in advance the error is at most 0.7 of that of `Queue()`, and few are
    told too little by over a minute: by the mean 6 %, and 20 % where lines are long, by the
    spoken bound under 6 % everywhere.
    """
    figures = figures_of(scenario, DAYS if scenario.agents > 4 else DAYS_OF_FEW_CALLS)
    assert figures.callers > 7_000
    assert at_most(figures.ratio) <= MOST_ERROR
    assert scenario.most_short is not None
    assert at_most(figures.ours.short) <= scenario.most_short
    assert at_most(figures.spoken.short) < MOST_SPOKEN_SHORT


def test_the_scenarios_are_those_that_were_asked_for() -> None:
    """Ten agents at load 1.1 and in waves from 0.6 to 1.4, with callers who give up, and four
    agents with patient ones.
    """
    crowded, waves, patient = STANDARD
    assert (crowded.agents, crowded.load, crowded.swing) == (10, 1.1, 0)
    assert (waves.agents, waves.load - waves.swing, waves.load + waves.swing) == (10, 0.6, 1.4)
    assert crowded.patience == waves.patience == crowded.handle_time
    assert (patient.agents, patient.load) == (4, 0.95)
    assert patient.patience == 20 * patient.handle_time
    assert [scenario.most_short for scenario in STANDARD] == [0.06, 0.06, 0.2]


def test_callers_of_small_queues_are_told_as_well_as_others() -> None:
    """Six queues share the agents: the error is hardly larger than in one queue."""
    six = next(scenario for scenario in HARDER if len(scenario.parts) > 1)
    one = replace(six, parts=(1.0,))
    errors = [figures_of(scenario, days=2).ours.error.value for scenario in (six, one)]
    assert errors[0] < 1.15 * errors[1]


# --- the simulation ---------------------------------------------------------------------------


def test_the_wait_of_who_gave_up_is_what_it_would_have_been() -> None:
    """In an exact model the callers who know all are right on average, although nearly half of
    those who were told give up: shadows in line are neither too quick nor too slow.
    """
    days = [Day(MEMORYLESS, seed).run() for seed in range(12)]
    surprise = [
        fmean((t.waited - t.informed.mean).total_seconds() for t in tellings) for tellings in days
    ]
    error = stdev(surprise) / sqrt(len(surprise))
    assert error < 2
    assert abs(fmean(surprise)) < 3 * error
    spread = [(t.waited - t.informed.mean) / t.informed.deviation for day in days for t in day]
    assert stdev(spread) == pytest.approx(1, abs=0.1)


def test_a_day_can_be_had_again() -> None:
    """The same seed, the same day; another seed, another one."""
    assert Day(MEMORYLESS, 1).run() == Day(MEMORYLESS, 1).run()
    assert Day(MEMORYLESS, 1).run() != Day(MEMORYLESS, 2).run()


# --- figures ----------------------------------------------------------------------------------


def test_a_figure_is_a_ratio_of_sums_with_its_error() -> None:
    """Equal days have the standard error of the mean, days that agree have none."""
    values = [3.0, 5.0, 4.0, 8.0]
    measure = Measure.of([(10 * value, 10) for value in values])
    assert measure.value == 5
    assert measure.error == pytest.approx(stdev(values) / 2)
    assert Measure.of([(1, 2), (30, 60), (500, 1000)]) == Measure(0.5, 0)


def test_the_tables_show_targets_beside_figures() -> None:
    """All scenarios in both, and the limits of those that have some."""
    waits = [figures_of(scenario, days=2) for scenario in (STANDARD[2], HARDER[0])]
    console = Console(record=True, width=120, file=StringIO())
    for table in wait_tables(waits):
        console.print(table)
    shown = console.export_text()
    for wait in waits:
        assert shown.count(wait.scenario) == 2
        assert f"{wait.ratio.value:.3f}" in shown
        assert f"{100 * wait.spoken.short.value:.1f} ±" in shown
    assert "20 %" in shown
