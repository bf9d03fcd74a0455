"""Customers who do not care to wait: they ask for a call back, and answer their own phone."""

from functools import partial
from random import Random

from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import BUSY, REJECTED, FakeSwitch
from contactcenter_ari.simulation.people import REACTION, Caller, CallerPlan, Habits
from contactcenter_ari.simulation.sample import CALL_ME_BACK


class Customer(Caller):
    """Somebody who calls in, and presses a key when tired of waiting; at home the phone is
    answered by habit, and is busy while it is in use. On the phone for nothing the customer has
    the same patience as before.
    """

    def __init__(
        self, plan: CallerPlan, habits: Habits, agenda: Agenda, switch: FakeSwitch, random: Random
    ) -> None:
        super().__init__(plan, agenda, switch)
        self.habits = habits
        self._random = random
        self._line: LegId | None = None

    def call(self) -> LegId:
        """Dial; the phone can be called from now on."""
        self._switch.register(PhoneId(self.plan.caller_number), self)
        self._line = super().call()
        return self._line

    def rings(self, leg: LegId) -> None:
        """Answer, refuse or ignore it, as habit has it."""
        roll = self._random.random()
        if self._line is not None:
            self._switch.refuse(leg, BUSY)
        elif roll < self.habits.refuses:
            self._agenda.after(REACTION, partial(self._switch.refuse, leg, REJECTED))
        elif roll >= self.habits.refuses + self.habits.ignores:
            self._agenda.after(self.habits.answer_delay, partial(self._pick_up, leg))

    def gone(self, leg: LegId) -> None:
        """The line is free again."""
        if leg == self._line:
            self._line = None

    def _pick_up(self, leg: LegId) -> None:
        if self._line is not None:  # called somebody meanwhile
            self._switch.refuse(leg, BUSY)
            return
        self._line = leg
        self._switch.pick_up(leg)
        if self.plan.patience is not None:
            self._agenda.after(self.plan.patience, partial(self._hang_up_unheard, leg))

    def _give_up(self, leg: LegId) -> None:
        """Ask for a call back first, and hang up if nothing comes of it."""
        if leg != self._line or self.talked:
            return
        self._switch.press(leg, CALL_ME_BACK)
        self._agenda.after(REACTION * 5, partial(self._hang_up_unheard, leg))

    def _hang_up_unheard(self, leg: LegId) -> None:
        if leg == self._line and not self.talked:
            self._switch.hang_up(leg)
