"""The expected wait, its phrase in an announcement, and that an announced wait never rises."""

from datetime import timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.acd.estimate import (
    Estimate,
    at_least,
    estimate_wait,
    phrase_to_tell,
    rounded_up,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
THREE_MINUTES = 3 * MINUTE


def expects(mean: float, deviation: float = 0) -> Estimate:
    """An estimate in seconds."""
    return Estimate(mean=timedelta(seconds=mean), deviation=timedelta(seconds=deviation))


def added_up(ahead: int, servers: float, handle_time: timedelta, hazard: float) -> Estimate:
    """The sums of the definition, term by term."""
    rate = servers / handle_time.total_seconds()
    steps = [1 / (rate + i * hazard) for i in range(ahead + 1)]
    return expects(sum(steps), sqrt(sum(step * step for step in steps)))


# --- the model --------------------------------------------------------------------------------


def test_the_wait_is_the_sum_of_the_steps_until_an_agent_is_free() -> None:
    """Two agents of 3 minutes, nobody gives up: 90 s for each ahead and for the caller."""
    estimate = estimate_wait(ahead=2, servers=2, handle_time=THREE_MINUTES, hazard=0)
    assert estimate.mean == timedelta(seconds=270)
    assert estimate.deviation.total_seconds() == pytest.approx(90 * sqrt(3))
    assert estimate.bound == estimate.mean + estimate.deviation


def test_who_gives_up_ahead_shortens_the_wait() -> None:
    """Each of those ahead may go, and with each step there are fewer of them."""
    estimate = estimate_wait(ahead=2, servers=1, handle_time=100 * MINUTE / 60, hazard=0.01)
    assert estimate.mean.total_seconds() == pytest.approx(100 + 50 + 100 / 3)


def test_an_agent_shared_with_other_queues_counts_in_part() -> None:
    """Half of one agent takes twice as long as a whole one."""
    whole = estimate_wait(ahead=4, servers=1, handle_time=THREE_MINUTES, hazard=0)
    half = estimate_wait(ahead=4, servers=0.5, handle_time=THREE_MINUTES, hazard=0)
    assert half.mean == 2 * whole.mean


def test_a_caller_ahead_may_count_in_part() -> None:
    """As one does for whom only some of the agents are shared."""
    estimate = estimate_wait(ahead=1.5, servers=1, handle_time=MINUTE, hazard=0)
    assert estimate.mean == 2.5 * MINUTE


@pytest.mark.parametrize("ahead", [14, 15, 16, 17, 40, 1_000, 20_000])
@pytest.mark.parametrize("servers", [0.05, 1, 10, 400])
@pytest.mark.parametrize("hazard", [0, 1e-9, 1e-5, 1 / 180, 0.5])
def test_a_long_line_is_summed_up_in_one_go(ahead: int, servers: float, hazard: float) -> None:
    """The error against adding up term by term is below a millionth of the sum."""
    at_once = estimate_wait(ahead=ahead, servers=servers, handle_time=THREE_MINUTES, hazard=hazard)
    one_by_one = added_up(ahead, servers, THREE_MINUTES, hazard)
    close = pytest.approx(one_by_one.mean.total_seconds(), rel=1e-6, abs=1e-6)
    assert at_once.mean.total_seconds() == close
    close = pytest.approx(one_by_one.deviation.total_seconds(), rel=1e-6, abs=1e-6)
    assert at_once.deviation.total_seconds() == close


def test_the_length_of_the_line_costs_nothing() -> None:
    """A line far too long for any loop is estimated anyway."""
    estimate = estimate_wait(ahead=10**12, servers=10, handle_time=THREE_MINUTES, hazard=1 / 180)
    assert timedelta(hours=1) < estimate.mean < timedelta(hours=2)


# --- the head of the line ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head_waited", "mean"),
    [(0, 60), (100, 60), (130, 60), (131, 131), (500, 500)],
)
def test_a_head_that_waits_longer_than_expected_tells_of_missing_staff(
    head_waited: float, mean: float
) -> None:
    """Beyond the bound of the head's own estimate its wait counts, if it is the larger."""
    raised = at_least(
        expects(60, 20),
        waited=timedelta(),
        head_waited=timedelta(seconds=head_waited),
        head_expected=expects(100, 30),
    )
    assert raised == expects(mean, 20)


@pytest.mark.parametrize(("waited", "mean"), [(0, 500), (100, 400), (400, 100), (450, 60)])
def test_what_was_waited_already_is_taken_off(waited: float, mean: float) -> None:
    """A caller who has waited nearly as long as the head will not wait as long once more."""
    raised = at_least(
        expects(60, 20),
        waited=timedelta(seconds=waited),
        head_waited=timedelta(seconds=500),
        head_expected=expects(100, 30),
    )
    assert raised == expects(mean, 20)


def test_the_head_never_lowers_an_estimate() -> None:
    """A caller far behind waits longer than the head has."""
    estimate = expects(600, 20)
    raised = at_least(
        estimate,
        waited=timedelta(),
        head_waited=timedelta(seconds=200),
        head_expected=expects(10, 5),
    )
    assert raised == estimate


# --- the phrase -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (0, 1), (1, 1), (60, 1), (60.000001, 2), (119, 2), (540, 9), (541, 10), (600, 10),
        (601, 15), (900, 15), (901, 20), (1800, 30), (1801, 45), (2701, 60), (7200, 120),
        (7201, 180), (36_000, 600), (36_001, 660),
    ],
)  # fmt: skip
def test_a_bound_is_rounded_up_to_a_phrase(seconds: float, minutes: int) -> None:
    """Minutes, then 5 and 15 minutes, then hours; an exact phrase stays, nothing is 0."""
    assert rounded_up(timedelta(seconds=seconds)) == minutes * MINUTE


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=3)))
def test_a_phrase_is_never_below_the_bound_and_never_twice_as_long(bound: timedelta) -> None:
    """Rounding costs at most a minute, or half of the wait."""
    assert bound <= rounded_up(bound) <= max(bound + MINUTE, 1.5 * bound)
    assert rounded_up(rounded_up(bound)) == rounded_up(bound)


@given(st.lists(st.floats(min_value=0, max_value=20_000), min_size=1, max_size=12))
def test_a_spoken_number_never_rises(bounds: list[float]) -> None:
    """Whatever the estimates are; each that does not exceed the last announced is announced."""
    told: timedelta | None = None
    for seconds in bounds:
        estimate = expects(seconds)
        phrase = phrase_to_tell(estimate, told=told)
        if told is None or rounded_up(estimate.bound) <= told:
            assert phrase == rounded_up(estimate.bound)
            told = phrase
        else:
            assert phrase is None
