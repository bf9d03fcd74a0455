"""No input searches through all: the cost of each input with 10,000 agents and 10,000 callers.

Costs are counted, not timed: the lines of Python that run, and the callers and agents of whom any
field is read. Both may grow with the logarithm of the crowd, which doubles from 100 to 10,000, and
not with the crowd.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any

import msgspec
import pytest

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.queue_statistics import half_hour_of
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.flow.language.declaration import Blank
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg, HangUpLeg
from contactcenter_ari.core.vocabulary.event import WaitTold
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    PhoneId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    ChangePriority,
    GoNotReady,
    GoReady,
    HandleTime,
    LearnHandleTimes,
    LogIn,
    LogOut,
    MoveWaiting,
    PutAgent,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegAnswered,
    LegHungUp,
    LegsBridged,
    PhoneReachable,
    PhoneUnreachable,
    TimePassed,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep
from tests.core.conftest import MORNING, NUMBER
from tests.core.prompts import says

SMALL = 100
LARGE = {
    Strategy.LONGEST_IDLE: 10_000,
    Strategy.LEAST_OCCUPIED: 2_000,
    Strategy.MOST_SKILLED: 2_000,
    Strategy.RING_ALL: 2_000,
}
"""One strategy with the largest crowd, others with one that is made quickly."""
SALES, SUPPORT = QueueName("sales"), QueueName("support")
QUEUES = (SALES, SUPPORT)
EASY = "+31600000001"
"""Asks for any agent; all others ask for gold, or much later for silver."""
TOLD = "+31600000002"
"""Asks for gold, too, and hears the expected wait."""


class Cost:
    """The agents and callers that were read, and the number of lines that ran."""

    def __init__(self) -> None:
        self.touched: set[int] = set()
        self.lines = 0

    def __repr__(self) -> str:
        return f"<Cost {self.lines} lines, {len(self.touched)} callers and agents>"

    def is_like(self, smaller: Cost) -> bool:
        """Whether it has grown by no more than the logarithm of the crowd."""
        return (
            self.lines <= 2 * smaller.lines and len(self.touched) <= 2 * len(smaller.touched) + 2
        )


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cost]:
    """Count the reads and lines meanwhile."""
    cost = Cost()

    def reading(self: object, name: str) -> Any:  # noqa: ANN401  # any attribute
        cost.touched.add(id(self))
        return object.__getattribute__(self, name)

    def trace(_frame: FrameType, event: str, _argument: object) -> object:
        cost.lines += event == "line"
        return trace

    before = sys.gettrace()
    with monkeypatch.context() as patch:
        for kind in (Waiting, Agent):
            patch.setattr(kind, "__getattribute__", reading)
        sys.settrace(trace)  # type: ignore[arg-type]  # as documented: it returns itself
        try:
            yield cost
        finally:
            sys.settrace(before)


class Crowd:
    """This many agents are free, and as many callers wait for gold, which only two agents have:
    Golden, who talks, and Goldie, who pauses.
    """

    def __init__(self, size: int, strategy: Strategy) -> None:
        self.size = size
        self.now = MORNING
        self.center = Center(CenterStarted("n", "b"), site(strategy))
        self.waiting: list[InteractionId] = []
        self.told: list[WaitTold] = []
        self.take(PhoneReachable(PhoneId("spare")))
        self.take(LearnHandleTimes(tuple(_handle_time(queue) for queue in QUEUES)))
        self.log_in("golden", gold=9)
        self.take(self.answers("talks", "+31309999999"))
        self.log_in("goldie", gold=9)
        self.take(GoNotReady(AgentId("goldie"), "lunch", "floor"))
        for number in range(size):
            self.log_in(f"{number:05}", silver=1)
            self.now += timedelta(seconds=1)
        for number in range(size):
            self.waiting.append(InteractionId(self.calls(f"+3120{number:07}")))
            self.now += timedelta(milliseconds=1)

    def take(self, input_: Input) -> Outcome:
        """Give the center an input."""
        outcome = self.center.handle(input_, self.now)
        self.told += [event for event in outcome.events if isinstance(event, WaitTold)]
        return outcome

    def wait(self, duration: timedelta) -> None:
        """Let time pass, and run all that is due before its end."""
        until = self.now + duration
        while (at := self.center.next_deadline()) is not None and at < until:
            self.now = max(self.now, at)
            self.take(TimePassed())
        self.now = until

    def puts(self, agent: str, **skills: int) -> Outcome:
        """An agent is in the directory."""
        profile = AgentProfile(
            agent=AgentId(agent), name=agent, phone=PhoneId(agent), queues=QUEUES, skills=skills
        )
        return self.take(PutAgent(profile))

    def log_in(self, agent: str, **skills: int) -> Outcome:
        """An agent is put and logs in."""
        self.puts(agent, **skills)
        self.take(PhoneReachable(PhoneId(agent)))
        return self.take(LogIn(AgentId(agent), agent))

    def calls(self, number: str) -> str:
        """A caller calls; gives the interaction."""
        outcome = self.take(CallArrived(LegId(f"leg{number}"), NUMBER, number, ""))
        interaction: str = outcome.events[0].interaction  # type: ignore[union-attr]
        return interaction

    def rings(self, leg: str = "easy", number: str = EASY) -> DialLeg:
        """A caller calls; gives the command with which the first phone is dialed."""
        outcome = self.take(CallArrived(LegId(leg), NUMBER, number, ""))
        return next(command for command in outcome.commands if isinstance(command, DialLeg))

    def answers(self, leg: str = "easy", number: str = EASY) -> LegsBridged:
        """The first phone that rings is answered; gives the signal of the switch."""
        outcome = self.take(LegAnswered(self.rings(leg, number).leg))
        (bridge,) = (c.bridge for c in outcome.commands if isinstance(c, BridgeLegs))
        return LegsBridged(bridge)


def site(strategy: Strategy) -> Site:
    """Two queues with the same agents."""
    gold = (SkillStep(timedelta(), {"gold": 5}), SkillStep(timedelta(hours=9), {"silver": 1}))
    told = (Announcement("told", timedelta(seconds=10)),)

    def number(known: str, section: str) -> If:
        return If(parse(f'caller.number == "{known}"'), Destination(Way.SECTION, section))

    sections = {
        "start": (number(EASY, "easy"), number(TOLD, "told"), Queue(SALES, {}, skills=gold)),
        "easy": (Queue(SUPPORT, {}),),
        "told": (Queue(SALES, {}, skills=gold, announce=told, head_start=parse("1s")),),
    }
    flow = Flow(
        name="shop",
        version="1",
        numbers=(NUMBER,),
        timezone="UTC",
        languages=("en",),
        sections={
            name: Section(tuple(Step(verb, line=1) for verb in verbs))
            for name, verbs in sections.items()
        },
        prompts={"told": says("wait ", Blank(parse("queue.wait"), "duration"))},
    )
    settings = QueueSettings(
        name=SALES, strategy=strategy, ring_at_most=3, max_wait=timedelta(hours=10),
        max_waiting=1_000_000, resume_position=timedelta(minutes=1), divert_ratio=1_000_000.0,
        divert_wait=timedelta(hours=24), prefer_last_agent=timedelta(seconds=30),
    )  # fmt: skip
    return Site(
        name="crowd",
        flows=(flow,),
        queues={queue: _named(settings, queue) for queue in QUEUES},
        pause_reasons={"1": "lunch"},
        prompts={},
    )


def _handle_time(queue: QueueName) -> HandleTime:
    half_hour = half_hour_of(MORNING)
    return HandleTime(queue=queue, half_hour=half_hour, mean=timedelta(minutes=3), contacts=40)


def _named(settings: QueueSettings, queue: QueueName) -> QueueSettings:
    return msgspec.structs.replace(settings, name=queue)


# --- the inputs -----------------------------------------------------------------------------


Story = Callable[[Crowd], Iterator[Input]]
"""The preparation of an input, the input, and the way back to the crowd's first state."""
STORIES: dict[str, Story] = {}


