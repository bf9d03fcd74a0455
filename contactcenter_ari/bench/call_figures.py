"""The figures of whole calls, as plain data."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from statistics import fmean
from typing import Self

import msgspec

from contactcenter_ari.bench.figures import Figures, Gaps
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over all rounds: its mean, and the rounds that had the least and the most."""

    mean: float
    least: float
    most: float

    @classmethod
    def of(cls, rounds: Iterable[float]) -> Self:
        """The figures of at least one round."""
        values = tuple(rounds)
        return cls(mean=fmean(values), least=min(values), most=max(values))


class CpuTimes(msgspec.Struct, frozen=True, kw_only=True):
    """CPU time in each of the three programs: of one call, of one second, or so far."""

    application: timedelta
    asterisk: timedelta
    database: timedelta

    @property
    def whole(self) -> timedelta:
        """All three together."""
        return self.application + self.asterisk + self.database

    @classmethod
    def mean(cls, several: Sequence["CpuTimes"]) -> "CpuTimes":
        """The mean of at least one."""
        return cls(
            application=sum((each.application for each in several), timedelta()) / len(several),
            asterisk=sum((each.asterisk for each in several), timedelta()) / len(several),
            database=sum((each.database for each in several), timedelta()) / len(several),
        )

    def less(self, other: "CpuTimes", times: float = 1) -> "CpuTimes":
        """Without another, taken off so many times."""
        return CpuTimes(
            application=self.application - times * other.application,
            asterisk=self.asterisk - times * other.asterisk,
            database=self.database - times * other.database,
        )

    def shared(self, among: float) -> "CpuTimes":
        """The share of one of so many calls, or seconds."""
        return CpuTimes(
            application=self.application / among,
            asterisk=self.asterisk / among,
            database=self.database / among,
        )


class SideCpu(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of one side per call, in each round."""

    kind: str
    name: str
    rounds: tuple[CpuTimes, ...]


class CallCpu(msgspec.Struct, frozen=True, kw_only=True):
    """CPU per call of all sides, in pairs of what the center is held against and the center; and
    of a second without calls, in each round. The center keeps its `recordings` in one format.
    """

    calls: int
    recordings: RecordingFormat
    per_second: float
    idle_per_second: tuple[CpuTimes, ...]
    sides: tuple[SideCpu, ...]

    @property
    def pairs(self) -> tuple[tuple[SideCpu, SideCpu], ...]:
        """`Queue()` and the center, for each kind of call."""
        return tuple(zip(self.sides[::2], self.sides[1::2], strict=True))


def ratio(center: SideCpu, app_queue: SideCpu) -> Spread:
    """The whole CPU of the center's calls by that of `Queue()`, round by round."""
    pairs = zip(center.rounds, app_queue.rounds, strict=True)
    return Spread.of(ours.whole / theirs.whole for ours, theirs in pairs)


class RateStep(msgspec.Struct, frozen=True, kw_only=True):
    """Calls at one rate: how soon they were answered, and whether each went its way."""

    per_second: float
    answers: Figures
    all_served: bool

    def is_late(self, limit: timedelta) -> bool:
        """Whether one in ten was answered later, or a call was lost."""
        return self.answers.p90 > limit or not self.all_served


class CallRate(msgspec.Struct, frozen=True, kw_only=True):
    """A ramp of complete calls, up to the first step that is late if one was."""

    limit: timedelta
    mean_talk: timedelta
    steps: tuple[RateStep, ...]

    @property
    def steady(self) -> float:
        """The highest rate that was not late; 0 when the first was."""
        in_time = [step.per_second for step in self.steps if not step.is_late(self.limit)]
        return max(in_time, default=0)


class HeldGaps(msgspec.Struct, frozen=True, kw_only=True):
    """From a freed agent to the next caller's INVITE while so many other talks are up."""

    talks: int
    gaps: Gaps
