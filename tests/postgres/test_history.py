"""History: who called when, how long they talked, and when they gave up."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    Event,
    InteractionEnded,
    Party,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, QueueName, SegmentId
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.history import Arrivals, Habits, History, Span
from tests.postgres.journaled import written

ZONE = "Europe/Amsterdam"
MONDAY = datetime(2026, 3, 9, tzinfo=ZoneInfo(ZONE))
TUESDAY, SATURDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=5)
WEEK = Span(since=MONDAY, until=MONDAY + timedelta(days=7), zone=ZONE)
SALES = QueueName("sales")
NINE = timedelta(hours=9)
_numbers = count(1)


def segment(
    kind: SegmentKind, began: datetime, seconds: float, result: str = "", queue: str = SALES
) -> SegmentEnded:
    """One stretch of some interaction."""
    number = next(_numbers)
    return SegmentEnded(
        number=number,
        at=(began + timedelta(seconds=seconds)).astimezone(UTC),
        interaction=InteractionId(f"i-{number}"),
        segment=SegmentId(f"s-{number}"),
        kind=kind,
        started_at=began.astimezone(UTC),
        queue=queue,
        result=result,
    )


def stay(began: datetime, seconds: float = 10, result: str = "answered") -> SegmentEnded:
    """A stay in the queue."""
    return segment(SegmentKind.QUEUE, began, seconds, result)


def arrived(half_hour: int, calls: int, days: int) -> Arrivals:
    """Callers of the queue."""
    return Arrivals(queue=SALES, half_hour=half_hour, calls=calls, days=days)


@pytest.fixture
async def history(database_url: str) -> AsyncIterator[History]:
    """The history in the test's database."""
    async with Database(database_url) as database:
        yield History(database)


async def test_callers_by_the_half_hour_of_the_local_day(
    history: History, database_url: str, tmp_path: Path
) -> None:
    """Half hours are those of the zone, and each is divided by the days on which any caller called
    the queue at all.
    """
    events: list[Event] = [
        stay(MONDAY + NINE),
        stay(MONDAY + NINE + timedelta(minutes=29)),
        stay(MONDAY + NINE + timedelta(minutes=30)),
        stay(TUESDAY + NINE),
        stay(SATURDAY + timedelta(hours=23, minutes=59)),
        stay(MONDAY - timedelta(seconds=1)),
        stay(WEEK.until),
    ]
    await written(database_url, tmp_path, events)
    assert await history.arrivals(WEEK) == [
        arrived(18, 3, 3),
        arrived(19, 1, 3),
        arrived(47, 1, 3),
    ]


async def test_who_is_called_back_came_once(
    history: History, database_url: str, tmp_path: Path
) -> None:
    """The stay that ended with the callback is an arrival; the one after the callback was dialed
    is none.
    """
    booked, called = stay(MONDAY + NINE, 60, "callback_taken"), stay(MONDAY + 2 * NINE)
    ended = InteractionEnded(
        number=next(_numbers),
        at=called.at,
        interaction=called.interaction,
        node="n1",
        channel="voice",
        direction="outbound",
        started_at=called.started_at,
        called_number="+31612345678",
        caller_number="+31201234567",
        caller_name="",
        caller_status="",
        flow="shop",
        flow_version="1",
        language="en",
        tags={},
        queue=SALES,
        agent=AgentId("101"),
        reason=EndReason.COMPLETED,
        ended_by=Party.CALLER,
    )
    await written(database_url, tmp_path, [booked, called, ended])
    assert await history.arrivals(WEEK) == [arrived(18, 1, 1)]


async def test_the_weekdays_that_were_asked_for(
    history: History, database_url: str, tmp_path: Path
) -> None:
    """Other weekdays count neither as calls nor as days."""
    weekdays = Span(since=WEEK.since, until=WEEK.until, zone=ZONE, weekdays=(1, 2, 3, 4, 5))
    events: list[Event] = [stay(MONDAY + NINE), stay(TUESDAY + NINE), stay(SATURDAY + NINE)]
    await written(database_url, tmp_path, events)
    assert await history.arrivals(weekdays) == [arrived(18, 2, 2)]
    assert (await history.habits(weekdays))[0].waited == timedelta(seconds=20)


async def test_a_day_that_is_not_over(history: History, database_url: str, tmp_path: Path) -> None:
    """Half hours that have not begun are not counted as half hours without calls."""
    events: list[Event] = [stay(MONDAY + NINE), stay(MONDAY + 2 * NINE), stay(TUESDAY + NINE)]
    await written(database_url, tmp_path, events)
    noon = Span(since=MONDAY, until=TUESDAY + timedelta(hours=12), zone=ZONE)
    assert await history.arrivals(noon) == [arrived(18, 2, 2), arrived(36, 1, 1)]


async def test_how_callers_talk_and_wait(
    history: History, database_url: str, tmp_path: Path
) -> None:
    """Talks and wrap-ups on average, the spread of talks, and what patience is calculated from;
    agents' own lines are no queues.
    """
    began = MONDAY + NINE
    events: list[Event] = [
        stay(began, 10),
        stay(began, 30),
        stay(began, 50, "abandoned"),
        stay(began, 4, "abandoned_short"),
        stay(began, 60, "timeout"),
        segment(SegmentKind.TALK, began, 100),
        segment(SegmentKind.TALK, began, 200),
        segment(SegmentKind.WRAP_UP, began, 30),
        segment(SegmentKind.TALK, began, 7, queue="@101"),
        segment(SegmentKind.QUEUE, began, 7, "answered", queue="@101"),
    ]
    await written(database_url, tmp_path, events)
    (found,) = await history.habits(WEEK)
    assert found.talk_deviation == pytest.approx(5000**0.5)
    assert msgspec.structs.replace(found, talk_deviation=0.0) == Habits(
        queue=SALES,
        waited=timedelta(seconds=154),
        abandoned=2,
        talks=2,
        talk=timedelta(seconds=150),
        talk_deviation=0.0,
        wrap_up=timedelta(seconds=15),
    )


async def test_no_history(history: History) -> None:
    """An empty database has nothing to tell."""
    assert await history.arrivals(WEEK) == []
    assert await history.habits(WEEK) == []
