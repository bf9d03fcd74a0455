"""The dialing of callbacks, up to the end of the call to the customer.

`customer_first`: when a callback is next in line the customer is dialed, and on answering waits at
that place like any caller; one customer is dialed at a time in a queue, and at most as many as
there are agents. `agent_first`: see there. A machine that answers cannot be told from a person.
"""

from datetime import datetime
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.outbound.agent_first import AgentFirst
from contactcenter_ari.core.outbound.attempt import CallbackAttempt, ends_as
from contactcenter_ari.core.outbound.booking import tell_attempted
from contactcenter_ari.core.outbound.callback import DIALING, IN_LINE, RESTING, Callback
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import Legs
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import AttemptResult, CallbackMode, CallbackResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.ids import CallbackId, LegId, QueueName

NOBODY = LegId("")
"""The leg of the agent who waits, where none does."""


class CallbackDialing:
    """Dials customers whose turn it is, or for whom an agent waits."""

    def __init__(
        self,
        callback_queue: CallbackQueue,
        registry: CallRegistry,
        legs: Legs,
        dials: Dials,
        distribution: Distribution,
    ) -> None:
        self._callback_queue = callback_queue
        self._attempts = callback_queue.attempts
        self._registry = registry
        self._dials = dials
        self._distribution = distribution
        self._places = distribution.kept_places
        self.agent_first = AgentFirst(registry, legs, distribution)

    def __repr__(self) -> str:
        return f"<CallbackDialing of {self._attempts!r}>"

    def dispatch(self, turn: Turn) -> None:
        """Dial the customer who is next in each queue; to be called at the end of each turn."""
        for queue in self._attempts.queues_to_dial():
            turn.attempt(queue, partial(self._dial_next_of, queue, turn))

    def taken(self, offer: Offer, turn: Turn) -> Call:
        """An agent is there for the customer; gives the prompt that tells them what follows."""
        assert offer.waiting.callback is not None, "only callbacks are taken so"
        attempt = self._attempts.get(offer.waiting.callback)
        attempt.placed = False
        return self.agent_first.took(attempt, offer, self._callback_queue.rules.catalog, turn)

    def dial_for(self, callback: CallbackId, agent_leg: LegId, turn: Turn) -> None:
        """Dial the customer for whom an agent waits."""
        self._dial(self._attempts.get(callback), agent_leg, turn)

    def over(self, attempt: CallbackAttempt, turn: Turn) -> Call | None:
        """The call to the customer has ended: without a talk there is another attempt, or this was
        the last. Gives the prompt for an agent who waited for it.
        """
        if attempt.over:
            return None
        attempt.over = True
        attempt.result = attempt.result or attempt.chosen or AttemptResult.GIVEN_UP
        callback, rules = attempt.callback, self._callback_queue.rules
        self._callback_queue.line.give_up_place(attempt, turn)
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        self._attempts.forget(attempt)
        prompt = self.agent_first.customer_gone(attempt, rules.catalog, turn)
        callback.move_to(RESTING)
        callback.urgent = False
        callback.next_at = turn.now + callback.retry_after
        exhausted = CallbackResult.EXHAUSTED if self._is_spent(attempt) else None
        over = callback.ends_as or ends_as(attempt) or exhausted
        next_at = None if over else rules.due_at(callback, turn.now)
        tell_attempted(attempt, next_at, turn)
        if next_at is not None:
            turn.clockwork.wake(Wake.CALLBACK, callback.id, next_at)
        else:
            self._callback_queue.close(callback, over or CallbackResult.EXPIRED, turn)
        return prompt

    # After a fault

    def is_called(self, attempt: CallbackAttempt) -> bool:
        """Whether the call to the customer is in progress."""
        return attempt.call.run.call in self._registry.by_id

    def expel(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """Hang up the customer, and an agent who waits for them."""
        self._attempts.forget(attempt)
        attempt.placed, attempt.over = False, True
        self._dials.end(attempt.leg, turn)
        self.agent_first.expel(attempt, turn)
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))

    # Within

    def _is_spent(self, attempt: CallbackAttempt) -> bool:
        """Whether that was the last attempt. There is one more for a customer who wants to be
        called later, or calls us meanwhile.
        """
        callback, customers = attempt.callback, self._callback_queue.customers
        granted = attempt.result is AttemptResult.LATER or customers.is_on_phone(callback)
        spent = callback.attempts_made >= callback.attempts
        return spent and not granted and not attempt.is_ours

    def _dial_next_of(self, queue: QueueName, turn: Turn) -> None:
        attempt = self._next(queue, turn.now)
        if attempt is not None:
            self._attempts.set_under_way(attempt)
            self._dial(attempt, NOBODY, turn)

    def _next(self, queue: QueueName, now: datetime) -> CallbackAttempt | None:
        """The attempt to dial in a queue now: one rings at a time, no more than agents exist."""
        waiting = self._distribution.kept_places.next_in_line(queue, now)
        if (
            waiting is None
            or waiting.callback is None
            or queue in self._distribution.queues.closed
        ):
            return None
        attempt = self._attempts.get(waiting.callback)
        callback, under_way = attempt.callback, self._attempts.under_way(queue)
        dialable = callback.state is IN_LINE and callback.mode is CallbackMode.CUSTOMER_FIRST
        if not dialable or self._rings_for_customer(callback):
            return None
        rings = any(other.answered_at is None for other in under_way)
        staffed = len(under_way) < self._distribution.workforce.staffing.taking_calls(queue)
        servable = staffed and self._places.is_servable(waiting, now)
        return attempt if servable and not rings else None

    def _rings_for_customer(self, callback: Callback) -> bool:
        """Whether an agent is rung for another callback to the same customer."""
        known_by = self._callback_queue.customers.known_by(callback)
        others = self._callback_queue.callbacks.of_customer(*known_by)
        attempts = (self._attempts.find(other.id) for other in others)
        return any(attempt is not None and attempt.place.offers for attempt in attempts)

    def _dial(self, attempt: CallbackAttempt, originator: LegId, turn: Turn) -> None:
        callback = attempt.callback
        callback.move_to(DIALING)
        callback.attempts_made += 1
        self._callback_queue.rules.note_zones(callback, turn.now)
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        attempt.dial(originator, self._dials, turn)
        self._registry.enter(attempt.call, turn)
        self._callback_queue.line.reconsider_customer(attempt.call, turn)
