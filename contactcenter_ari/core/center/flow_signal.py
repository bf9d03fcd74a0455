"""Signals and deadlines of running flows: keys, prompts, look-ups and messages.

Each goes to the call whose flow waits for it; for a call that is over it is nothing.
"""

from datetime import timedelta

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.verb.lookup import Row
from contactcenter_ari.core.route import Deadlines, Routes, due, merged, route
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.ids import (
    CallId,
    InteractionId,
    LookUpId,
    PlaybackId,
    RecordingId,
    owner_of,
)
from contactcenter_ari.core.vocabulary.signal import (
    DigitPressed,
    LookUpFailed,
    LookUpFinished,
    PlaybackFinished,
    RecordingFinished,
)


class FlowSignals:
    """Unpacks what flows wait for, and carries them on."""

    def __init__(self, calls: CallControl, distribution: Distribution) -> None:
        self._calls = calls
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<FlowSignals of {self._calls!r}>"

    def routes(self) -> Routes:
        """The signals that flows wait for."""
        return merged(
            route(DigitPressed, self._digit),
            route(PlaybackFinished, self._playback_finished),
            route(RecordingFinished, self._recording_finished),
            route(LookUpFinished, self._looked_up),
            route(LookUpFailed, self._look_up_failed),
        )

    def deadlines(self) -> Deadlines:
        """The deadlines of flows, and of announcements to those who wait."""
        return merged(
            due(Wake.FLOW, self._flow_deadline, self._is_in_progress),
            due(Wake.ANNOUNCEMENT, self._announcement_due, self._is_waiting),
            due(Wake.SECRET, self._secret_over, self._is_in_progress),
        )

    # What a command that failed leads to as well

    def playback_finished(self, playback: PlaybackId, turn: Turn, *, failed: bool) -> None:
        """A prompt ended."""
        call = self._calls.registry.by_id.get(owner_of(playback))
        if call is not None:
            handover = call.interpreter.playback_finished(
                call.run, playback, failed=failed, turn=turn
            )
            self._calls.carry_out(call, handover, turn)

    def looked_up(
        self, look_up: LookUpId, row: Row | None, turn: Turn, *, failed: bool = False
    ) -> None:
        """A look-up answered, or failed."""
        call = self._calls.registry.by_id.get(owner_of(look_up))
        if call is not None:
            handover = call.interpreter.looked_up(call.run, look_up, row, turn, failed=failed)
            self._calls.carry_out(call, handover, turn)

    def message_taken(self, message: RecordingId, turn: Turn, *, speech: timedelta) -> None:
        """A recording is finished; if it is a message, the flow goes on."""
        call = self._calls.registry.by_id.get(owner_of(message))
        if call is not None:
            handover = call.interpreter.message_taken(call.run, message, turn, speech=speech)
            self._calls.carry_out(call, handover, turn)

    # Signals

    def _digit(self, signal: DigitPressed, turn: Turn) -> None:
        call = self._calls.registry.at_leg(signal.leg)
        if call is not None:
            handover = call.interpreter.digit(call.run, signal.digit, turn)
            self._calls.carry_out(call, handover, turn)

    def _playback_finished(self, signal: PlaybackFinished, turn: Turn) -> None:
        self.playback_finished(signal.playback, turn, failed=signal.failed)

    def _recording_finished(self, signal: RecordingFinished, turn: Turn) -> None:
        self._calls.recordings.finished(signal, turn)
        speech = signal.seconds if signal.speech is None else signal.speech
        spoken = timedelta(seconds=0 if signal.failed else speech)
        self.message_taken(signal.recording, turn, speech=spoken)

    def _looked_up(self, signal: LookUpFinished, turn: Turn) -> None:
        self.looked_up(signal.look_up, signal.row, turn)

    def _look_up_failed(self, signal: LookUpFailed, turn: Turn) -> None:
        self.looked_up(signal.look_up, None, turn, failed=True)

    # Deadlines

    def _flow_deadline(self, call_id: CallId, turn: Turn) -> None:
        """The input that a flow waited for has not come."""
        call = self._calls.registry.by_id[call_id]
        self._calls.carry_out(call, call.interpreter.deadline_passed(call.run, turn), turn)

    def _announcement_due(self, call_id: CallId, turn: Turn) -> None:
        """A waiting caller is to be told something."""
        call = self._calls.registry.by_id[call_id]
        self._calls.queueing.tell_place(call, turn)
        call.interpreter.announce(call.run, turn)

    def _secret_over(self, call: CallId, turn: Turn) -> None:
        self._calls.registry.by_id[call].secret_over(self._calls.recordings, turn)

    def _is_in_progress(self, call: CallId) -> bool:
        return call in self._calls.registry.by_id

    def _is_waiting(self, call: CallId) -> bool:
        return self._distribution.stays.find(InteractionId(call)) is not None
