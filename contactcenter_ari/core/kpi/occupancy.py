"""Occupancy and utilization: what agents' logged-in time was spent on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.event import BUSY, AgentState


@dataclass(frozen=True, slots=True)
class StateStretch:
    """One stretch of one agent in one state; `ended_at` is None while it lasts."""

    state: AgentState
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedInTime:
    """Time by state; ringing and hold are busy, a pause is none of the first two."""

    busy: timedelta
    ready: timedelta
    not_ready: timedelta


def logged_in_time(
    stretches: Iterable[StateStretch], *, since: datetime, until: datetime
) -> LoggedInTime:
    """Add up the parts of the stretches that lie between `since` and `until`."""
    spent = dict.fromkeys(AgentState, timedelta())
    for stretch in stretches:
        begin = max(stretch.started_at, since)
        end = min(stretch.ended_at or until, until)
        spent[stretch.state] += max(end - begin, timedelta())
    return LoggedInTime(
        busy=sum((spent[state] for state in BUSY), timedelta()),
        ready=spent[AgentState.READY],
        not_ready=spent[AgentState.NOT_READY],
    )


def occupancy(time: LoggedInTime) -> float | None:
    """The share (0-1) of ringing, talk, hold and wrap-up in the time an agent could be busy."""
    return _share(time.busy, time.busy + time.ready)


def utilization(time: LoggedInTime) -> float | None:
    """The share (0-1) of the logged-in time that an agent was busy or ready."""
    available = time.busy + time.ready
    return _share(available, available + time.not_ready)


def _share(part: timedelta, whole: timedelta) -> float | None:
    return part / whole if whole else None
