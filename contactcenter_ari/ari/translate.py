"""Between Asterisk's words and the core's: event -> signal, command -> operations.

Nothing is sent and nothing is remembered here. Text that callers put into numbers and names is cut
and cleaned on the way in, and again on the way out. The dialplan's `Stasis()` arguments are
`caller,DIALED,COUNTRY,TRUNK` (a trunk may have no country) or `phone,DEVICE,DIALED`, with
`late-offer` behind when the INVITE offered no audio; legs that we dial enter with `agent`, snoop
legs, on which whole calls are recorded, with `snoop,RECORDING`. A leg whose recording is not begun
yet enters with `record,CONTEXT,RECORDING` and is sent into that context, which begins it and leads
back here.
"""

import re
from collections.abc import Container, Mapping, Sequence
from typing import Final, assert_never

from contactcenter_ari.ari import messages, operation
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.core.number import cleaned
from contactcenter_ari.core.vocabulary.command import (
    RING_MARGIN,
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DiscardRecording,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PauseRecording,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StartMusic,
    StopMessage,
    StopMusic,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    BridgeId,
    LegId,
    PhoneId,
    PlaybackId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    DigitPressed,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegRinging,
    LegUnheld,
    LiveBridge,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingBegan,
    RecordingClosed,
    Signal,
)

CALLER: Final = "caller"
PHONE: Final = "phone"
ARRIVALS: Final = ((CALLER,), (PHONE,))
"""The first argument of legs that came in by themselves."""
LATE_OFFER: Final = "late-offer"
COUNTED: Final[Mapping[str, str]] = {"GROUP(legs)": "all"}
"""The argument that makes the dialplan count a leg that we dial among those that take ports for
audio.
"""
AGENT: Final = "agent"
SNOOP: Final = "snoop"
RECORD: Final = "record"
AGENT_LEG: Final = "agent-leg"
SNOOP_LEG: Final = "snoop-leg"
"""The contexts of the dialplan that begin a recording."""
TRUNK: Final = "trunk-"
"""Before its name: the PJSIP endpoint of a trunk. No phone is named so."""
RINGING: Final = "RINGING"
UP: Final = "Up"
LOSSES: Final[Mapping[int, str]] = {
    18: "the party does not answer what it is asked within the call (SIP 408)",
    127: "the party knows of no such call, as a phone that was started anew (SIP 481)",
}
"""Causes of Q.850 with which Asterisk ends a call that it has found to be dead."""
NUMBER_LIMIT: Final = 32
NAME_LIMIT: Final = 80
RECORDING_FORMAT: Final = "wav"

DONE_ANYWAY: Final[Mapping[type[Command], frozenset[int]]] = {
    HangUpLeg: frozenset({404}),
    StopPlayback: frozenset({404}),
    StopMessage: frozenset({404, 409}),
    DissolveBridge: frozenset({404, 409}),
    StopMusic: frozenset({404, 409}),
    UnbridgeLeg: frozenset({400, 404, 409, 422}),
}
"""Refusals that show that the thing to be ended is gone: the command is carried out."""


def signal_of(event: messages.Event) -> Signal | None:
    """The signal that an event means for the core, if any."""
    match event:
        case messages.StasisStart():
            return _arrival(event)
        case messages.StasisEnd():
            return LegHungUp(LegId(event.channel.id))
        case messages.ChannelDestroyed():
            return LegHungUp(LegId(event.channel.id), event.cause)
        case messages.Dial(peer=peer, dialstatus=status):
            return LegRinging(LegId(peer.id)) if status == RINGING else None
        case messages.ChannelDtmfReceived():
            return DigitPressed(LegId(event.channel.id), event.digit)
        case messages.PlaybackFinished():
            playback = event.playback
            return PlaybackFinished(PlaybackId(playback.id), failed=playback.state == "failed")
        case messages.ChannelHold():
            return LegHeld(LegId(event.channel.id))
        case messages.ChannelUnhold():
            return LegUnheld(LegId(event.channel.id))
        case messages.RecordingFinished() | messages.RecordingFailed():
            return RecordingClosed(RecordingId(event.recording.name))
        case messages.PeerStatusChange():
            return phone_signal(event.endpoint)
        case (
            messages.ChannelHangupRequest()
            | messages.ApplicationRegistered()
            | messages.ApplicationReplaced()
        ):
            return None
        case _:
            assert_never(event)


