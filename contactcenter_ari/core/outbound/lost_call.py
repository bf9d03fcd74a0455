"""Lost calls: a caller hung up while waiting, was cut off by a fault of the switch or of ours, was
sent away by a queue that reports such calls, or left a number or a message while the application
was away, and nobody yet knows what it was about.

Each number has at most one open task, and one more for each message. They are closed when the
number talks to an agent, in a call of either side, or when they are too old to be of use.
"""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.interactions.interaction import Unserved
from contactcenter_ari.core.route import Deadlines, Routes, due, route
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import LostCallReason, LostCallResult
from contactcenter_ari.core.vocabulary.event import LostCallClosed, LostCallOpened
from contactcenter_ari.core.vocabulary.ids import InteractionId, QueueName
from contactcenter_ari.core.vocabulary.request import RestoreLostCall

LOST_FOR = timedelta(days=7)
"""A task expires after this long: nobody remembers by then what the call was about."""
MOST_OPEN = 10_000
"""The most open tasks; the oldest are removed for new ones."""


class LostCall(msgspec.Struct, frozen=True):
    """A task: `interaction` is the call that was abandoned or cut off, or in which something was
    left.
    """

    interaction: InteractionId
    number: str
    opened_at: datetime
    reason: LostCallReason = LostCallReason.ABANDONED

    @property
    def key(self) -> str:
        """The key of its task: the number, or the message."""
        return self.interaction if self.reason is LostCallReason.MESSAGE_LEFT else self.number


class LostCalls:
    """The open tasks: one for each number in E.164, and one for each message."""

    def __init__(self) -> None:
        self._open: dict[str, LostCall] = {}
        self._messages: dict[str, list[str]] = {}

    def __repr__(self) -> str:
        return f"<LostCalls {len(self._open)} open>"

    def __len__(self) -> int:
        """The number of open tasks."""
        return len(self._open)

    def routes(self) -> Routes:
        """The request to take over a task of another process."""
        return route(RestoreLostCall, self.restore)

    def deadlines(self) -> Deadlines:
        """The deadlines of tasks."""
        return due(Wake.LOST_CALL, self.expired, self._is_open)

    def open(
        self,
        interaction: InteractionId,
        number: str,
        turn: Turn,
        *,
        unserved: Unserved,
    ) -> None:
        """A call ended without what the caller wanted, in the last queue of the call or in none; a
        second time keeps the first task, and a withheld number can have none.
        """
        if not number or number in self._open:
            return
        reason = LostCallReason(unserved.result.value)
        self._enter(LostCall(interaction, number, turn.now, reason), turn)
        turn.tell(
            LostCallOpened,
            interaction=interaction,
            queue=unserved.queue,
            caller_number=number,
            waited=unserved.waited,
            reason=reason,
        )

    def left(
        self,
        interaction: InteractionId,
        number: str,
        reason: LostCallReason,
        *,
        queue: QueueName,
        at: datetime,
        turn: Turn,
    ) -> None:
        """A caller left a number or a message while the application was away; a number that has
        a task keeps it.
        """
        lost = LostCall(interaction, number, at, reason)
        if lost.key in self._open:
            return
        self._enter(lost, turn)
        turn.tell_at(
            at,
            LostCallOpened,
            interaction=interaction,
            queue=queue,
            caller_number=number,
            waited=timedelta(),
            reason=reason,
        )

    def restore(self, request: RestoreLostCall, turn: Turn) -> None:
        """Take over a task of another process. Of two for one number the new one here stays, and a
        task that is too old expires.
        """
        lost = LostCall(
            request.interaction, request.caller_number, request.opened_at, request.reason
        )
        known = self._open.get(lost.key)
        if known is None:
            self._enter(lost, turn)
        elif known.interaction != lost.interaction:
            self._tell_closed(lost, LostCallResult.EXPIRED, turn)

    def talked(self, number: str, result: LostCallResult, turn: Turn) -> None:
        """The number talks to an agent."""
        if number in self._open:
            self._close(number, result, turn)
        for message in list(self._messages.get(number, ())):
            self._close(message, result, turn)

    def expired(self, key: str, turn: Turn) -> None:
        """A task has reached its end of time."""
        self._close(key, LostCallResult.EXPIRED, turn)

    def _is_open(self, key: str) -> bool:
        return key in self._open

    def _enter(self, lost: LostCall, turn: Turn) -> None:
        if len(self._open) >= MOST_OPEN:
            self.expired(next(iter(self._open)), turn)
        self._open[lost.key] = lost
        if lost.key != lost.number and lost.number:
            self._messages.setdefault(lost.number, []).append(lost.key)
        turn.clockwork.wake(Wake.LOST_CALL, lost.key, lost.opened_at + LOST_FOR)

    def _close(self, key: str, result: LostCallResult, turn: Turn) -> None:
        lost = self._open.pop(key)
        if key in self._messages.get(lost.number, ()):
            self._messages[lost.number].remove(key)
            if not self._messages[lost.number]:
                del self._messages[lost.number]
        turn.clockwork.forget(Wake.LOST_CALL, key)
        self._tell_closed(lost, result, turn)

    @staticmethod
    def _tell_closed(lost: LostCall, result: LostCallResult, turn: Turn) -> None:
        turn.tell(
            LostCallClosed, interaction=lost.interaction, caller_number=lost.number, result=result
        )
