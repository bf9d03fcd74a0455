"""The control of lines: people close and open queues, and move callers up, over, and out.

A request that cannot be granted is refused before anything is changed.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.route import Deadlines, Routes, due, merged, route
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import QueueClosed, QueueExit, QueueOpened
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    ChangePriority,
    CloseQueue,
    LearnHandleTimes,
    MoveWaiting,
    OpenQueue,
    WithdrawWaiting,
)

PRIORITIES = range(1, 11)
MOST_HEAD_START = timedelta(hours=24)


class QueueControl:
    """Carries out the requests of people about the lines. A request is refused for one of
    `unknown_queue`, `not_waiting`, `being_answered`, `priority_invalid`, `queue_refuses`.
    """

    def __init__(self, distribution: Distribution, calls: CallControl) -> None:
        self._distribution = distribution
        self._queues = distribution.queues
        self._stays = distribution.stays
        self._calls = calls

    def __repr__(self) -> str:
        return f"<QueueControl, closed: {', '.join(self._queues.closed) or 'nothing'}>"

    def routes(self) -> Routes:
        """The requests about lines."""
        return merged(
            route(CloseQueue, self._close),
            route(OpenQueue, self._open),
            route(ChangePriority, self._change_priority),
            route(MoveWaiting, self._move),
            route(WithdrawWaiting, self._withdraw),
            route(LearnHandleTimes, self._learn),
        )

    def deadlines(self) -> Deadlines:
        """The deadlines of lines, and of places in line for which an agent is sought again."""
        return merged(
            due(Wake.EMPTY_QUEUE, self._empty_for_long, self._is_line),
            due(Wake.MISS_PAUSE, self._look_again, self._is_waiting),
            due(Wake.REQUIREMENT, self._look_again, self._is_waiting),
        )

    def _close(self, request: CloseQueue, turn: Turn) -> None:
        queue = request.queue
        self._check_queue(queue)
        if queue in self._queues.closed:
            return
        self._queues.closed[queue] = None
        turn.tell(QueueClosed, queue=queue, by=request.by)
        callers = [each for each in self._queues.lines[queue] if each.callback is None]
        self._send_on(callers, QueueExit.CLOSED, turn)
        self._calls.callback_queue.line.opened_or_closed(queue, turn)

    def _open(self, request: OpenQueue, turn: Turn) -> None:
        queue = request.queue
        self._check_queue(queue)
        if queue not in self._queues.closed:
            return
        del self._queues.closed[queue]
        turn.tell(QueueOpened, queue=queue, by=request.by)
        for waiting in self._queues.lines[queue]:  # a phone rings for this caller
            if waiting.over is QueueExit.CLOSED:
                waiting.over = None
                self._stays.go_on(waiting, turn)
        self._calls.callback_queue.line.opened_or_closed(queue, turn)

    def _change_priority(self, request: ChangePriority, turn: Turn) -> None:
        waiting = self._place(request.interaction)
        priority, head_start = request.priority, request.head_start
        if priority is not None and priority not in PRIORITIES:
            raise RequestRefused("priority_invalid", "a priority is from 1 (first) to 10")
        if head_start is not None and not timedelta() <= head_start <= MOST_HEAD_START:
            raise RequestRefused("priority_invalid", "a head start is from 0 s to 24 h")
        self._stays.change_priority(
            waiting, priority=priority, head_start=head_start, by=request.by, turn=turn
        )

    def _move(self, request: MoveWaiting, turn: Turn) -> None:
        waiting, queue = self._place_to_leave(request.interaction), request.queue
        self._check_queue(queue)
        refusal = self._queues.refusal(queue)
        if queue == waiting.queue:
            raise RequestRefused("queue_refuses", f"the caller waits in {queue} already")
        if refusal is not None:
            raise RequestRefused("queue_refuses", f"queue {queue} takes no callers: {refusal}")
        self._calls.queueing.move(self._call_of(waiting), queue, turn)

    def _withdraw(self, request: WithdrawWaiting, turn: Turn) -> None:
        call = self._call_of(self._place_to_leave(request.interaction))
        self._calls.carry_out(call, self._calls.queueing.withdraw(call, turn), turn)

    def _learn(self, request: LearnHandleTimes, _turn: Turn) -> None:
        self._distribution.estimator.learn(request.times)

    def _send_on(self, callers: Iterable[Waiting], result: QueueExit, turn: Turn) -> None:
        """End the wait of callers because of their queue; a fault with one stops no other."""
        for waiting in callers:
            interaction = waiting.interaction
            turn.attempt(interaction, partial(self._calls.end_stay, interaction, result, turn))

    # Deadlines

    def _empty_for_long(self, queue: QueueName, turn: Turn) -> None:
        self._send_on(self._distribution.empty_queues.leavers(queue), QueueExit.NO_AGENTS, turn)

    def _look_again(self, interaction: InteractionId, turn: Turn) -> None:
        self._stays.look_again(interaction, turn)

    def _is_line(self, queue: QueueName) -> bool:
        return queue in self._queues.lines

    def _is_waiting(self, interaction: InteractionId) -> bool:
        return self._stays.find(interaction) is not None

    # Within

    def _check_queue(self, queue: QueueName) -> None:
        if not self._queues.gone.is_shown(queue):
            raise RequestRefused("unknown_queue", f"there is no queue {queue}")

    def _call_of(self, waiting: Waiting) -> Call:
        return self._calls.registry.by_id[CallId(waiting.interaction)]

    def _place(self, interaction: InteractionId) -> Waiting:
        waiting = self._stays.find(interaction)
        if waiting is None or waiting.callback is not None:
            raise RequestRefused("not_waiting", f"interaction {interaction} is not waiting")
        return waiting

    def _place_to_leave(self, interaction: InteractionId) -> Waiting:
        waiting = self._place(interaction)
        if self._distribution.offers.is_being_answered(waiting):
            message = f"an agent is answering interaction {interaction} at this moment"
            raise RequestRefused("being_answered", message)
        return waiting
