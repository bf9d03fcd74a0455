"""The catalog of ARI operations in use, as plain data: nothing is sent here.

Each function builds one `Operation`. `blocking` marks the verbs that wait for the channel's own
thread: on the socket they would stall every other request, so they go over HTTP. The contract
tests compare paths and parameter names with the Swagger files of the installed Asterisk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import quote

Method = Literal["GET", "POST", "PUT", "DELETE"]
Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One REST request; `template` is the Swagger path, `path` its parameters."""

    method: Method
    template: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    blocking: bool = False

    @property
    def uri(self) -> str:
        """The path with its parameters filled in, without a leading slash."""
        return self.template.format_map({k: quote(v, safe="") for k, v in self.path.items()})

    def __repr__(self) -> str:
        return f"<{self.method} {self.uri}>"


def answer(channel: str) -> Operation:
    """Answer an incoming channel."""
    return Operation("POST", "channels/{channelId}/answer", {"channelId": channel}, blocking=True)


def play(channel: str, *, playback: str, media: Sequence[str]) -> Operation:
    """Play media URIs one after the other under our own playback id."""
    return Operation(
        "POST",
        "channels/{channelId}/play/{playbackId}",
        {"channelId": channel, "playbackId": playback},
        {"media": ",".join(media)},
    )


def stop_playback(playback: str) -> Operation:
    """Cut a playback short; 404 when it is over already."""
    return Operation("DELETE", "playbacks/{playbackId}", {"playbackId": playback})


def start_music(channel: str, *, music: str) -> Operation:
    """Play a class of music on hold."""
    return Operation(
        "POST", "channels/{channelId}/moh", {"channelId": channel}, {"mohClass": music}
    )


def stop_music(channel: str) -> Operation:
    """Stop the music on hold."""
    return Operation("DELETE", "channels/{channelId}/moh", {"channelId": channel})


def dial(
    channel: str,
    *,
    endpoint: str,
    app: str,
    app_args: str,
    caller_id: str,
    ring_limit: timedelta,
    originator: str = "",
    variables: Mapping[str, str] | None = None,
) -> Operation:
    """Create a channel under our id and ring its endpoint; it enters `app` when answered.

    Asterisk counts `ring_limit` in whole seconds.
    """
    query = {
        "endpoint": endpoint,
        "app": app,
        "appArgs": app_args,
        "callerId": caller_id,
        "timeout": str(max(1, round(ring_limit.total_seconds()))),
    }
    if originator:
        query["originator"] = originator
    body: Body | None = {"variables": dict(variables)} if variables else None
    return Operation("POST", "channels/{channelId}", {"channelId": channel}, query, body)


def send_on(channel: str, *, context: str, extension: str) -> Operation:
    """Let a channel leave our application for a place in the dialplan."""
    return Operation(
        "POST",
        "channels/{channelId}/continue",
        {"channelId": channel},
        {"context": context, "extension": extension, "priority": "1"},
    )


def hang_up(channel: str, *, reason: str = "normal") -> Operation:
    """End a channel; 404 when it is gone already."""
    return Operation("DELETE", "channels/{channelId}", {"channelId": channel}, {"reason": reason})


def create_bridge(bridge: str) -> Operation:
    """Make a bridge under our id. Its channels' keys are not reported: with `dtmf_events` two
    parties would be mixed, at twice the cost, and their phones' hold be lost.
    """
    return Operation("POST", "bridges/{bridgeId}", {"bridgeId": bridge}, {"type": "mixing"})


def add_channels(bridge: str, channels: Sequence[str]) -> Operation:
    """Put channels into a bridge, all in one request."""
    return Operation(
        "POST",
        "bridges/{bridgeId}/addChannel",
        {"bridgeId": bridge},
        {"channel": ",".join(channels)},
        blocking=True,
    )


def remove_channel(bridge: str, channel: str) -> Operation:
    """Take a channel out of a bridge; it stays in our application."""
    return Operation(
        "POST",
        "bridges/{bridgeId}/removeChannel",
        {"bridgeId": bridge},
        {"channel": channel},
        blocking=True,
    )


def destroy_bridge(bridge: str) -> Operation:
    """Remove a bridge."""
    return Operation("DELETE", "bridges/{bridgeId}", {"bridgeId": bridge})


def record_channel(
    channel: str,
    *,
    recording: str,
    limit: timedelta | None = None,
    max_silence: timedelta | None = None,
    file_format: str = "wav",
) -> Operation:
    """Record a channel. With a limit, a tone comes first, and the recording ends at a key, the
    limit or, if it is given, a silence as long as that. An existing file is an error.
    """
    query = {"name": recording, "format": file_format, "ifExists": "fail"}
    if limit is not None:
        query |= {
            "beep": "true",
            "terminateOn": "any",
            "maxDurationSeconds": _whole_seconds(limit),
        }
    if max_silence is not None:
        query["maxSilenceSeconds"] = _whole_seconds(max_silence)
    return Operation("POST", "channels/{channelId}/record", {"channelId": channel}, query)


