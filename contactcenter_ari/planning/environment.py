"""A scenario as a world: a site whose flows lead straight into line, agents at their phones,
callers who come by chance.

Nothing is played, recorded or looked up, for that changes no wait. Each kind of callers has
dice of its own, so the same people call whatever the staffing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings, WrapUpKind
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, LogOut, PutAgent
from contactcenter_ari.planning.scenario import Callers, Crew, Scenario
from contactcenter_ari.simulation.arrivals import poisson
from contactcenter_ari.simulation.people import Caller, CallerPlan, Habits, PhoneUser
from contactcenter_ari.simulation.simulation import Simulation

DAY = datetime(2026, 1, 5, tzinfo=UTC)
"""The midnight before."""
FIRST_EXTENSION = 101
BY = "forecast"


class Environment:
    """One day, or one stretch, of a scenario, with dice of this `number`."""

    def __init__(
        self,
        scenario: Scenario,
        number: int,
        *,
        warm_up: timedelta,
        until: timedelta,
        checked: bool,
    ) -> None:
        self.scenario = scenario
        self.begins = DAY + scenario.opens
        self.ends = self.begins + until
        self.simulation = Simulation(
            forecast_site(scenario),
            self.begins - warm_up,
            latency=timedelta(),
            rings_after=timedelta(),
            checked=checked,
        )
        self.agents: list[AgentProfile] = []
        self._name = f"{scenario.seed}/{number}"
        for crew in scenario.crews:
            for _ in range(crew.count):
                self._hire(crew)
        for index, callers in enumerate(scenario.callers):
            Source(self, callers, index).wait()

    def __repr__(self) -> str:
        return f"<Environment {self._name}: {self.simulation!r}>"

    def dice(self, name: str) -> Random:
        """Chance of its own for one purpose, the same in every run."""
        return Random(f"{self._name}/{name}")  # noqa: S311 - a simulation must be repeatable

    def close(self) -> None:
        """Send everybody home, once nobody waits."""
        for agent in self.agents:
            self.simulation.submit(LogOut(agent.agent, BY))

    def arrivals(self, callers: Callers, random: Random) -> Iterator[datetime]:
        """When they call, from the first instant of the world to its end."""
        if self.scenario.days is None:
            since = self.simulation.agenda.now
            yield from _poisson(random, callers.per_hour[0], since, self.ends)
            return
        for interval, per_hour in enumerate(callers.per_hour):
            since = DAY + self.scenario.begins(interval)
            yield from _poisson(random, per_hour, since, since + self.scenario.interval)

    def _hire(self, crew: Crew) -> None:
        simulation = self.simulation
        extension = str(FIRST_EXTENSION + len(self.agents))
        phone = PhoneId(f"phone-{extension}")
        profile = AgentProfile(
            agent=AgentId(extension),
            name=extension,
            phone=phone,
            queues=crew.queues,
            skills=crew.skills,
        )
        self.agents.append(profile)
        habits = Habits(answer_delay=crew.answer_delay)
        dice = self.dice(extension)
        PhoneUser(phone, habits, simulation.agenda, simulation.switch, dice).plug_in()
        simulation.submit(PutAgent(profile))
        for since, until in self._shifts(crew):
            if since >= self.ends:
                continue
            simulation.agenda.at(since, partial(simulation.submit, LogIn(profile.agent, BY)))
            if until < self.ends:  # who is there at closing time stays until nobody waits
                simulation.agenda.at(until, partial(simulation.submit, LogOut(profile.agent, BY)))

    def _shifts(self, crew: Crew) -> Iterator[tuple[datetime, datetime]]:
        if not crew.shifts:
            yield self.simulation.agenda.now, self.ends
        for shift in crew.shifts:
            yield DAY + shift.since, DAY + shift.until


class Source:
    """The callers of one kind, who come one after the other."""

    def __init__(self, world: Environment, callers: Callers, index: int) -> None:
        self.callers = callers
        self._simulation = world.simulation
        self._number = number_of(index)
        self._minds = world.dice(f"{index}/minds")
        self._instants = world.arrivals(callers, world.dice(f"{index}/arrivals"))

    def __repr__(self) -> str:
        return f"<Source of callers for {self.callers.queue}>"

    def wait(self) -> None:
        """Let the next caller call when it is time."""
        at = next(self._instants, None)
        if at is not None:
            self._simulation.agenda.at(at, self._call)

    def _call(self) -> None:
        callers, simulation = self.callers, self._simulation
        patience = callers.patience.draw(self._minds) if callers.patience else None
        plan = CallerPlan(
            called_number=self._number,
            patience=patience,
            talk=callers.talk.draw(self._minds),
        )
        Caller(plan, simulation.agenda, simulation.switch).call()
        self.wait()


def forecast_site(scenario: Scenario) -> Site:
    """The queues as they are set, and a number for each kind of callers."""
    return Site(
        name="forecast",
        flows=tuple(_flow(index, callers) for index, callers in enumerate(scenario.callers)),
        queues={name: _plain(queue) for name, queue in scenario.queues.items()},
        pause_reasons={},
        prompts={},
    )


def number_of(index: int) -> str:
    """The number that callers of one kind dial."""
    return f"+3120{index:07}"


def _plain(queue: QueueSettings) -> QueueSettings:
    """The queue without what costs time here and changes no figure; the work after a talk always
    takes `wrap_up`, for nobody notes dispositions here.
    """
    return msgspec.structs.replace(
        queue, recording=False, agent_prompt="", wrap_up_kind=WrapUpKind.FIXED
    )


def _flow(index: int, callers: Callers) -> Flow:
    head_start = parse(f"{callers.head_start // timedelta(milliseconds=1)}ms")
    verb = Queue(
        callers.queue,
        next={},
        skills=callers.skills,
        head_start=head_start if callers.head_start else None,
    )
    return Flow(
        name=f"callers-{index}",
        version="1",
        numbers=(number_of(index),),
        timezone="UTC",
        languages=("en",),
        sections={"start": Section((Step(verb, line=1),))},
        prompts={},
    )


def _poisson(
    random: Random, per_hour: float, since: datetime, until: datetime
) -> Iterator[datetime]:
    return poisson(random, per_hour=per_hour, since=since, until=until) if per_hour else iter(())
