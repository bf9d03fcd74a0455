"""Requests about calls: those that were apologized to, and the flags of flows."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.vocabulary.ids import InteractionId, RecordingId
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts


class LeftMessage(msgspec.Struct, frozen=True):
    """A message left while the application was away; `path` is the file."""

    recording: RecordingId
    path: str
    duration: timedelta
    facts: AudioFacts | None = None


class RecordApology(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A call that came while the application was away is to be recorded: `interaction` is its id
    in the switch, and one that is known changes nothing. `number` is the one to call back, as
    typed; an `internal` call came from an agent's phone. `country` is the trunk's.
    """

    interaction: InteractionId
    called_number: str
    caller_number: str
    language: str
    started_at: datetime
    ended_at: datetime
    number: str = ""
    message: LeftMessage | None = None
    internal: bool = False
    country: str = ""


class SetFlag(msgspec.Struct, frozen=True, tag=True):
    """Switch a flag of a flow `on` or `off`, for calls in progress, too."""

    flow: str
    flag: str
    value: str
    by: str


CallRequest = RecordApology | SetFlag
