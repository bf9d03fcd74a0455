"""What people and programs ask with callbacks: keep one next, take one back, restore, forbid."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.booking import restored
from contactcenter_ari.core.center.callback import DIALING, TAKEN_OVER
from contactcenter_ari.core.center.calling_back import CallingBack
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import CallbackId
from contactcenter_ari.core.vocabulary.promise import CallbackResult
from contactcenter_ari.core.vocabulary.request import CancelCallback, DialCallback, RestoreCallback
from contactcenter_ari.core.vocabulary.turn import Turn


class CallbackRequests:
    """Grants requests about callbacks, or refuses them and changes nothing."""

    def __init__(self, calling_back: CallingBack, distribution: Distribution) -> None:
        self._calling_back = calling_back
        self._distribution = distribution

    def __repr__(self) -> str:
        """Tell about whose callbacks."""
        return f"<CallbackRequests of {self._calling_back!r}>"

    def grant(self, request: RestoreCallback | DialCallback | CancelCallback, turn: Turn) -> None:
        """Do what a person or program asks with a promise.

        Raises:
            RequestRefused: see `restore`, `dial_next`, `cancel`.
        """
        match request:
            case RestoreCallback():
                self.restore(request, turn)
            case DialCallback(callback=callback):
                self.dial_next(callback, turn)
            case CancelCallback(callback=callback):
                self.cancel(callback, turn)

    def restore(self, request: RestoreCallback, turn: Turn) -> None:
        """Take over a promise of another process; a number that has a new one keeps that.

        Raises:
            RequestRefused: `unknown_queue`.
        """
        known = self._calling_back.promises.find(request.callback) is not None
        if known or self._calling_back.promises.was_closed(request.callback):
            return
        if request.queue not in self._distribution.settings:
            raise RequestRefused("unknown_queue", f"there is no queue {request.queue}")
        promise = restored(request, self._distribution.next_arrival(), turn)
        if self._calling_back.promises.full or self._calling_back.customers.rivals(promise):
            self._calling_back.promises.tell_closed(promise, CallbackResult.CANCELLED, turn)
            return
        self._calling_back.promises.open(promise)
        if promise.attempts_made >= promise.attempts and request.next_at is None:
            self._calling_back.close(promise, CallbackResult.EXHAUSTED, turn)
        else:
            self._calling_back.schedule(promise, turn)

    def dial_next(self, callback: CallbackId, turn: Turn) -> None:
        """A person wants it kept next.

        Raises:
            RequestRefused: `unknown_callback`, `already_dialing`, `customer_waits`,
                `outside_hours`.
        """
        promise = self._calling_back.promises.get(callback)
        if promise.state is DIALING:
            message = f"callback {callback} is being dialed already"
            raise RequestRefused("already_dialing", message)
        if promise.state is TAKEN_OVER:
            message = f"the customer of callback {callback} has called in and waits at its place"
            raise RequestRefused("customer_waits", message)
        at = self._calling_back.allowed_at(promise, turn.now)
        if at != turn.now:
            until = f"until {at:%Y-%m-%d %H:%M} UTC" if at else "any more"
            message = f"callback {callback} may not be dialed {until}: it is outside its hours"
            raise RequestRefused("outside_hours", message)
        self._calling_back.leave_line(promise, turn)
        promise.urgent = True
        promise.next_at = turn.now
        self._calling_back.schedule(promise, turn)

    def cancel(self, callback: CallbackId, turn: Turn) -> None:
        """A person takes it back; a call in progress goes on.

        Raises:
            RequestRefused: `unknown_callback`.
        """
        promise = self._calling_back.promises.get(callback)
        if promise.state is DIALING:
            promise.ends_as = CallbackResult.CANCELLED
        else:
            self._calling_back.close(promise, CallbackResult.CANCELLED, turn)

    def forbid(self, number: str, turn: Turn) -> None:
        """A number may not be called any more; a call in progress goes on.

        Raises:
            RequestRefused: `number_invalid`, `list_full`.
        """
        self._calling_back.do_not_call.forbid(number)
        for promise in self._calling_back.promises.to_number(number):
            if promise.state is not DIALING:
                self._calling_back.close(promise, CallbackResult.DO_NOT_CALL, turn)
