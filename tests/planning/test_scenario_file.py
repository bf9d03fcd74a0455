"""Scenario files: what they mean, and each mistake told at its line and column."""

from datetime import timedelta
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.planning.scenario import Length, Scenario, Shape, Shift
from contactcenter_ari.planning.scenario_file import read_scenario

CLAIMS, SALES = QueueName("claims"), QueueName("sales")
EXAMPLE = CHECKOUT / "docs" / "staffing.yaml"
HEAD = """\
open: 08:00-10:00
days: 5
queues:
  claims: {wrap_up: 30s}
"""
CALLERS = """\
callers:
  - {queue: claims, per_hour: 30, aht: 4m}
"""
AGENTS = """\
agents:
  - {count: 3, queues: [claims]}
"""
MISTAKES = [
    ("hours: 4\n" + HEAD + CALLERS + AGENTS, "1:8", "E106"),
    ("days: 5\nqueues: {claims: {}}\n" + CALLERS + AGENTS, "1:1", "E106"),
    (HEAD.replace("-10:00", "-10:10") + CALLERS + AGENTS, "1:7", "E602"),
    (HEAD.replace("days: 5", "days: many") + CALLERS + AGENTS, "2:7", "E105"),
    (HEAD.replace("wrap_up", "wrapup") + CALLERS + AGENTS, "4:12", "E101"),
    (HEAD + CALLERS.replace("claims", "claim") + AGENTS, "6:13", "E203"),
    (HEAD + CALLERS.replace("4m", "20s") + AGENTS, "6:40", "E111"),
    (HEAD + CALLERS.replace("per_hour: 30", "per_hour: -3") + AGENTS, "6:31", "E105"),
    (HEAD + CALLERS.replace("per_hour: 30, ", "") + AGENTS, "6:5", "E106"),
    (HEAD + CALLERS.replace("per_hour: 30", "per_half_hour: [1, 2]") + AGENTS, "6:36", "E105"),
    (HEAD + CALLERS.replace("4m", "{mean: 4m, variation: 2}") + AGENTS, "6:62", "E111"),
    (HEAD + CALLERS.replace("4m", "{mean: 4m, distribution: lognormal}") + AGENTS, "6:40", "E106"),
    (HEAD + CALLERS.replace("4m", "{mean: 4m, distribution: normal}") + AGENTS, "6:65", "E105"),
    (HEAD + CALLERS.replace("4m", "4m, patience: always") + AGENTS, "6:54", "E107"),
    (HEAD + CALLERS + AGENTS.replace("claims", "claims, claims"), "8:33", "E211"),
    (HEAD + CALLERS + AGENTS.replace("]", "], shifts: closed"), "8:42", "E602"),
    (HEAD + CALLERS + AGENTS.replace("count: 3", "count: 0"), "8:13", "E105"),
    (HEAD + CALLERS + "agents:\n", "7:8", "E105"),
    (HEAD + CALLERS, "1:1", "E106"),
]


def read(tmp_path: Path, text: str) -> Scenario:
    """The scenario of this text."""
    file = tmp_path / "what_if.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(file)


def test_the_shipped_example() -> None:
    """The example in the documentation says all that a scenario can say."""
    found = read_scenario(EXAMPLE)
    claims, dutch, sales = found.callers
    assert (found.opens, found.length) == (timedelta(hours=8), timedelta(hours=10))
    assert (found.days, found.intervals) == (20, 20)
    assert found.queues[SALES].strategy is Strategy.LEAST_OCCUPIED
    assert claims.talk == Length(timedelta(minutes=3, seconds=30), Shape.LOGNORMAL, 0.8)
    assert claims.per_hour[0] == 40
    assert dutch.skills == (
        SkillStep(timedelta(), {"dutch": 5}),
        SkillStep(timedelta(seconds=30), {}),
    )
    assert dutch.head_start == timedelta(minutes=1)
    assert sales.patience == Length(timedelta(minutes=3))
    assert found.crews[0].shifts[1] == Shift(
        timedelta(hours=12, minutes=30), timedelta(hours=16, minutes=30)
    )
    assert found.crews[2].queues == (CLAIMS, SALES)


def test_a_steady_scenario(tmp_path: Path) -> None:
    """With hours, one rate lasts all the time and everybody works."""
    found = read(tmp_path, "hours: 40\nqueues: {claims: {}}\n" + CALLERS + AGENTS)
    assert (found.days, found.intervals, found.length) == (None, 1, timedelta(hours=40))
    assert found.load(0) == pytest.approx(30 * 4 / 60)
    assert found.agents(0, CLAIMS) == 3


def test_a_night(tmp_path: Path) -> None:
    """Hours past midnight are those of the next day, in shifts, too."""
    head = HEAD.replace("08:00-10:00", "22:00-06:00")
    crews = "agents:\n  - {count: 3, queues: [claims], shifts: [22:00-02:00, 02:30-06:00]}\n"
    found = read(tmp_path, head + CALLERS + crews)
    counts = [found.agents(interval) for interval in range(found.intervals)]
    assert counts == [3] * 8 + [0] + [3] * 7


def test_no_patience_is_endless(tmp_path: Path) -> None:
    """Callers who are said to be patient never give up."""
    text = HEAD + CALLERS.replace("4m", "4m, patience: never") + AGENTS
    assert read(tmp_path, text).callers[0].patience is None


@pytest.mark.parametrize(("text", "place", "code"), MISTAKES)
def test_each_mistake_is_told_where_it_is(
    tmp_path: Path, text: str, place: str, code: str
) -> None:
    """One problem, with its line, column and code."""
    with pytest.raises(SiteInvalid) as caught:
        read(tmp_path, text)
    told = [f"{each.line}:{each.column}: {each.code}" for each in caught.value.problems]
    assert told == [f"{place}: {code}"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody should have to mend one to learn of the next."""
    text = HEAD + CALLERS.replace("4m", "soon") + AGENTS.replace("claims", "sales")
    with pytest.raises(SiteInvalid) as caught:
        read(tmp_path, text)
    assert [each.code for each in caught.value.problems] == ["E107", "E203"]
