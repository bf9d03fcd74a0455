"""The callbacks to be made: when each is due, and how each ends.

While it may be made, a callback has its original place among the live callers and is counted in
their positions. It is settled when its customer talks to somebody in any call, and is not dialed
while the customer is on the phone; for the effect of customers' calls on it see `customer_call`.
"""

from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.outbound.attempt_registry import Attempts
from contactcenter_ari.core.outbound.booking import booked, tell_attempted, tell_booked
from contactcenter_ari.core.outbound.callback import (
    DIALING,
    IN_LINE,
    RESTING,
    Callback,
    Callbacks,
)
from contactcenter_ari.core.outbound.callback_line import CallbackLine
from contactcenter_ari.core.outbound.calling_rule import CallingRules
from contactcenter_ari.core.outbound.customer import Customers
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import AttemptResult, CallbackResult
from contactcenter_ari.core.vocabulary.ids import CallbackId


class CallbackQueue:
    """The open callbacks, with their customers, attempts and places in line."""

    def __init__(
        self, registry: CallRegistry, distribution: Distribution, catalog: Catalog
    ) -> None:
        self.callbacks = Callbacks()
        self.customers = Customers(self.callbacks, registry, distribution)
        self.rules = CallingRules(distribution, catalog)
        self.attempts = Attempts()
        self.line = CallbackLine(
            self.callbacks, self.attempts, self.customers, self.rules, distribution
        )
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<CallbackQueue {self.callbacks!r}, {len(self.attempts)} due>"

    def book(self, call: Call, asked: RequestCallback, turn: Turn) -> Callback | None:
        """Open a callback, with the place in line if the caller has one; None when it could not be
        kept, or exists already. A callback whose place the caller has taken over is replaced.
        """
        callback = booked(call, asked, self._distribution, turn)
        others = self.customers.rivals(callback)
        renewed = [other for other in others if other.taken_by == callback.interaction]
        if self.callbacks.full or len(others) > len(renewed) or not self.rules.permit(callback):
            return None
        if self.rules.due_at(callback, turn.now) is None:
            return None
        for other in renewed:
            self.close(other, CallbackResult.RENEWED, turn)
        self.callbacks.open(callback)
        tell_booked(callback, turn)
        return callback

    def schedule(self, callback: Callback, turn: Turn, *, kept: bool = False) -> None:
        """Take the place in line as soon as it may be made, if ever; a place that was `kept` in
        the line until now overtakes nobody.
        """
        at = self.rules.due_at(callback, turn.now)
        if self.rules.catalog.flow(callback.flow) is None:
            self.close(callback, CallbackResult.CANCELLED, turn)
        elif not self.rules.permit(callback):
            self.close(callback, CallbackResult.DO_NOT_CALL, turn)
        elif at is None:
            self.close(callback, CallbackResult.EXPIRED, turn)
        elif at > turn.now:
            turn.clockwork.wake(Wake.CALLBACK, callback.id, at)
        else:
            self.line.join(callback, turn, kept=kept)

    def publish(self, catalog: Catalog, turn: Turn) -> None:
        """New flows and hours apply to every callback that is not yet dialed."""
        self.rules.catalog = catalog
        for attempt in self.attempts:
            callback = attempt.callback
            if callback.state is IN_LINE:
                turn.attempt(callback.id, partial(self._reconsider, callback, turn))

    def due(self, callback_id: CallbackId, turn: Turn) -> None:
        """The time that a callback waited for has come, or the end of its hours."""
        callback = self.callbacks.get(callback_id)
        if callback.state is IN_LINE:
            self._reconsider(callback, turn)
        elif callback.state is RESTING:
            self.schedule(callback, turn)

    def close(self, callback: Callback, result: CallbackResult, turn: Turn) -> None:
        """The callback is made or over."""
        self.line.leave(callback, turn)
        self.callbacks.close(callback, result, turn)

    def settle(
        self, callback: Callback, result: CallbackResult, turn: Turn
    ) -> CallbackAttempt | None:
        """The customer talks to somebody, in another call than that of an attempt. Gives the
        attempt whose phone rings and is to be hung up; a customer who has answered it stays.
        """
        if callback.state is not DIALING:
            self.close(callback, result, turn)
            return None
        callback.ends_as = result
        attempt = self.attempts.get(callback.id)
        if attempt.answered_at is not None:
            return None
        attempt.fail(AttemptResult.WITHDRAWN)
        return attempt

    def reached(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """Customer and agent talk: the callback is made."""
        attempt.over = True
        attempt.result = AttemptResult.REACHED
        self.attempts.forget(attempt)
        tell_attempted(attempt, None, turn)
        self.close(attempt.callback, CallbackResult.REACHED, turn)

    def _reconsider(self, callback: Callback, turn: Turn) -> None:
        """Decide whether it may stay in line."""
        if self.rules.permit(callback) and self.rules.due_at(callback, turn.now) == turn.now:
            self.line.stay(callback, turn)
        else:
            self.line.leave(callback, turn)
            self.schedule(callback, turn)
