"""The comparison of our records with the calls in a switch, which brings both into line.

Each inventory tells of the switch of one node; what is on another node is left alone.
A leg that the records hold and the switch does not know has ended unheard, unless it is too young
to be listed. A leg that lives in the switch and that nothing here uses is ended. A talk from
before a restart goes on as an orphan.
"""

from datetime import datetime, timedelta
from functools import partial

from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.gone_leg import GoneLegs
from contactcenter_ari.core.center.orphan import OrphanTalks, is_of_this_boot, is_ours
from contactcenter_ari.core.route import Routes, route
from contactcenter_ari.core.telephony.dial import LOST
from contactcenter_ari.core.telephony.leg import (
    Ending,
    ForOffer,
    ForOutside,
    Leg,
    ReturnsToTalk,
    Role,
)
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.ids import CallId, LegId
from contactcenter_ari.core.vocabulary.signal import SwitchReconciled

SETTLING = timedelta(seconds=5)
"""A leg younger than this may be missing in an inventory that was taken meanwhile."""


class Reconciliation:
    """Takes inventories; `strays` are the useless legs that the last one of each node found."""

    def __init__(
        self, roster: Roster, calls: CallControl, legs: GoneLegs, orphans: OrphanTalks
    ) -> None:
        self._roster = roster
        self._calls = calls
        self._legs = legs
        self._orphans = orphans
        self._strays: dict[str, frozenset[LegId]] = {}

    def __repr__(self) -> str:
        return f"<Reconciliation {sum(map(len, self._strays.values()))} strays>"

    def routes(self) -> Routes:
        """The inventory of the switch."""
        return route(SwitchReconciled, self.take)

    def take(self, signal: SwitchReconciled, turn: Turn) -> None:
        """Bring the records into line with what lives in the switch of one node."""
        node = signal.node or turn.clockwork.node
        for phone in (*self._roster.reachable_phones(node), *signal.phones):
            self._roster.set_reachable(phone, at=node if phone in signal.phones else None)
        settled_at = signal.taken_at - SETTLING
        if signal.settled_at is not None:
            settled_at = max(settled_at, signal.settled_at)
        listed, lost_at = set(signal.legs), signal.settled_at or turn.now
        for call in self._calls:
            if (
                call.run.leg not in listed
                and call.arrived_at < settled_at
                and not call.run.hung_up
                and self._is_on(node, call.run.leg)
            ):
                turn.attempt(call.run.leg, partial(self._legs.lose_call, call, lost_at, turn))
        for leg in self._agent_legs_before(settled_at, node):
            if leg not in listed:
                turn.attempt(leg, partial(self._legs.hung_up, leg, LOST, turn))
        calls = self._calls.registry.by_id
        recordings = self._calls.recordings
        turn.attempt("", partial(recordings.reconcile, node, settled_at, calls, turn))
        turn.attempt("", partial(self._orphans.follow, node, signal.bridges, turn))
        known = self._known_legs()
        turn.attempt("", partial(self._sort_bridges, node, signal, known, turn))
        self._hang_up_strays(node, signal, known, turn)

    # Within

    def _is_on(self, node: str, leg_id: LegId) -> bool:
        """Whether a leg is in the switch of a node, as far as we know."""
        leg = self._calls.legs.find(leg_id)
        return leg is None or leg.node == node

    def _known_legs(self) -> set[LegId]:
        """The legs that are used here."""
        used = [leg.id for leg in self._calls.legs if not isinstance(leg.purpose, Ending)]
        running = [call.run.leg for call in self._calls]
        return {*used, *running, *self._calls.recordings.snoop_legs()}

    def _sort_bridges(
        self, node: str, signal: SwitchReconciled, known: set[LegId], turn: Turn
    ) -> None:
        """Talks that were begun before a restart, and of which nothing is known, go on."""
        orphaned = set(self._orphans.legs())
        for live in signal.bridges:
            foreign = not is_ours(live.bridge, turn) or is_of_this_boot(live.bridge, turn)
            taken = any(leg in known or leg in orphaned for leg in live.legs)
            if live.legs and not foreign and not taken:
                self._orphans.find(node, live, self._calls.catalog, turn)

    def _hang_up_strays(
        self, node: str, signal: SwitchReconciled, known: set[LegId], turn: Turn
    ) -> None:
        """End legs that nothing uses: those that we dialed, before or after a restart, at once;
        others once two inventories of their node in a row have found them.
        """
        used = known.union(self._orphans.legs())
        strays = [leg for leg in signal.legs if leg not in used]
        found_before = self._strays.get(node, frozenset())
        for leg in strays:
            if is_ours(leg, turn) or leg in found_before:
                reason = HangUpReason.CONGESTION
                turn.do(HangUpLeg(call=CallId(leg), leg=leg, reason=reason))
        self._strays[node] = frozenset(strays)

    def _agent_legs_before(self, at: datetime, node: str) -> list[LegId]:
        """Legs of a node to agents' phones and outside lines, ringing or in a bridge, that were
        dialed before `at`; the legs of offers come first.
        """
        there = [leg for leg in self._calls.legs if leg.node == node]
        old = [leg for leg in there if leg.since < at and _is_party(leg)]
        return [leg.id for leg in sorted(old, key=_rank)]


def _is_party(leg: Leg) -> bool:
    """Whether the leg belongs to another party than the one that runs a flow."""
    if isinstance(leg.purpose, ForOffer | ForOutside | ReturnsToTalk):
        return True
    return leg.bridge is not None and leg.role in {Role.AGENT, Role.OUTSIDE} and not leg.flow


def _rank(leg: Leg) -> int:
    return 0 if isinstance(leg.purpose, ForOffer) else 2 if leg.bridge is None else 1
