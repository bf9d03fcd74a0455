"""Commands that failed in the switch: the core decides what follows for each command."""

from datetime import timedelta

from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.flow_signal import FlowSignals
from contactcenter_ari.core.center.gone_leg import GoneLegs
from contactcenter_ari.core.center.leg_control import LegControl
from contactcenter_ari.core.route import Routes, route
from contactcenter_ari.core.telephony.dial import ABSENT, LOST
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    DialLeg,
    DialOutside,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PauseRecording,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StartMusic,
)
from contactcenter_ari.core.vocabulary.signal import LEG_GONE, NO_ROOM, CommandFailed

UNTRIED = (0, 400, NO_ROOM)
"""Replies to a dialing that was not tried: no reply, the caller is gone, there is no room."""


class CommandFailures:
    """Passes each failed command to the rooms it concerns."""

    def __init__(
        self, calls: CallControl, flows: FlowSignals, legs: LegControl, gone: GoneLegs
    ) -> None:
        self._calls = calls
        self._flows = flows
        self._legs = legs
        self._gone = gone

    def __repr__(self) -> str:
        return f"<CommandFailures of {self._calls!r}>"

    def routes(self) -> Routes:
        """The signal that a command has failed."""
        return route(CommandFailed, self._failed)

    def _failed(self, signal: CommandFailed, turn: Turn) -> None:
        command, status = signal.command, signal.status
        match command:
            case DialLeg(leg=leg) | DialOutside(leg=leg):
                # Without a reply the phone may ring anyway; ending no call does no harm.
                turn.do(HangUpLeg(call=command.call, leg=leg))
                # Where the switch could not try, nobody was absent.
                self._gone.hung_up(leg, LOST if status in UNTRIED else ABSENT, turn)
            case BridgeLegs(bridge=bridge):
                self._legs.bridge_failed(bridge, turn)
            case HangUpLeg(leg=leg) if status == 0:
                if (call := self._calls.registry.at_leg(leg)) is not None:
                    call.was_not_heard = True
            case (
                RecordLeg(recording=recording)
                | RecordCall(recording=recording)
                | FinishRecording(recording=recording)
            ):
                self._calls.recordings.failed(recording, turn)
                self._flows.message_taken(recording, turn, speech=timedelta())
            case PauseRecording(recording=recording):
                self._calls.recordings.pause_refused(recording, turn)
            case ResumeRecording(recording=recording):
                self._calls.recordings.resume_failed(recording, turn)
            case LookUp(look_up=look_up):
                self._flows.looked_up(look_up, None, turn, failed=True)
            case AnswerLeg() | PlayPrompt() | StartMusic() if status in LEG_GONE:
                if turn.clockwork.minted(command.leg):
                    turn.do(HangUpLeg(call=command.call, leg=command.leg))
                # Callers are not hung up: those who left us may leave a message in the fall-back.
                self._gone.hung_up(command.leg, 0, turn)
            case PlayPrompt(playback=playback):
                self._flows.playback_finished(playback, turn, failed=True)
            case _:
                pass  # it has ended, or the inventory will find it