def story(tell: Story) -> Story:
    """Keep a story under its name."""
    STORIES[tell.__name__.replace("_", " ").strip()] = tell
    return tell


def easy_hangs_up(crowd: Crowd) -> None:
    """The caller who asked for any agent is gone, and so is the agent in that talk."""
    outcome = crowd.take(LegHungUp(LegId("easy"), 16))
    for command in outcome.commands:
        if isinstance(command, HangUpLeg):
            crowd.take(LegHungUp(command.leg, 16))


@story
def a_caller_comes_and_waits(crowd: Crowd) -> Iterator[Input]:
    """Last in line."""
    yield CallArrived(LegId("late"), NUMBER, "+31300000000", "")
    crowd.take(LegHungUp(LegId("late"), 16))


@story
def a_caller_comes_and_is_offered(crowd: Crowd) -> Iterator[Input]:
    """To one of the many free agents."""
    yield CallArrived(LegId("easy"), NUMBER, EASY, "")
    easy_hangs_up(crowd)


@story
def a_caller_hangs_up_and_has_the_old_place_again(crowd: Crowd) -> Iterator[Input]:
    """In the middle of the line."""
    number = f"+3120{crowd.size // 3:07}"
    crowd.take(LegHungUp(LegId(f"leg{number}"), 16))
    yield CallArrived(LegId(f"leg{number}"), NUMBER, number, "")


