"""Stays in a queue, and the counts that service level and abandonment are made of.

Every stay ends in exactly one column, so the columns add up to the offered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from contactcenter_ari.core.vocabulary.event import QueueExit


class StayColumn(StrEnum):
    """The outcome for the caller, in the columns of a report."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    """The caller hung up while waiting, short abandons included."""
    SENT_AWAY = "sent_away"
    """The queue did not serve the caller."""
    MOVED_ON = "moved_on"
    """The caller or a person chose something else than waiting here."""
    LOST = "lost"
    """A fault of the switch or of ours ended the wait."""


COLUMNS: Mapping[QueueExit, StayColumn] = {
    QueueExit.ANSWERED: StayColumn.ANSWERED,
    QueueExit.ABANDONED: StayColumn.ABANDONED,
    QueueExit.ABANDONED_SHORT: StayColumn.ABANDONED,
    QueueExit.TIMEOUT: StayColumn.SENT_AWAY,
    QueueExit.FULL: StayColumn.SENT_AWAY,
    QueueExit.CLOSED: StayColumn.SENT_AWAY,
    QueueExit.NO_AGENTS: StayColumn.SENT_AWAY,
    QueueExit.DIVERTED: StayColumn.SENT_AWAY,
    QueueExit.KEY_EXIT: StayColumn.MOVED_ON,
    QueueExit.CALLBACK_TAKEN: StayColumn.MOVED_ON,
    QueueExit.TRANSFERRED: StayColumn.MOVED_ON,
    QueueExit.WITHDRAWN: StayColumn.MOVED_ON,
    QueueExit.SYSTEM_ERROR: StayColumn.LOST,
}
"""The one column of each exit."""


@dataclass(frozen=True, slots=True)
class QueueStay:
    """One stay in one queue, from entry to the answer (ringing included) or another exit."""

    entered_at: datetime
    left_at: datetime
    result: QueueExit

    @property
    def waited(self) -> timedelta:
        """How long the caller waited."""
        return self.left_at - self.entered_at


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCount:
    """Stays by column; `..._within` are at or under the time of the service level, the short
    abandons are among the abandoned, and the callbacks taken among those who moved on.
    """

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_short: int = 0
    sent_away: int = 0
    moved_on: int = 0
    callbacks_taken: int = 0
    lost: int = 0

    @property
    def turned_away(self) -> int:
        """The callers who left the line neither answered nor hanging up."""
        return self.sent_away + self.moved_on + self.lost

    def __add__(self, other: Self) -> "QueueCount":
        """Both together."""
        names = [field.name for field in fields(QueueCount)]
        return QueueCount(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def __sub__(self, other: Self) -> "QueueCount":
        """The one without the other."""
        names = [field.name for field in fields(QueueCount)]
        return QueueCount(**{name: getattr(self, name) - getattr(other, name) for name in names})


def count_stays(stays: Iterable[QueueStay], *, within: timedelta) -> QueueCount:
    """Count the stays against the time of the service level; every entry is an offered one."""
    return sum((_count(stay, within) for stay in stays), QueueCount())


def _count(stay: QueueStay, within: timedelta) -> QueueCount:
    column, quick = COLUMNS[stay.result], stay.waited <= within
    answered, abandoned = column is StayColumn.ANSWERED, column is StayColumn.ABANDONED
    return QueueCount(
        offered=1,
        answered=answered,
        answered_within=answered and quick,
        abandoned=abandoned,
        abandoned_within=abandoned and quick,
        abandoned_short=stay.result is QueueExit.ABANDONED_SHORT,
        sent_away=column is StayColumn.SENT_AWAY,
        moved_on=column is StayColumn.MOVED_ON,
        callbacks_taken=stay.result is QueueExit.CALLBACK_TAKEN,
        lost=column is StayColumn.LOST,
    )
