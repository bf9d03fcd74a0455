"""The removal of an attempt with which we failed."""

from functools import partial

from contactcenter_ari.core.acd.repair import Repair
from contactcenter_ari.core.interactions.interaction import ENDED
from contactcenter_ari.core.outbound.callback import RESTING, Callback
from contactcenter_ari.core.outbound.callback_dialing import CallbackDialing
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import CallbackResult


class CallbackRepair:
    """Ends attempts from outside, in whatever state they are."""

    def __init__(
        self, callback_queue: CallbackQueue, dialing: CallbackDialing, repair: Repair
    ) -> None:
        self._callback_queue = callback_queue
        self._dialing = dialing
        self._repair = repair

    def __repr__(self) -> str:
        return f"<CallbackRepair of {self._callback_queue!r}>"

    def tell_given_up(self, callback: Callback, turn: Turn) -> None:
        """The attempt we failed with is over in the records, if it has begun."""
        attempt = self._callback_queue.attempts.find(callback.id)
        if attempt is None or self._dialing.is_called(attempt):
            return
        if attempt.interaction.state is not ENDED:
            attempt.abandon(turn)

    def expel(self, callback: Callback, turn: Turn) -> None:
        """Remove the attempt that we failed with; the callback rests until the next one, if there
        is to be one.
        """
        attempt = self._callback_queue.attempts.find(callback.id)
        callback.state, callback.urgent, callback.taken_by = RESTING, False, None
        callback.next_at = turn.now + callback.retry_after
        turn.clockwork.wake(Wake.CALLBACK, callback.id, callback.next_at)
        if attempt is not None:
            self._dialing.expel(attempt, turn)
            turn.attempt(callback.id, partial(self._repair.expel, attempt.place, turn))
        if callback.attempts_made >= callback.attempts:
            close = partial(self._callback_queue.close, callback, CallbackResult.EXHAUSTED, turn)
            turn.attempt(callback.id, close)
