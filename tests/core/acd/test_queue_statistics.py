"""The base of the wait estimate: learned from events alone, exact, in bounded memory."""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.queue_statistics import (
    BREAK,
    CALM,
    ENOUGH,
    MOST_OF_THE_PAST,
    RECENT,
    HandleTimes,
    Patience,
    QueueStatistics,
    half_hour_of,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
WEEK = timedelta(weeks=1)
SALES, SUPPORT = QueueName("sales"), QueueName("support")
ANN, BOB = AgentId("101"), AgentId("102")


def handle_times(*contacts: tuple[int, timedelta]) -> HandleTimes:
    """Contacts given as (how many, of what length), one a second."""
    times = HandleTimes()
    lengths = [length for number, length in contacts for _ in range(number)]
    for number, length in enumerate(lengths):
        times.add(length, NOW + number * SECOND)
    return times


def statistics_of(contacts: int = ENOUGH, *agents: AgentId) -> QueueStatistics:
    """Agents in sales alone, and contacts of 3 minutes."""
    statistics = QueueStatistics()
    for agent in agents:
        statistics.staffed(agent, (SALES,), available=True)
    for _ in range(contacts):
        statistics.handled(SALES, ANN, 3 * MINUTE, NOW)
    return statistics


# --- handle times -----------------------------------------------------------------------------


def test_few_contacts_are_not_enough() -> None:
    """The mean is known from the fifth contact on."""
    assert handle_times().mean(NOW) is None
    assert handle_times((ENOUGH - 1, MINUTE)).mean(NOW) is None
    assert handle_times((ENOUGH, MINUTE)).mean(NOW) == MINUTE


def test_the_latest_contacts_count() -> None:
    """Contacts before the last fifty do not."""
    later = NOW + 2 * MINUTE
    assert handle_times((10, 9 * MINUTE), (RECENT, MINUTE)).mean(later) == MINUTE
    half = handle_times((RECENT, MINUTE), (RECENT // 2, 3 * MINUTE))
    assert half.mean(later) == 2 * MINUTE


def test_the_same_half_hour_of_earlier_weeks_fills_up() -> None:
    """It stands for as many contacts as are missing, and no more than it has."""
    times = HandleTimes()
    times.learn(half_hour_of(NOW), 2 * MINUTE, 300)
    times.learn(half_hour_of(NOW) + 1, 8 * MINUTE, 300)
    assert times.mean(NOW) == 2 * MINUTE
    assert times.mean(NOW + 30 * MINUTE) == 8 * MINUTE
    for _ in range(10):
        times.add(7 * MINUTE, NOW)
    assert times.mean(NOW) == (10 * 7 * MINUTE + 40 * 2 * MINUTE) / 50


def test_an_hour_nobody_knows_is_taken_like_the_others() -> None:
    """The mean of all half hours stands in for one without contacts."""
    times = HandleTimes()
    times.learn(0, 2 * MINUTE, 10)
    times.learn(1, 4 * MINUTE, 30)
    assert times.mean(NOW) == 3.5 * MINUTE


def test_what_is_learned_anew_replaces_what_was_known() -> None:
    """Learning twice is the same as learning once."""
    times = HandleTimes()
    for _ in range(2):
        times.learn(half_hour_of(NOW), 2 * MINUTE, 20)
    times.learn(half_hour_of(NOW), 4 * MINUTE, 10)
    assert times.mean(NOW) == times.mean(NOW + HOUR) == 4 * MINUTE


def test_after_a_break_the_last_contacts_are_history() -> None:
    """In the morning the same half hour of last week counts, not yesterday evening."""
    times = handle_times((RECENT, 9 * MINUTE))
    morning = NOW + BREAK + HOUR
    times.learn(half_hour_of(morning), 2 * MINUTE, 100)
    assert times.mean(morning) == 2 * MINUTE
    times.add(7 * MINUTE, morning)
    assert times.mean(morning) == (7 * MINUTE + 49 * 2 * MINUTE) / 50


def test_the_center_learns_its_own_week() -> None:
    """The contacts of a week ago in this half hour are the prior today."""
    times = handle_times((20, 2 * MINUTE))
    times.add(8 * MINUTE, NOW + 5 * HOUR)
    assert times.mean(NOW + WEEK) == 2 * MINUTE


def test_the_past_fades_and_stays_small() -> None:
    """A half hour remembers some hundred contacts, and follows when they change."""
    times = handle_times((1200, MINUTE))
    assert len(times._recent) == RECENT
    assert times._half_hours[half_hour_of(NOW)].number <= MOST_OF_THE_PAST
    changed = handle_times((1200, MINUTE), (1200, 3 * MINUTE))
    mean = changed.mean(NOW + WEEK)
    assert mean is not None
    assert mean > 2.5 * MINUTE


# --- patience ---------------------------------------------------------------------------------


def test_the_hazard_is_what_gave_up_per_second_waited() -> None:
    """Two waited a minute each and one of them gave up; those still waiting count, too."""
    patience = Patience(NOW)
    patience.joined(NOW)
    patience.joined(NOW)
    patience.left(NOW + MINUTE, gave_up=True)
    patience.left(NOW + MINUTE, gave_up=False)
    waited = (2 * MINUTE + CALM).total_seconds()
    assert patience.hazard(NOW + MINUTE) == pytest.approx(1 / waited, rel=0.01)
    patience.joined(NOW + MINUTE)
    waited = (4 * MINUTE + CALM).total_seconds()
    assert patience.hazard(NOW + 3 * MINUTE) == pytest.approx(1 / waited, rel=0.04)


def test_old_waiting_fades() -> None:
    """An event weighs exp(-age / 1 h), on both sides of the fraction."""
    patience = Patience(NOW)
    for number in range(3):
        patience.joined(NOW + number * HOUR)
        patience.left(NOW + number * HOUR + 10 * SECOND, gave_up=number < 2)
    ages = [(2 - number) * HOUR - 10 * SECOND for number in range(3)]
    weights = [2.718281828 ** -((age + 10 * SECOND) / HOUR) for age in ages]
    gave_up = sum(weights[:2])
    waited = 10 * sum(weights) + CALM.total_seconds()
    at = NOW + 2 * HOUR + 10 * SECOND
    assert patience.hazard(at) == pytest.approx(gave_up / waited, rel=0.01)


def test_nobody_gave_up_yet() -> None:
    """Then the line is taken to be patient, and without any waiting as well."""
    patience = Patience(NOW)
    assert patience.hazard(NOW) == 0
    patience.joined(NOW)
    assert patience.hazard(NOW + HOUR) == 0


# --- the estimate -----------------------------------------------------------------------------


def test_nothing_is_estimated_without_statistics() -> None:
    """Neither without agents, nor with fewer than a few contacts and no earlier weeks."""
    assert QueueStatistics().expected(SALES, ahead=0, now=NOW) is None
    assert statistics_of(ENOUGH).expected(SALES, ahead=0, now=NOW) is None
    assert statistics_of(ENOUGH - 1, ANN).expected(SALES, ahead=0, now=NOW) is None
    assert statistics_of(ENOUGH, ANN).expected(SALES, ahead=0, now=NOW) is not None


def test_earlier_weeks_count() -> None:
    """The first caller of a day hears an estimate."""
    statistics = statistics_of(0, ANN)
    learned = HandleTime(queue=SALES, half_hour=half_hour_of(NOW), mean=MINUTE, contacts=30)
    statistics.learn((learned,))
    estimate = statistics.expected(SALES, ahead=1, now=NOW)
    assert estimate is not None
    assert estimate.mean == 2 * MINUTE


def test_the_estimate_is_made_of_all_three() -> None:
    """Handle time, agents, and the hazard of those ahead."""
    statistics = statistics_of(ENOUGH, ANN, BOB)
    for _ in range(3):
        statistics.joined(SALES, NOW)
    statistics.left(SALES, NOW + 10 * MINUTE, gave_up=True)
    now = NOW + 10 * MINUTE
    patience = statistics._patience[SALES].hazard(now)
    estimate = statistics.expected(SALES, ahead=1, now=now)
    assert estimate is not None
    assert estimate.mean.total_seconds() == pytest.approx(90 + 1 / (1 / 90 + patience))


def test_those_ahead_in_other_queues_count_by_how_many_of_their_agents_are_shared() -> None:
    """Support has only one of the two agents of sales; support takes 1 minute."""
    statistics = statistics_of(ENOUGH, BOB)
    statistics.staffed(ANN, (SALES, SUPPORT), available=True)
    for _ in range(ENOUGH):
        statistics.handled(SUPPORT, ANN, MINUTE, NOW)
    assert statistics.neighbors(SUPPORT) == (SALES,)

    def mean(queue: QueueName, **elsewhere: int) -> float:
        others = {QueueName(name): number for name, number in elsewhere.items()}
        estimate = statistics.expected(queue, ahead=1, elsewhere=others, now=NOW)
        assert estimate is not None
        return estimate.mean / MINUTE

    assert mean(SUPPORT) == 1 + 1
    assert mean(SUPPORT, sales=4) == pytest.approx(1 + 1 + 4 * 3 / 2)
    assert mean(SALES) == (3 + 3) / 2
    assert mean(SALES, support=4) == pytest.approx((3 + 3 + 4 * 1) / 2)


def test_without_the_numbers_of_other_queues_the_share_of_time_is_the_guess() -> None:
    """An agent of two queues is half an agent."""
    statistics = statistics_of(ENOUGH)
    statistics.staffed(BOB, (SALES, SUPPORT), available=True)
    shared = statistics.expected(SALES, ahead=0, now=NOW)
    known = statistics.expected(SALES, ahead=0, elsewhere={}, now=NOW)
    assert shared is not None
    assert known is not None
    assert shared.mean == 2 * known.mean == 6 * MINUTE


def test_the_head_of_the_line_counts_in_the_estimate() -> None:
    """If it has waited longer than its estimate."""
    statistics = statistics_of(ENOUGH, ANN)
    expected = Estimate(mean=MINUTE, deviation=MINUTE)

    def estimate(head_waited: timedelta, head: Estimate | None) -> Estimate | None:
        return statistics.estimate(
            SALES,
            ahead=0,
            waited=MINUTE,
            head_waited=head_waited + MINUTE,
            head_expected=head,
            now=NOW,
        )

    plain = statistics.expected(SALES, ahead=0, now=NOW)
    assert plain is not None
    assert estimate(HOUR, None) == plain
    assert estimate(MINUTE, expected) == plain
    assert estimate(HOUR, expected) == Estimate(mean=HOUR, deviation=plain.deviation)


def test_reading_changes_nothing() -> None:
    """A screen may ask at any time, and the replay of a day stays the same."""
    asked, left_alone = statistics_of(ENOUGH, ANN), statistics_of(ENOUGH, ANN)
    for number in range(50):
        now = NOW + number * 7 * SECOND
        for queue in (SALES, SUPPORT):
            asked.expected(queue, ahead=3, now=now + SECOND)
        for statistics in (asked, left_alone):
            statistics.joined(SALES, now)
            statistics.left(SALES, now + 5 * SECOND, gave_up=number % 2 == 0)
    at = NOW + HOUR
    assert asked.expected(SALES, ahead=3, now=at) == left_alone.expected(SALES, ahead=3, now=at)
