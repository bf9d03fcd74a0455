"""What-if from the past: the average day out of the database, and what the command makes of it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.acd import acd
from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.vocabulary.event import Event, SegmentEnded
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.environment import Environment
from contactcenter_ari.planning.history import NoHistory, Past
from contactcenter_ari.planning.interval import read_span
from contactcenter_ari.planning.scenario import Callers, Crew, Length, Scenario, Shape
from contactcenter_ari.postgres.history import Arrivals, Habits
from tests.postgres.journaled import written

SALES, CLAIMS = QueueName("sales"), QueueName("claims")
TALK, PATIENCE = timedelta(seconds=150), timedelta(seconds=60)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HABITS = Habits(
    queue=SALES,
    waited=timedelta(minutes=30),
    abandoned=10,
    talks=90,
    talk=TALK,
    talk_deviation=120.0,
    wrap_up=timedelta(seconds=20),
)


def past(*habits: Habits, strategy: Strategy = Strategy.LONGEST_IDLE) -> Past:
    """Sales was called from 8:30 to 9:30, 12 times and 6 times a half hour."""
    return Past(
        arrivals=[
            Arrivals(queue=SALES, half_hour=17, calls=60, days=5),
            Arrivals(queue=SALES, half_hour=18, calls=30, days=5),
        ],
        habits=habits or [HABITS],
        queues={SALES: QueueSettings(name=SALES, strategy=strategy)},
    )


def test_the_average_day() -> None:
    """Rates, talks, wrap-up and patience are those of the past, the rest as it is set now."""
    found = past(strategy=Strategy.LEAST_OCCUPIED).scenario(4, days=7, seed=3)
    (callers,) = found.callers
    assert (found.opens, found.length) == (timedelta(hours=8, minutes=30), timedelta(hours=1))
    assert list(callers.per_hour) == [24.0, 12.0]
    assert callers.talk == Length(TALK, Shape.LOGNORMAL, 0.8)
    assert callers.patience == Length(timedelta(minutes=3))
    assert found.queues[SALES].wrap_up == timedelta(seconds=20)
    assert found.queues[SALES].strategy is Strategy.LEAST_OCCUPIED
    assert (found.agents(0, SALES), found.days, found.seed) == (4, 7, 3)


def test_queues_nobody_answered_are_left_out() -> None:
    """Without a talk nothing is known of handle times."""
    unanswered = Habits(
        queue=CLAIMS,
        waited=timedelta(minutes=1),
        abandoned=1,
        talks=0,
        talk=None,
        talk_deviation=0.0,
        wrap_up=timedelta(),
    )
    both = past(HABITS, unanswered)
    assert both.left_out == [CLAIMS]
    assert list(both.scenario(4, days=1, seed=1).queues) == [SALES]
    with pytest.raises(NoHistory, match="nobody talked"):
        both.only([CLAIMS]).scenario(4, days=1, seed=1)
    with pytest.raises(NoHistory, match="nobody called queue vip on these days"):
        both.only(["vip"])


def test_days_as_they_are_named() -> None:
    """A number of days and today so far, or from one day to another, both of them included."""
    zone = ZoneInfo("Europe/Amsterdam")
    found = read_span("7", "", zone="Europe/Amsterdam", now=NOW)
    assert (found.since, found.until) == (datetime(2026, 3, 3, tzinfo=zone), NOW)
    named = read_span("2026-03-02..2026-03-06", "mon-fri", zone="Europe/Amsterdam", now=NOW)
    assert named.since == datetime(2026, 3, 2, tzinfo=zone)
    assert named.until == datetime(2026, 3, 7, tzinfo=zone)
    assert named.weekdays == (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [("0", ""), ("soon", ""), ("2026-03-06..2026-03-02", ""), ("2026-02-30..2026-03-02", ""),
     ("2026-03-02", ""), ("28", "monday")],
)  # fmt: skip
def test_days_that_do_not_exist(text: str, weekdays: str) -> None:
    """They are refused, with an example."""
    with pytest.raises(ValueError, match="like"):
        read_span(text, weekdays, zone="UTC", now=NOW)


def a_day() -> list[Event]:
    """The segments of a simulated morning: 160 calls an hour for 6 agents."""
    callers = Callers(
        queue=CLAIMS, per_hour=(160.0,) * 6, talk=Length(TALK), patience=Length(PATIENCE)
    )
    scenario = Scenario(
        queues={CLAIMS: QueueSettings(name=CLAIMS, wrap_up=timedelta(seconds=20))},
        callers=(callers,),
        crews=(Crew(count=6, queues=(CLAIMS,), skills={}),),
        length=timedelta(hours=3),
        days=1,
        opens=timedelta(hours=9),
    )
    world = Environment(scenario, 0, warm_up=timedelta(), until=scenario.length, checked=False)
    world.simulation.run_out()
    return [event for event in world.simulation.events if isinstance(event, SegmentEnded)]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    """The command finds the test's database, and a site with the queues that ship."""
    monkeypatch.setenv("CC_DATABASE_URL", database_url)
    monkeypatch.setenv("CC_SITE", str(CHECKOUT / "callflows"))
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))


def run(*words: str) -> tuple[int, str, str]:
    """The exit status, what was written and what was told."""
    result = CliRunner().invoke(acd, ["simulate", *words])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("settings")
def test_the_past_comes_back(database_url: str, tmp_path: Path) -> None:
    """A day that was written down, simulated from the database with as many agents, has the
    figures it had; with more of them it is better.
    """
    events = a_day()
    asyncio.run(written(database_url, tmp_path, events))
    day = (
        "--from-history",
        "2026-01-05..2026-01-05",
        "--queue",
        "claims",
        "--days",
        "8",
        "--json",
    )
    status, as_it_was, told = run(*day, "--agents", "6")
    assert status == 0, told
    (queue,) = json.loads(as_it_was)["queues"]
    assert queue["average_handle_time"] == pytest.approx(170, rel=0.1)
    assert queue["offered"] / 8 == pytest.approx(480, rel=0.1)
    assert 0.1 < queue["abandonment"] < 0.4
    half = queue["intervals"][0]
    assert half["begins"] == "10:00", "the site is an hour ahead of UTC"
    better = json.loads(run(*day, "--agents", "12")[1])["queues"][0]
    assert better["abandonment"] < queue["abandonment"] / 4


@pytest.mark.usefixtures("settings")
def test_no_history_gives_one() -> None:
    """An empty database is told in a sentence."""
    status, written_, told = run("--from-history", "28", "--agents", "6")
    assert (status, written_) == (1, "")
    assert "nobody called on these days" in told


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    "words",
    [("28",), ("soon", "--agents", "6"), ("28", "--agents", "6", "--aht", "3m")],
)
def test_what_cannot_be_meant_gives_two(words: tuple[str, ...]) -> None:
    """Days that are none, no agents, or figures beside those of the past."""
    assert run("--from-history", *words)[0] == 2


def test_no_database_gives_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that cannot be reached is told by its setting."""
    monkeypatch.setenv("CC_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    status, _, told = run("--from-history", "28", "--agents", "6")
    assert status == 1
    assert "CC_DATABASE_URL" in told
