"""Who is who: the callbacks that were promised to one customer, and the calls they are in now.

A customer is known by the call in which a callback was booked, by the number they called from and
by the number they gave. Where several people share a number, it tells nobody apart.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.callback import Promise, Promises
from contactcenter_ari.core.center.registry import CallRegistry
from contactcenter_ari.core.vocabulary.ids import LegId


class Customers:
    """Answers for promises and calls; keeps who is in a talk of which nothing else is known."""

    def __init__(
        self, promises: Promises, registry: CallRegistry, distribution: Distribution
    ) -> None:
        self._promises = promises
        self._registry = registry
        self._distribution = distribution
        self._orphaned: dict[str, set[LegId]] = {}

    def __repr__(self) -> str:
        """Tell whose."""
        return f"<Customers of {self._promises!r}>"

    def known_by(self, promise: Promise) -> tuple[str, ...]:
        """What the customer of a promise is known by."""
        shared = self._shares_number(promise)
        return (promise.interaction,) if shared else promise.known_by

    def promised_to(self, call: Call) -> list[Promise]:
        """The open promises to the customer on a call."""
        found = self._promises.of_customer(*call.known_by)
        return [each for each in found if set(self.known_by(each)) & set(call.known_by)]

    def rivals(self, promise: Promise) -> list[Promise]:
        """The open promises that stand in the way of another to the same number: where several
        people share it, those of the same call.
        """
        shared = self._shares_number(promise)
        others = self._promises.to_number(promise.number)
        return [o for o in others if not shared or o.interaction == promise.interaction]

    def calls_of(self, promise: Promise) -> list[Call]:
        """The calls in which the customer of a promise is on the phone now."""
        return self._registry.calls_of(*self.known_by(promise))

    def is_on_phone(self, promise: Promise) -> bool:
        """Whether the customer of a promise is on the phone with us now."""
        orphaned = any(key in self._orphaned for key in self.known_by(promise))
        return orphaned or bool(self.calls_of(promise))

    def orphan_talks(self, leg: LegId, number: str) -> None:
        """The customer with a number is in a talk of which nothing else is known."""
        self._orphaned.setdefault(number, set()).add(leg)

    def orphan_left(self, leg: LegId, number: str) -> None:
        """And is not any more."""
        self._orphaned[number].remove(leg)
        if not self._orphaned[number]:
            del self._orphaned[number]

    def _shares_number(self, promise: Promise) -> bool:
        return self._distribution.settings[promise.queue].shared_numbers
