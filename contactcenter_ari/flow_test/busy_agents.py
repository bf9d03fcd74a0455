"""The agents of the queues: each talks to somebody else until a story frees them.

The talks are some of which the center knows nothing, found in the switch: so agents are busy and
take calls, and no interaction of theirs is in anybody's way.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId
from contactcenter_ari.core.vocabulary.signal import LegHungUp, LiveBridge, SwitchReconciled
from contactcenter_ari.simulation.fake_switch import NORMAL

LONG_AGO = timedelta(hours=1)
"""The inventories are so old that they say nothing of the calls of the story."""
EARLIER = "flow-test-earlier"
"""The beginning of the names of bridges and legs that another life of the center has made."""


class BusyAgents:
    """Keeps phones in talks; `put` gives an input to the center. All `phones` can be reached."""

    def __init__(
        self, phones: Iterable[PhoneId], began_at: datetime, put: Callable[[Input], None]
    ) -> None:
        self._phones = tuple(phones)
        self._taken_at = began_at - LONG_AGO
        self._put = put
        self._talks: dict[PhoneId, LiveBridge] = {}
        self._made = 0

    def __repr__(self) -> str:
        return f"<BusyAgents {len(self._talks)} of {len(self._phones)}>"

    def hold(self, *phones: PhoneId) -> None:
        """The agents talk to somebody from now on, or as soon as the present call is over."""
        self._talks |= {phone: self._talk(phone) for phone in phones if phone not in self._talks}
        bridges = tuple(self._talks.values())
        self._put(SwitchReconciled(self._taken_at, (), self._phones, bridges))

    def free(self, phone: PhoneId) -> None:
        """The talk is over; one that is none is fine."""
        talk = self._talks.pop(phone, None)
        for leg in talk.legs if talk is not None else ():
            self._put(LegHungUp(leg, NORMAL))

    def _talk(self, phone: PhoneId) -> LiveBridge:
        self._made += 1
        name = f"{EARLIER}-{self._made}"
        own, other = LegId(f"{name}-own"), LegId(f"{name}-other")
        return LiveBridge(BridgeId(name), (own, other), (), {own: phone})
