"""Signals and deadlines of calls, each passed to the room it concerns."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.gone_leg import GoneLegs
from contactcenter_ari.core.center.leg_control import LegControl
from contactcenter_ari.core.center.orphan import OrphanTalks
from contactcenter_ari.core.route import Deadlines, Routes, due, merged, route
from contactcenter_ari.core.telephony.bridge import JOINING
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallId, InteractionId, LegId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegLost,
    LegRinging,
    LegsBridged,
    LegUnheld,
    PhoneSilent,
    RecordingBegan,
    RecordingClosed,
)


class CallSignals:
    """Unpacks each signal and each deadline of a call."""

    def __init__(
        self,
        calls: CallControl,
        legs: LegControl,
        gone: GoneLegs,
        distribution: Distribution,
        orphans: OrphanTalks,
    ) -> None:
        self._calls = calls
        self._legs = legs
        self._gone = gone
        self._distribution = distribution
        self._orphans = orphans

    def __repr__(self) -> str:
        return f"<CallSignals of {self._calls!r}>"

    def routes(self) -> Routes:
        """The signals of calls, their legs, look-ups and recordings."""
        return merged(
            route(CallArrived, self._arrived),
            route(LegRinging, self._ringing),
            route(PhoneSilent, self._phone_silent),
            route(LegAnswered, self._answered),
            route(LegsBridged, self._bridged),
            route(LegHungUp, self._hung_up),
            route(LegLost, self._lost),
            route(LegHeld, self._held),
            route(LegUnheld, self._unheld),
            route(RecordingBegan, self._recording_began),
            route(RecordingClosed, self._recording_closed),
        )

    def deadlines(self) -> Deadlines:
        """The deadlines of calls, their stays and dials, bridges and recordings."""
        legs, recordings = self._legs, self._calls.recordings
        return merged(
            due(Wake.WAIT, self._wait_over, self._is_waiting),
            due(Wake.RING, legs.ring_limit_passed, self._is_dialed),
            due(Wake.JOIN, legs.join_overdue, self._is_joining),
            due(Wake.HANG_UP, self._gone.hang_up_passed, self._has_its_leg),
            due(Wake.RESUME, recordings.resume_again, recordings.knows),
        )

    # Signals

    def _arrived(self, signal: CallArrived, turn: Turn) -> None:
        self._calls.arrive(signal, turn)

    def _ringing(self, signal: LegRinging, turn: Turn) -> None:
        self._legs.rang(signal.leg, turn)

    def _phone_silent(self, signal: PhoneSilent, turn: Turn) -> None:
        self._legs.phone_silent(signal.leg, turn)

    def _answered(self, signal: LegAnswered, turn: Turn) -> None:
        self._legs.answered(signal.leg, turn)

    def _bridged(self, signal: LegsBridged, turn: Turn) -> None:
        self._legs.bridged(signal.bridge, turn)

    def _hung_up(self, signal: LegHungUp, turn: Turn) -> None:
        if not self._gone.hung_up(signal.leg, signal.cause, turn):
            self._orphans.hung_up(signal.leg, turn)

    def _lost(self, signal: LegLost, turn: Turn) -> None:
        if not self._gone.lost(signal.leg, turn):
            self._orphans.hung_up(signal.leg, turn, lost=True)

    def _held(self, signal: LegHeld, turn: Turn) -> None:
        self._calls.conversations.hold_key(signal.leg, turn, held=True)

    def _unheld(self, signal: LegUnheld, turn: Turn) -> None:
        self._calls.conversations.hold_key(signal.leg, turn, held=False)

    def _recording_began(self, signal: RecordingBegan, turn: Turn) -> None:
        self._calls.recordings.began(signal.recording, turn)

    def _recording_closed(self, signal: RecordingClosed, turn: Turn) -> None:
        self._calls.recordings.closed(signal.recording, turn)

    # Deadlines

    def _wait_over(self, interaction: InteractionId, turn: Turn) -> None:
        self._calls.end_stay(interaction, QueueExit.TIMEOUT, turn)

    def _has_its_leg(self, call_id: CallId) -> bool:
        call = self._calls.registry.by_id.get(call_id)
        return call is not None and self._calls.registry.knows_leg_of(call)

    def _is_waiting(self, id_: CallId | InteractionId) -> bool:
        return self._distribution.stays.find(InteractionId(id_)) is not None

    def _is_dialed(self, leg_id: LegId) -> bool:
        leg = self._calls.legs.find(leg_id)
        return leg is not None and not leg.is_up

    def _is_joining(self, bridge_id: BridgeId) -> bool:
        bridge = self._calls.bridges.find(bridge_id)
        return bridge is not None and bridge.state is JOINING
