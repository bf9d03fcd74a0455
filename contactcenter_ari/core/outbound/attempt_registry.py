"""The attempts of callbacks that are in line or dialed, by callback and by queue."""

from collections.abc import Collection, Iterator

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.ids import CallbackId, LegId, QueueName

ByCallback = dict[CallbackId, CallbackAttempt]


class Attempts:
    """At most one attempt for each callback. Those that need no agent before are known by queue as
    well: in line, and under way to the customer.
    """

    def __init__(self) -> None:
        self._all: ByCallback = {}
        self._in_line: dict[QueueName, ByCallback] = {}
        self._under_way: dict[QueueName, ByCallback] = {}

    def __repr__(self) -> str:
        return f"<Attempts {len(self._all)}>"

    def __len__(self) -> int:
        """The number of attempts."""
        return len(self._all)

    def __iter__(self) -> Iterator[CallbackAttempt]:
        """The attempts as they are now."""
        return iter(list(self._all.values()))

    def find(self, callback: CallbackId) -> CallbackAttempt | None:
        """The attempt of a callback that is in line or dialed."""
        return self._all.get(callback)

    def get(self, callback: CallbackId) -> CallbackAttempt:
        """The same of a callback that has one."""
        return self._all[callback]

    def of(self, call: Call) -> CallbackAttempt | None:
        """The attempt that a call to a customer belongs to, while it is not over."""
        attempt = self._all.get(call.callback) if call.callback is not None else None
        return attempt if attempt is not None and attempt.call is call else None

    def awaited_on(self, leg: LegId, callback: CallbackId) -> CallbackAttempt | None:
        """The attempt for whose customer an agent waits on a leg."""
        attempt = self._all.get(callback)
        offer = attempt.offer if attempt is not None else None
        return attempt if offer is not None and offer.leg == leg else None

    def holds(self, waiting: Waiting) -> bool:
        """Whether a place in line is that of an attempt."""
        attempt = self._all.get(waiting.callback) if waiting.callback else None
        return attempt is not None and attempt.place is waiting and attempt.placed

    def queues_to_dial(self) -> list[QueueName]:
        """The queues in which an attempt may have to be dialed without an agent before."""
        return [queue for queue, attempts in self._in_line.items() if attempts]

    def under_way(self, queue: QueueName) -> Collection[CallbackAttempt]:
        """The attempts of a queue that were dialed without an agent before."""
        return self._under_way.get(queue, {}).values()

    def enter(self, attempt: CallbackAttempt) -> None:
        """An attempt comes into the line."""
        callback = attempt.callback
        self._all[callback.id] = attempt
        if callback.mode is CallbackMode.CUSTOMER_FIRST:
            self._in_line.setdefault(callback.queue, {})[callback.id] = attempt

    def set_under_way(self, attempt: CallbackAttempt) -> None:
        """An attempt of the line is about to be dialed without an agent before."""
        callback = attempt.callback
        self._in_line.get(callback.queue, {}).pop(callback.id, None)
        self._under_way.setdefault(callback.queue, {})[callback.id] = attempt

    def forget(self, attempt: CallbackAttempt) -> None:
        """An attempt is over, or out of the line."""
        callback = attempt.callback
        self._all.pop(callback.id, None)
        for by_queue in (self._in_line, self._under_way):
            by_queue.get(callback.queue, {}).pop(callback.id, None)
