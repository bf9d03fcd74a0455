"""Figures and their confidence."""

from random import Random
from statistics import fmean, stdev

import pytest

from contactcenter_ari.core.kpi.queue_stay import QueueCount
from contactcenter_ari.planning.counts import Cell, total
from contactcenter_ari.planning.figure import FIGURES, estimate, estimates, student


def batch(answered: int, abandoned: int = 0, waited: float = 0.0) -> Cell:
    """A batch in which half of the answered were answered in time."""
    return Cell(
        count=QueueCount(
            offered=answered + abandoned,
            answered=answered,
            answered_within=answered // 2,
            abandoned=abandoned,
        ),
        waited=waited,
    )


@pytest.mark.parametrize(
    ("freedom", "published"), [(2, 4.303), (4, 2.776), (9, 2.262), (19, 2.093), (99, 1.984)]
)
def test_students_t(freedom: int, published: float) -> None:
    """The quantiles are those of published tables, to 1 %."""
    assert student(freedom) == pytest.approx(published, rel=0.01)


def test_equal_batches_give_the_textbook_interval() -> None:
    """With equally many calls in each batch, the interval is mean and t times standard error."""
    waits = [110.0, 95.0, 130.0, 88.0, 102.0]
    found = estimate("average_speed_of_answer", [batch(10, waited=wait) for wait in waits])
    means = [wait / 10 for wait in waits]
    reach = student(4) * stdev(means) / 5**0.5
    assert found.value == pytest.approx(fmean(means))
    assert found.confidence is not None
    assert found.confidence.low == pytest.approx(fmean(means) - reach)
    assert found.confidence.high == pytest.approx(fmean(means) + reach)


def test_a_share_stays_a_share() -> None:
    """An interval of a share does not leave 0 to 1, and equal batches leave no doubt."""
    unsure = estimate("abandonment", [batch(0, 1), batch(9), batch(1)])
    assert unsure.confidence is not None
    assert unsure.confidence.low == 0.0
    alike = estimate("abandonment", [batch(9, 1)] * 5).confidence
    assert alike is not None
    assert alike.low == pytest.approx(0.1)
    assert alike.high == pytest.approx(0.1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """About 95 % of the intervals of many samples hold the true share, with unlike batches."""
    random = Random(11)  # noqa: S311 - a seed, so that a failure repeats
    hits = 0
    for _ in range(400):
        batches = []
        for _ in range(20):
            calls = random.randint(20, 200)
            lost = sum(random.random() < 0.1 for _ in range(calls))
            batches.append(batch(calls - lost, lost))
        found = estimate("abandonment", batches).confidence
        assert found is not None
        hits += found.low <= 0.1 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_nothing_has_no_figure() -> None:
    """Without calls and agents there is nothing to tell, not 0."""
    found = estimates([Cell(), Cell(), Cell()])
    assert {name: each.value for name, each in found.items()} == dict.fromkeys(FIGURES)


def test_two_batches_give_no_interval() -> None:
    """A spread of two says nothing."""
    found = estimate("service_level", [batch(10), batch(12)])
    assert found.value == pytest.approx(0.5)
    assert found.confidence is None


def test_cells_add_and_subtract() -> None:
    """The whole without one batch is the others."""
    first, second = batch(4, 1, 8.0), batch(6, 2, 3.0)
    assert total([first, second]) - first == second
