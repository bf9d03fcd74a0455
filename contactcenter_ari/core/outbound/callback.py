"""The open callbacks, by id and by what a customer is known by.

A callback is plain data: it rests until it is due, stands in line, is being dialed or has its
place taken over by the customer who called in, and in the end is closed, once. Nothing is dialed
here; see `callback_queue`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.acd.line import Rank
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.move import move
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import CallbackMode, CallbackResult, ZoneSource
from contactcenter_ari.core.vocabulary.event import CallbackClosed
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep

MOST_OPEN = 10_000
"""The most callbacks that can be kept; further ones are refused."""
CLOSED_KEPT = 10_000
"""The most closed callbacks that are remembered, so that they are not opened again."""
FIRST = 0
"""The priority class of a callback that a person wants kept next: before class 1."""


class CallbackState(StrEnum):
    """The state of a callback."""

    RESTING = "resting"
    """Waits for its hours or for the next attempt."""
    IN_LINE = "in_line"
    """Its place in the waiting line is taken."""
    DIALING = "dialing"
    """An attempt is under way, up to the talk or its failure."""
    TAKEN_OVER = "taken_over"
    """The customer called in and waits at its place."""
    CLOSED = "closed"


RESTING = CallbackState.RESTING
IN_LINE = CallbackState.IN_LINE
DIALING = CallbackState.DIALING
TAKEN_OVER = CallbackState.TAKEN_OVER
CLOSED = CallbackState.CLOSED

MOVES: dict[CallbackState, tuple[CallbackState, ...]] = {
    RESTING: (IN_LINE, TAKEN_OVER, CLOSED),
    IN_LINE: (RESTING, DIALING, CLOSED),
    DIALING: (RESTING, CLOSED),
    TAKEN_OVER: (RESTING, CLOSED),
    CLOSED: (),
}


@dataclass(slots=True, kw_only=True)
class Callback:
    """One callback to `number` (E.164), given to a customer who called from `caller_number`
    (E.164, empty when withheld). `since`, `head_start`, `priority` and `arrival` belong to the
    place in line that is kept, and `skills` are requested there. `zones` are where the number may
    be by the numbering plan, `timezone` is where the customer is known to live, and `next_at` is
    when it is due if the hours allow it. A callback is `urgent` if a person wants it kept next.
    `taken_by` is the call in which the customer waits at its place. A callback that was settled or
    taken back while it was being dialed `ends_as` this unless the attempt succeeds. For the last
    attempt it had to be day in all `attempt_zones`, known from `zone_source`.
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
    state: CallbackState = RESTING
    urgent: bool = False
    taken_by: InteractionId | None = None
    ends_as: CallbackResult | None = None
    attempt_zones: tuple[str, ...] = ()
    zone_source: ZoneSource | None = None

    def __repr__(self) -> str:
        tried = f"{self.attempts_made} of {self.attempts} attempts"
        return f"<Callback {self.id} in {self.queue}: {self.state}, {tried}>"

    @property
    def known_by(self) -> tuple[str, ...]:
        """The keys of its customer: the call in which it was given, and the numbers."""
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

    def move_to(self, after: CallbackState) -> None:
        """Make an allowed move; raises IllegalMove, and changes nothing, if it is not."""
        self.state = move(MOVES, self.state, after)


class Callbacks:
    """The open callbacks, by id and by what their customers are known by."""

    def __init__(self) -> None:
        self._by_id: dict[CallbackId, Callback] = {}
        self._of_customer: dict[str, dict[CallbackId, Callback]] = {}
        self._closed: dict[CallbackId, None] = {}

    def __repr__(self) -> str:
        return f"<Callbacks {len(self._by_id)} open>"

    def __len__(self) -> int:
        """The number of open callbacks."""
        return len(self._by_id)

    def __iter__(self) -> Iterator[Callback]:
        """The open ones, in the order they came to be known."""
        return iter(self._by_id.values())

    @property
    def full(self) -> bool:
        """Whether no more can be kept."""
        return len(self._by_id) >= MOST_OPEN

    def of_customer(self, *known_by: str) -> list[Callback]:
        """The open callbacks to a customer who is known by a number or by a call, each once."""
        found = [each for key in known_by for each in self._of_customer.get(key, {}).values()]
        return list({callback.id: callback for callback in found}.values())

    def to_number(self, number: str) -> list[Callback]:
        """The open callbacks to a number."""
        return [callback for callback in self.of_customer(number) if callback.number == number]

    def find(self, callback: CallbackId) -> Callback | None:
        """The open callback of that id."""
        return self._by_id.get(callback)

    def get(self, callback: CallbackId) -> Callback:
        """The open callback of that id.

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

    def open(self, callback: Callback) -> None:
        """Enter a callback."""
        self._by_id[callback.id] = callback
        for key in callback.known_by:
            self._of_customer.setdefault(key, {})[callback.id] = callback

    def close(self, callback: Callback, result: CallbackResult, turn: Turn) -> None:
        """The callback is made or over."""
        callback.move_to(CLOSED)
        del self._by_id[callback.id]
        for key in dict.fromkeys(callback.known_by):
            del self._of_customer[key][callback.id]
            if not self._of_customer[key]:
                del self._of_customer[key]
        self.tell_closed(callback, result, turn)

    def tell_closed(self, callback: Callback, result: CallbackResult, turn: Turn) -> None:
        """Note that a callback is over, also one that was never opened here."""
        self._closed[callback.id] = None
        if len(self._closed) > CLOSED_KEPT:
            del self._closed[next(iter(self._closed))]
        turn.tell(
            CallbackClosed, interaction=callback.interaction, callback=callback.id, result=result
        )
