"""The accounts of a call floor, which must balance once everybody is gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from contactcenter_ari.core.agents.state import IN_A_CALL
from contactcenter_ari.core.vocabulary import event

if TYPE_CHECKING:
    from tests.core.conftest import Floor

PAIRS = (
    (event.InteractionStarted, event.InteractionEnded, "interaction"),
    (event.InteractionQueued, event.InteractionDequeued, "interaction"),
    (event.OfferMade, event.OfferEnded, "offer"),
    (event.OutsideDialed, event.OutsideEnded, "interaction"),
    (event.RecordingStarted, event.RecordingEnded, "recording"),
)


def check_accounts(floor: Floor) -> None:
    """Nothing is left over, and every event has its counterpart."""
    assert list(range(1, len(floor.events) + 1)) == [each.number for each in floor.events]
    assert floor.center.calls_in_progress() == 0
    assert floor.switch.bridges == {}
    assert floor.switch.recording == {}
    for view in floor.center.agents(floor.now):
        assert view.state not in IN_A_CALL
    _check_pairs(floor)
    _check_timelines(floor)


def _check_pairs(floor: Floor) -> None:
    """Whatever begins ends exactly once."""
    for begun, ended, key in PAIRS:
        beginnings = Counter(getattr(e, key) for e in floor.events if isinstance(e, begun))
        assert beginnings == Counter(getattr(e, key) for e in floor.events if isinstance(e, ended))


def _check_timelines(floor: Floor) -> None:
    """Flow, queues and talks of a call follow one another without a gap, up to its end; of an
    orphaned one no stretch is known.
    """
    segments = defaultdict(list)
    for segment in floor.told(event.SegmentEnded):
        if segment.kind not in {
            event.SegmentKind.WRAP_UP,
            event.SegmentKind.HOLD,
            event.SegmentKind.GAP,
        }:
            segments[segment.interaction].append(segment)
    ends = {ended.interaction: ended.at for ended in floor.told(event.InteractionEnded)}
    orphaned = {
        ended.interaction
        for ended in floor.told(event.InteractionEnded)
        if ended.reason is event.EndReason.ORPHANED
    }
    for started in floor.told(event.InteractionStarted):
        if started.interaction in orphaned:
            assert not segments[started.interaction]
            continue
        at = started.at
        for segment in segments[started.interaction]:
            assert at == segment.started_at
            at = segment.at
        assert at == ends[started.interaction]
