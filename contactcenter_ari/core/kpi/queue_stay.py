"""Stays in a queue, and the counts that service level and abandonment are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.event import ABANDONED, QueueExit


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
    """Stays by how they ended; `within` is at or under the time of the service level, and
    the short abandons are among the abandoned.
    """

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_short: int = 0


def count_stays(stays: Iterable[QueueStay], *, within: timedelta) -> QueueCount:
    """Count the stays against the time of the service level; every entry is an offered one."""
    stays = list(stays)
    answered = [stay for stay in stays if stay.result is QueueExit.ANSWERED]
    abandoned = [stay for stay in stays if stay.result in ABANDONED]
    return QueueCount(
        offered=len(stays),
        answered=len(answered),
        answered_within=sum(stay.waited <= within for stay in answered),
        abandoned=len(abandoned),
        abandoned_within=sum(stay.waited <= within for stay in abandoned),
        abandoned_short=sum(stay.result is QueueExit.ABANDONED_SHORT for stay in abandoned),
    )