def is_loss(event: messages.ChannelHangupRequest) -> bool:
    """Whether a leg ends because its party is gone, though nobody hung up."""
    return event.channel.state == UP and not event.soft and event.cause in LOSSES


def live_bridge(
    bridge: messages.Bridge, legs: Container[str], arrivals: Mapping[str, messages.StasisStart]
) -> LiveBridge:
    """A bridge with those of its channels that are `legs` of ours, and the known facts of them."""
    inside = tuple(LegId(leg) for leg in bridge.channels if leg in legs)
    known = [(leg, arrivals[leg]) for leg in inside if leg in arrivals]
    signals = [_arrival(event) for _, event in known]
    return LiveBridge(
        bridge=BridgeId(bridge.id),
        legs=inside,
        callers=tuple(signal for signal in signals if isinstance(signal, CallArrived)),
        phones={leg: phone for leg, event in known if (phone := _phone_of(event)) is not None},
    )


def without(bridge: LiveBridge, ended: Container[str]) -> LiveBridge:
    """A bridge without the legs that have ended."""
    return LiveBridge(
        bridge=bridge.bridge,
        legs=tuple(leg for leg in bridge.legs if leg not in ended),
        callers=tuple(caller for caller in bridge.callers if caller.leg not in ended),
        phones={leg: phone for leg, phone in bridge.phones.items() if leg not in ended},
    )


def _phone_of(event: messages.StasisStart) -> PhoneId | None:
    """The agent's phone at the other end of a channel, if there is one."""
    match _entry_of(event):
        case ("phone", device, _):
            return PhoneId(device)
        case ("agent",):
            found = re.fullmatch(r"PJSIP/(.+)-[0-9a-f]+", event.channel.name)
            return PhoneId(found[1]) if found and not found[1].startswith(TRUNK) else None
        case _:
            return None


def phone_signal(endpoint: messages.Endpoint) -> PhoneReachable | PhoneUnreachable:
    """Whether a phone can be rung."""
    phone = PhoneId(endpoint.resource)
    return PhoneReachable(phone) if is_reachable(endpoint) else PhoneUnreachable(phone)


def is_reachable(endpoint: messages.Endpoint) -> bool:
    """Whether Asterisk knows where the phone is."""
    return endpoint.state == "online"


def operations_of(  # noqa: PLR0912 - one case per command, nothing else
    command: Command, *, app: str, media: Sequence[str] = ()
) -> list[Operation]:
    """The operations that carry out a command, each after the last; `media` for a prompt.

    Raises ValueError when the core names a phone that cannot be one.
    """
    match command:
        case AnswerLeg():
            return [operation.answer(command.leg)]
        case PlayPrompt():
            return [operation.play(command.leg, playback=command.playback, media=media)]
        case StopPlayback():
            return [operation.stop_playback(command.playback)]
        case StartMusic():
            return [operation.start_music(command.leg, music=command.music)]
        case StopMusic():
            return [operation.stop_music(command.leg)]
        case DialLeg():
            return [_dial(command, app)]
        case DialOutside():
            return [_dial_outside(command, app)]
        case BridgeLegs():
            return [
                operation.create_bridge(command.bridge),
                operation.add_channels(command.bridge, command.legs),
            ]
        case UnbridgeLeg():
            return [operation.remove_channel(command.bridge, command.leg)]
        case DissolveBridge():
            return [operation.destroy_bridge(command.bridge)]
        case RecordLeg():
            return [
                operation.record_channel(
                    command.leg,
                    recording=command.recording,
                    limit=command.limit,
                    max_silence=command.max_silence,
                    file_format=RECORDING_FORMAT,
                )
            ]
        case RecordCall(leg=leg, snoop_leg=snoop_leg, recording=recording):
            entry = _entry(SNOOP_LEG, recording)
            return [operation.snoop(leg, snoop_leg=snoop_leg, app=app, app_args=entry)]
        case StopMessage():
            return [operation.stop_recording(command.recording)]
        case HangUpLeg():
            return [operation.hang_up(command.leg, reason=command.reason)]
        case (
            PauseRecording()
            | ResumeRecording()
            | StopRecording()
            | FinishRecording()
            | DiscardRecording()
            | LookUp()
        ):
            raise AssertionError("not for ARI")
        case _:
            assert_never(command)