def _whole_seconds(duration: timedelta) -> str:
    return str(max(1, round(duration.total_seconds())))


def snoop(channel: str, *, snoop_leg: str, app: str, app_args: str) -> Operation:
    """Make a channel that hears both sides of another; it enters `app`."""
    query = {"spy": "both", "whisper": "none", "app": app, "appArgs": app_args}
    path = {"channelId": channel, "snoopId": snoop_leg}
    return Operation("POST", "channels/{channelId}/snoop/{snoopId}", path, query)


def stop_recording(recording: str) -> Operation:
    """Close a recording and keep its file; 404 when it is closed already."""
    return Operation("POST", "recordings/live/{recordingName}/stop", {"recordingName": recording})


def rtp_statistics(channel: str) -> Operation:
    """The amount of audio in both directions; 404 for a channel without audio of its own."""
    return Operation("GET", "channels/{channelId}/rtp_statistics", {"channelId": channel})


def is_on_hold(channel: str) -> Operation:
    """Whether the other side has put the call on hold: `1`, else `0`."""
    return Operation(
        "GET",
        "channels/{channelId}/variable",
        {"channelId": channel},
        {"variable": "CHANNEL(rtp,hold,audio)"},
    )


def audio_address(channel: str) -> Operation:
    """The address to which a channel's audio goes; 500 while the other side has not named it."""
    return Operation(
        "GET",
        "channels/{channelId}/variable",
        {"channelId": channel},
        {"variable": "CHANNEL(rtp,dest)"},
    )


def refresh_session(channel: str) -> Operation:
    """Send an UPDATE with what was agreed before. Without an answer Asterisk hangs up."""
    return Operation(
        "POST",
        "channels/{channelId}/variable",
        {"channelId": channel},
        {"variable": "PJSIP_SEND_SESSION_REFRESH()", "value": "update"},
        blocking=True,
    )


def list_channels() -> Operation:
    """Every channel in Asterisk."""
    return Operation("GET", "channels")


def get_channel(channel: str) -> Operation:
    """One channel; 404 when it is gone."""
    return Operation("GET", "channels/{channelId}", {"channelId": channel})


def get_bridge(bridge: str) -> Operation:
    """One bridge; 404 when it is gone."""
    return Operation("GET", "bridges/{bridgeId}", {"bridgeId": bridge})


def list_bridges() -> Operation:
    """Every bridge in Asterisk."""
    return Operation("GET", "bridges")


def list_endpoints() -> Operation:
    """Every phone and trunk, with its state."""
    return Operation("GET", "endpoints/{tech}", {"tech": "PJSIP"})


def put_object(kind: str, name: str, attributes: Mapping[str, str]) -> Operation:
    """Create or change an `aor`, `auth` or `endpoint` of PJSIP, in this order."""
    fields = [{"attribute": key, "value": value} for key, value in attributes.items()]
    return Operation("PUT", _DYNAMIC, _pjsip(kind, name), body={"fields": fields})


def delete_object(kind: str, name: str) -> Operation:
    """Remove a PJSIP object that `put_object` made."""
    return Operation("DELETE", _DYNAMIC, _pjsip(kind, name))


def set_global(variable: str, value: str) -> Operation:
    """Set a global dialplan variable."""
    return Operation("POST", "asterisk/variable", query={"variable": variable, "value": value})


def get_global(variable: str) -> Operation:
    """Read a global dialplan variable."""
    return Operation("GET", "asterisk/variable", query={"variable": variable})


def reload_module(name: str) -> Operation:
    """Have a module read its files again."""
    return Operation("PUT", "asterisk/modules/{moduleName}", {"moduleName": name})


def get_application(app: str) -> Operation:
    """The subscriptions of our application; 404 when no socket serves it."""
    return Operation("GET", "applications/{applicationName}", {"applicationName": app})


def watch_phones(app: str) -> Operation:
    """Subscribe to the state of all phones, later ones included. With the name of a phone or of a
    technology the events of its channels would come, too, and be made for nothing.
    """
    return Operation(
        "POST",
        "applications/{applicationName}/subscription",
        {"applicationName": app},
        {"eventSource": "endpoint:"},
    )


def filter_events(app: str, kinds: Sequence[str]) -> Operation:
    """Send only these kinds of event; must list `RESTResponse`, or replies vanish."""
    allowed = [{"type": kind} for kind in kinds]
    return Operation(
        "PUT",
        "applications/{applicationName}/eventFilter",
        {"applicationName": app},
        body={"allowed": allowed},
    )


def ping() -> Operation:
    """Check that Asterisk answers."""
    return Operation("GET", "asterisk/ping")


def asterisk_info() -> Operation:
    """The version of the running Asterisk."""
    return Operation("GET", "asterisk/info", query={"only": "system"})


_DYNAMIC = "asterisk/config/dynamic/{configClass}/{objectType}/{id}"


def _pjsip(kind: str, name: str) -> dict[str, str]:
    return {"configClass": "res_pjsip", "objectType": kind, "id": name}
