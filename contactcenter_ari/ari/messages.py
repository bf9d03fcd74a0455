"""Asterisk's frames as types: the only module that knows its JSON.

Only the events and fields that are used are named; other fields are skipped. An event kind that is
not listed becomes `Unknown`, a frame that cannot be read `Malformed`: `parse` never raises, for
any name that a caller sends. The contract tests compare field names with the Swagger files of the
installed Asterisk.
"""

from typing import Final, get_args

import msgspec


class CallerID(msgspec.Struct, frozen=True):
    """The caller's name and number; both untrusted."""

    name: str = ""
    number: str = ""


class DialplanCEP(msgspec.Struct, frozen=True):
    """The place of a channel in the dialplan; in an application of ours `app_name` is `Stasis` and
    `app_data` our name and the arguments, with commas between.
    """

    context: str
    exten: str
    app_name: str = ""
    app_data: str = ""


class Channel(msgspec.Struct, frozen=True):
    """One leg; `name` tells its technology, `state` is `Ring`, `Ringing`, `Up` ..."""

    id: str
    name: str
    state: str
    caller: CallerID
    dialplan: DialplanCEP


class Bridge(msgspec.Struct, frozen=True):
    """A bridge and the ids of the channels in it; `creator` is `Stasis` for our own kind."""

    id: str
    creator: str
    channels: tuple[str, ...]


class Playback(msgspec.Struct, frozen=True):
    """A prompt that plays; `state` ends as `done` or `failed`, `target_uri` is `channel:ID`."""

    id: str
    state: str
    target_uri: str


class LiveRecording(msgspec.Struct, frozen=True):
    """A recording that ARI was asked for; `cause` tells why it failed."""

    name: str
    cause: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """A phone or trunk; `state` is `online`, `offline` or `unknown`."""

    technology: str
    resource: str
    state: str = "unknown"


class Application(msgspec.Struct, frozen=True):
    """The subscriptions of our application: the channels it owns, ringing ones included, and the
    bridges they are in.
    """

    channel_ids: tuple[str, ...]
    bridge_ids: tuple[str, ...]


class SystemInfo(msgspec.Struct, frozen=True):
    """The version of the running Asterisk, for example `22.10.1`."""

    version: str


class AsteriskInfo(msgspec.Struct, frozen=True):
    """The answer to `GET asterisk/info?only=system`."""

    system: SystemInfo | None = None


class StasisStart(msgspec.Struct, frozen=True, tag=True):
    """A channel entered our application, with the arguments the dialplan gave; `timestamp` is
    when, in ISO 8601, and empty when it was found later.
    """

    args: tuple[str, ...]
    channel: Channel
    replace_channel: Channel | None = None
    timestamp: str = ""


SHUTDOWN = 1 << 2
"""AST_SOFTHANGUP_SHUTDOWN."""


class StasisEnd(msgspec.Struct, frozen=True, tag=True):
    """A channel left our application."""

    channel: Channel


class Dial(msgspec.Struct, frozen=True, tag=True):
    """An event of a leg that we dial: `dialstatus` is empty when the call is sent, then `RINGING`,
    `PROGRESS`, `ANSWER`, or why it failed. `forward` is where the phone wants the call to go. Only
    this event shows that a phone rings: changes of a channel's state are not asked for.
    """

    peer: Channel
    dialstatus: str
    forward: str = ""


class ChannelHangupRequest(msgspec.Struct, frozen=True, tag=True):
    """A channel was asked to end, from either side; it comes before all that ends with it. A
    `soft` one is Asterisk's own, and `cause` then its reason (AST_SOFTHANGUP_..., channel.h).
    """

    channel: Channel
    cause: int = 0
    soft: bool = False

    @property
    def is_shutdown(self) -> bool:
        """Whether Asterisk ends, and hangs up all channels before it does."""
        return self.soft and bool(self.cause & SHUTDOWN)


class ChannelDestroyed(msgspec.Struct, frozen=True, tag=True):
    """A channel is gone; `cause` is Q.850."""

    cause: int
    cause_txt: str
    channel: Channel


class ChannelDtmfReceived(msgspec.Struct, frozen=True, tag=True):
    """A key was pressed and let go."""

    digit: str
    channel: Channel


class ChannelHold(msgspec.Struct, frozen=True, tag=True):
    """A phone has put the other side on hold."""

    channel: Channel


class ChannelUnhold(msgspec.Struct, frozen=True, tag=True):
    """The other side is off hold."""

    channel: Channel


class PlaybackFinished(msgspec.Struct, frozen=True, tag=True):
    """A playback ended."""

    playback: Playback


class RecordingFinished(msgspec.Struct, frozen=True, tag=True):
    """A recording was closed."""

    recording: LiveRecording


class RecordingFailed(msgspec.Struct, frozen=True, tag=True):
    """A recording could not be made."""

    recording: LiveRecording


class PeerStatusChange(msgspec.Struct, frozen=True, tag=True):
    """A phone became reachable at all, or unreachable.

    Asterisk's EndpointStateChange comes at the begin and end of each call, too.
    """

    endpoint: Endpoint


class ApplicationRegistered(msgspec.Struct, frozen=True, tag=True):
    """Our application is connected; the events queued meanwhile have been sent before it."""

    application: str


class ApplicationReplaced(msgspec.Struct, frozen=True, tag=True):
    """Another connection took our application: no more events come here."""

    application: str


class RESTResponse(msgspec.Struct, frozen=True, tag=True):
    """The answer to a request sent over the socket."""

    request_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """A well-formed frame of a kind that is not used here."""

    kind: str


class Malformed(msgspec.Struct, frozen=True):
    """A frame that cannot be read; `reason` quotes nothing of it."""

    reason: str


Event = (
    StasisStart
    | StasisEnd
    | Dial
    | ChannelHangupRequest
    | ChannelDestroyed
    | ChannelDtmfReceived
    | ChannelHold
    | ChannelUnhold
    | PlaybackFinished
    | RecordingFinished
    | RecordingFailed
    | PeerStatusChange
    | ApplicationRegistered
    | ApplicationReplaced
)
Frame = Event | RESTResponse

EVENT_KINDS: Final = tuple(kind.__name__ for kind in get_args(Event))
"""The events that the event filter lets through, beside `RESTResponse`."""

KIND_LIMIT: Final = 60


class _Header(msgspec.Struct, frozen=True):
    type: str


_frame: Final[msgspec.json.Decoder[Frame]] = msgspec.json.Decoder(Frame)
_header: Final = msgspec.json.Decoder(_Header)


def parse(frame: bytes | str) -> Frame | Unknown | Malformed:
    """Read one WebSocket frame; broken UTF-8 is replaced, not refused."""
    try:
        return _frame.decode(frame)
    except UnicodeDecodeError:
        return parse(frame.decode(errors="replace") if isinstance(frame, bytes) else "")
    except (msgspec.DecodeError, RecursionError) as error:
        return _explain(frame, error)


def _explain(frame: bytes | str, error: Exception) -> Unknown | Malformed:
    """Distinguish a kind that is not listed from a frame that is broken."""
    try:
        kind = _header.decode(frame).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Malformed("not an event")
    if kind in EVENT_KINDS or kind == RESTResponse.__name__:
        return Malformed(f"{kind}: {type(error).__name__}")
    return Unknown(kind[:KIND_LIMIT])
