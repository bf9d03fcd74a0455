"""Each figure by an example small enough to check by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.core.kpi.abandonment import abandonment
from contactcenter_ari.core.kpi.answer_speed import speed_of_answer
from contactcenter_ari.core.kpi.containment import containment
from contactcenter_ari.core.kpi.handle_time import (
    HandledSegment,
    average_handle_time,
    handle_time,
    handled_talks,
)
from contactcenter_ari.core.kpi.occupancy import (
    LoggedInTime,
    StateStretch,
    logged_in_time,
    occupancy,
    utilization,
)
from contactcenter_ari.core.kpi.queue_stay import QueueCount, QueueStay, count_stays
from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula, service_level
from contactcenter_ari.core.kpi.spread import Spread, spread
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId, SegmentId

NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def seconds(amount: float) -> timedelta:
    """A duration."""
    return timedelta(seconds=amount)


def stay(waited: float, result: QueueExit) -> QueueStay:
    """A stay that began at nine."""
    return QueueStay(NINE, NINE + seconds(waited), result)


STAYS = [
    stay(5, QueueExit.ANSWERED),
    stay(20, QueueExit.ANSWERED),
    stay(21, QueueExit.ANSWERED),
    stay(60, QueueExit.ANSWERED),
    stay(3, QueueExit.ABANDONED_SHORT),
    stay(15, QueueExit.ABANDONED),
    stay(90, QueueExit.ABANDONED),
    stay(0, QueueExit.CLOSED),
    stay(900, QueueExit.TIMEOUT),
    stay(12, QueueExit.CALLBACK_TAKEN),
    stay(8, QueueExit.KEY_EXIT),
    stay(30, QueueExit.SYSTEM_ERROR),
]
COUNT = QueueCount(
    offered=12,
    answered=4,
    answered_within=2,
    abandoned=3,
    abandoned_within=2,
    abandoned_short=1,
    sent_away=2,
    moved_on=2,
    callbacks_taken=1,
    lost=1,
)


def test_stays_are_counted_against_the_time() -> None:
    """At the time exactly is within it; short abandons are among the abandoned."""
    assert count_stays(STAYS, within=seconds(20)) == COUNT


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (ServiceLevelFormula.IGNORE_QUICK, 2 / 8),
        (ServiceLevelFormula.STRICT, 2 / 10),
        (ServiceLevelFormula.COUNT_QUICK, 4 / 10),
        (ServiceLevelFormula.ANSWERED_ONLY, 2 / 4),
        (ServiceLevelFormula.COUNT_SHORT, 3 / 10),
    ],
)
def test_service_level(formula: ServiceLevelFormula, expected: float) -> None:
    """Callers who were sent away or lost by us were not answered in time by any formula but
    `answered_only`; callers who moved on count in none.
    """
    assert service_level(COUNT, formula) == expected
    assert service_level(QueueCount(), formula) is None


def test_the_default_formula_ignores_quick_abandons() -> None:
    """Without a formula the first is used."""
    assert service_level(COUNT) == service_level(COUNT, ServiceLevelFormula.IGNORE_QUICK)


def test_abandonment_leaves_short_ones_out() -> None:
    """Two of the eleven who did not give up at once."""
    assert abandonment(COUNT) == 2 / 11
    assert abandonment(QueueCount(offered=1, abandoned=1, abandoned_short=1)) is None


def test_speed_of_answer_is_of_the_answered() -> None:
    """The mean wait of four answered callers, its median, 90th percentile and maximum."""
    assert speed_of_answer(STAYS) == Spread(
        mean=seconds(26.5), median=seconds(20.5), p90=seconds(48.3), maximum=seconds(60)
    )
    assert speed_of_answer([]) is None


def test_the_spread_of_one_is_that_one() -> None:
    """One duration is its own mean, median, percentile and maximum."""
    one = seconds(7)
    assert spread([one]) == Spread(mean=one, median=one, p90=one, maximum=one)


def test_handle_time_is_talk_and_wrap_up_by_talk() -> None:
    """Two talks with one wrap-up; time in the queue is no work."""
    segments = [
        HandledSegment(SegmentKind.QUEUE, NINE, NINE + seconds(500)),
        HandledSegment(SegmentKind.TALK, NINE, NINE + seconds(100)),
        HandledSegment(SegmentKind.TALK, NINE, NINE + seconds(60)),
        HandledSegment(SegmentKind.WRAP_UP, NINE, NINE + seconds(20)),
    ]
    assert average_handle_time(segments) == seconds(90)
    assert average_handle_time(segments[:1]) is None


def segment(
    kind: SegmentKind, began: float, ended: float, agent: str = "", queue: str = "sales"
) -> SegmentEnded:
    """A stretch of one call; a stay was answered."""
    return SegmentEnded(
        number=1,
        at=NINE + seconds(ended),
        interaction=InteractionId("i"),
        segment=SegmentId(f"{began}"),
        kind=kind,
        started_at=NINE + seconds(began),
        queue=queue,
        agent=agent,
        result="" if agent else "answered",
    )


def test_each_talk_belongs_to_one_stay() -> None:
    """The last answered one before it in its queue; without one it stands for itself. A wrap-up is
    that of the agent's last talk, and own lines are no queues.
    """
    stay, talk, wrap_up = SegmentKind.QUEUE, SegmentKind.TALK, SegmentKind.WRAP_UP
    talks = handled_talks(
        [
            segment(wrap_up, 130, 140, "101"),
            segment(stay, 0, 30),
            segment(talk, 30, 130, "101"),
            segment(stay, 130, 135),
            segment(talk, 135, 145, "102"),
            segment(talk, 145, 150, "101"),
            segment(wrap_up, 150, 153, "101"),
            segment(talk, 160, 161, "103", "claims"),
            segment(talk, 170, 171, "101", "@101"),
            segment(talk, 180, 181, "", ""),
        ]
    )
    assert [(talk.queue, talk.agent, talk.entered_at, talk.spent) for talk in talks] == [
        ("sales", "101", NINE, seconds(110)),
        ("sales", "102", NINE + seconds(130), seconds(10)),
        ("sales", "101", NINE + seconds(130), seconds(8)),
        ("claims", "103", NINE + seconds(160), seconds(1)),
    ]
    assert handle_time(talks) == Spread(
        mean=seconds(32.25), median=seconds(9), p90=seconds(80), maximum=seconds(110)
    )
    assert handle_time([]) is None


def test_occupancy_is_busy_of_busy_and_ready() -> None:
    """Only what lies in the interval counts; a stretch that lasts counts up to its end."""
    moves = [
        (AgentState.LOGGED_OUT, -900, -600),
        (AgentState.READY, -600, 60),
        (AgentState.OFFERED, 60, 70),
        (AgentState.ON_CALL, 70, 160),
        (AgentState.WRAP_UP, 160, 180),
        (AgentState.NOT_READY, 180, 240),
    ]
    stretches = [
        StateStretch(state, NINE + seconds(begin), NINE + seconds(end))
        for state, begin, end in moves
    ]
    lasting = StateStretch(AgentState.READY, NINE + seconds(240), None)
    time = logged_in_time([*stretches, lasting], since=NINE, until=NINE + seconds(300))
    assert time == LoggedInTime(busy=seconds(120), ready=seconds(120), not_ready=seconds(60))
    assert (occupancy(time), utilization(time)) == (0.5, 0.8)


def test_nobody_logged_in_has_no_occupancy() -> None:
    """Without logged-in time there is no share."""
    time = logged_in_time([], since=NINE, until=NINE + seconds(300))
    assert (occupancy(time), utilization(time)) == (None, None)


def test_containment_is_of_all_who_entered_a_flow() -> None:
    """One of three; the rejected never entered."""
    ends = [EndReason.CONTAINED, EndReason.LEFT_FLOW, EndReason.COMPLETED, EndReason.REJECTED]
    assert containment(ends) == 1 / 3
    assert containment([EndReason.REJECTED]) is None
