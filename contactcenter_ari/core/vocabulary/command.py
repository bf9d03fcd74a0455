"""Commands: what the core tells the switch, or a look-up, to do, in the imperative.

Commands of one `call` are carried out in order. One that cannot be carried out comes back
as a `CommandFailed` signal; hanging up or stopping what is already gone is a success.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    CallId,
    LegId,
    LookUpId,
    PhoneId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.pause import Pause
from contactcenter_ari.core.vocabulary.prompt import PromptPart

UNREACHABLE_AFTER = timedelta(seconds=4)
"""How long a registered phone may say nothing of a call that it is sent."""
RING_MARGIN = timedelta(seconds=5)
"""How much longer than the ring limit of a command the switch lets a phone ring: a safety net for
what the core, which hangs up at the limit, has forgotten. Added by the switch, nowhere else.
"""
JOIN_LIMIT = timedelta(seconds=20)
"""After this long without LegsBridged the core takes legs to be not joined. That the switch says
nothing happens when our process ends in between.
"""


class HangUpReason(StrEnum):
    """Why a leg is ended by us, in the words Asterisk's ARI understands."""

    NORMAL = "normal"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    CONGESTION = "congestion"


class AnswerLeg(msgspec.Struct, frozen=True, tag=True):
    """Pick up a caller's leg."""

    call: CallId
    leg: LegId


class PlayPrompt(msgspec.Struct, frozen=True, tag=True):
    """Play the parts one after the other; ends in PlaybackFinished."""

    call: CallId
    leg: LegId
    playback: PlaybackId
    parts: tuple[PromptPart, ...]


class StopPlayback(msgspec.Struct, frozen=True, tag=True):
    """Cut a prompt short."""

    call: CallId
    playback: PlaybackId


class StartMusic(msgspec.Struct, frozen=True, tag=True):
    """Play music on hold of the named class until it is stopped."""

    call: CallId
    leg: LegId
    music: str


class StopMusic(msgspec.Struct, frozen=True, tag=True):
    """Silence the music on hold."""

    call: CallId
    leg: LegId


class DialLeg(msgspec.Struct, frozen=True, tag=True):
    """Ring an agent's phone; ends in LegAnswered or LegHungUp. The core keeps `ring_limit` itself
    and the switch adds RING_MARGIN to it. A phone that has said nothing of the call
    `unreachable_after` it was sent is told as PhoneSilent. `originator` is the caller's leg. With
    a `recording` all that the leg says and hears in a bridge is written down, each side on a
    channel of its own, until the leg ends; ends in RecordingClosed.
    """

    call: CallId
    leg: LegId
    phone: PhoneId
    caller_number: str
    caller_name: str
    originator: LegId
    ring_limit: timedelta
    recording: RecordingId | None = None
    unreachable_after: timedelta = UNREACHABLE_AFTER


class DialOutside(msgspec.Struct, frozen=True, tag=True):
    """Ring an outside line over a trunk; otherwise as DialLeg. The number is E.164 and was allowed
    by the flow; `written` is the same number, and `caller_number` ours, as the trunk wants them.
    """

    call: CallId
    leg: LegId
    number: str
    caller_number: str
    originator: LegId
    ring_limit: timedelta
    recording: RecordingId | None = None
    trunk: str = ""
    written: str = ""


class BridgeLegs(msgspec.Struct, frozen=True, tag=True):
    """Let the legs hear each other in a new bridge; ends in LegsBridged."""

    call: CallId
    bridge: BridgeId
    legs: tuple[LegId, ...]


class UnbridgeLeg(msgspec.Struct, frozen=True, tag=True):
    """Take a leg out of its bridge; it goes on alone."""

    call: CallId
    bridge: BridgeId
    leg: LegId


class DissolveBridge(msgspec.Struct, frozen=True, tag=True):
    """Remove a bridge that all legs have left."""

    call: CallId
    bridge: BridgeId


class RecordLeg(msgspec.Struct, frozen=True, tag=True):
    """After a tone, record what one leg says, until a key, a silence of `max_silence`, the limit
    or the hang-up; ends in RecordingClosed.
    """

    call: CallId
    leg: LegId
    recording: RecordingId
    limit: timedelta
    max_silence: timedelta | None = None


class StopMessage(msgspec.Struct, frozen=True, tag=True):
    """Close what RecordLeg records."""

    call: CallId
    recording: RecordingId


class RecordCall(msgspec.Struct, frozen=True, tag=True):
    """Record all that a leg says and hears, on a snoop leg of ours: RecordingBegan tells that it
    runs. Ends with the leg, or in RecordingClosed.
    """

    call: CallId
    leg: LegId
    snoop_leg: LegId
    recording: RecordingId


class PauseRecording(msgspec.Struct, frozen=True, tag=True):
    """Write silence for a while. The recording hangs on `leg`, here and in the next two."""

    call: CallId
    recording: RecordingId
    leg: LegId


class ResumeRecording(msgspec.Struct, frozen=True, tag=True):
    """Write down again what is said."""

    call: CallId
    recording: RecordingId
    leg: LegId


class StopRecording(msgspec.Struct, frozen=True, tag=True):
    """Close a recording."""

    call: CallId
    recording: RecordingId
    leg: LegId


class FinishRecording(msgspec.Struct, frozen=True, tag=True):
    """Make the file of a closed recording whole, and silent in the stretches of `silences`; ends
    in RecordingFinished. It was to hold what was said from `started_at` to `ended_at`, if that is
    known, in so many channels. With `measures_speech` the speech in it is measured. To finish it
    again is no harm.
    """

    call: CallId
    recording: RecordingId
    channels: int
    started_at: datetime
    ended_at: datetime | None
    silences: tuple[Pause, ...]
    measures_speech: bool = False


class DiscardRecording(msgspec.Struct, frozen=True, tag=True):
    """Remove the file of a leg that was never in a talk."""

    call: CallId
    recording: RecordingId


class HangUpLeg(msgspec.Struct, frozen=True, tag=True):
    """End a leg; ends in LegHungUp."""

    call: CallId
    leg: LegId
    reason: HangUpReason = HangUpReason.NORMAL


class LookUp(msgspec.Struct, frozen=True, tag=True):
    """Ask the database or, without `sql`, a web service: `sql` has `:name` parameters, one row
    expected, its columns in the order of `returns`; `url` has `{name}` for an input, and may be
    `private`: of this machine or its network. Ends in LookUpFinished or LookUpFailed within
    `limit`.
    """

    call: CallId
    look_up: LookUpId
    name: str
    sql: str
    inputs: dict[str, str]
    returns: tuple[str, ...]
    limit: timedelta
    url: str = ""
    private: bool = False


Command = (
    AnswerLeg
    | PlayPrompt
    | StopPlayback
    | StartMusic
    | StopMusic
    | DialLeg
    | DialOutside
    | BridgeLegs
    | UnbridgeLeg
    | DissolveBridge
    | RecordLeg
    | StopMessage
    | RecordCall
    | PauseRecording
    | ResumeRecording
    | StopRecording
    | FinishRecording
    | DiscardRecording
    | HangUpLeg
    | LookUp
)
