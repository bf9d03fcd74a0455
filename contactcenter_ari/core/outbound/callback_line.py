"""The places in line of callbacks that may be made now, among those of live callers.

A place is blocked while the customer is on the phone with us. Agents are rung only for a callback
that is to have one first, and only while its queue is open.
"""

from collections.abc import Iterable
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.outbound.attempt import CallbackAttempt, prepare, take_over
from contactcenter_ari.core.outbound.attempt_registry import Attempts
from contactcenter_ari.core.outbound.callback import IN_LINE, RESTING, Callback, Callbacks
from contactcenter_ari.core.outbound.calling_rule import CallingRules
from contactcenter_ari.core.outbound.customer import Customers
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName


class CallbackLine:
    """Takes places, keeps them and gives them up."""

    def __init__(
        self,
        callbacks: Callbacks,
        attempts: Attempts,
        customers: Customers,
        rules: CallingRules,
        distribution: Distribution,
    ) -> None:
        self._callbacks = callbacks
        self._attempts = attempts
        self._customers = customers
        self._rules = rules
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<CallbackLine of {self._attempts!r}>"

    def join(self, callback: Callback, turn: Turn, *, kept: bool) -> None:
        """Take the place in line; one that was `kept` in it until now overtakes nobody."""
        known_by = self._customers.known_by(callback)
        attempt = prepare(callback, self._rules.catalog, turn, known_by=known_by)
        callback.move_to(IN_LINE)
        self._attempts.enter(attempt)
        self._hold(attempt, turn, kept=kept)
        self.stay(callback, turn)

    def stay(self, callback: Callback, turn: Turn) -> None:
        """Keep the place until the hours end."""
        end = self._rules.allowed_until(callback, turn.now)
        turn.clockwork.wake(Wake.CALLBACK, callback.id, end)

    def leave(self, callback: Callback, turn: Turn) -> bool:
        """Take a callback that is not dialing out of the line; gives whether it was in line. If an
        agent was rung for it meanwhile, the interaction ends with that.
        """
        stood = callback.state is IN_LINE
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        if stood:
            attempt = self._attempts.get(callback.id)
            callback.move_to(RESTING)
            self.give_up_place(attempt, turn)
            attempt.abandon(turn)
            self._attempts.forget(attempt)
        return stood

    def give_up_place(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The attempt goes on without its place, or is over."""
        placed, attempt.placed = attempt.placed, False
        if placed and self._distribution.stays.find(attempt.interaction.id) is attempt.place:
            self._distribution.kept_places.drop(attempt.place, turn)

    def stand_for(self, attempt: CallbackAttempt, waiting: Waiting, turn: Turn) -> None:
        """The customer who was called back waits at the place that was kept."""
        self.give_up_place(attempt, turn)
        take_over(waiting, attempt.callback, kept=True)
        waiting.skills = attempt.callback.skills

    def opened_or_closed(self, queue: QueueName, turn: Turn) -> None:
        """A person opened or closed a queue: agents are rung for it again, or no more."""
        for attempt in self._attempts:
            callback = attempt.callback
            agent_first = callback.mode is CallbackMode.AGENT_FIRST
            if callback.queue == queue and agent_first and attempt.placed:
                turn.attempt(callback.id, partial(self._hold_anew, attempt, turn))

    # The customer is on the phone

    def reconsider_customer(self, call: Call, turn: Turn) -> None:
        """The customer has come to the phone or left it: a customer on the phone is not dialed."""
        self._reconsider(self._customers.callbacks_for(call), turn)

    def orphan_talks(self, leg: LegId, number: str, turn: Turn) -> None:
        """The customer with a number is in a talk of which nothing else is known."""
        self._customers.orphan_talks(leg, number)
        self._reconsider(self._callbacks.of_customer(number), turn)

    def orphan_left(self, leg: LegId, number: str, turn: Turn) -> None:
        """The customer with a number is in no such talk any more."""
        self._customers.orphan_left(leg, number)
        self._reconsider(self._callbacks.of_customer(number), turn)

    def _reconsider(self, callbacks: Iterable[Callback], turn: Turn) -> None:
        """Block those in line whose customers are on the phone, and no others."""
        for callback in callbacks:
            if callback.state is IN_LINE:
                place = self._attempts.get(callback.id).place
                blocked = self._customers.is_on_phone(callback)
                self._distribution.kept_places.block(place, turn, blocked=blocked)

    # Within

    def _hold(self, attempt: CallbackAttempt, turn: Turn, *, kept: bool) -> None:
        callback = attempt.callback
        is_open = callback.queue not in self._distribution.queues.closed
        attempt.place.kept, attempt.placed = kept, True
        attempt.place.blocked = self._customers.is_on_phone(callback)
        offerable = is_open and callback.mode is CallbackMode.AGENT_FIRST
        self._distribution.kept_places.hold(attempt.place, turn, offerable=offerable)

    def _hold_anew(self, attempt: CallbackAttempt, turn: Turn) -> None:
        self.give_up_place(attempt, turn)
        self._hold(attempt, turn, kept=True)
