"""Erlang's formulas for a queue of a scenario, where they have something to say.

They know agents who do nothing else, callers who are all alike, and a rate that does not change. A
day is taken half hour by half hour, each as if it lasted without end, and weighed by its callers,
as planners do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import fsum

from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.erlang_a import ErlangA
from contactcenter_ari.planning.erlang_c import answered_within, erlang_c, mean_wait
from contactcenter_ari.planning.scenario import HOUR, Callers, Crew, Scenario, Shape, clock

NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Figures as `core/kpi` defines them: shares 0-1, times in seconds. `waiting` is the share
    of callers who have to wait at all.
    """

    waiting: float
    service_level: float
    average_speed_of_answer: float
    abandonment: float
    occupancy: float


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a formula does not apply."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A stretch with a rate of its own; calls hold an agent for `busy` on average, the first
    `ringing` of which the caller still waits.
    """

    begins: timedelta
    calls: float
    agents: int
    load: float
    busy: timedelta
    ringing: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fates:
    """The outcomes of the callers of one stretch, as shares of them."""

    stretch: _Stretch
    waiting: float
    answered: float
    answered_within: float
    abandoned_within: float
    abandoned_short: float
    mean_wait_of_answered: timedelta


def erlang_c_of(scenario: Scenario, queue: QueueName) -> Expectation | Unfit:
    """As if nobody ever gave up."""
    stretches = _stretches(scenario, queue)
    if isinstance(stretches, Unfit):
        return stretches
    for stretch in stretches:
        if stretch.load >= stretch.agents:
            return Unfit(
                f"{stretch.agents} agents cannot serve {stretch.load:.1f} erlangs"
                f"{_when(scenario, stretch)}: if nobody gave up, the line would grow and grow"
            )
    limit = scenario.queues[queue].service_level
    return _figures([_patient(stretch, limit) for stretch in stretches])


def erlang_a_of(scenario: Scenario, queue: QueueName) -> Expectation | Unfit:
    """With callers who give up after an exponential time."""
    stretches = _stretches(scenario, queue)
    if isinstance(stretches, Unfit):
        return stretches
    patience = _patience(scenario, queue)
    if isinstance(patience, Unfit):
        return patience
    for stretch in stretches:
        if not stretch.agents:
            return Unfit(f"nobody works{_when(scenario, stretch)}")
    settings = scenario.queues[queue]
    limit, short = settings.service_level, settings.short_abandon
    return _figures([_impatient(stretch, patience, limit, short) for stretch in stretches])


def _patient(stretch: _Stretch, limit: timedelta) -> _Fates:
    servers, offered, busy = stretch.agents, stretch.load, stretch.busy
    mean = mean_wait(servers=servers, offered=offered, handle_time=busy)
    assert mean is not None, "loads that cannot be served are told before"
    within = limit - stretch.ringing
    quick = answered_within(within, servers=servers, offered=offered, handle_time=busy)
    return _Fates(
        stretch=stretch,
        waiting=erlang_c(servers=servers, offered=offered),
        answered=1.0,
        answered_within=quick if within >= NOTHING else 0.0,
        abandoned_within=0.0,
        abandoned_short=0.0,
        mean_wait_of_answered=mean + stretch.ringing,
    )


def _impatient(
    stretch: _Stretch, patience: timedelta, limit: timedelta, short: timedelta
) -> _Fates:
    queue = ErlangA(
        servers=stretch.agents, offered=stretch.load, handle_time=stretch.busy, patience=patience
    )
    within = limit - stretch.ringing
    return _Fates(
        stretch=stretch,
        waiting=queue.waiting,
        answered=1 - queue.abandoned,
        answered_within=queue.answered_within(within) if within >= NOTHING else 0.0,
        abandoned_within=queue.abandoned_within(limit),
        abandoned_short=queue.abandoned_within(short),
        mean_wait_of_answered=queue.mean_wait_of_answered + stretch.ringing,
    )


def _figures(fates: Sequence[_Fates]) -> Expectation:
    """The figures of all stretches together."""

    def calls(shares: Iterable[float]) -> float:
        return fsum(f.stretch.calls * share for f, share in zip(fates, shares, strict=True))

    offered, answered = calls(1.0 for _ in fates), calls(f.answered for f in fates)
    short, quitting = calls(f.abandoned_short for f in fates), offered - answered
    waited = calls(f.answered * f.mean_wait_of_answered.total_seconds() for f in fates)
    busy = fsum(f.answered * f.stretch.load for f in fates)
    patient = calls(1 - f.abandoned_within for f in fates)
    return Expectation(
        waiting=calls(f.waiting for f in fates) / offered,
        service_level=calls(f.answered_within for f in fates) / patient,
        average_speed_of_answer=waited / answered,
        abandonment=max(0.0, quitting - short) / (offered - short),
        occupancy=busy / sum(f.stretch.agents for f in fates),
    )


def _stretches(scenario: Scenario, queue: QueueName) -> list[_Stretch] | Unfit:
    """The stretches in which somebody calls, if the formulas can be used at all."""
    callers = [each for each in scenario.callers if each.queue == queue]
    crews = [crew for crew in scenario.crews if queue in crew.queues]
    rate = sum(sum(each.per_hour) for each in callers)
    reason = _unlike(scenario, queue, callers, crews) if rate else "nobody calls"
    if reason:
        return Unfit(reason)
    ringing = crews[0].answer_delay if crews else NOTHING
    work = (scenario.handle_time(each) * sum(each.per_hour) for each in callers)
    busy = sum(work, NOTHING) / rate + ringing
    per_hour = [sum(each.per_hour[n] for each in callers) for n in range(scenario.intervals)]
    return [
        _Stretch(
            begins=scenario.begins(number),
            calls=calls * (scenario.interval / HOUR),
            agents=scenario.agents(number, queue),
            load=calls * (busy / HOUR),
            busy=busy,
            ringing=ringing,
        )
        for number, calls in enumerate(per_hour)
        if calls
    ]


def _unlike(
    scenario: Scenario, queue: QueueName, callers: Sequence[Callers], crews: Sequence[Crew]
) -> str:
    """The features of a queue that the formulas do not know."""
    if any(len(crew.queues) > 1 for crew in crews):
        return "its agents serve other queues, too"
    if any(each.skills for each in callers):
        return "not every agent can take every call"
    if scenario.queues[queue].max_waiting is not None:
        return "the line is limited"
    if len({crew.answer_delay for crew in crews}) > 1:
        return "agents differ in how fast they answer"
    return ""


def _patience(scenario: Scenario, queue: QueueName) -> timedelta | Unfit:
    kinds = {each.patience for each in scenario.callers if each.queue == queue}
    if len(kinds) > 1:
        return Unfit("callers differ in their patience")
    patience = kinds.pop()
    if patience is None:
        return Unfit("callers never give up")
    if patience.shape is not Shape.EXPONENTIAL:
        return Unfit("the patience of callers is not exponential")
    return patience.mean


def _when(scenario: Scenario, stretch: _Stretch) -> str:
    return "" if scenario.days is None else f" at {clock(stretch.begins)}"