@story
def the_first_hangs_up(crowd: Crowd) -> Iterator[Input]:
    """All others move up."""
    yield LegHungUp(LegId("leg+31200000000"), 16)
    crowd.take(CallArrived(LegId("leg+31200000000"), NUMBER, "+31200000000", ""))


@story
def somebody_in_the_middle_hangs_up(crowd: Crowd) -> Iterator[Input]:
    """And comes back."""
    number = f"+3120{crowd.size // 4:07}"
    yield LegHungUp(LegId(f"leg{number}"), 16)
    crowd.take(CallArrived(LegId(f"leg{number}"), NUMBER, number, ""))


@story
def a_caller_hangs_up_while_a_phone_rings(crowd: Crowd) -> Iterator[Input]:
    """The agent is free again."""
    crowd.rings()
    yield LegHungUp(LegId("easy"), 16)


@story
def an_agent_answers(crowd: Crowd) -> Iterator[Input]:
    """The legs are to be joined."""
    yield LegAnswered(crowd.rings().leg)
    easy_hangs_up(crowd)


@story
def they_are_joined(crowd: Crowd) -> Iterator[Input]:
    """The talk begins."""
    yield crowd.answers()
    easy_hangs_up(crowd)
    crowd.now += timedelta(seconds=15)
    crowd.take(TimePassed())


@story
def the_caller_hangs_up_in_the_talk(crowd: Crowd) -> Iterator[Input]:
    """Wrap-up begins."""
    crowd.take(crowd.answers())
    yield LegHungUp(LegId("easy"), 16)
    crowd.now += timedelta(seconds=15)
    crowd.take(TimePassed())


@story
def a_wrap_up_ends(crowd: Crowd) -> Iterator[Input]:
    """The agent is free."""
    crowd.take(crowd.answers())
    easy_hangs_up(crowd)
    crowd.now += timedelta(seconds=15)
    yield TimePassed()


@story
def an_offer_is_missed(crowd: Crowd) -> Iterator[Input]:
    """The next agent is rung."""
    rung = crowd.rings().phone
    crowd.now += timedelta(seconds=20)
    yield TimePassed()
    easy_hangs_up(crowd)
    crowd.take(GoReady(AgentId(rung), "floor"))


@story
def an_offer_is_refused(crowd: Crowd) -> Iterator[Input]:
    """The next agent is rung."""
    rung = crowd.rings()
    yield LegHungUp(rung.leg, 21)
    easy_hangs_up(crowd)
    crowd.take(GoReady(AgentId(rung.phone), "floor"))


@story
def an_agent_comes_back_for_whom_all_wait(crowd: Crowd) -> Iterator[Input]:
    """Goldie is offered to the first of them, who goes on waiting when she pauses again."""
    yield GoReady(AgentId("goldie"), "floor")
    (view,) = (view for view in crowd.center.agents(crowd.now) if view.agent == "goldie")
    assert view.state == "offered"
    crowd.take(GoNotReady(AgentId("goldie"), "lunch", "floor"))


