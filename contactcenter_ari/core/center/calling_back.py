"""Keeps the promises: a place in line for each that is due, the dialing, and what comes of it.

While it may be kept, a promise has its original place among the live callers and is counted in
their positions. `customer_first`: when it is next in line the customer is dialed, one at a time
a queue and at most as many as there are agents, and on answering waits at that place like any
caller. `agent_first`: see there. A machine that answers cannot be told from a person.

A promise is settled when its customer talks to somebody, by whatever way, and is not dialed while
the customer is on the phone; for what calls of customers mean to it see `customer_call`.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import LOST, Offer
from contactcenter_ari.core.center import call_hours
from contactcenter_ari.core.center.agent_first import AgentFirst
from contactcenter_ari.core.center.attempt import Attempt, ends_as, prepare, take_over
from contactcenter_ari.core.center.booking import booked, tell_attempted, tell_booked
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.callback import (
    DIALING,
    IN_LINE,
    RESTING,
    TAKEN_OVER,
    Promise,
    Promises,
)
from contactcenter_ari.core.center.catalog import Catalog
from contactcenter_ari.core.center.customer import Customers
from contactcenter_ari.core.center.desk import Desk
from contactcenter_ari.core.center.do_not_call import DoNotCall
from contactcenter_ari.core.center.outside import outcome_of_cause
from contactcenter_ari.core.flow.run import PromiseCallback
from contactcenter_ari.core.interactions.interaction import ENDED
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallbackId,
    LegId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.promise import AttemptResult, CallbackMode, CallbackResult
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

CUSTOMER_FIRST, AGENT_FIRST = CallbackMode.CUSTOMER_FIRST, CallbackMode.AGENT_FIRST


class CallingBack:
    """The open promises and the attempts to keep them."""

    def __init__(self, desk: Desk, distribution: Distribution, catalog: Catalog) -> None:
        self.promises = Promises()
        self.customers = Customers(self.promises, desk.registry, distribution)
        self.do_not_call = DoNotCall()
        self.agent_first = AgentFirst(desk, distribution)
        self._desk = desk
        self._catalog = catalog
        self._distribution = distribution
        self._attempts: dict[CallbackId, Attempt] = {}
        self._dialed: dict[LegId, Attempt] = {}
        self._under_way: dict[QueueName, dict[CallbackId, Attempt]] = {}
        self._standing: Counter[QueueName] = Counter()

    def __repr__(self) -> str:
        """Tell how many are promised, and how many are in line or dialed."""
        return f"<CallingBack {self.promises!r}, {len(self._attempts)} due>"

    # Promises

    def book(self, call: Call, asked: PromiseCallback, turn: Turn) -> Promise | None:
        """Promise it, with the place in line if the caller has one; None when it could not be
        kept, or is promised already. One whose place the caller has taken over is replaced.
        """
        promise = booked(call, asked, self._distribution, turn)
        others = self.customers.rivals(promise)
        renewed = [other for other in others if other.taken_by == promise.interaction]
        if self.promises.full or len(others) > len(renewed) or not self._may_be_called(promise):
            return None
        if self._due_at(promise, turn) is None:
            return None
        for other in renewed:
            self.close(other, CallbackResult.RENEWED, turn)
        self.promises.open(promise)
        tell_booked(promise, turn)
        return promise

    def schedule(self, promise: Promise, turn: Turn, *, kept: bool = False) -> None:
        """Take the place in line as soon as it may be kept, if ever; a place that was `kept` in
        the line until now overtakes nobody.
        """
        at = self._due_at(promise, turn)
        if self._catalog.flow(promise.flow) is None:
            self.close(promise, CallbackResult.CANCELLED, turn)
        elif not self._may_be_called(promise):
            self.close(promise, CallbackResult.DO_NOT_CALL, turn)
        elif at is None:
            self.close(promise, CallbackResult.EXPIRED, turn)
        elif at > turn.now:
            turn.clockwork.wake(Wake.CALLBACK, promise.id, at)
        else:
            self._stand(promise, turn, kept=kept)

    def publish(self, catalog: Catalog, turn: Turn) -> None:
        """New flows and hours hold for all that is not yet dialed."""
        self._catalog = catalog
        for attempt in list(self._attempts.values()):
            if attempt.promise.state is IN_LINE:
                turn.attempt(attempt.promise.id, partial(self._reconsider, attempt.promise, turn))

    def close(self, promise: Promise, result: CallbackResult, turn: Turn) -> None:
        """The promise is kept or over."""
        if promise.state is IN_LINE:
            self._leave_line(promise, turn)
        turn.clockwork.forget(Wake.CALLBACK, promise.id)
        self.promises.close(promise, result, turn)

    def due(self, callback: CallbackId, turn: Turn) -> None:
        """What a promise waited for has come: its hour, their end, or the end of a try."""
        promise = self.promises.get(callback)
        if promise.state is DIALING:
            self._limit_passed(self._attempts[callback], turn)
        elif promise.state is IN_LINE:
            self._reconsider(promise, turn)
        else:
            self.schedule(promise, turn)

    def allowed_at(self, promise: Promise, earliest: datetime) -> datetime | None:
        """The first instant from `earliest` on at which it may be kept; None when it never may."""
        settings = self._distribution.settings[promise.queue]
        return call_hours.next_allowed(promise, self._catalog, settings, earliest)

    # The customer is on the phone

    def reconsider_customer(self, call: Call, turn: Turn) -> None:
        """The customer has come to the phone or left it: nobody is dialed who is on it."""
        self._reconsider_all(self.customers.promised_to(call), turn)

    def orphan_talks(self, leg: LegId, number: str, turn: Turn) -> None:
        """The customer with a number is in a talk of which nothing else is known."""
        self.customers.orphan_talks(leg, number)
        self._reconsider_all(self.promises.of_customer(number), turn)

    def orphan_left(self, leg: LegId, number: str, turn: Turn) -> None:
        """And is not any more."""
        self.customers.orphan_left(leg, number)
        self._reconsider_all(self.promises.of_customer(number), turn)

    def stand_for(self, attempt: Attempt, waiting: Waiting, turn: Turn) -> None:
        """The customer who was called back waits at the place that was kept."""
        self._give_up_place(attempt, turn)
        take_over(waiting, attempt.promise, kept=True)
        waiting.skills = attempt.promise.skills

    def leave_line(self, promise: Promise, turn: Turn) -> bool:
        """Take a promise that does not dial out of the line; gives whether it stood there."""
        stood = promise.state is IN_LINE
        if stood:
            self._leave_line(promise, turn)
        turn.clockwork.forget(Wake.CALLBACK, promise.id)
        return stood

    def settle(self, promise: Promise, result: CallbackResult, turn: Turn) -> None:
        """The customer talks to somebody, in another call than that of an attempt. A phone that
        rings is let go; whoever has answered it stays on the line.
        """
        if promise.state is not DIALING:
            self.close(promise, result, turn)
            return
        promise.ends_as = result
        attempt = self._attempts[promise.id]
        if attempt.answered_at is None:
            attempt.fail(AttemptResult.WITHDRAWN)
            self._let_go(attempt, turn)

    def opened_or_closed(self, queue: QueueName, turn: Turn) -> None:
        """A person opened or closed a queue: agents are rung for it again, or no more."""
        for attempt in self._attempts.values():
            promise = attempt.promise
            if promise.queue == queue and promise.mode is AGENT_FIRST and attempt.placed:
                turn.attempt(promise.id, partial(self._hold_anew, attempt, turn))

    # Dialing

    def dispatch(self, turn: Turn) -> None:
        """Dial whoever is next in line; to be called at the end of each turn."""
        for queue in [queue for queue, count in self._standing.items() if count]:
            turn.attempt(queue, partial(self._dial_next_of, queue, turn))

    def _dial_next_of(self, queue: QueueName, turn: Turn) -> None:
        attempt = self._next(queue, turn.now)
        if attempt is not None:
            self._under_way.setdefault(queue, {})[attempt.promise.id] = attempt
            self._standing[queue] -= 1
            self._dial(attempt, LegId(""), turn)

    def answered(self, leg: LegId, turn: Turn) -> bool:
        """Somebody picked up; whether it was for a call back."""
        offer = self._distribution.taken(leg, turn)
        if offer is not None:
            assert offer.waiting.callback is not None, "only calls back are taken so"
            self._taken(self._attempts[offer.waiting.callback], offer, turn)
            return True
        attempt = self._dialed.pop(leg, None)
        if attempt is None:
            return False
        turn.clockwork.forget(Wake.CALLBACK, attempt.promise.id)
        attempt.answered_at = turn.now
        if attempt.agent is None:
            self._desk.begin(attempt.call, turn)
        else:
            self.agent_first.join(attempt, turn)
        return True

    def join_failed(self, bridge: BridgeId, turn: Turn) -> None:
        """The switch could not join customer and agent, if this is a bridge of theirs."""
        attempt = self.agent_first.of_bridge(bridge)
        if attempt is not None:
            self._let_go(attempt, turn)

    def leg_lost(self, leg: LegId, cause: int, turn: Turn) -> None:
        """A leg is about to be taken out of the books: note what that means for an attempt."""
        attempt = self._dialed.pop(leg, None)
        if attempt is not None and attempt.result is None:
            attempt.fail(AttemptResult(outcome_of_cause(cause)))
            attempt.interaction.failed |= cause == LOST
        self.agent_first.part_from(leg, turn)

    def reached(self, attempt: Attempt, turn: Turn) -> None:
        """Customer and agent talk: the promise is kept."""
        attempt.over = True
        attempt.result = AttemptResult.REACHED
        self._forget(attempt, turn)
        tell_attempted(attempt, None, turn)
        self.close(attempt.promise, CallbackResult.REACHED, turn)

    def over(self, attempt: Attempt, turn: Turn) -> None:
        """The call to the customer has ended: if nobody talked, once more, or that was all."""
        if attempt.over:
            return
        attempt.over = True
        attempt.result = attempt.result or attempt.chosen or AttemptResult.GIVEN_UP
        promise = attempt.promise
        self._give_up_place(attempt, turn)
        self._forget(attempt, turn)
        self.agent_first.customer_gone(attempt, self._catalog, turn)
        promise.move_to(RESTING)
        promise.urgent = False
        promise.next_at = turn.now + promise.retry_after
        exhausted = CallbackResult.EXHAUSTED if self._is_spent(attempt) else None
        over = promise.ends_as or ends_as(attempt) or exhausted
        next_at = None if over else self._due_at(promise, turn)
        tell_attempted(attempt, next_at, turn)
        if next_at is not None:
            turn.clockwork.wake(Wake.CALLBACK, promise.id, next_at)
        else:
            self.close(promise, over or CallbackResult.EXPIRED, turn)

    def _is_spent(self, attempt: Attempt) -> bool:
        """Whether that was the last attempt. There is one more for whoever wants to be called
        later, or calls us meanwhile.
        """
        promise = attempt.promise
        granted = attempt.result is AttemptResult.LATER or self.customers.is_on_phone(promise)
        spent = promise.attempts_made >= promise.attempts
        return spent and not granted and not attempt.is_ours

    # After a fault

    def is_sound(self, promise: Promise, turn: Turn) -> bool:
        """Whether something will go on with a promise."""
        attempt = self._attempts.get(promise.id)
        due = turn.clockwork.is_set(Wake.CALLBACK, promise.id)
        if promise.state is RESTING:
            return due and attempt is None
        if promise.state is TAKEN_OVER:
            taken = self._distribution.place_of(promise.taken_by) if promise.taken_by else None
            return attempt is None and taken is not None and taken.queue == promise.queue
        if attempt is None:
            return False
        if promise.state is IN_LINE:
            placed = self._distribution.place_of(attempt.interaction.id) is attempt.place
            blocked = attempt.place.blocked == self.customers.is_on_phone(promise)
            return due and placed and attempt.placed and blocked
        called = self._desk.has(attempt.call)
        return called and (due or attempt.answered_at is not None)

    def holds(self, waiting: Waiting) -> bool:
        """Whether a place in line is that of an attempt."""
        attempt = self._attempts.get(waiting.callback) if waiting.callback else None
        return attempt is not None and attempt.place is waiting and attempt.placed

    def expel(self, promise: Promise, turn: Turn) -> None:
        """Strike out the attempt that we failed with; the promise rests until the next one."""
        attempt = self._attempts.pop(promise.id, None)
        promise.state, promise.urgent, promise.taken_by = RESTING, False, None
        promise.next_at = turn.now + promise.retry_after
        turn.clockwork.wake(Wake.CALLBACK, promise.id, promise.next_at)
        self._under_way.get(promise.queue, {}).pop(promise.id, None)
        self._standing = Counter(
            other.queue
            for other in self.promises
            if other.state is IN_LINE and other.mode is CUSTOMER_FIRST
        )
        if attempt is not None:
            attempt.placed, attempt.over = False, True
            self._dialed.pop(attempt.leg, None)
            self.agent_first.expel(attempt, turn)
            turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
            turn.attempt(
                promise.id, partial(self._distribution.mending.expel, attempt.place, turn)
            )

    def tell_given_up(self, promise: Promise, turn: Turn) -> None:
        """The attempt we failed with is over for the books, if it has begun."""
        attempt = self._attempts.get(promise.id)
        known = attempt is not None and self._desk.has(attempt.call)
        if attempt is not None and not known and attempt.interaction.state is not ENDED:
            attempt.abandon(turn)

    # Within

    def _may_be_called(self, promise: Promise) -> bool:
        flow = self._catalog.flow(promise.flow)
        allowed = flow is not None and flow.outside.permits(promise.number)
        return allowed and promise.number not in self.do_not_call

    def _due_at(self, promise: Promise, turn: Turn) -> datetime | None:
        return self.allowed_at(promise, max(turn.now, promise.next_at))

    def _reconsider(self, promise: Promise, turn: Turn) -> None:
        """Whether it may go on standing in line."""
        if self._may_be_called(promise) and self._due_at(promise, turn) == turn.now:
            self._wake_at_end(promise, turn)
        else:
            self._leave_line(promise, turn)
            self.schedule(promise, turn)

    def _reconsider_all(self, promises: Iterable[Promise], turn: Turn) -> None:
        """Whether their customers are on the phone."""
        for promise in promises:
            if promise.state is IN_LINE:
                place = self._attempts[promise.id].place
                blocked = self.customers.is_on_phone(promise)
                self._distribution.block(place, turn, blocked=blocked)

    def _wake_at_end(self, promise: Promise, turn: Turn) -> None:
        settings = self._distribution.settings[promise.queue]
        end = call_hours.allowed_until(promise, self._catalog, settings, turn.now)
        turn.clockwork.wake(Wake.CALLBACK, promise.id, end)

    def _stand(self, promise: Promise, turn: Turn, *, kept: bool) -> None:
        attempt = prepare(promise, self._catalog, turn, known_by=self.customers.known_by(promise))
        promise.move_to(IN_LINE)
        self._attempts[promise.id] = attempt
        self._standing[promise.queue] += promise.mode is CUSTOMER_FIRST
        self._hold(attempt, turn, kept=kept)
        self._wake_at_end(promise, turn)

    def _hold(self, attempt: Attempt, turn: Turn, *, kept: bool) -> None:
        promise = attempt.promise
        offerable = promise.mode is AGENT_FIRST and self._may_begin(promise)
        attempt.place.kept, attempt.placed = kept, True
        attempt.place.blocked = self.customers.is_on_phone(promise)
        self._distribution.hold(attempt.place, turn, offerable=offerable)

    def _hold_anew(self, attempt: Attempt, turn: Turn) -> None:
        self._give_up_place(attempt, turn)
        self._hold(attempt, turn, kept=True)

    def _may_begin(self, promise: Promise) -> bool:
        return promise.queue not in self._distribution.closed

    def _give_up_place(self, attempt: Attempt, turn: Turn) -> None:
        placed, attempt.placed = attempt.placed, False
        if placed and self._distribution.place_of(attempt.interaction.id) is attempt.place:
            self._distribution.drop(attempt.interaction.id, turn)

    def _leave_line(self, promise: Promise, turn: Turn) -> None:
        """Rest again; if an agent was rung for it meanwhile, that was all of the interaction."""
        attempt = self._attempts[promise.id]
        promise.move_to(RESTING)
        self._standing[promise.queue] -= promise.mode is CUSTOMER_FIRST
        turn.clockwork.forget(Wake.CALLBACK, promise.id)
        self._give_up_place(attempt, turn)
        attempt.abandon(turn)
        del self._attempts[promise.id]

    def _next(self, queue: QueueName, now: datetime) -> Attempt | None:
        """Whom to dial in a queue now: one rings at a time, no more than there are agents."""
        waiting = self._distribution.next_in_line(queue, now)
        if waiting is None or waiting.callback is None:
            return None
        attempt = self._attempts[waiting.callback]
        promise, under_way = attempt.promise, self._under_way.get(queue, {})
        dialable = promise.state is IN_LINE and promise.mode is CUSTOMER_FIRST
        if not dialable or not self._may_begin(promise) or self._rings_for_customer(promise):
            return None
        rings = any(other.answered_at is None for other in under_way.values())
        staffed = len(under_way) < self._distribution.roster.taking_calls(queue)
        servable = staffed and self._distribution.is_servable(waiting, now)
        return attempt if servable and not rings else None

    def _rings_for_customer(self, promise: Promise) -> bool:
        """Whether an agent is rung for another callback to the same customer."""
        others = self.promises.of_customer(*self.customers.known_by(promise))
        attempts = (self._attempts.get(other.id) for other in others)
        return any(attempt is not None and attempt.place.offers for attempt in attempts)

    def _dial(self, attempt: Attempt, originator: LegId, turn: Turn) -> None:
        attempt.promise.move_to(DIALING)
        attempt.promise.attempts_made += 1
        self._dialed[attempt.leg] = attempt
        settings = self._distribution.settings[attempt.promise.queue]
        callee = call_hours.callee_zones(attempt.promise, self._catalog, settings, turn.now)
        if callee is not None:
            attempt.promise.attempt_zones, attempt.promise.zone_source = callee
        attempt.dial(originator, turn)
        self._desk.add(attempt.call, turn)

    def _taken(self, attempt: Attempt, offer: Offer, turn: Turn) -> None:
        """An agent is there for the customer."""
        attempt.placed = False
        self.agent_first.took(attempt, offer, self._catalog, turn)
        self._dial(attempt, offer.leg, turn)

    def _limit_passed(self, attempt: Attempt, turn: Turn) -> None:
        """Nobody picked up, or they were never joined."""
        if attempt.answered_at is None:
            attempt.fail(AttemptResult.NO_ANSWER)
        self._let_go(attempt, turn)

    def _let_go(self, attempt: Attempt, turn: Turn) -> None:
        self.agent_first.part(attempt, turn)
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
        self._desk.hung_up(attempt.leg, 0, turn)

    def _forget(self, attempt: Attempt, turn: Turn) -> None:
        promise = attempt.promise
        turn.clockwork.forget(Wake.CALLBACK, promise.id)
        del self._attempts[promise.id]
        self._under_way.get(promise.queue, {}).pop(promise.id, None)
