"""The stays in the queues, from a place in line to the one reason for which it is given up.

A caller keeps the place in line until an agent is really connected.
"""

from collections.abc import Iterator
from datetime import timedelta

from contactcenter_ari.core.acd.empty_queue import EmptyQueues
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.relaxation import Relaxation
from contactcenter_ari.core.acd.wait_estimator import WaitEstimator
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import (
    InteractionDequeued,
    InteractionQueued,
    PriorityChanged,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, SegmentId


class Stays:
    """All places in the lines, those kept for callbacks too; `unsettled` are those to be looked at
    in this turn.
    """

    def __init__(
        self,
        queues: Queues,
        offers: Offers,
        relaxation: Relaxation,
        estimator: WaitEstimator,
        empty_queues: EmptyQueues,
    ) -> None:
        self._queues = queues
        self._offers = offers
        self._relaxation = relaxation
        self._estimator = estimator
        self._empty_queues = empty_queues
        self._places: dict[InteractionId, Waiting] = {}
        self.unsettled: dict[InteractionId, Waiting] = {}
        self._arrivals = 0

    def __repr__(self) -> str:
        return f"<Stays, {len(self._places)} waiting>"

    def __len__(self) -> int:
        """How many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[Waiting]:
        """The stays as they stand now."""
        return iter(list(self._places.values()))

    def find(self, interaction: InteractionId) -> Waiting | None:
        """The place in line of a caller who waits."""
        return self._places.get(interaction)

    def position(self, interaction: InteractionId) -> int:
        """1 for the next in line, 0 for somebody who does not wait."""
        waiting = self._places.get(interaction)
        return self._queues.lines[waiting.queue].position(waiting) if waiting else 0

    def next_arrival(self) -> int:
        """The order of arrival, to break ties between callers."""
        self._arrivals += 1
        return self._arrivals

    # Joining, and waiting on

    def join(self, waiting: Waiting, turn: Turn) -> None:
        """Take a place in line."""
        self._places[waiting.interaction] = waiting
        line = self._queues.lines[waiting.queue]
        self._estimator.note_joining(waiting, turn.now)
        line.join(waiting, turn.now)
        self._empty_queues.look_at(waiting.queue)
        self.reopen(waiting, turn)

    def change_priority(
        self,
        waiting: Waiting,
        *,
        priority: int | None,
        head_start: timedelta | None,
        by: str,
        turn: Turn,
        arrival: int | None = None,
    ) -> None:
        """Move a waiting caller up or down; None leaves it as it is."""
        line = self._queues.lines[waiting.queue]
        was_open = waiting.is_open
        line.rerank(
            waiting,
            waiting.priority if priority is None else priority,
            waiting.head_start if head_start is None else head_start,
            turn.now,
            arrival=arrival,
        )
        if was_open:
            self._settle(waiting)
        tell_priority(waiting, by, turn)

    def look_again(self, interaction: InteractionId, turn: Turn) -> None:
        """Time has changed whom a caller may be offered."""
        waiting = self._places.get(interaction)
        if waiting is not None:
            wake_after_pause(waiting, turn)
            self.go_on(waiting, turn)

    def go_on(self, waiting: Waiting, turn: Turn) -> None:
        """Something has changed for a caller who waits: one phone more may ring, if there is room
        and nobody has picked up.
        """
        self._empty_queues.look_at(waiting.queue)
        answered = self._offers.is_being_answered(waiting)
        if waiting.over is None and self._queues.room(waiting) and not answered:
            self.reopen(waiting, turn)

    def reopen(self, waiting: Waiting, turn: Turn) -> None:
        """Stand in the sub-line of what is asked for now."""
        line = self._queues.lines[waiting.queue]
        line.close(waiting)
        if waiting.blocked:
            return
        waiting.requirement = self._relaxation.requirement(waiting, turn)
        self._settle(waiting)

    def _settle(self, waiting: Waiting) -> None:
        if not waiting.seeks:
            self._queues.lines[waiting.queue].open(waiting)
        self.unsettled[waiting.interaction] = waiting

    # Leaving

    def abandon(
        self, interaction: InteractionId, turn: Turn, *, lost: bool = False
    ) -> QueueExit | None:
        """The caller hung up, or the call was `lost`. An agent who is ringing is READY again with
        the idle time kept. Gives how the stay ended, None when there was none.
        """
        waiting = self._places.get(interaction)
        if waiting is None:
            return None
        settings = self._queues.settings[waiting.queue]
        short = turn.now - waiting.joined_at < settings.short_abandon
        hung_up = QueueExit.ABANDONED_SHORT if short else QueueExit.ABANDONED
        result = QueueExit.SYSTEM_ERROR if lost else hung_up
        self.leave(interaction, result, turn)
        return result

    def end(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> bool:
        """The stay is over, because of its limit or of the queue; gives whether the caller left
        the line. A phone that rings is given its chance first; a limit that has passed meanwhile
        stays the reason, whatever else happens.
        """
        waiting = self._places[interaction]
        if not waiting.offers:
            self.close(waiting, result, turn)
            return True
        self._queues.lines[waiting.queue].close(waiting)
        if waiting.over is not QueueExit.TIMEOUT:
            waiting.over = result
        return False

    def leave(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> None:
        """The caller gives up the place, and phones that ring stop."""
        waiting = self._places[interaction]
        self._offers.withdraw(waiting, turn)
        self.close(waiting, result, turn)

    def close(self, waiting: Waiting, result: QueueExit, turn: Turn) -> None:
        """The caller leaves the line, and no phone rings for them."""
        position = self.part(waiting, turn, result)
        turn.clockwork.forget(Wake.WAIT, waiting.interaction)
        tell_left(waiting, result, position, turn)

    def part(self, waiting: Waiting, turn: Turn, result: QueueExit | None = None) -> int:
        """Give up a place and tell nothing; gives the position it was."""
        turn.clockwork.forget(Wake.REQUIREMENT, waiting.interaction)
        turn.clockwork.forget(Wake.MISS_PAUSE, waiting.interaction)
        del self._places[waiting.interaction]
        self.unsettled.pop(waiting.interaction, None)
        self._estimator.note_leaving(waiting, result, turn.now)
        return self._queues.lines[waiting.queue].leave(waiting)

    def expel(self, waiting: Waiting, turn: Turn) -> None:
        """Strike out a stay that was left half entered or half ended, wherever it stands."""
        for wake in (Wake.WAIT, Wake.REQUIREMENT, Wake.MISS_PAUSE):
            turn.clockwork.forget(wake, waiting.interaction)
        known = self._places.pop(waiting.interaction, None) is not None
        self.unsettled.pop(waiting.interaction, None)
        self._queues.lines[waiting.queue].expel(waiting)
        if known:
            self._estimator.note_leaving(waiting, None, turn.now)
            if waiting.callback is None:
                tell_left(waiting, QueueExit.SYSTEM_ERROR, waiting.position_at_entry, turn)


def tell_joined(waiting: Waiting, turn: Turn) -> None:
    """A caller came to a line, and may have been sent on at once."""
    turn.tell(
        InteractionQueued,
        interaction=waiting.interaction,
        queue=waiting.queue,
        position=waiting.position_at_entry,
        priority=waiting.priority,
        head_start=waiting.head_start,
        ranked_since=waiting.ranked_since,
        skills=waiting.skills,
        prefer=waiting.prefer or AgentId(""),
        prefer_until=waiting.prefer_until,
    )


def tell_priority(waiting: Waiting, by: str, turn: Turn) -> None:
    """A person moved a caller up or down."""
    turn.tell(
        PriorityChanged,
        interaction=waiting.interaction,
        queue=waiting.queue,
        priority=waiting.priority,
        head_start=waiting.head_start,
        by=by,
    )


def tell_left(waiting: Waiting, result: QueueExit, position: int, turn: Turn) -> None:
    """A caller left a line, from this position."""
    turn.tell(
        InteractionDequeued,
        interaction=waiting.interaction,
        queue=waiting.queue,
        result=result,
        waited=turn.now - waiting.joined_at,
    )
    turn.tell(
        SegmentEnded,
        interaction=waiting.interaction,
        segment=SegmentId(turn.clockwork.mint()),
        kind=SegmentKind.QUEUE,
        started_at=waiting.joined_at,
        queue=waiting.queue,
        result=result,
        position_at_entry=waiting.position_at_entry,
        position_at_exit=position,
    )


def wake_after_pause(waiting: Waiting, turn: Turn) -> None:
    """Agents who are skipped for a while are looked at again when the first while is over."""
    ends = [until for until in waiting.skipped.values() if until > turn.now]
    if ends:
        turn.clockwork.wake(Wake.MISS_PAUSE, waiting.interaction, min(ends))
