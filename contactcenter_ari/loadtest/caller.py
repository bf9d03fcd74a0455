"""A simulated caller: a story, a number to call, keys to press."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

from contactcenter_ari.loadtest.sipp import Outcome, Sipp, SippJob, SippRun

TRUNK_ADDRESS = "127.0.0.2"
SETTLING = timedelta(seconds=45)  # 30 s until the answer, and the end of the call


class Story(Enum):
    """The behavior of the caller; the value is the scenario's file name."""

    THROUGH_MENU = "caller_through_menu.xml"
    PRESSES_NOTHING = "caller_presses_nothing.xml"
    PRESSES_WRONG_KEYS = "caller_presses_wrong_keys.xml"
    HANGS_UP_WAITING = "caller_hangs_up_waiting.xml"
    HANGS_UP_RINGING = "caller_hangs_up_ringing.xml"
    LOAD = "load_caller.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller; `keys` as in `sipp-scenarios/part/press_keys.xml` (a comma listens).

    `patience` runs from the last key; `audio` is a folder that `write_audio` filled; `address`
    is the loopback address of the simulated carrier.
    """

    story: Story
    number: str
    caller: str
    audio: Path
    keys: str = "-"
    listen: timedelta = timedelta(seconds=1)
    patience: timedelta = timedelta(seconds=60)
    address: str = TRUNK_ADDRESS

    def __str__(self) -> str:
        return f"{self.caller} {self.story.name.lower().replace('_', ' ')}"

    def job(self) -> SippJob:
        """The SIPp run of this caller."""
        pressing = self.keys.count(",") * self.listen + len(self.keys) * timedelta(seconds=0.5)
        return SippJob(
            scenario=self.story.value,
            number=self.number,
            address=self.address,
            limit=self.patience + pressing + SETTLING,
            keywords={"caller": self.caller, "keys": self.keys, "audio": str(self.audio)},
            durations={"listen": self.listen, "patience": self.patience},
        )

    async def call(self, sipp: Sipp) -> Outcome:
        """Place the call and wait for its end; raises `SippFailed`."""
        return await SippRun(sipp, self.job()).run()

    async def call_often(
        self, sipp: Sipp, *, calls: int, per_second: float, at_once: int
    ) -> Outcome:
        """Place many calls from numbers `caller`1, 2, 3 ... in one process (`Story.LOAD`); the
        outcome has their answers.
        """
        job = self.job()
        waves = calls / per_second + calls / at_once * job.limit.total_seconds()
        many = replace(
            job,
            scenario=Story.LOAD.value,
            calls=calls,
            times=True,
            limit=job.limit + timedelta(seconds=waves),
            arguments=("-r", f"{per_second:g}", "-l", str(at_once)),
        )
        return await SippRun(sipp, many).run()
