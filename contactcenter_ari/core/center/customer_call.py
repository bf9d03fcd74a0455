"""What the calls of customers mean for the callbacks they were promised.

A customer who calls in takes the place over, in the queue it is in, and gives it back at its old
rank when that wait ends in anything but a talk. A talk settles all that this customer was
promised. A customer is known by numbers that were not withheld, and by the call in which the
callback was booked.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.center.attempt import take_over
from contactcenter_ari.core.center.booking import tell_place
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.callback import IN_LINE, RESTING, TAKEN_OVER, Promise
from contactcenter_ari.core.center.calling_back import CallingBack
from contactcenter_ari.core.vocabulary.event import CallbackGivenBack, CallbackTakenOver
from contactcenter_ari.core.vocabulary.ids import InteractionId
from contactcenter_ari.core.vocabulary.promise import CallbackResult
from contactcenter_ari.core.vocabulary.turn import Turn

MOVED_BY = "callback"
"""Who moves a caller up to the place of a callback, when they wait in its queue already."""


class CustomerCalls:
    """Takes places over and gives them back; settles what was promised."""

    def __init__(self, calling_back: CallingBack, distribution: Distribution) -> None:
        self._calling_back = calling_back
        self._distribution = distribution

    def __repr__(self) -> str:
        """Tell whose promises."""
        return f"<CustomerCalls of {self._calling_back!r}>"

    def is_promised(self, call: Call) -> bool:
        """Whether the customer on a call will be called back."""
        return bool(self._calling_back.customers.promised_to(call))

    # The place in line

    def lend(self, call: Call, waiting: Waiting, turn: Turn) -> Promise | None:
        """The promise whose place in the queue is the caller's, who is about to wait there; see
        `lent`. A customer who was called back has that of the attempt.
        """
        if call.attempt is not None:
            self._calling_back.stand_for(call.attempt, waiting, turn)
            return None
        best = self._best(call, waiting)
        if best is not None:
            kept = self._calling_back.leave_line(best, turn)
            if best.rank < waiting.rank:
                take_over(waiting, best, kept=kept)
        return best

    def lent(self, call: Call, promise: Promise, turn: Turn, *, taken: bool) -> None:
        """The caller waits at that place now, or could not."""
        if taken:
            self._take(call, promise, turn)
        else:
            self._calling_back.schedule(promise, turn, kept=True)

    def give_back(self, call: Call, turn: Turn) -> None:
        """The caller waits no more, and talked to nobody: the promise stands where it stood."""
        promise = self._taken_by(call)
        call.stands_for = None
        if promise is None:
            return
        promise.taken_by = None
        promise.move_to(RESTING)
        tell_place(CallbackGivenBack, promise, _interaction(call), turn)
        self._calling_back.schedule(promise, turn, kept=True)

    def attempt_over(self, promise: Promise, turn: Turn) -> None:
        """The customer may have called in while being dialed, and has the place from now on."""
        for call in self._calling_back.customers.calls_of(promise):
            self.claim(call, turn)

    def claim(self, call: Call, turn: Turn) -> None:
        """Whoever waits already takes a place over in that queue, if there is one for them."""
        waiting = self._distribution.place_of(_interaction(call)) if call.interaction else None
        if waiting is None or call.stands_for is not None or call.attempt is not None:
            return
        best = self._best(call, waiting)
        if best is None:
            return
        self._calling_back.leave_line(best, turn)
        if best.rank < waiting.rank:
            self._distribution.change_priority(
                waiting,
                priority=best.rank_priority,
                head_start=waiting.ranked_since - best.since + best.head_start,
                by=MOVED_BY,
                turn=turn,
                arrival=best.arrival,
            )
        self._take(call, best, turn)

    # Talks

    def talked(self, call: Call, turn: Turn) -> None:
        """The customer hears somebody: all that was promised is settled."""
        call.stands_for = None
        if call.attempt is not None:
            self._calling_back.reached(call.attempt, turn)
        result = CallbackResult.CALLED_IN if call.attempt is None else CallbackResult.REACHED
        for promise in self._calling_back.customers.promised_to(call):
            self._calling_back.settle(promise, result, turn)

    # Within

    def _best(self, call: Call, waiting: Waiting) -> Promise | None:
        """The first in line of the places that a caller may take over in a queue."""
        found = [
            promise
            for promise in self._calling_back.customers.promised_to(call)
            if promise.queue == waiting.queue and promise.state in {RESTING, IN_LINE}
        ]
        return min(found, key=lambda promise: promise.rank, default=None)

    def _take(self, call: Call, promise: Promise, turn: Turn) -> None:
        promise.move_to(TAKEN_OVER)
        promise.taken_by = _interaction(call)
        call.stands_for = promise.id
        tell_place(CallbackTakenOver, promise, promise.taken_by, turn)

    def _taken_by(self, call: Call) -> Promise | None:
        """The promise whose place a caller has; none when it is closed by now."""
        if call.stands_for is None:
            return None
        promise = self._calling_back.promises.find(call.stands_for)
        return promise if promise and promise.taken_by == _interaction(call) else None


def _interaction(call: Call) -> InteractionId:
    assert call.interaction is not None, "only a caller has a place in line"
    return call.interaction.id