@story
def a_rung_agent_pauses(crowd: Crowd) -> Iterator[Input]:
    """The next agent is rung."""
    rung = crowd.rings()
    yield GoNotReady(AgentId(rung.phone), "lunch", "floor")
    crowd.take(LegHungUp(rung.leg, 16))
    easy_hangs_up(crowd)
    crowd.take(GoReady(AgentId(rung.phone), "floor"))


@story
def an_agent_logs_in(crowd: Crowd) -> Iterator[Input]:
    """One more who is free."""
    crowd.puts("spare")
    yield LogIn(AgentId("spare"), "spare")
    crowd.take(LogOut(AgentId("spare"), "spare"))


@story
def an_agent_logs_out(crowd: Crowd) -> Iterator[Input]:
    """One of those who are free."""
    yield LogOut(AgentId("00007"), "floor")
    crowd.take(LogIn(AgentId("00007"), "floor"))


@story
def an_agent_pauses(crowd: Crowd) -> Iterator[Input]:
    """One of those who are free."""
    yield GoNotReady(AgentId("00008"), "lunch", "floor")
    crowd.take(GoReady(AgentId("00008"), "floor"))


@story
def an_agent_is_ready_again(crowd: Crowd) -> Iterator[Input]:
    """One more who is free."""
    crowd.take(GoNotReady(AgentId("00009"), "lunch", "floor"))
    yield GoReady(AgentId("00009"), "floor")


@story
def an_agent_learns_something(crowd: Crowd) -> Iterator[Input]:
    """A skill for which no caller asks."""
    crowd.puts("00010", silver=1)
    profile = AgentProfile(
        agent=AgentId("00010"),
        name="00010",
        phone=PhoneId("00010"),
        queues=QUEUES,
        skills={"silver": 1, "cooking": 3},
    )
    yield PutAgent(profile)


@story
def a_phone_is_lost(crowd: Crowd) -> Iterator[Input]:
    """Its registration has ended."""
    yield PhoneUnreachable(PhoneId("00011"))
    crowd.take(PhoneReachable(PhoneId("00011")))


@story
def a_caller_is_moved_up(crowd: Crowd) -> Iterator[Input]:
    """From the middle to the head of the line, and back."""
    middle = crowd.waiting[crowd.size // 2]
    yield ChangePriority(middle, "floor", priority=1)
    crowd.take(ChangePriority(middle, "floor", priority=5))


@story
def a_caller_is_moved_over(crowd: Crowd) -> Iterator[Input]:
    """To the other queue, and back."""
    somebody = crowd.waiting[crowd.size // 5]
    yield MoveWaiting(somebody, SUPPORT, "floor")
    crowd.take(MoveWaiting(somebody, SALES, "floor"))


@story
def a_caller_is_told_something(crowd: Crowd) -> Iterator[Input]:
    """The expected wait, at a position in the middle of the line."""
    crowd.take(CallArrived(LegId("told"), NUMBER, TOLD, ""))
    crowd.wait(timedelta(seconds=10))
    told = len(crowd.told)
    yield TimePassed()
    assert len(crowd.told) == told + 1
    crowd.take(LegHungUp(LegId("told"), 16))


@pytest.fixture(scope="module", params=LARGE)
def crowds(request: pytest.FixtureRequest) -> tuple[Crowd, Crowd]:
    """A small crowd and a large one, for every story."""
    return Crowd(SMALL, request.param), Crowd(LARGE[request.param], request.param)


def cost_of(tell: Story, crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> Cost:
    """The cost of the input of a story; a first time without counting makes all memory ready."""
    for _ in range(2):
        crowd.now += timedelta(milliseconds=1)
        inputs = tell(crowd)
        input_ = next(inputs)
        with counting(monkeypatch) as cost:
            crowd.take(input_)
        assert next(inputs, None) is None
    return cost


@pytest.mark.parametrize("name", STORIES)
def test_nothing_is_looked_through(
    crowds: tuple[Crowd, Crowd], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Many times the callers and agents cost at most twice as much."""
    small, large = (cost_of(STORIES[name], crowd, monkeypatch) for crowd in crowds)
    assert large.is_like(small), (small, large)
    assert small.lines > 50
