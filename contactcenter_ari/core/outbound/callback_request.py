"""Requests about callbacks: dial one next, take one back, restore one, forbid a number."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.outbound.booking import restored
from contactcenter_ari.core.outbound.callback import DIALING, TAKEN_OVER
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.route import Deadlines, Routes, due, merged, route
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import CallbackResult
from contactcenter_ari.core.vocabulary.ids import CallbackId
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    CancelCallback,
    DialCallback,
    ForbidNumber,
    RestoreCallback,
)


class CallbackRequests:
    """Grants requests about callbacks, or refuses them and changes nothing."""

    def __init__(self, callback_queue: CallbackQueue, distribution: Distribution) -> None:
        self._callback_queue = callback_queue
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<CallbackRequests of {self._callback_queue!r}>"

    def routes(self) -> Routes:
        """The requests about callbacks and the do-not-call list."""
        return merged(
            route(RestoreCallback, self.restore),
            route(DialCallback, self.dial_next),
            route(CancelCallback, self.cancel),
            route(ForbidNumber, self.forbid),
            route(AllowNumber, self.allow),
        )

    def deadlines(self) -> Deadlines:
        """The deadlines of callbacks."""
        return due(Wake.CALLBACK, self._due, self._is_open)

    def restore(self, request: RestoreCallback, turn: Turn) -> None:
        """Take over a callback of another process; a number with a new callback keeps that one.

        Raises:
            RequestRefused: `unknown_queue`.
        """
        known = self._callback_queue.callbacks.find(request.callback) is not None
        if known or self._callback_queue.callbacks.was_closed(request.callback):
            return
        if request.queue not in self._distribution.queues.settings:
            raise RequestRefused("unknown_queue", f"there is no queue {request.queue}")
        callback = restored(request, self._distribution.stays.next_arrival(), turn)
        if self._callback_queue.callbacks.full or self._callback_queue.customers.rivals(callback):
            self._callback_queue.callbacks.tell_closed(callback, CallbackResult.CANCELLED, turn)
            return
        self._callback_queue.callbacks.open(callback)
        if callback.attempts_made >= callback.attempts and request.next_at is None:
            self._callback_queue.close(callback, CallbackResult.EXHAUSTED, turn)
        else:
            self._callback_queue.schedule(callback, turn)

    def dial_next(self, request: DialCallback, turn: Turn) -> None:
        """Make a callback urgent, so that it is dialed next.

        Raises:
            RequestRefused: `unknown_callback`, `already_dialing`, `customer_waits`,
                `outside_hours`.
        """
        callback_id = request.callback
        callback = self._callback_queue.callbacks.get(callback_id)
        if callback.state is DIALING:
            message = f"callback {callback_id} is being dialed already"
            raise RequestRefused("already_dialing", message)
        if callback.state is TAKEN_OVER:
            message = (
                f"the customer of callback {callback_id} has called in and waits at its place"
            )
            raise RequestRefused("customer_waits", message)
        at = self._callback_queue.rules.allowed_at(callback, turn.now)
        if at != turn.now:
            until = f"until {at:%Y-%m-%d %H:%M} UTC" if at else "any more"
            message = f"callback {callback_id} may not be dialed {until}: it is outside its hours"
            raise RequestRefused("outside_hours", message)
        self._callback_queue.line.leave(callback, turn)
        callback.urgent = True
        callback.next_at = turn.now
        self._callback_queue.schedule(callback, turn)

    def cancel(self, request: CancelCallback, turn: Turn) -> None:
        """Take a callback back; a call in progress goes on.

        Raises:
            RequestRefused: `unknown_callback`.
        """
        callback = self._callback_queue.callbacks.get(request.callback)
        if callback.state is DIALING:
            callback.ends_as = CallbackResult.CANCELLED
        else:
            self._callback_queue.close(callback, CallbackResult.CANCELLED, turn)

    def forbid(self, request: ForbidNumber, turn: Turn) -> None:
        """A number may not be called any more; a call in progress goes on.

        Raises:
            RequestRefused: `number_invalid`, `list_full`.
        """
        number = self._callback_queue.rules.catalog.e164(request.number)
        self._callback_queue.rules.do_not_call.forbid(number)
        for callback in self._callback_queue.callbacks.to_number(number):
            if callback.state is not DIALING:
                self._callback_queue.close(callback, CallbackResult.DO_NOT_CALL, turn)

    def allow(self, request: AllowNumber, _turn: Turn) -> None:
        """A number may be called again."""
        self._callback_queue.rules.do_not_call.allow(
            self._callback_queue.rules.catalog.e164(request.number)
        )

    def _due(self, callback: CallbackId, turn: Turn) -> None:
        self._callback_queue.due(callback, turn)

    def _is_open(self, callback: CallbackId) -> bool:
        return self._callback_queue.callbacks.find(callback) is not None
