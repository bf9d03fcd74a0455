"""The effect of customers' calls on their callbacks.

A customer who calls in takes the place over, in the queue it is in, and gives it back at its old
rank when that wait ends in anything but a talk. A talk settles all callbacks of this customer. A
customer is known by numbers that were not withheld, and by the call in which the callback was
booked.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.outbound.attempt import CallbackAttempt, take_over
from contactcenter_ari.core.outbound.booking import tell_place
from contactcenter_ari.core.outbound.callback import IN_LINE, RESTING, TAKEN_OVER, Callback
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import CallbackResult
from contactcenter_ari.core.vocabulary.event import CallbackGivenBack, CallbackTakenOver
from contactcenter_ari.core.vocabulary.ids import InteractionId

MOVED_BY = "callback"
"""The mover in the event when a caller in the queue already gets the place of a callback."""


class CustomerCalls:
    """Takes places over and gives them back; settles callbacks."""

    def __init__(self, callback_queue: CallbackQueue, distribution: Distribution) -> None:
        self._callback_queue = callback_queue
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<CustomerCalls of {self._callback_queue!r}>"

    def has_callback(self, call: Call) -> bool:
        """Whether the customer on a call will be called back."""
        return bool(self._callback_queue.customers.callbacks_for(call))

    # The place in line

    def lend(self, call: Call, waiting: Waiting, turn: Turn) -> Callback | None:
        """The callback whose place in the queue goes to the caller, who is about to wait there;
        see `lent`. A customer who was called back gets the place of the attempt.
        """
        if (attempt := self._callback_queue.attempts.of(call)) is not None:
            self._callback_queue.line.stand_for(attempt, waiting, turn)
            return None
        best = self._best(call, waiting)
        if best is not None:
            kept = self._callback_queue.line.leave(best, turn)
            if best.rank < waiting.rank:
                take_over(waiting, best, kept=kept)
        return best

    def lent(self, call: Call, callback: Callback, turn: Turn, *, taken: bool) -> None:
        """The caller waits at that place now, or could not."""
        if taken:
            self._take(call, callback, turn)
        else:
            self._callback_queue.schedule(callback, turn, kept=True)

    def give_back(self, call: Call, turn: Turn) -> None:
        """The caller waits no more, and talked to nobody: the callback has its old place."""
        callback = self._taken_by(call)
        call.stands_for = None
        if callback is None:
            return
        callback.taken_by = None
        callback.move_to(RESTING)
        tell_place(CallbackGivenBack, callback, _interaction(call), turn)
        self._callback_queue.schedule(callback, turn, kept=True)

    def attempt_over(self, over: Call, turn: Turn) -> None:
        """The customer may have called in while being dialed, and has the place from now on."""
        for call in self._callback_queue.customers.calls_like(over):
            self.claim(call, turn)

    def claim(self, call: Call, turn: Turn) -> None:
        """A caller who waits already takes a place over in that queue, if one is theirs."""
        waiting = self._distribution.stays.find(_interaction(call)) if call.interaction else None
        if waiting is None or call.stands_for is not None or call.callback is not None:
            return
        best = self._best(call, waiting)
        if best is None:
            return
        self._callback_queue.line.leave(best, turn)
        if best.rank < waiting.rank:
            self._distribution.stays.change_priority(
                waiting,
                priority=best.rank_priority,
                head_start=waiting.ranked_since - best.since + best.head_start,
                by=MOVED_BY,
                turn=turn,
                arrival=best.arrival,
            )
        self._take(call, best, turn)

    # Talks

    def talked(self, call: Call, turn: Turn) -> list[CallbackAttempt]:
        """The customer hears somebody: all their callbacks are settled. Gives the attempts whose
        phones ring elsewhere and are to be hung up.
        """
        call.stands_for = None
        if (attempt := self._callback_queue.attempts.of(call)) is not None:
            self._callback_queue.reached(attempt, turn)
        result = CallbackResult.CALLED_IN if call.callback is None else CallbackResult.REACHED
        settled = [
            self._callback_queue.settle(callback, result, turn)
            for callback in self._callback_queue.customers.callbacks_for(call)
        ]
        return [attempt for attempt in settled if attempt is not None]

    # Within

    def _best(self, call: Call, waiting: Waiting) -> Callback | None:
        """The first in line of the places that a caller may take over in a queue."""
        found = [
            callback
            for callback in self._callback_queue.customers.callbacks_for(call)
            if callback.queue == waiting.queue and callback.state in {RESTING, IN_LINE}
        ]
        return min(found, key=lambda callback: callback.rank, default=None)

    def _take(self, call: Call, callback: Callback, turn: Turn) -> None:
        callback.move_to(TAKEN_OVER)
        callback.taken_by = _interaction(call)
        call.stands_for = callback.id
        tell_place(CallbackTakenOver, callback, callback.taken_by, turn)

    def _taken_by(self, call: Call) -> Callback | None:
        """The callback whose place a caller has; none when it is closed by now."""
        if call.stands_for is None:
            return None
        callback = self._callback_queue.callbacks.find(call.stands_for)
        return callback if callback and callback.taken_by == _interaction(call) else None


def _interaction(call: Call) -> InteractionId:
    assert call.interaction is not None, "only a caller has a place in line"
    return call.interaction.id
