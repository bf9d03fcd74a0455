"""People with habits: callers who press keys and lose patience, agents who answer or do not.

All chance comes from the random source given, so that a day can be had again.
"""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.prompt import PromptPart
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import BUSY, REJECTED, FakeSwitch

REACTION = timedelta(seconds=2)
LISTENS = timedelta(seconds=30)
"""After so long an agent puts down a phone that confirms nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerPlan:
    """The plan of a caller. Each prompt heard takes the next of `keys`, pressed one by one after a
    moment; an empty one only listens. `patience` is for all until somebody is on the line, None
    without end; `talk` is how long the caller talks before hanging up.
    """

    called_number: str
    caller_number: str = ""
    caller_name: str = ""
    keys: tuple[str, ...] = ()
    patience: timedelta | None
    talk: timedelta


class Caller:
    """Somebody who calls in."""

    def __init__(self, plan: CallerPlan, agenda: Agenda, switch: FakeSwitch) -> None:
        self.plan = plan
        self.talked = False
        self._agenda = agenda
        self._switch = switch
        self._keys = deque(plan.keys)

    def __repr__(self) -> str:
        return f"<Caller {self.plan.caller_number}: {'talked' if self.talked else 'alone'}>"

    def call(self) -> LegId:
        """Dial."""
        plan = self.plan
        leg = self._switch.call_in(self, plan.called_number, plan.caller_number, plan.caller_name)
        if plan.patience is not None:
            self._agenda.after(plan.patience, partial(self._give_up, leg))
        return leg

    def rings(self, leg: LegId) -> None:
        """Nobody calls a caller."""

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """React to a prompt with the keys planned for it."""
        del parts
        delay = REACTION
        for key in self._keys.popleft() if self._keys else "":
            self._agenda.after(delay, partial(self._switch.press, leg, key))
            delay += REACTION / 4

    def joined(self, leg: LegId) -> None:
        """Talk."""
        self.talked = True
        self._agenda.after(self.plan.talk, partial(self._switch.hang_up, leg))

    def gone(self, leg: LegId) -> None:
        """Done."""

    def _give_up(self, leg: LegId) -> None:
        if not self.talked:
            self._switch.hang_up(leg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The reaction of an agent when the phone rings: refuse, ignore it, or answer after a moment.
    An agent who let a call pass comes back by the ready code after `comeback`. With `hangs_up` the
    agent ends the talk after an exponential time of that mean.
    """

    answer_delay: timedelta = timedelta(seconds=3)
    refuses: float = 0.0
    ignores: float = 0.0
    comeback: timedelta = timedelta(minutes=2)
    hangs_up: timedelta | None = None


class PhoneUser:
    """An agent at a phone."""

    def __init__(
        self,
        phone: PhoneId,
        habits: Habits,
        agenda: Agenda,
        switch: FakeSwitch,
        random: Random,
    ) -> None:
        self.phone = phone
        self.habits = habits
        self._agenda = agenda
        self._switch = switch
        self._random = random

    def __repr__(self) -> str:
        return f"<PhoneUser at {self.phone}>"

    def plug_in(self) -> None:
        """Register the phone."""
        self._switch.register(self.phone, self)

    def dial(self, code: str) -> None:
        """Dial a feature code, if the phone is registered."""
        if self.phone in self._switch.phones:
            leg = self._switch.dial_from(self.phone, code)
            self._agenda.after(LISTENS, partial(self._switch.hang_up, leg))

    def rings(self, leg: LegId) -> None:
        """Answer, refuse or ignore."""
        roll = self._random.random()
        if roll < self.habits.refuses:
            cause = BUSY if self._random.random() < 1 / 2 else REJECTED
            self._agenda.after(REACTION, partial(self._switch.refuse, leg, cause))
            self._come_back()
        elif roll < self.habits.refuses + self.habits.ignores:
            self._come_back()
        else:
            self._agenda.after(self.habits.answer_delay, partial(self._switch.pick_up, leg))

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """Listen to the confirmation of a code."""

    def joined(self, leg: LegId) -> None:
        """Talk."""
        if self.habits.hangs_up is not None:
            talk = exponential(self._random, self.habits.hangs_up)
            self._agenda.after(talk, partial(self._switch.hang_up, leg))

    def gone(self, leg: LegId) -> None:
        """Put the phone down."""

    def _come_back(self) -> None:
        self._agenda.after(self.habits.comeback, partial(self.dial, "*14"))


def exponential(random: Random, mean: timedelta) -> timedelta:
    """A random duration without memory."""
    return mean * random.expovariate(1.0)
