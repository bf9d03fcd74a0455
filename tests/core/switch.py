"""What lives in the switch, if it does all it is told: the switch of the call floor.

It complains about a command that makes no sense: two sounds at once, a phone rung twice, a
bridge dissolved with a leg in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contactcenter_ari.core.center.site import Input
from contactcenter_ari.core.vocabulary import ids, signal
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DissolveBridge,
    HangUpLeg,
    PlayPrompt,
    StartMusic,
    StartRecording,
    StopMusic,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.prompt import SpokenText


@dataclass
class Switch:
    """What lives in the switch, if it does all it is told."""

    legs: dict[ids.LegId, str] = field(default_factory=dict)
    """Live legs; those to agents with the phone, those to outside lines with the number."""
    ending: dict[ids.LegId, None] = field(default_factory=dict)
    bridges: dict[ids.BridgeId, list[ids.LegId]] = field(default_factory=dict)
    playing: dict[ids.LegId, PlayPrompt] = field(default_factory=dict)
    stopped: list[ids.PlaybackId] = field(default_factory=list)
    music: dict[ids.LegId, str] = field(default_factory=dict)
    recording: dict[ids.RecordingId, ids.BridgeId] = field(default_factory=dict)
    recorded: list[ids.RecordingId] = field(default_factory=list)
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
            case signal.CommandFailed(command=StartRecording(recording=recording)):
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
                self._must_be_silent(leg)
                self.music[leg] = music
            case StopMusic(leg=leg):
                self.music.pop(leg, None)
            case DialLeg(leg=leg, phone=phone):
                assert phone not in self.phones_in_use(), "a phone is rung twice at once"
                self.legs[leg] = phone
            case HangUpLeg(leg=leg):
                if leg in self.legs:
                    self.ending[leg] = None
            case StartRecording(recording=recording, bridge=bridge):
                self.recording[recording] = bridge
            case StopRecording(recording=recording):
                if self.recording.pop(recording, None) is not None:
                    self.recorded.append(recording)
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
            case UnbridgeLeg(bridge=bridge, leg=leg):
                if bridge in self.bridges:
                    self.bridges[bridge].remove(leg)
            case DissolveBridge(bridge=bridge):
                assert not self.bridges.pop(bridge, []), "a bridge is dissolved with a leg in it"
            case _:
                pass

    def _must_be_silent(self, leg: ids.LegId) -> None:
        assert leg in self.legs, f"{leg} is gone"
        assert leg not in self.playing, f"{leg} hears a prompt already"
        assert leg not in self.music, f"{leg} hears music already"
        assert all(leg not in legs for legs in self.bridges.values()), f"{leg} is in a bridge"

    def _silence(self, playback: ids.PlaybackId) -> None:
        self.playing = {leg: p for leg, p in self.playing.items() if p.playback != playback}

    def _gone(self, leg: ids.LegId) -> None:
        for there in (self.legs, self.ending, self.playing, self.music):
            there.pop(leg, None)
        for legs in self.bridges.values():
            if leg in legs:
                legs.remove(leg)
