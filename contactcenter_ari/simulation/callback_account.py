"""The callbacks, from inputs, events and commands alone.

Each is closed exactly once, a number has one at most, and nobody is dialed twice at once, nor
against the do-not-call list, nor while on the phone with us. A talk with the customer settles a
callback; a call that ends in anything else has given the place back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.callback import (
    AttemptResult,
    CallbackMode,
    CallbackResult,
)
from contactcenter_ari.core.vocabulary.command import DialOutside, HangUpLeg
from contactcenter_ari.core.vocabulary.event import (
    OUTBOUND,
    AgentConnected,
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
    CallbackGivenBack,
    CallbackTakenOver,
    EndReason,
    Event,
    InteractionEnded,
    InteractionQueued,
    InteractionStarted,
    OutsideEnded,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, LegId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    DialCallback,
    ForbidNumber,
    RestoreCallback,
)
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LegAnswered,
    LegHungUp,
    LegLost,
    SwitchReconciled,
)
from contactcenter_ari.simulation.interaction_account import InteractionAccount, Place
from contactcenter_ari.simulation.stay import Stay

SIGNIFICANT = 9
"""The number of last digits that are the same in all spellings of a number."""
FIRST = 0
"""The class of a callback that a person wants kept next."""
BUSY = (Place.QUEUE, Place.ANSWERED, Place.TALK)
"""The places in which a caller is certainly on the phone, whatever the switch does not tell."""
BY_CUSTOMER = (AttemptResult.CANCELLED, AttemptResult.REACHED)
"""Results with which the customer has closed a callback."""


@dataclass(slots=True)
class CallbackEntry:
    """One open callback; `arrival` is that of the stay it was given in. Its customer is known by
    the `interaction` and the numbers, was `talked` to in another call or `reached`, and waits in
    that of `taken_by`. There will be `more` attempts.
    """

    interaction: InteractionId
    number: str
    caller_number: str
    queue: QueueName
    since: datetime
    head_start: timedelta
    priority: int
    arrival: int
    mode: CallbackMode
    attempts: int
    attempts_made: int = 0
    urgent: bool = False
    reached: bool = False
    talked: bool = False
    more: bool = True
    taken_by: InteractionId | None = None

    @property
    def known_by(self) -> set[str]:
        """The number or the call by which the customer is known."""
        return {self.interaction, self.number, self.caller_number} - {""}

    def stay(self, now: datetime) -> Stay:
        """The place that is kept."""
        return Stay(
            queue=self.queue,
            joined_at=now,
            arrival=self.arrival,
            priority=FIRST if self.urgent else self.priority,
            head_start=self.head_start,
            ranked_since=self.since,
        )


@dataclass(slots=True)
class CallerEntry:
    """One customer who called: `known_by` the interaction and the number. The leg is `unsure` once
    the switch may have lost it unheard, and `gone` when it said so.
    """

    leg: LegId
    known_by: set[str]
    unsure: bool = False
    gone: bool = False


class CallbackAccount:
    """All callbacks so far."""

    def __init__(self) -> None:
        self._open: dict[CallbackId, CallbackEntry] = {}
        self._closed: dict[CallbackId, CallbackEntry] = {}
        self._superfluous: set[CallbackId] = set()
        self._forbidden: set[str] = set()
        self._customers: dict[InteractionId, str] = {}
        self._known_by: dict[InteractionId, set[str]] = {}
        self._dialed: dict[str, InteractionId] = {}
        self._answered: set[InteractionId] = set()
        self._ours: set[InteractionId] = set()
        self._legs: dict[LegId, InteractionId] = {}
        self._callers: dict[InteractionId, CallerEntry] = {}
        self._joined: dict[InteractionId, QueueName] = {}

    def __repr__(self) -> str:
        return f"<CallbackAccount {len(self._open)} open, {len(self._closed)} closed>"

    def restore(self, request: RestoreCallback, arrival: int) -> None:
        """A callback of another process; one that is known, or was closed, is nothing new, and
        one for a number that has another is closed at once.
        """
        if request.callback in self._closed or request.callback in self._open:
            return
        if any(entry.number == request.dialed for entry in self._open.values()):
            self._superfluous.add(request.callback)
        self._open[request.callback] = entry = _entry(request, arrival)
        entry.attempts_made = request.attempts_made
        entry.more = request.next_at is not None or entry.attempts_made < entry.attempts

    def has_callback(self, number: str, interaction: InteractionId) -> bool:
        """Whether the customer with a number, or of an interaction, is to be called back."""
        known_by = {number} | self._known_by.get(interaction, set())
        return any(known_by & entry.known_by for entry in self._open.values())

    # Inputs and events

    def note_input(self, input_: Input) -> None:
        """The requests of people and programs, and the signals of the switch."""
        match input_:
            case DialCallback(callback=callback):
                self._open[callback].urgent = True
            case ForbidNumber(number=number):
                self._forbidden.add(number[-SIGNIFICANT:])
            case AllowNumber(number=number):
                self._forbidden.discard(number[-SIGNIFICANT:])
            case LegAnswered(leg=leg) if leg in self._legs:
                self._answered.add(self._legs[leg])
            case LegHungUp(leg=leg) | LegLost(leg=leg):
                for caller in self._callers.values():
                    caller.gone = caller.gone or caller.leg == leg
            case SwitchReconciled() | CommandFailed():
                for caller in self._callers.values():
                    caller.unsure = True
            case _:
                pass

    def note_event(self, event: Event, arrival: int) -> None:
        """The result of a callback; `arrival` is that of the stay it was given in."""
        match event:
            case CallbackBooked(callback=callback):
                assert callback not in self._open, event
                assert callback not in self._closed, event
                self._open[callback] = _entry(event, arrival)
            case CallbackTakenOver(callback=callback, interaction=interaction):
                entry = self._open[callback]
                assert entry.taken_by is None, event
                assert entry.known_by & self._callers[interaction].known_by, event
                entry.taken_by = interaction
            case CallbackGivenBack(callback=callback, interaction=interaction):
                assert self._open[callback].taken_by == interaction, event
                self._open[callback].taken_by = None
            case CallbackAttempted():
                self._attempted(event)
            case CallbackClosed():
                self._close(event)
            case AgentConnected() | OutsideEnded(outcome="answered"):
                self._talked(event.interaction)
            case InteractionQueued(interaction=interaction, queue=queue):
                self._joined[interaction] = queue
            case InteractionStarted():
                self._started(event)
            case InteractionEnded(interaction=interaction, reason=reason):
                # one more attempt than there may be: only because we failed with it
                assert interaction not in self._ours or reason is EndReason.SYSTEM_ERROR, event
                self._ours.discard(interaction)
                self._customers.pop(interaction, None)
                self._callers.pop(interaction, None)
            case _:
                pass

    def follow(
        self, outcome: Outcome, interactions: Mapping[InteractionId, InteractionAccount]
    ) -> None:
        """Assert what must hold after all events of the turn."""
        for command in outcome.commands:
            if isinstance(command, DialOutside) and InteractionId(command.call) in self._customers:
                self._dial(command, interactions)
            if isinstance(command, HangUpLeg):
                for caller in self._callers.values():
                    caller.unsure = caller.unsure or caller.leg == command.leg
        numbers = [entry.number for entry in self._open.values()]
        assert len(numbers) == len(set(numbers)), "a number has two open callbacks"
        for entry in self._open.values():
            self._check_settled(entry)
            if entry.taken_by is not None:
                book = interactions.get(entry.taken_by)
                there = book is not None and book.place is Place.QUEUE and book.stay is not None
                assert there, f"its place was not given back: {entry}"
        for interaction, queue in self._joined.items():
            self._check_place(interactions.get(interaction), queue)
        self._joined.clear()

    def of(self, interaction: InteractionId) -> CallbackEntry:
        """The callback for which an outbound interaction is made."""
        number = self._customers[interaction]
        (entry,) = (entry for entry in self._open.values() if entry.number == number)
        return entry

    def place(self, callback: CallbackId, now: datetime) -> Stay:
        """The place that is kept for an open callback."""
        return self._open[callback].stay(now)

    def settle(self) -> None:
        """Assert that every callback was closed, and no customer is on the line."""
        assert not self._open, self._open
        assert not self._dialed, self._dialed

    # Within

    def _started(self, event: InteractionStarted) -> None:
        if event.direction == OUTBOUND:
            self._customers[event.interaction] = event.called_number
            if any(entry.number == event.called_number for entry in self._open.values()):
                self._known_by[event.interaction] = self.of(event.interaction).known_by
        else:
            known_by: set[str] = {event.interaction}
            if event.caller_number.startswith("+"):
                known_by.add(event.caller_number)
            self._callers[event.interaction] = CallerEntry(event.leg, known_by)

    def _attempted(self, event: CallbackAttempted) -> None:
        entry = self._open[event.callback]
        entry.attempts_made += 1
        entry.urgent = False
        entry.reached = event.result in BY_CUSTOMER
        assert event.attempt == entry.attempts_made, event
        assert self._dialed.pop(entry.number) == event.interaction, event
        self._answered.discard(event.interaction)
        entry.more = event.next_at is not None
        granted = event.result is AttemptResult.LATER or self._is_calling(entry)
        spent = entry.attempts_made >= entry.attempts
        if entry.more and spent and not granted:
            self._ours.add(event.interaction)

    def _talked(self, interaction: InteractionId) -> None:
        """The customer hears somebody: of all callbacks but that of this call it is settled. A
        second agent may talk to a customer whose callback is closed already.
        """
        known_by: set[str] = set()
        if interaction in self._callers:
            known_by = self._callers[interaction].known_by
        elif interaction in self._customers:
            known_by = self._known_by[interaction]
        for entry in self._open.values():
            entry.talked = entry.talked or bool(entry.known_by & known_by)

    def _check_settled(self, entry: CallbackEntry) -> None:
        """Only somebody who has picked up for it keeps it open after a talk."""
        attempt = self._dialed.get(entry.number)
        assert not entry.talked or attempt in self._answered, f"talked to, and open: {entry}"

    def _check_place(self, book: InteractionAccount | None, queue: QueueName) -> None:
        """A customer who joined a line where a callback was to be made has its position."""
        if book is None or book.outbound or book.place is not Place.QUEUE:
            return
        caller = self._callers[book.interaction]
        for entry in self._open.values():
            mine = entry.queue == queue and bool(entry.known_by & caller.known_by)
            mine = mine and entry.interaction != book.interaction
            taken = any(other.taken_by == book.interaction for other in self._open.values())
            dialed = entry.number in self._dialed
            assert not mine or taken or dialed or entry.taken_by, f"{book} has no place of {entry}"

    def _is_calling(self, entry: CallbackEntry) -> bool:
        callers = self._callers.values()
        return any(entry.known_by & caller.known_by and not caller.gone for caller in callers)

    def _close(self, event: CallbackClosed) -> None:
        entry = self._closed[event.callback] = self._open.pop(event.callback)
        if event.callback in self._superfluous:
            self._superfluous.remove(event.callback)
            assert event.result is CallbackResult.CANCELLED, event
        match event.result:
            case CallbackResult.REACHED:
                assert entry.reached or entry.talked, (event, entry)
            case CallbackResult.CALLED_IN:
                assert entry.talked, (event, entry)
            case CallbackResult.RENEWED:
                assert entry.taken_by is not None, (event, entry)
            case CallbackResult.EXHAUSTED:
                assert entry.attempts_made >= entry.attempts, (event, entry)
            case CallbackResult.EXPIRED:
                assert entry.taken_by is None, (event, entry)
            case _:
                pass

    def _dial(
        self, command: DialOutside, interactions: Mapping[InteractionId, InteractionAccount]
    ) -> None:
        number = command.number
        assert self._customers[InteractionId(command.call)] == number, command
        assert number not in self._dialed, f"dialed twice at once: {command}"
        assert number[-SIGNIFICANT:] not in self._forbidden, f"on the do-not-call list: {command}"
        entry = self.of(InteractionId(command.call))
        assert entry.more, f"dialed once more than told: {entry}"
        assert entry.taken_by is None, f"waits in a call of their own: {entry}"
        for interaction, caller in self._callers.items():
            if not entry.known_by & caller.known_by:
                continue
            certain = not caller.gone and not caller.unsure
            busy = certain or interactions[interaction].place in BUSY
            assert not busy, f"dialed while on the phone: {entry}, {interactions[interaction]}"
        self._dialed[number] = InteractionId(command.call)
        self._legs[command.leg] = InteractionId(command.call)


def _entry(source: CallbackBooked | RestoreCallback, arrival: int) -> CallbackEntry:
    return CallbackEntry(
        interaction=source.interaction,
        number=source.dialed,
        caller_number=source.caller_number,
        queue=source.queue,
        since=source.waiting_since,
        head_start=source.head_start,
        priority=source.priority,
        arrival=arrival,
        mode=source.mode,
        attempts=source.attempts,
    )
