"""What is to be done when a deadline has come."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.queue_control import send_on
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    CallId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    RecordingId,
)

NO_AGENTS, TIMEOUT = QueueExit.NO_AGENTS, QueueExit.TIMEOUT


def deadline_come(  # noqa: PLR0912  # one arm a kind of deadline
    wake: Wake, owner: str, calls: CallControl, distribution: Distribution, turn: Turn
) -> None:
    """Tell whoever asked for it."""
    match wake:
        case Wake.FLOW:
            calls.flow_deadline(CallId(owner), turn)
        case Wake.RESUME:
            calls.recordings.resume_again(RecordingId(owner), turn)
        case Wake.SECRET:
            calls.registry.by_id[CallId(owner)].secret_over(calls.recordings, turn)
        case Wake.ANNOUNCEMENT:
            calls.announcement_due(CallId(owner), turn)
        case Wake.RING:
            calls.ring_limit_passed(OfferId(owner), turn)
        case Wake.JOIN:
            calls.join_overdue(OfferId(owner), turn)
        case Wake.WAIT:
            calls.end_stay(InteractionId(owner), TIMEOUT, turn)
        case Wake.EMPTY_QUEUE:
            send_on(distribution.empty_queues.leavers(QueueName(owner)), NO_AGENTS, calls, turn)
        case Wake.WRAP_UP:
            distribution.roster.wrap_up_passed(AgentId(owner), turn)
        case Wake.MISS_RETURN:
            distribution.roster.miss_return_passed(AgentId(owner), turn)
        case Wake.OUTSIDE:
            calls.outside_passed(LegId(owner), turn)
        case Wake.HANG_UP:
            calls.hang_up_passed(CallId(owner), turn)
        case Wake.CALLBACK:
            calls.callback_queue.due(CallbackId(owner), turn)
        case Wake.LOST_CALL:
            calls.queueing.lost_calls.expired(owner, turn)
        case Wake.MISS_PAUSE | Wake.REQUIREMENT:
            distribution.look_again(InteractionId(owner), turn)
