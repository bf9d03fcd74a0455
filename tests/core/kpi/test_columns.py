"""The columns of a report add up, whatever the stays and however they are divided."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.kpi.abandonment import abandonment
from contactcenter_ari.core.kpi.queue_stay import COLUMNS, QueueCount, QueueStay, count_stays
from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula, service_level
from contactcenter_ari.core.vocabulary.event import QueueExit

NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
WITHIN = timedelta(seconds=20)

durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(minutes=40))
stays = st.builds(
    lambda entry, waited, result: QueueStay(NINE + entry, NINE + entry + waited, result),
    durations,
    durations,
    st.sampled_from(QueueExit),
)


def test_every_exit_has_a_column() -> None:
    """A stay that ends in a new way must be counted somewhere."""
    assert set(COLUMNS) == set(QueueExit)


@given(st.lists(stays))
def test_columns_add_up_to_the_offered(given_stays: list[QueueStay]) -> None:
    """Every stay is in exactly one column."""
    count = count_stays(given_stays, within=WITHIN)
    columns = (count.answered, count.abandoned, count.sent_away, count.moved_on, count.lost)
    assert sum(columns) == count.offered == len(given_stays)
    assert count.abandoned_short <= count.abandoned
    assert count.callbacks_taken <= count.moved_on


@given(st.lists(stays), st.lists(durations))
def test_intervals_add_up_to_the_whole(
    given_stays: list[QueueStay], cuts: list[timedelta]
) -> None:
    """A stay belongs to the interval of its entry, and to no other."""
    edges = sorted(NINE + cut for cut in cuts)
    parts = [
        count_stays(
            [s for s in given_stays if sum(edge <= s.entered_at for edge in edges) == index],
            within=WITHIN,
        )
        for index in range(len(edges) + 1)
    ]
    assert sum(parts, QueueCount()) == count_stays(given_stays, within=WITHIN)


@given(st.lists(stays, min_size=1))
def test_figures_are_shares(given_stays: list[QueueStay]) -> None:
    """No formula leaves 0 to 1, and the strict one is the lowest of those over all callers."""
    count = count_stays(given_stays, within=WITHIN)
    levels = {formula: service_level(count, formula) for formula in ServiceLevelFormula}
    for share in (*levels.values(), abandonment(count)):
        assert share is None or 0 <= share <= 1
    strict = levels[ServiceLevelFormula.STRICT]
    for level in levels.values():
        assert strict is None or level is None or level >= strict


@given(st.integers(1, 50), st.sampled_from(QueueExit))
def test_sent_away_and_lost_were_not_served_in_time(many: int, exit_: QueueExit) -> None:
    """One answered at once, and many of one other exit."""
    others = [QueueStay(NINE, NINE + timedelta(minutes=15), exit_)] * many
    count = count_stays([QueueStay(NINE, NINE, QueueExit.ANSWERED), *others], within=WITHIN)
    moved_on = count.moved_on
    for formula in set(ServiceLevelFormula) - {ServiceLevelFormula.ANSWERED_ONLY}:
        level = service_level(count, formula)
        if exit_ is QueueExit.ABANDONED_SHORT and formula is ServiceLevelFormula.COUNT_SHORT:
            assert level == 1
        else:
            assert level == (1 if moved_on else 1 / (many + 1))
