"""The verb `recording`."""

from enum import StrEnum

import msgspec

from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, VerbSpec
from contactcenter_ari.core.turn import Turn


class RecordingAct(StrEnum):
    """The actions of a flow on the recording of the call."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class ControlRecording(msgspec.Struct, frozen=True):
    """The flow starts, pauses, resumes or stops the recording of the call, and goes on."""

    act: RecordingAct


class Record(FlowVerb, frozen=True, tag="recording"):
    """Record the caller from here on, pause, resume, or stop."""

    specs = (
        VerbSpec(
            value=Option(
                "recording",
                Kind.CHOICE,
                "what is done with the recording of the call",
                fields=("act",),
                choices=RecordingAct,
            ),
            help="Records the whole call from here on, pauses it, goes on with it or ends it. A"
            " prompt must have told the caller before.",
            example="- recording: start",
        ),
    )

    act: RecordingAct

    def enter(self, _run: FlowRun, _speaker: Speaker, _turn: Turn) -> ControlRecording:
        """Ask for the action."""
        return ControlRecording(self.act)

    def subject(self) -> str:
        """The action."""
        return self.act
