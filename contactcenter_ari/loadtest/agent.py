"""Simulated agents' phones: they register, and answer, ignore or refuse what is offered.

One SIPp process serves all phones of one behavior. Must not log anybody in: that is the
center's business, or a feature code's (`dial_code`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from pathlib import Path

from contactcenter_ari.loadtest.sipp import Outcome, Sipp, SippJob, SippRun

SETTLING = timedelta(seconds=30)
LISTENING = timedelta(seconds=10)
STAY = timedelta(minutes=4)
"""Asterisk forgets a phone that has not registered again for five minutes."""
LOOPBACK = "127.0.0.1"


class Behavior(Enum):
    """The behavior of the phones when called; the value is the scenario's file name."""

    ANSWERS = "agent_answers.xml"
    NEVER_ANSWERS = "agent_never_answers.xml"
    REFUSES = "agent_refuses.xml"


SETTINGS_OF = {
    Behavior.ANSWERS: ("ring", "talk", "talk_more"),
    Behavior.NEVER_ANSWERS: (),
    Behavior.REFUSES: ("ring",),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone's id and the secret it registers with; `repr` keeps the secret to itself."""

    phone_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhones:
    """Phones of one behavior; an exponential time of mean `talk_more` is added to `talk`.

    They register at once, and again after each `stay`, until `shift` is over, then unregister.
    `audio` is a folder that `write_audio` filled.
    """

    phones: Sequence[Phone]
    behavior: Behavior
    audio: Path
    shift: timedelta = timedelta(hours=12)
    stay: timedelta = STAY
    ring: timedelta = timedelta(seconds=1)
    talk: timedelta = timedelta(seconds=3)
    talk_more: timedelta = timedelta(seconds=2)
    address: str = LOOPBACK

    def job(self) -> SippJob:
        """The SIPp run of these phones."""
        durations = {"ring": self.ring, "talk": self.talk, "talk_more": self.talk_more}
        wanted = {name: durations[name] for name in SETTINGS_OF[self.behavior]}
        count = str(len(self.phones))
        return SippJob(
            scenario="agent_registers.xml",
            answers_with=self.behavior.value,
            calls=len(self.phones),
            address=self.address,
            limit=self.shift + self.stay + SETTLING,
            lines=tuple((phone.phone_id, phone.secret) for phone in self.phones),
            keywords={"audio": str(self.audio)},
            durations={"stay": min(self.stay, self.shift), "shift": self.shift, **wanted},
            arguments=("-r", count, "-l", str(len(self.phones) * 4), "-aa"),
        )

    async def start(self, sipp: Sipp) -> SippRun:
        """Start the phones. Asterisk knows when they have registered."""
        run = SippRun(sipp, self.job())
        await run.start()
        return run


async def dial_code(
    sipp: Sipp, phone: Phone, code: str, *, listen: timedelta = LISTENING, address: str = LOOPBACK
) -> Outcome:
    """Dial a feature code from a phone and listen for a while; raises `SippFailed`."""
    job = SippJob(
        scenario="agent_dials_code.xml",
        number=code,
        address=address,
        limit=listen + SETTLING,
        lines=((phone.phone_id, phone.secret),),
        durations={"patience": listen},
    )
    return await SippRun(sipp, job).run()
