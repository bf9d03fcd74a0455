"""Signals: what the switch and the look-ups report to the core, in the past tense.

A signal may come late, twice or for something long gone; the core tolerates all of that.
"""

from datetime import datetime

import msgspec

from contactcenter_ari.core.vocabulary.command import Command
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    LegId,
    LookUpId,
    PhoneId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts


class CallArrived(msgspec.Struct, frozen=True, tag=True):
    """A caller's leg came in from the trunk. The numbers are as received, filtered to
    digits, `+`, `*` and `#`; empty when withheld. `caller_name` is untrusted text. National
    numbers are those of `country` (ISO 3166, `NL`), the trunk's, if it has one; `trunk` is its
    name.
    """

    leg: LegId
    called_number: str
    caller_number: str
    caller_name: str
    country: str = ""
    trunk: str = ""


class PhoneDialed(msgspec.Struct, frozen=True, tag=True):
    """An agent's phone dialed something itself, usually a feature code such as `*11`."""

    leg: LegId
    phone: PhoneId
    dialed: str


class DigitPressed(msgspec.Struct, frozen=True, tag=True):
    """One DTMF key, `0`-`9`, `*`, `#` or `A`-`D`."""

    leg: LegId
    digit: str


class PlaybackFinished(msgspec.Struct, frozen=True, tag=True):
    """A prompt ended: played, stopped, or failed (the file could not be played)."""

    playback: PlaybackId
    failed: bool = False


class LegRinging(msgspec.Struct, frozen=True, tag=True):
    """The phone of a dialed leg rings (SIP 180)."""

    leg: LegId


class PhoneSilent(msgspec.Struct, frozen=True, tag=True):
    """The phone of a dialed leg is registered and says nothing of the call: no SIP response but
    100 within `unreachable_after` of DialLeg. The leg lives on.
    """

    leg: LegId


class LegAnswered(msgspec.Struct, frozen=True, tag=True):
    """A dialed leg was picked up."""

    leg: LegId


class LegHungUp(msgspec.Struct, frozen=True, tag=True):
    """A leg is gone, by either side. `cause` is the Q.850 cause (16 normal, 17 busy, 19 no answer,
    20 absent, 21 rejected), 0 when unknown.
    """

    leg: LegId
    cause: int = 0


class LegLost(msgspec.Struct, frozen=True, tag=True):
    """A leg is gone because its party is: the phone answers nothing any more, though nobody hung
    up.
    """

    leg: LegId


class LegsBridged(msgspec.Struct, frozen=True, tag=True):
    """The switch confirmed a BridgeLegs: the parties hear each other from now on."""

    bridge: BridgeId


class LegHeld(msgspec.Struct, frozen=True, tag=True):
    """The party on this leg has put the other side on hold with a key of the phone."""

    leg: LegId


class LegUnheld(msgspec.Struct, frozen=True, tag=True):
    """The other side is off hold again."""

    leg: LegId


class RecordingBegan(msgspec.Struct, frozen=True, tag=True):
    """A RecordCall is carried out: it runs, and can be paused."""

    recording: RecordingId


class RecordingClosed(msgspec.Struct, frozen=True, tag=True):
    """The switch writes no more to the file of a recording, whatever ended it."""

    recording: RecordingId


class RecordingFinished(msgspec.Struct, frozen=True, tag=True):
    """A FinishRecording is carried out. `path` is the file, `seconds` its length; `failed`: there
    is no usable file, and no `facts`; `cut`: it is shorter than what was to be recorded. `speech`
    is how many seconds somebody speaks in it; None when that was not measured.
    """

    recording: RecordingId
    path: str
    seconds: float
    failed: bool = False
    cut: bool = False
    speech: float | None = None
    facts: AudioFacts | None = None


class LookUpFinished(msgspec.Struct, frozen=True, tag=True):
    """A look-up answered: `row` maps each returned name to its text, `None` when nothing was
    found. Dates and times are ISO 8601, decimals with a point, booleans `true` or `false`.
    """

    look_up: LookUpId
    row: dict[str, str | None] | None


class LookUpFailed(msgspec.Struct, frozen=True, tag=True):
    """A look-up gave no answer: too late, or the source refused; `reason` is for the log."""

    look_up: LookUpId
    reason: str


LEG_GONE = (404, 409, 422)
"""Replies of the switch to a command for a leg that has ended or left us."""
NO_ROOM = 503
"""The status of a command that failed because there is no room for one leg more."""


class CommandFailed(msgspec.Struct, frozen=True, tag=True):
    """The switch did not do as told. `status` is the HTTP status, 0 when there was no reply."""

    command: Command
    status: int
    reason: str


class PhoneReachable(msgspec.Struct, frozen=True, tag=True):
    """A phone registered with the switch."""

    phone: PhoneId


class PhoneUnreachable(msgspec.Struct, frozen=True, tag=True):
    """A phone's registration ended or its phone does not answer any more."""

    phone: PhoneId


class LiveBridge(msgspec.Struct, frozen=True):
    """A bridge and the legs in it; among them `callers`, as they arrived, and `phones`, by leg."""

    bridge: BridgeId
    legs: tuple[LegId, ...] = ()
    callers: tuple[CallArrived, ...] = ()
    phones: dict[LegId, PhoneId] = msgspec.field(default_factory=dict)


class SwitchReconciled(msgspec.Struct, frozen=True, tag=True):
    """After a connection was made, a little later, and again and again: all that lives in the
    switch `node` at `taken_at`; without a name it is the center's own node. What the core believes
    older than that on this node and is not listed has ended unheard. `legs` are all of them, those
    in `bridges` too. What began before `settled_at`, the loss of the last connection, is listed if
    it lives; without it, what is some seconds old is.
    """

    taken_at: datetime
    legs: tuple[LegId, ...]
    phones: tuple[PhoneId, ...]
    bridges: tuple[LiveBridge, ...] = ()
    settled_at: datetime | None = None
    node: str = ""


class TimePassed(msgspec.Struct, frozen=True, tag=True):
    """The deadline that the core asked to be woken at has come."""


Signal = (
    CallArrived
    | PhoneDialed
    | DigitPressed
    | PlaybackFinished
    | LegRinging
    | PhoneSilent
    | LegAnswered
    | LegHungUp
    | LegLost
    | LegsBridged
    | LegHeld
    | LegUnheld
    | RecordingBegan
    | RecordingClosed
    | RecordingFinished
    | LookUpFinished
    | LookUpFailed
    | CommandFailed
    | PhoneReachable
    | PhoneUnreachable
    | SwitchReconciled
    | TimePassed
)
