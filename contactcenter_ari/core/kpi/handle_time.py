"""Handle time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.vocabulary.event import SegmentKind

_HANDLING = (SegmentKind.TALK, SegmentKind.WRAP_UP)


@dataclass(frozen=True, slots=True)
class HandledSegment:
    """One stretch of an agent's work on an interaction; hold is a part of the talk."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime


def average_handle_time(segments: Iterable[HandledSegment]) -> timedelta | None:
    """Talk (with hold) and wrap-up per handled interaction, which is one that was talked on."""
    work = [segment for segment in segments if segment.kind in _HANDLING]
    handled = sum(segment.kind is SegmentKind.TALK for segment in work)
    if not handled:
        return None
    return sum((segment.ended_at - segment.started_at for segment in work), timedelta()) / handled