def recording_of(event: messages.StasisStart) -> tuple[str, str] | None:
    """The context that a leg is sent to so that its recording begins, and the recording's name."""
    match event.args:
        case ("record", context, recording):
            return context, recording
        case _:
            return None


def offers_late(event: messages.StasisStart) -> bool:
    """Whether the party who came in offers no audio before the ACK."""
    return event.args[:1] in ARRIVALS and event.args[-1] == LATE_OFFER


def digits_of(number: str) -> str:
    """A number as received, without characters other than digits, `+`, `*` and `#`."""
    return re.sub(r"[^0-9+*#]", "", number)[:NUMBER_LIMIT]


def name_of(text: str) -> str:
    """A display name on one line, without characters that do not print, cut to a length."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:NAME_LIMIT]


def _arrival(event: messages.StasisStart) -> Signal | None:
    """A new caller, a phone that dialed, or an agent who picked up."""
    leg = LegId(event.channel.id)
    match _entry_of(event):
        case (str(role), dialed, *of_trunk) if role == CALLER:
            country, trunk = (*of_trunk, "", "")[:2]
            caller = event.channel.caller
            return CallArrived(
                leg=leg,
                called_number=cleaned(dialed)[:NUMBER_LIMIT],
                caller_number=cleaned(caller.number)[:NUMBER_LIMIT],
                caller_name=name_of(caller.name),
                country=country,
                trunk=trunk,
            )
        case (str(role), device, dialed) if role == PHONE:
            return PhoneDialed(leg=leg, phone=PhoneId(device), dialed=digits_of(dialed))
        case ("agent",):
            return LegAnswered(leg)
        case ("snoop", recording):
            return RecordingBegan(RecordingId(recording))
        case _:
            return None


def _entry_of(event: messages.StasisStart) -> tuple[str, ...]:
    """The arguments of a channel that entered, without how it offers audio."""
    return event.args[:-1] if offers_late(event) else event.args


def _dial(command: DialLeg, app: str) -> Operation:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", command.phone):
        raise ValueError("not the name of a phone")
    name = re.sub(r'["<>\\]', "", name_of(command.caller_name))
    return operation.dial(
        command.leg,
        endpoint=f"PJSIP/{command.phone}",
        app=app,
        app_args=_entry(AGENT_LEG, command.recording),
        caller_id=f'"{name}" <{digits_of(command.caller_number)}>',
        ring_limit=command.ring_limit + RING_MARGIN,
        originator=command.originator,
        variables=COUNTED,
    )


def _dial_outside(command: DialOutside, app: str) -> Operation:
    if not re.fullmatch(r"\+?[0-9]{3,20}", command.written):
        raise ValueError("not an outside number")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", command.trunk):
        raise ValueError("not the name of a trunk")
    return operation.dial(
        command.leg,
        endpoint=f"PJSIP/{command.written}@{TRUNK}{command.trunk}",
        app=app,
        app_args=_entry(AGENT_LEG, command.recording),
        caller_id=f'"" <{digits_of(command.caller_number)}>',
        ring_limit=command.ring_limit + RING_MARGIN,
        originator=command.originator,
        variables=COUNTED,
    )


def _entry(context: str, recording: RecordingId | None) -> str:
    """The arguments of a leg that we dial."""
    if recording is None:
        return AGENT
    if not re.fullmatch(r"[a-z0-9-]+", recording):
        raise ValueError("not the name of a recording")
    return f"{RECORD},{context},{recording}"
