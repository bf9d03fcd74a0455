"""The prompts that the fake switch plays to legs, one after the other."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from contactcenter_ari.core.vocabulary.command import PlayPrompt
from contactcenter_ari.core.vocabulary.ids import LegId, PlaybackId
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.signal import PlaybackFinished, Signal
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_bridge import FakeBridges
from contactcenter_ari.simulation.participant import FakeLeg, length_of


class FakePlayer:
    """Plays to the `legs` of the switch; `missing` are sound files that it does not have."""

    def __init__(
        self,
        agenda: Agenda,
        legs: Mapping[LegId, FakeLeg],
        bridges: FakeBridges,
        tell: Callable[[Signal], None],
    ) -> None:
        self.missing: set[str] = set()
        self._agenda = agenda
        self._legs = legs
        self._bridges = bridges
        self._tell = tell

    def __repr__(self) -> str:
        return f"<FakePlayer to {sum(bool(leg.playing) for leg in self._legs.values())} legs>"

    def play(self, prompt: PlayPrompt, leg: FakeLeg) -> None:
        """Play a prompt, after those that the leg still has to hear."""
        leg.playing.append(prompt)
        if len(leg.playing) == 1:
            self._begin(leg)

    def stop(self, playback: PlaybackId) -> None:
        """End a prompt, heard or not; one that has ended is no harm."""
        for leg in list(self._legs.values()):
            for prompt in [p for p in leg.playing if p.playback == playback]:
                if leg.playing[0] is prompt:
                    self._end(prompt, failed=False)
                else:
                    leg.playing.remove(prompt)
                    self._tell(PlaybackFinished(playback))

    def _begin(self, leg: FakeLeg) -> None:
        prompt = leg.playing[0]
        if self._is_missing(prompt):
            self._agenda.after(timedelta(), partial(self._end, prompt, failed=True))
            return
        ends = partial(self._end, prompt, failed=False)
        leg.prompt_end = self._agenda.after(length_of(prompt.parts), ends)
        leg.person.hears(leg.id, prompt.parts)

    def _is_missing(self, prompt: PlayPrompt) -> bool:
        """Asterisk reports the last file of a list: the rest it skips."""
        last = prompt.parts[-1]
        return isinstance(last, SoundFile) and last.path in self.missing

    def _end(self, prompt: PlayPrompt, *, failed: bool) -> None:
        leg = self._legs.get(prompt.leg)
        if leg is None or not leg.playing or leg.playing[0] is not prompt:
            return
        leg.playing.popleft()
        if leg.prompt_end is not None:
            leg.prompt_end.call_off()
        self._tell(PlaybackFinished(prompt.playback, failed=failed))
        if leg.playing:
            self._begin(leg)
        else:
            self._bridges.no_longer_plays(leg.id)
