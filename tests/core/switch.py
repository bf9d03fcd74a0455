"""A switch that does all it is told: the switch of the call floor.

It complains about a command that makes no sense: two sounds at once, a phone rung twice, a bridge
dissolved with a leg in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary import ids, signal
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    StartMusic,
    StopMessage,
    StopMusic,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.prompt import SpokenText


@dataclass
class Switch:
    """The objects in the switch, if it does all it is told."""

    legs: dict[ids.LegId, str] = field(default_factory=dict)
    """Live legs; those to agents with the phone, those to outside lines with the number."""
    ending: dict[ids.LegId, None] = field(default_factory=dict)
    bridges: dict[ids.BridgeId, list[ids.LegId]] = field(default_factory=dict)
    playing: dict[ids.LegId, PlayPrompt] = field(default_factory=dict)
    stopped: list[ids.PlaybackId] = field(default_factory=list)
    music: dict[ids.LegId, str] = field(default_factory=dict)
    to_record: dict[ids.LegId, ids.RecordingId] = field(default_factory=dict)
    """The recording of the talk of a dialed leg, once there is one."""
    recording: dict[ids.RecordingId, ids.LegId] = field(default_factory=dict)
    closed: list[ids.RecordingId] = field(default_factory=list)
    finished: list[ids.RecordingId] = field(default_factory=list)
    heard: list[tuple[ids.LegId, str]] = field(default_factory=list)

    def phones_in_use(self) -> dict[str, ids.LegId]:
        """Phones that ring or talk, and on which leg."""
        return {phone: leg for leg, phone in self.legs.items() if leg not in self.ending}

    def note(self, input_: Input) -> None:
        """An input is about to be told to the core."""
        match input_:
            case signal.CallArrived(leg=leg) | signal.PhoneDialed(leg=leg):
                self.legs[leg] = ""
            case signal.LegHungUp(leg=leg):
                self._gone(leg)
            case signal.CommandFailed(command=DialLeg(leg=leg) | DialOutside(leg=leg)):
                self._gone(leg)
            case signal.PlaybackFinished(playback=playback):
                self._silence(playback)
            case signal.CommandFailed(command=BridgeLegs(bridge=bridge)):
                self.bridges.pop(bridge, None)
            case signal.CommandFailed(command=PlayPrompt(leg=leg)):
                self.playing.pop(leg, None)
            case signal.CommandFailed(command=StartMusic(leg=leg)):
                self.music.pop(leg, None)
            case signal.CommandFailed(
                command=RecordCall(recording=recording) | RecordLeg(recording=recording)
            ):
                self.recording.pop(recording, None)
            case _:
                pass

    def carry_out(self, command: Command) -> None:
        """Do as told."""
        match command:
            case PlayPrompt(leg=leg):
                self._must_be_silent(leg)
                self.playing[leg] = command
                for part in command.parts:
                    words = part.text if isinstance(part, SpokenText) else part.path
                    self.heard.append((leg, words))
            case StopPlayback(playback=playback):
                self._silence(playback)
                self.stopped.append(playback)
            case StartMusic(leg=leg, music=music):
                if not self._is_joined(leg):
                    self._must_be_silent(leg)
                self.music[leg] = music
            case StopMusic(leg=leg):
                self.music.pop(leg, None)
            case DialLeg(leg=leg, phone=phone, recording=recording):
                assert phone not in self.phones_in_use(), "a phone is rung twice at once"
                self.legs[leg] = phone
                if recording is not None:
                    self.to_record[leg] = recording
            case HangUpLeg(leg=leg):
                if leg in self.legs:
                    self.ending[leg] = None
            case _:
                self._calling(command)

    def _calling(self, command: Command) -> None:
        match command:
            case DialOutside(leg=leg, number=number):
                self.legs[leg] = number
            case BridgeLegs(bridge=bridge, legs=legs):
                joined = self.bridges.pop(bridge, [])
                for leg in legs if not joined else []:
                    self._must_be_silent(leg)
                self.bridges[bridge] = list(legs)
                for leg in [leg for leg in legs if leg in self.to_record]:
                    self.recording[self.to_record.pop(leg)] = leg
            case UnbridgeLeg(bridge=bridge, leg=leg):
                if bridge in self.bridges:
                    self.bridges[bridge].remove(leg)
            case DissolveBridge(bridge=bridge):
                left = [leg for leg in self.bridges.pop(bridge, []) if leg not in self.ending]
                assert not left, "a bridge is dissolved with a leg in it"
            case _:
                self._recording(command)

    def _recording(self, command: Command) -> None:
        match command:
            case RecordCall(leg=leg, recording=name) | RecordLeg(leg=leg, recording=name):
                self.recording[name] = leg
            case StopRecording(recording=recording) | StopMessage(recording=recording):
                self._close(recording)
            case FinishRecording(recording=recording):
                self.finished.append(recording)
            case _:
                pass

    def _close(self, recording: ids.RecordingId) -> None:
        if self.recording.pop(recording, None) is not None:
            self.closed.append(recording)

    def _is_joined(self, leg: ids.LegId) -> bool:
        return any(leg in legs for legs in self.bridges.values())

    def _must_be_silent(self, leg: ids.LegId) -> None:
        assert leg in self.legs, f"{leg} is gone"
        assert leg not in self.playing, f"{leg} hears a prompt already"
        assert leg not in self.music, f"{leg} hears music already"
        assert not self._is_joined(leg), f"{leg} is in a bridge"

    def _silence(self, playback: ids.PlaybackId) -> None:
        self.playing = {leg: p for leg, p in self.playing.items() if p.playback != playback}

    def _gone(self, leg: ids.LegId) -> None:
        for there in (self.legs, self.ending, self.playing, self.music, self.to_record):
            there.pop(leg, None)
        for recording in [r for r, on in self.recording.items() if on == leg]:
            self._close(recording)
        for legs in self.bridges.values():
            if leg in legs:
                legs.remove(leg)
