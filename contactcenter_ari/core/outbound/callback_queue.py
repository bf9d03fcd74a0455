"""The callbacks to be made: a place in line for each that is due, the dialing, and the result.

While it may be made, a callback has its original place among the live callers and is counted in
their positions. `customer_first`: when it is next in line the customer is dialed, and on answering
waits at that place like any caller; one customer is dialed at a time in a queue, and at most as
many as there are agents. `agent_first`: see there. A machine that answers cannot be told from a
person.

A callback is settled when its customer talks to somebody in any call, and is not dialed while the
customer is on the phone; for the effect of customers' calls on it see `customer_call`.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.repair import Repair
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.flow.verb.callback import RequestCallback
from contactcenter_ari.core.interactions.interaction import ENDED
from contactcenter_ari.core.outbound import dialing_hours
from contactcenter_ari.core.outbound.agent_first import AgentFirst
from contactcenter_ari.core.outbound.attempt import CallbackAttempt, ends_as, prepare, take_over
from contactcenter_ari.core.outbound.booking import booked, tell_attempted, tell_booked
from contactcenter_ari.core.outbound.callback import (
    DIALING,
    IN_LINE,
    RESTING,
    TAKEN_OVER,
    Callback,
    Callbacks,
)
from contactcenter_ari.core.outbound.customer import Customers
from contactcenter_ari.core.outbound.do_not_call import DoNotCall
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import Legs
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import AttemptResult, CallbackMode, CallbackResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.ids import (
    CallbackId,
    LegId,
    QueueName,
)

CUSTOMER_FIRST, AGENT_FIRST = CallbackMode.CUSTOMER_FIRST, CallbackMode.AGENT_FIRST


class CallbackQueue:
    """The open callbacks and their attempts."""

    def __init__(
        self,
        registry: CallRegistry,
        legs: Legs,
        dials: Dials,
        distribution: Distribution,
        catalog: Catalog,
    ) -> None:
        self.callbacks = Callbacks()
        self.customers = Customers(self.callbacks, registry, distribution)
        self.do_not_call = DoNotCall()
        self.agent_first = AgentFirst(registry, legs, distribution)
        self._registry = registry
        self._dials = dials
        self.catalog = catalog
        self._distribution = distribution
        self._attempts: dict[CallbackId, CallbackAttempt] = {}
        self._under_way: dict[QueueName, dict[CallbackId, CallbackAttempt]] = {}
        self._standing: Counter[QueueName] = Counter()

    def __repr__(self) -> str:
        return f"<CallbackQueue {self.callbacks!r}, {len(self._attempts)} due>"

    # Callbacks

    def book(self, call: Call, asked: RequestCallback, turn: Turn) -> Callback | None:
        """Open a callback, with the place in line if the caller has one; None when it could not be
        kept, or exists already. A callback whose place the caller has taken over is replaced.
        """
        callback = booked(call, asked, self._distribution, turn)
        others = self.customers.rivals(callback)
        renewed = [other for other in others if other.taken_by == callback.interaction]
        if self.callbacks.full or len(others) > len(renewed) or not self._may_be_called(callback):
            return None
        if self._due_at(callback, turn) is None:
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
        at = self._due_at(callback, turn)
        if self.catalog.flow(callback.flow) is None:
            self.close(callback, CallbackResult.CANCELLED, turn)
        elif not self._may_be_called(callback):
            self.close(callback, CallbackResult.DO_NOT_CALL, turn)
        elif at is None:
            self.close(callback, CallbackResult.EXPIRED, turn)
        elif at > turn.now:
            turn.clockwork.wake(Wake.CALLBACK, callback.id, at)
        else:
            self._stand(callback, turn, kept=kept)

    def publish(self, catalog: Catalog, turn: Turn) -> None:
        """New flows and hours apply to every callback that is not yet dialed."""
        self.catalog = catalog
        for callback in [attempt.callback for attempt in self._attempts.values()]:
            if callback.state is IN_LINE:
                turn.attempt(callback.id, partial(self._reconsider, callback, turn))

    def close(self, callback: Callback, result: CallbackResult, turn: Turn) -> None:
        """The callback is made or over."""
        if callback.state is IN_LINE:
            self._leave_line(callback, turn)
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        self.callbacks.close(callback, result, turn)

    def due(self, callback_id: CallbackId, turn: Turn) -> None:
        """The time that a callback waited for has come, or the end of its hours."""
        callback = self.callbacks.get(callback_id)
        if callback.state is IN_LINE:
            self._reconsider(callback, turn)
        elif callback.state is RESTING:
            self.schedule(callback, turn)

    def allowed_at(self, callback: Callback, earliest: datetime) -> datetime | None:
        """The first instant from `earliest` on at which it may be made; None when it never may."""
        settings = self._distribution.queues.settings[callback.queue]
        return dialing_hours.next_allowed(callback, self.catalog, settings, earliest)

    # The customer is on the phone

    def reconsider_customer(self, call: Call, turn: Turn) -> None:
        """The customer has come to the phone or left it: a customer on the phone is not dialed."""
        self._reconsider_all(self.customers.callbacks_for(call), turn)

    def orphan_talks(self, leg: LegId, number: str, turn: Turn) -> None:
        """The customer with a number is in a talk of which nothing else is known."""
        self.customers.orphan_talks(leg, number)
        self._reconsider_all(self.callbacks.of_customer(number), turn)

    def orphan_left(self, leg: LegId, number: str, turn: Turn) -> None:
        """The customer with a number is in no such talk any more."""
        self.customers.orphan_left(leg, number)
        self._reconsider_all(self.callbacks.of_customer(number), turn)

    def stand_for(self, attempt: CallbackAttempt, waiting: Waiting, turn: Turn) -> None:
        """The customer who was called back waits at the place that was kept."""
        self._give_up_place(attempt, turn)
        take_over(waiting, attempt.callback, kept=True)
        waiting.skills = attempt.callback.skills

    def leave_line(self, callback: Callback, turn: Turn) -> bool:
        """Take a callback that is not dialing out of the line; gives whether it was in line."""
        stood = callback.state is IN_LINE
        if stood:
            self._leave_line(callback, turn)
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        return stood

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
        attempt = self._attempts[callback.id]
        if attempt.answered_at is not None:
            return None
        attempt.fail(AttemptResult.WITHDRAWN)
        return attempt

    def opened_or_closed(self, queue: QueueName, turn: Turn) -> None:
        """A person opened or closed a queue: agents are rung for it again, or no more."""
        for attempt in self._attempts.values():
            callback = attempt.callback
            if callback.queue == queue and callback.mode is AGENT_FIRST and attempt.placed:
                turn.attempt(callback.id, partial(self._hold_anew, attempt, turn))

    # Dialing

    def dispatch(self, turn: Turn) -> None:
        """Dial the customer who is next in each queue; to be called at the end of each turn."""
        for queue in [queue for queue, count in self._standing.items() if count]:
            turn.attempt(queue, partial(self._dial_next_of, queue, turn))

    def _dial_next_of(self, queue: QueueName, turn: Turn) -> None:
        attempt = self._next(queue, turn.now)
        if attempt is not None:
            self._under_way.setdefault(queue, {})[attempt.callback.id] = attempt
            self._standing[queue] -= 1
            self._dial(attempt, LegId(""), turn)

    def attempt(self, callback: CallbackId) -> CallbackAttempt | None:
        """The attempt of a callback that is in line or dialed."""
        return self._attempts.get(callback)

    def attempt_of(self, call: Call) -> CallbackAttempt | None:
        """The attempt that a call to a customer belongs to, while it is not over."""
        attempt = self._attempts.get(call.callback) if call.callback is not None else None
        return attempt if attempt is not None and attempt.call is call else None

    def awaited_on(self, leg: LegId, callback: CallbackId) -> CallbackAttempt | None:
        """The attempt for whose customer an agent waits on a leg."""
        attempt = self._attempts.get(callback)
        offer = attempt.offer if attempt is not None else None
        return attempt if offer is not None and offer.leg == leg else None

    def taken(self, offer: Offer, turn: Turn) -> Call:
        """An agent is there for the customer; gives the prompt that tells them what follows."""
        assert offer.waiting.callback is not None, "only callbacks are taken so"
        attempt = self._attempts[offer.waiting.callback]
        attempt.placed = False
        return self.agent_first.took(attempt, offer, self.catalog, turn)

    def dial_for(self, callback: CallbackId, agent_leg: LegId, turn: Turn) -> None:
        """Dial the customer for whom an agent waits."""
        self._dial(self._attempts[callback], agent_leg, turn)

    def reached(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """Customer and agent talk: the callback is made."""
        attempt.over = True
        attempt.result = AttemptResult.REACHED
        self._forget(attempt, turn)
        tell_attempted(attempt, None, turn)
        self.close(attempt.callback, CallbackResult.REACHED, turn)

    def over(self, attempt: CallbackAttempt, turn: Turn) -> Call | None:
        """The call to the customer has ended: without a talk there is another attempt, or this was
        the last. Gives the prompt for an agent who has waited in vain.
        """
        if attempt.over:
            return None
        attempt.over = True
        attempt.result = attempt.result or attempt.chosen or AttemptResult.GIVEN_UP
        callback = attempt.callback
        self._give_up_place(attempt, turn)
        self._forget(attempt, turn)
        prompt = self.agent_first.customer_gone(attempt, self.catalog, turn)
        callback.move_to(RESTING)
        callback.urgent = False
        callback.next_at = turn.now + callback.retry_after
        exhausted = CallbackResult.EXHAUSTED if self._is_spent(attempt) else None
        over = callback.ends_as or ends_as(attempt) or exhausted
        next_at = None if over else self._due_at(callback, turn)
        tell_attempted(attempt, next_at, turn)
        if next_at is not None:
            turn.clockwork.wake(Wake.CALLBACK, callback.id, next_at)
        else:
            self.close(callback, over or CallbackResult.EXPIRED, turn)
        return prompt

    def _is_spent(self, attempt: CallbackAttempt) -> bool:
        """Whether that was the last attempt. There is one more for a customer who wants to be
        called later, or calls us meanwhile.
        """
        callback = attempt.callback
        granted = attempt.result is AttemptResult.LATER or self.customers.is_on_phone(callback)
        spent = callback.attempts_made >= callback.attempts
        return spent and not granted and not attempt.is_ours

    # After a fault

    def is_sound(self, callback: Callback, turn: Turn) -> bool:
        """Whether something will go on with a callback."""
        attempt = self._attempts.get(callback.id)
        due = turn.clockwork.is_set(Wake.CALLBACK, callback.id)
        if callback.state is RESTING:
            return due and attempt is None
        if callback.state is TAKEN_OVER:
            taken = self._distribution.stays.find(callback.taken_by) if callback.taken_by else None
            return attempt is None and taken is not None and taken.queue == callback.queue
        if attempt is None:
            return False
        if callback.state is IN_LINE:
            placed = self._distribution.stays.find(attempt.interaction.id) is attempt.place
            blocked = attempt.place.blocked == self.customers.is_on_phone(callback)
            return due and placed and attempt.placed and blocked
        called = attempt.call.run.call in self._registry.by_id
        rings = turn.clockwork.is_set(Wake.RING, attempt.leg)
        return called and (rings or attempt.answered_at is not None)

    def holds(self, waiting: Waiting) -> bool:
        """Whether a place in line is that of an attempt."""
        attempt = self._attempts.get(waiting.callback) if waiting.callback else None
        return attempt is not None and attempt.place is waiting and attempt.placed

    def expel(self, callback: Callback, repair: Repair, turn: Turn) -> None:
        """Remove the attempt that we failed with; the callback rests until the next one."""
        attempt = self._attempts.pop(callback.id, None)
        callback.state, callback.urgent, callback.taken_by = RESTING, False, None
        callback.next_at = turn.now + callback.retry_after
        turn.clockwork.wake(Wake.CALLBACK, callback.id, callback.next_at)
        self._under_way.get(callback.queue, {}).pop(callback.id, None)
        self._standing = Counter(
            other.queue
            for other in self.callbacks
            if other.state is IN_LINE and other.mode is CUSTOMER_FIRST
        )
        if attempt is not None:
            attempt.placed, attempt.over = False, True
            self._dials.end(attempt.leg, turn)
            self.agent_first.expel(attempt, turn)
            turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
            turn.attempt(callback.id, partial(repair.expel, attempt.place, turn))

    def tell_given_up(self, callback: Callback, turn: Turn) -> None:
        """The attempt we failed with is over in the records, if it has begun."""
        attempt = self._attempts.get(callback.id)
        known = attempt is not None and attempt.call.run.call in self._registry.by_id
        if attempt is not None and not known and attempt.interaction.state is not ENDED:
            attempt.abandon(turn)

    # Within

    def _may_be_called(self, callback: Callback) -> bool:
        flow = self.catalog.flow(callback.flow)
        allowed = flow is not None and flow.outside.permits(callback.number)
        return allowed and callback.number not in self.do_not_call

    def _due_at(self, callback: Callback, turn: Turn) -> datetime | None:
        return self.allowed_at(callback, max(turn.now, callback.next_at))

    def _reconsider(self, callback: Callback, turn: Turn) -> None:
        """Decide whether it may stay in line."""
        if self._may_be_called(callback) and self._due_at(callback, turn) == turn.now:
            self._wake_at_end(callback, turn)
        else:
            self._leave_line(callback, turn)
            self.schedule(callback, turn)

    def _reconsider_all(self, callbacks: Iterable[Callback], turn: Turn) -> None:
        """Block those in line whose customers are on the phone, and no others."""
        for callback in callbacks:
            if callback.state is IN_LINE:
                place = self._attempts[callback.id].place
                blocked = self.customers.is_on_phone(callback)
                self._distribution.kept_places.block(place, turn, blocked=blocked)

    def _wake_at_end(self, callback: Callback, turn: Turn) -> None:
        settings = self._distribution.queues.settings[callback.queue]
        end = dialing_hours.allowed_until(callback, self.catalog, settings, turn.now)
        turn.clockwork.wake(Wake.CALLBACK, callback.id, end)

    def _stand(self, callback: Callback, turn: Turn, *, kept: bool) -> None:
        attempt = prepare(callback, self.catalog, turn, known_by=self.customers.known_by(callback))
        callback.move_to(IN_LINE)
        self._attempts[callback.id] = attempt
        self._standing[callback.queue] += callback.mode is CUSTOMER_FIRST
        self._hold(attempt, turn, kept=kept)
        self._wake_at_end(callback, turn)

    def _hold(self, attempt: CallbackAttempt, turn: Turn, *, kept: bool) -> None:
        callback = attempt.callback
        offerable = callback.mode is AGENT_FIRST and self._may_begin(callback)
        attempt.place.kept, attempt.placed = kept, True
        attempt.place.blocked = self.customers.is_on_phone(callback)
        self._distribution.kept_places.hold(attempt.place, turn, offerable=offerable)

    def _hold_anew(self, attempt: CallbackAttempt, turn: Turn) -> None:
        self._give_up_place(attempt, turn)
        self._hold(attempt, turn, kept=True)

    def _may_begin(self, callback: Callback) -> bool:
        return callback.queue not in self._distribution.queues.closed

    def _give_up_place(self, attempt: CallbackAttempt, turn: Turn) -> None:
        placed, attempt.placed = attempt.placed, False
        if placed and self._distribution.stays.find(attempt.interaction.id) is attempt.place:
            self._distribution.kept_places.drop(attempt.place, turn)

    def _leave_line(self, callback: Callback, turn: Turn) -> None:
        """Rest again; if an agent was rung for it meanwhile, the interaction ends with that."""
        attempt = self._attempts[callback.id]
        callback.move_to(RESTING)
        self._standing[callback.queue] -= callback.mode is CUSTOMER_FIRST
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        self._give_up_place(attempt, turn)
        attempt.abandon(turn)
        del self._attempts[callback.id]

    def _next(self, queue: QueueName, now: datetime) -> CallbackAttempt | None:
        """The attempt to dial in a queue now: one rings at a time, no more than agents exist."""
        waiting = self._distribution.kept_places.next_in_line(queue, now)
        if waiting is None or waiting.callback is None:
            return None
        attempt = self._attempts[waiting.callback]
        callback, under_way = attempt.callback, self._under_way.get(queue, {})
        dialable = callback.state is IN_LINE and callback.mode is CUSTOMER_FIRST
        if not dialable or not self._may_begin(callback) or self._rings_for_customer(callback):
            return None
        rings = any(other.answered_at is None for other in under_way.values())
        staffed = len(under_way) < self._distribution.workforce.staffing.taking_calls(queue)
        servable = staffed and self._distribution.kept_places.is_servable(waiting, now)
        return attempt if servable and not rings else None

    def _rings_for_customer(self, callback: Callback) -> bool:
        """Whether an agent is rung for another callback to the same customer."""
        others = self.callbacks.of_customer(*self.customers.known_by(callback))
        attempts = (self._attempts.get(other.id) for other in others)
        return any(attempt is not None and attempt.place.offers for attempt in attempts)

    def _dial(self, attempt: CallbackAttempt, originator: LegId, turn: Turn) -> None:
        attempt.callback.move_to(DIALING)
        attempt.callback.attempts_made += 1
        settings = self._distribution.queues.settings[attempt.callback.queue]
        callee = dialing_hours.callee_zones(attempt.callback, self.catalog, settings, turn.now)
        if callee is not None:
            attempt.callback.attempt_zones, attempt.callback.zone_source = callee
        turn.clockwork.forget(Wake.CALLBACK, attempt.callback.id)
        attempt.dial(originator, self._dials, turn)
        self._registry.enter(attempt.call, turn)
        self.reconsider_customer(attempt.call, turn)

    def _forget(self, attempt: CallbackAttempt, turn: Turn) -> None:
        callback = attempt.callback
        turn.clockwork.forget(Wake.CALLBACK, callback.id)
        del self._attempts[callback.id]
        self._under_way.get(callback.queue, {}).pop(callback.id, None)
