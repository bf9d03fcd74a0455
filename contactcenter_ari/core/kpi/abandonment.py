"""Abandonment."""

from contactcenter_ari.core.kpi.queue_stay import QueueCount
from contactcenter_ari.core.kpi.ratio import ratio


def abandonment(count: QueueCount) -> float | None:
    """The share (0-1) of callers who gave up waiting, short abandons left out of both sides."""
    short = count.abandoned_short
    return ratio(count.abandoned - short, count.offered - short)
