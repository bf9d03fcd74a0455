"""Calls back that were promised: the book, by id and by what a customer is known by.

A promise is plain data: it rests until it is due, stands in line, is being dialed or has its
place taken over by the customer who called in, and in the end is closed, once. Nothing is dialed
here; see `calling_back`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.acd.line import Rank
from contactcenter_ari.core.errors import IllegalMove, RequestRefused
from contactcenter_ari.core.vocabulary.event import CallbackClosed
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.promise import CallbackMode, CallbackResult, ZoneSource
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.core.vocabulary.turn import Turn

MOST_OPEN = 10_000
"""More promises than this could not be kept; further ones are refused."""
CLOSED_KEPT = 10_000
"""Of so many closed promises it is known that they are not to be opened again."""
CUSTOMER_DIALED = "callback_dialing"
"""The system prompt for an agent who waits until the customer picks up."""
NOT_REACHED = "callback_not_reached"
"""The system prompt for an agent when he did not."""
GREETING = "callback_greeting"
"""The system prompt for a customer who picked up and waits for an agent."""
QUESTION = "callback_question"
"""The system prompt that asks a customer who picked up to accept (1), be called later (2) or
cancel (3); only where a queue asks."""
LATER = "callback_later"
"""The system prompt for one who is to be called later."""
CANCELLED = "callback_cancelled"
"""The system prompt for one who needs no call any more."""
SORRY = "callback_sorry"
"""The system prompt for one for whom there is no agent after all."""
FIRST = 0
"""The priority class of a promise that a person wants kept next: before class 1."""


class PromiseState(StrEnum):
    """Where a promise is."""

    RESTING = "resting"
    """Waits for its hours or for the next attempt."""
    IN_LINE = "in_line"
    """Its place in the waiting line is taken."""
    DIALING = "dialing"
    """An attempt is under way, up to the talk or its failure."""
    TAKEN_OVER = "taken_over"
    """The customer called in and waits at its place."""
    CLOSED = "closed"


RESTING = PromiseState.RESTING
IN_LINE = PromiseState.IN_LINE
DIALING = PromiseState.DIALING
TAKEN_OVER = PromiseState.TAKEN_OVER
CLOSED = PromiseState.CLOSED

MOVES: dict[PromiseState, tuple[PromiseState, ...]] = {
    RESTING: (IN_LINE, TAKEN_OVER, CLOSED),
    IN_LINE: (RESTING, DIALING, CLOSED),
    DIALING: (RESTING, CLOSED),
    TAKEN_OVER: (RESTING, CLOSED),
    CLOSED: (),
}


@dataclass(slots=True, kw_only=True)
class Promise:
    """One promise to call `number` (E.164) back, given to a customer who called from
    `caller_number` (E.164, empty when withheld). `since`, `head_start`, `priority` and `arrival`
    are of the place in line that is kept, `skills` what is asked for there. `zones` are where the
    number may be by the numbering plan, `timezone` is where the customer is known to live, and
    `next_at` is when it is due if the hours allow it. One that a person wants kept next is
    `urgent`. `taken_by` is the call in which the customer waits at its place. One that was
    settled or taken back while it was being dialed `ends_as` this unless the attempt succeeds. For
    the last attempt it had to be day in all `attempt_zones`, known from `zone_source`.
    """

    id: CallbackId
    interaction: InteractionId
    number: str
    queue: QueueName
    flow: str
    language: str
    hours: str
    zones: tuple[str, ...]
    mode: CallbackMode
    attempts: int
    retry_after: timedelta
    expires_at: datetime
    since: datetime
    head_start: timedelta
    priority: int
    arrival: int
    next_at: datetime
    skills: tuple[SkillStep, ...] = ()
    caller_number: str = ""
    timezone: str = ""
    attempts_made: int = 0
    state: PromiseState = RESTING
    urgent: bool = False
    taken_by: InteractionId | None = None
    ends_as: CallbackResult | None = None
    attempt_zones: tuple[str, ...] = ()
    zone_source: ZoneSource | None = None

    def __repr__(self) -> str:
        """Tell where it is, and how often it was tried."""
        tried = f"{self.attempts_made} of {self.attempts} attempts"
        return f"<Promise {self.id} in {self.queue}: {self.state}, {tried}>"

    @property
    def known_by(self) -> tuple[str, ...]:
        """What its customer is known by: the call in which it was given, and the numbers."""
        numbers = (self.number, self.caller_number)
        return (self.interaction, *(number for number in numbers if number))

    @property
    def rank(self) -> Rank:
        """The place among all callers."""
        return (self.rank_priority, self.since - self.head_start, self.arrival)

    @property
    def rank_priority(self) -> int:
        """The priority class its place has now."""
        return FIRST if self.urgent else self.priority

    def move_to(self, after: PromiseState) -> None:
        """Make an allowed move.

        Raises:
            IllegalMove: the state table does not allow it; nothing is changed.
        """
        if after not in MOVES[self.state]:
            raise IllegalMove(f"a promise cannot go from {self.state} to {after}")
        self.state = after


class Promises:
    """The open promises, by id and by what their customers are known by."""

    def __init__(self) -> None:
        self._by_id: dict[CallbackId, Promise] = {}
        self._of_customer: dict[str, dict[CallbackId, Promise]] = {}
        self._closed: dict[CallbackId, None] = {}

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<Promises {len(self._by_id)} open>"

    def __len__(self) -> int:
        """How many are open."""
        return len(self._by_id)

    def __iter__(self) -> Iterator[Promise]:
        """The open ones, in the order they came to be known."""
        return iter(self._by_id.values())

    @property
    def full(self) -> bool:
        """Whether no more can be kept."""
        return len(self._by_id) >= MOST_OPEN

    def of_customer(self, *known_by: str) -> list[Promise]:
        """The open promises to a customer who is known by a number or by a call, each once."""
        found = [each for key in known_by for each in self._of_customer.get(key, {}).values()]
        return list({promise.id: promise for promise in found}.values())

    def to_number(self, number: str) -> list[Promise]:
        """The open promises to call a number."""
        return [promise for promise in self.of_customer(number) if promise.number == number]

    def find(self, callback: CallbackId) -> Promise | None:
        """The open promise of that id."""
        return self._by_id.get(callback)

    def get(self, callback: CallbackId) -> Promise:
        """The open promise of that id.

        Raises:
            RequestRefused: `unknown_callback`.
        """
        found = self._by_id.get(callback)
        if found is None:
            raise RequestRefused("unknown_callback", f"no callback {callback} is open")
        return found

    def was_closed(self, callback: CallbackId) -> bool:
        """Whether it was closed a while ago, and must not be opened again."""
        return callback in self._closed

    def open(self, promise: Promise) -> None:
        """Enter a promise."""
        self._by_id[promise.id] = promise
        for key in promise.known_by:
            self._of_customer.setdefault(key, {})[promise.id] = promise

    def close(self, promise: Promise, result: CallbackResult, turn: Turn) -> None:
        """The promise is kept or over."""
        promise.move_to(CLOSED)
        del self._by_id[promise.id]
        for key in dict.fromkeys(promise.known_by):
            del self._of_customer[key][promise.id]
            if not self._of_customer[key]:
                del self._of_customer[key]
        self.tell_closed(promise, result, turn)

    def tell_closed(self, promise: Promise, result: CallbackResult, turn: Turn) -> None:
        """Note that a promise is over, be it one that was never opened here."""
        self._closed[promise.id] = None
        if len(self._closed) > CLOSED_KEPT:
            del self._closed[next(iter(self._closed))]
        turn.tell(
            CallbackClosed(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=promise.interaction,
                callback=promise.id,
                result=result,
            )
        )
