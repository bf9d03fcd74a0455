"""Speed of answer."""

from collections.abc import Iterable

from contactcenter_ari.core.kpi.queue_stay import QueueStay
from contactcenter_ari.core.kpi.spread import Spread, spread
from contactcenter_ari.core.vocabulary.event import QueueExit


def speed_of_answer(stays: Iterable[QueueStay]) -> Spread | None:
    """How long the answered callers waited, ringing included; the mean is the average speed of
    answer (ASA).
    """
    return spread(stay.waited for stay in stays if stay.result is QueueExit.ANSWERED)
