"""Containment."""

from collections.abc import Iterable

from contactcenter_ari.core.kpi.ratio import ratio
from contactcenter_ari.core.vocabulary.event import EndReason

NEVER_ENTERED = frozenset({EndReason.REJECTED, EndReason.APOLOGIZED, EndReason.ORPHANED})
"""Ends of calls that no flow is known to have had."""


def containment(ends: Iterable[EndReason]) -> float | None:
    """The share (0-1) of interactions that the flow brought to its end without an agent being
    asked for, of all that are known to have entered a flow; who hung up in the menus is not
    called contained.
    """
    entered = [end for end in ends if end not in NEVER_ENTERED]
    return ratio(sum(end is EndReason.CONTAINED for end in entered), len(entered))
