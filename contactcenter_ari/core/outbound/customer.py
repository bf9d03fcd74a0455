"""The customers: the callbacks that were given to each of them, and the calls they are in now.

A customer is known by the call in which a callback was booked, by the number they called from and
by the number they gave. Where several people share a number, the number tells nobody apart.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.outbound.callback import Callback, Callbacks
from contactcenter_ari.core.vocabulary.ids import LegId


class Customers:
    """Finds callbacks and calls of a customer; keeps the numbers in orphaned talks."""

    def __init__(
        self, callbacks: Callbacks, registry: CallRegistry, distribution: Distribution
    ) -> None:
        self._callbacks = callbacks
        self._registry = registry
        self._distribution = distribution
        self._orphaned: dict[str, set[LegId]] = {}

    def __repr__(self) -> str:
        return f"<Customers of {self._callbacks!r}>"

    def known_by(self, callback: Callback) -> tuple[str, ...]:
        """The keys of the customer of a callback."""
        shared = self._shares_number(callback)
        return (callback.interaction,) if shared else callback.known_by

    def callbacks_for(self, call: Call) -> list[Callback]:
        """The open callbacks to the customer on a call."""
        found = self._callbacks.of_customer(*call.known_by)
        return [each for each in found if set(self.known_by(each)) & set(call.known_by)]

    def rivals(self, callback: Callback) -> list[Callback]:
        """The open callbacks that stand in the way of another to the same number. If several
        people share it, these are the callbacks of the same call.
        """
        shared = self._shares_number(callback)
        others = self._callbacks.to_number(callback.number)
        return [o for o in others if not shared or o.interaction == callback.interaction]

    def calls_of(self, callback: Callback) -> list[Call]:
        """The calls in which the customer of a callback is on the phone now."""
        return self._registry.calls_of(*self.known_by(callback))

    def calls_like(self, call: Call) -> list[Call]:
        """The calls in which the customer on a call is on the phone now."""
        return self._registry.calls_of(*call.known_by)

    def is_on_phone(self, callback: Callback) -> bool:
        """Whether the customer of a callback is on the phone with us now."""
        orphaned = any(key in self._orphaned for key in self.known_by(callback))
        return orphaned or bool(self.calls_of(callback))

    def orphan_talks(self, leg: LegId, number: str) -> None:
        """The customer with a number is in a talk of which nothing else is known."""
        self._orphaned.setdefault(number, set()).add(leg)

    def orphan_left(self, leg: LegId, number: str) -> None:
        """The customer with a number is in no such talk any more."""
        self._orphaned[number].remove(leg)
        if not self._orphaned[number]:
            del self._orphaned[number]

    def _shares_number(self, callback: Callback) -> bool:
        return self._distribution.queues.settings[callback.queue].shared_numbers
