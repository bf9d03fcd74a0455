"""Log lines about calls, made from the events: where they begin and end, and what failed.

Ids alone: who called, from where, what was typed and said is for the database.
"""

from collections.abc import Sequence

import structlog

from contactcenter_ari.core.vocabulary.event import (
    Event,
    FlowFailed,
    InteractionEnded,
    InteractionStarted,
    OfferEnded,
    OfferResult,
    RecordingEnded,
)

log = structlog.get_logger(__name__)


class EventLog:
    """Listens to events, as the journal does."""

    def __repr__(self) -> str:
        return "<EventLog>"

    def record(self, events: Sequence[Event]) -> None:
        """Write the lines of these events."""
        for event in events:
            match event:
                case InteractionStarted(interaction=call, leg=leg, flow=flow):
                    log.info("call.started", interaction=call, leg=leg, flow=flow)
                case InteractionEnded(interaction=call, flow=flow, reason=reason):
                    log.info("call.ended", interaction=call, flow=flow, end=reason)
                case FlowFailed(interaction=call, section=section):
                    log.warning("flow.failed", interaction=call, section=section)
                case RecordingEnded(interaction=call, recording=recording, failed=True):
                    log.warning("recording.failed", interaction=call, recording=recording)
                case OfferEnded(interaction=call, offer=offer, result=OfferResult.FAILED):
                    log.warning("offer.failed", interaction=call, offer=offer)
                case _:
                    pass
