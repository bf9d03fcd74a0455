"""The fake switch in the hands of a story: time stands still, and the story tells the core what
the switch and people do.

It complains about a command that makes no sense: two sounds at once, a phone rung twice, a
bridge dissolved with a leg in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary import ids, signal
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DissolveBridge,
    LookUp,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    StartMusic,
    StopMusic,
    StopPlayback,
)
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import FakeSwitch
from contactcenter_ari.simulation.person import Bystander

START = datetime(2026, 11, 23, tzinfo=UTC)
AT_ONCE = timedelta()
NO_CALL = ids.CallId("")
SOMEBODY = Bystander()


class Switch:
    """The fake switch, and what it has yet to tell: a story tells it, or `settle` does."""

    def __init__(self) -> None:
        self._agenda = Agenda(START)
        self.fake = FakeSwitch(self._agenda, self, latency=AT_ONCE, tone=AT_ONCE)
        self.ending: dict[ids.LegId, None] = {}
        self.stopped: list[ids.PlaybackId] = []
        self.closed: list[ids.RecordingId] = []
        self.finished: list[ids.RecordingId] = []
        self.heard: list[tuple[ids.LegId, str]] = []
        self._numbers: dict[ids.LegId, str] = {}
        self._told_by_story = False

    @property
    def legs(self) -> dict[ids.LegId, str]:
        """Live legs; those to agents with the phone, those to outside lines with the number."""
        return {leg: self._numbers.get(leg, "") for leg in self.fake.legs}

    @property
    def bridges(self) -> dict[ids.BridgeId, list[ids.LegId]]:
        """The legs in each bridge."""
        return {bridge.id: bridge.legs for bridge in self.fake.bridges.live.values()}

    @property
    def playing(self) -> dict[ids.LegId, PlayPrompt]:
        """The prompts that are being played."""
        return {leg.id: leg.playing[0] for leg in self.fake.legs.values() if leg.playing}

    @property
    def music(self) -> dict[ids.LegId, str]:
        """The music that is heard."""
        return {leg.id: leg.music for leg in self.fake.legs.values() if leg.music}

    @property
    def recording(self) -> dict[ids.RecordingId, ids.LegId]:
        """The recordings in progress, and the leg each hangs on."""
        return {one.id: one.leg for one in self.fake.recorder.running.values()}

    def phones_in_use(self) -> dict[str, ids.LegId]:
        """The leg of each phone that rings or talks."""
        return {phone: leg for leg, phone in self.legs.items()}

    def put(self, told: signal.Signal, /) -> None:
        """Keep what the fake switch has to tell, unless the story itself has just told it."""
        match told:
            case signal.RecordingClosed(recording=recording):
                self.closed.append(recording)
            case signal.RecordingFinished(recording=recording):
                self.finished.append(recording)
            case signal.PlaybackFinished(playback=playback) if not self._told_by_story:
                self.stopped.append(playback)
            case signal.LegHungUp(leg=leg) if not self._told_by_story:
                self.ending[leg] = None
            case _:
                pass

    def note(self, input_: Input) -> None:
        """An input is about to be told to the core: so it happened in the switch."""
        self._told_by_story = True
        self._happened(input_)
        self._catch_up()
        self._told_by_story = False

    def _happened(self, input_: Input) -> None:
        fake = self.fake
        match input_:
            case signal.CallArrived(leg=leg) | signal.PhoneDialed(leg=leg):
                fake.call_in(SOMEBODY, "", leg=leg)
            case signal.LegAnswered(leg=leg):
                fake.pick_up(leg)
            case signal.LegHungUp(leg=leg) | signal.LegLost(leg=leg):
                self.gone(leg)
            case signal.PlaybackFinished(playback=playback):
                fake.submit(StopPlayback(NO_CALL, playback))
            case signal.CommandFailed(command=command):
                self._undo(command)
            case _:
                pass

    def _undo(self, command: Command) -> None:
        match command:
            case DialLeg(leg=leg) | DialOutside(leg=leg):
                self.gone(leg)
            case BridgeLegs(bridge=bridge):
                self.fake.submit(DissolveBridge(NO_CALL, bridge))
            case PlayPrompt(playback=playback):
                self.fake.submit(StopPlayback(NO_CALL, playback))
            case StartMusic(leg=leg):
                self.fake.submit(StopMusic(NO_CALL, leg))
            case RecordCall(recording=recording) | RecordLeg(recording=recording):
                self.fake.recorder.running.pop(recording, None)
            case _:
                pass

    def gone(self, leg: ids.LegId) -> None:
        """A leg is gone, and nobody is told."""
        told, self._told_by_story = self._told_by_story, True
        self.fake.hang_up(leg)
        self._catch_up()
        self._told_by_story = told
        self.ending.pop(leg, None)

    def crash(self) -> None:
        """Nothing lives in it any more; its recordings are closed."""
        self._told_by_story = True
        self.fake.crash()
        self._catch_up()
        self._told_by_story = False

    def inherit(self, legs: Iterable[ids.LegId], bridges: Iterable[signal.LiveBridge]) -> None:
        """These legs and bridges live in it and nothing else: another life has made them."""
        wanted = list(legs)
        for leg in [leg for leg in self.fake.legs if leg not in wanted]:
            self.gone(leg)
        for leg in [leg for leg in wanted if leg not in self.fake.legs]:
            self.note(signal.CallArrived(leg, "", "", ""))
        for bridge in bridges:
            self.fake.submit(BridgeLegs(NO_CALL, bridge.bridge, bridge.legs))
        self._catch_up()

    def carry_out(self, command: Command) -> None:
        """Do as told, after a look whether it makes sense."""
        match command:
            case LookUp():
                return
            case PlayPrompt(leg=leg, parts=parts):
                self._must_be_silent(leg)
                for part in parts:
                    words = part.text if isinstance(part, SpokenText) else part.path
                    self.heard.append((leg, words))
            case StartMusic(leg=leg) if not self._is_joined(leg):
                self._must_be_silent(leg)
            case DialLeg(leg=leg, phone=phone):
                assert phone not in self.phones_in_use(), "a phone is rung twice at once"
                self._expect(leg, phone)
            case DialOutside(leg=leg, number=number):
                self._expect(leg, ids.PhoneId(number))
            case BridgeLegs(bridge=bridge, legs=legs) if bridge not in self.bridges:
                for leg in legs:
                    self._must_be_silent(leg)
            case DissolveBridge(bridge=bridge):
                assert not self.bridges.get(bridge), "a bridge is dissolved with a leg in it"
            case _:
                pass
        self.fake.submit(command)
        self._catch_up()

    def _expect(self, leg: ids.LegId, phone: ids.PhoneId) -> None:
        self._numbers[leg] = phone
        self.fake.phones.setdefault(phone, SOMEBODY)

    def _catch_up(self) -> None:
        while self._agenda.is_busy:
            self._agenda.run_next()

    def _is_joined(self, leg: ids.LegId) -> bool:
        return any(leg in legs for legs in self.bridges.values())

    def _must_be_silent(self, leg: ids.LegId) -> None:
        assert leg in self.fake.legs, f"{leg} is gone"
        assert leg not in self.playing, f"{leg} hears a prompt already"
        assert leg not in self.music, f"{leg} hears music already"
        assert not self._is_joined(leg), f"{leg} is in a bridge"
