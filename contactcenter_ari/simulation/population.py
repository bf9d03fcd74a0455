"""A population around a contact center: agents with habits, callers with plans, all
from one seed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent
from contactcenter_ari.simulation.arrivals import varying
from contactcenter_ari.simulation.customer import Customer
from contactcenter_ari.simulation.link import Link
from contactcenter_ari.simulation.people import (
    Caller,
    CallerPlan,
    Habits,
    PhoneUser,
    exponential,
)
from contactcenter_ari.simulation.simulation import Simulation

FIRST_EXTENSION = 100
MEAN_PATIENCE = timedelta(minutes=4)
MEAN_TALK = timedelta(minutes=3)


class Population:
    """The people around one simulated center."""

    def __init__(
        self, site: Site, start: datetime, random: Random, *, link: Link | None = None
    ) -> None:
        self.simulation = Simulation(site, start, link=link)
        self.agents: list[PhoneUser] = []
        self.callers: list[Caller] = []
        self._random = random

    def __repr__(self) -> str:
        return f"<Population: {len(self.agents)} agents, {len(self.callers)} callers>"

    def staff(self, count: int, queues: Sequence[QueueName], habits: Habits) -> None:
        """More agents, each with a registered phone."""
        simulation = self.simulation
        for _ in range(count):
            extension = str(FIRST_EXTENSION + len(self.agents))
            phone = PhoneId(f"phone-{extension}")
            user = PhoneUser(phone, habits, simulation.agenda, simulation.switch, self._random)
            profile = AgentProfile(
                agent=AgentId(extension), name=extension, phone=phone, queues=tuple(queues)
            )
            simulation.submit(PutAgent(profile))
            user.plug_in()
            self.agents.append(user)

    def all_dial(self, code: str, *, within: timedelta) -> None:
        """Each agent dials a feature code at a moment of their own from now on."""
        for user in self.agents:
            self.simulation.agenda.after(within * self._random.random(), partial(user.dial, code))

    def expect_calls(
        self,
        number: str,
        *,
        minds: Sequence[tuple[str, ...]],
        per_hour: Callable[[datetime], float],
        peak: float,
        until: datetime,
        at_home: Habits | None = None,
    ) -> None:
        """Callers of a number until then; each has one of the `minds`, which are the keys to
        press at the prompts, and a patience and talk time of exponential length. Those with
        habits `at_home` want to be called back when they lose patience.
        """
        agenda, random = self.simulation.agenda, self._random
        for at in varying(random, per_hour=per_hour, peak=peak, since=agenda.now, until=until):
            plan = CallerPlan(
                called_number=number,
                caller_number=f"+31612{len(self.callers):06}",
                keys=random.choice(minds),
                patience=exponential(random, MEAN_PATIENCE),
                talk=exponential(random, MEAN_TALK),
            )
            caller = self._somebody(plan, at_home)
            self.callers.append(caller)
            agenda.at(at, caller.call)

    def _somebody(self, plan: CallerPlan, at_home: Habits | None) -> Caller:
        agenda, switch = self.simulation.agenda, self.simulation.switch
        if at_home is None:
            return Caller(plan, agenda, switch)
        return Customer(plan, at_home, agenda, switch, self._random)
