"""Service level: five formulas are in use, so a report says which one it used."""

from enum import StrEnum
from typing import assert_never

from contactcenter_ari.core.kpi.queue_stay import QueueCount
from contactcenter_ari.core.kpi.ratio import ratio


class ServiceLevelFormula(StrEnum):
    """How callers who gave up count; the first is the default, `strict` stands beside it."""

    IGNORE_QUICK = "ignore_quick"
    """A caller who gave up within the time does not count at all."""
    STRICT = "strict"
    """A caller who gave up was not served in time."""
    COUNT_QUICK = "count_quick"
    """A caller who gave up within the time counts as served in time."""
    ANSWERED_ONLY = "answered_only"
    """The share of the answered alone; those who were sent away are not counted."""
    COUNT_SHORT = "count_short"
    """A short abandon counts as served in time."""


def service_level(
    count: QueueCount, formula: ServiceLevelFormula = ServiceLevelFormula.IGNORE_QUICK
) -> float | None:
    """The share (0-1) of callers who were answered within the time, by the given formula. Callers
    who were sent away or lost by us were not; callers who moved on by choice do not count.
    """
    answered, quick = count.answered, count.answered_within
    everyone = answered + count.abandoned + count.sent_away + count.lost
    match formula:
        case ServiceLevelFormula.IGNORE_QUICK:
            return ratio(quick, everyone - count.abandoned_within)
        case ServiceLevelFormula.STRICT:
            return ratio(quick, everyone)
        case ServiceLevelFormula.COUNT_QUICK:
            return ratio(quick + count.abandoned_within, everyone)
        case ServiceLevelFormula.ANSWERED_ONLY:
            return ratio(quick, answered)
        case ServiceLevelFormula.COUNT_SHORT:
            return ratio(quick + count.abandoned_short, everyone)
        case _:
            assert_never(formula)
