"""A call floor to tell stories on: callers, agents and a switch around the shipped core.

Time stands still until `wait`. The switch believes every command and complains about one
that makes no sense. After each test everybody leaves, and the accounts must balance: see
`accounts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.site.catalog import SYSTEM_PROMPTS
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary import event, ids, request, signal
from contactcenter_ari.core.vocabulary.command import Command, DialOutside
from tests.core.accounts import check_accounts
from tests.core.prompts import prompts_of, says
from tests.core.switch import Switch

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NUMBER = "+31201234567"
HANG_UP = Destination(Way.HANG_UP)

E = TypeVar("E", bound=event.Event)
C = TypeVar("C", bound=Command)


@dataclass
class Line:
    """Somebody outside, on the phone."""

    floor: Floor
    leg: ids.LegId

    def hears_out(self) -> Outcome:
        """Listen until the prompt is over."""
        playback = self.floor.switch.playing[self.leg].playback
        return self.floor.take(signal.PlaybackFinished(playback))

    def hangs_up(self, cause: int = 16) -> Outcome:
        """End the call, or refuse it, with a cause of ITU-T Q.850."""
        return self.floor.take(signal.LegHungUp(self.leg, cause))

    def is_lost(self) -> Outcome:
        """The phone vanishes."""
        return self.floor.take(signal.LegLost(self.leg))

    @property
    def heard(self) -> list[str]:
        """All that was said so far, in order."""
        return [words for leg, words in self.floor.switch.heard if leg == self.leg]

    def is_released(self) -> bool:
        """Whether the call is over, by whichever side."""
        return self.leg not in self.floor.switch.legs or self.leg in self.floor.switch.ending


@dataclass
class Caller(Line):
    """Somebody who calls in."""

    interaction: ids.InteractionId

    def presses(self, digits: str) -> None:
        """Press keys, one after the other in the same instant."""
        for digit in digits:
            self.floor.take(signal.DigitPressed(self.leg, digit))

    def is_spoken_to(self) -> bool:
        """Whether a prompt is being played."""
        return self.leg in self.floor.switch.playing

    @property
    def music(self) -> str | None:
        """The music that is heard."""
        return self.floor.switch.music.get(self.leg)

    @property
    def end(self) -> event.InteractionEnded:
        """The one end of this call."""
        (end,) = self.told(event.InteractionEnded)
        return end

    def is_ranked(
        self, *, priority: int | None = None, head_start: timedelta | None = None
    ) -> None:
        """A supervisor gives another priority class or head start."""
        self.floor.take(
            request.ChangePriority(
                self.interaction, "floor", priority=priority, head_start=head_start
            )
        )

    def is_moved(self, queue: str) -> Outcome:
        """A supervisor lets the caller wait in another queue."""
        moved = request.MoveWaiting(self.interaction, ids.QueueName(queue), "floor")
        return self.floor.take(moved)

    def is_withdrawn(self) -> Outcome:
        """A supervisor takes the caller out of the line."""
        return self.floor.take(request.WithdrawWaiting(self.interaction, "floor"))

    @property
    def exits(self) -> list[event.QueueExit]:
        """How the stays in queues ended."""
        return [each.result for each in self.told(event.InteractionDequeued)]

    @property
    def rung(self) -> list[ids.AgentId]:
        """The agents whose phones ring for this caller, in the order they were dialed."""
        over = {each.offer for each in self.told(event.OfferEnded)}
        return [each.agent for each in self.told(event.OfferMade) if each.offer not in over]

    @property
    def offers(self) -> list[tuple[ids.AgentId, event.OfferResult]]:
        """To whom this caller was offered, and what came of it."""
        return [(each.agent, each.result) for each in self.told(event.OfferEnded)]

    def told(self, kind: type[E]) -> list[E]:
        """Events of one kind about this caller."""
        told = self.floor.told(kind)
        return [e for e in told if getattr(e, "interaction", None) == self.interaction]


@dataclass
class Colleague:
    """An agent and their phone."""

    floor: Floor
    id: ids.AgentId
    phone: ids.PhoneId

    @property
    def view(self) -> AgentView:
        """The agent as a screen shows them."""
        return self.floor.center.agent(self.id, self.floor.now)

    @property
    def state(self) -> tuple[event.AgentState, str]:
        """State and reason."""
        return self.view.state, self.view.reason

    @property
    def moves(self) -> list[tuple[str, str, str, str]]:
        """Each move from state (and reason) to state (and reason)."""
        told = [e for e in self.floor.told(event.AgentStateChanged) if e.agent == self.id]
        return [(e.before, e.before_reason, e.after, e.reason) for e in told]

    @property
    def leg(self) -> ids.LegId:
        """The leg to the agent's phone that is in use."""
        return self.floor.switch.phones_in_use()[self.phone]

    def is_rung(self) -> bool:
        """Whether the phone rings or is in use."""
        return self.phone in self.floor.switch.phones_in_use()

    def rings(self) -> None:
        """The phone says that it rings."""
        self.floor.take(signal.LegRinging(self.leg))

    def answers(self) -> Outcome:
        """Pick up; the switch has yet to join the legs."""
        return self.floor.take(signal.LegAnswered(self.leg))

    def is_joined(self) -> Outcome:
        """The switch says that the parties hear each other."""
        leg = self.leg
        (bridge,) = (b for b, legs in self.floor.switch.bridges.items() if leg in legs)
        return self.floor.take(signal.LegsBridged(bridge))

    def picks_up(self) -> None:
        """Pick up and talk."""
        self.answers()
        self.is_joined()

    def hangs_up(self, cause: int = 16) -> Outcome:
        """End the call, or refuse it, with a cause of ITU-T Q.850."""
        return self.floor.take(signal.LegHungUp(self.leg, cause))

    def is_lost(self) -> Outcome:
        """The phone vanishes."""
        return self.floor.take(signal.LegLost(self.leg))

    @property
    def heard(self) -> list[str]:
        """All that was said so far on the leg in use, in order."""
        return [words for leg, words in self.floor.switch.heard if leg == self.leg]

    def hears_out(self, *, failed: bool = False) -> Outcome:
        """Listen until the prompt is over, or could not be played."""
        playback = self.floor.switch.playing[self.leg].playback
        return self.floor.take(signal.PlaybackFinished(playback, failed=failed))

    def logs_in(self) -> None:
        """Log in."""
        self.floor.take(request.LogIn(self.id, self.id))

    def logs_out(self) -> None:
        """Log out."""
        self.floor.take(request.LogOut(self.id, self.id))

    def goes_ready(self) -> None:
        """Ask for calls, after a call of their own if there is one."""
        if self.own_leg in self.floor.switch.legs:
            self.floor.take(signal.LegHungUp(self.own_leg, 16))
        else:
            self.floor.take(request.GoReady(self.id, self.id))

    @property
    def own_leg(self) -> ids.LegId:
        """The leg of a call outside the queues."""
        return ids.LegId(f"own-{self.id}")

    def is_busy(self) -> None:
        """Begin a call outside the queues, of five minutes at most: callers wait meanwhile."""
        self.floor.take(signal.PhoneDialed(self.own_leg, self.phone, "77"))

    def pauses(self, reason: str = "lunch") -> None:
        """Ask for no calls."""
        self.floor.take(request.GoNotReady(self.id, reason, self.id))

    def ends_wrap_up(self) -> None:
        """Be done with the work after the talk."""
        self.floor.take(request.EndWrapUp(self.id, self.id))

    def extends_wrap_up(self) -> None:
        """Ask for more time for it."""
        self.floor.take(request.ExtendWrapUp(self.id, self.id))

    def notes(self, disposition: str) -> None:
        """Set the result of the talk."""
        self.floor.take(request.SetDisposition(self.id, disposition, self.id))


@dataclass
class Callee(Line):
    """Somebody at an outside line."""

    def answers(self) -> Outcome:
        """Pick up; the parties have yet to be joined."""
        return self.floor.take(signal.LegAnswered(self.leg))

    def presses(self, digit: str) -> Outcome:
        """Press a key."""
        return self.floor.take(signal.DigitPressed(self.leg, digit))

    def is_joined(self) -> Outcome:
        """The switch says that the parties hear each other."""
        (bridge,) = (b for b, legs in self.floor.switch.bridges.items() if self.leg in legs)
        return self.floor.take(signal.LegsBridged(bridge))

    def picks_up(self) -> None:
        """Pick up and talk."""
        self.answers()
        self.is_joined()


class Floor:
    """A center, its switch, and everybody around them."""

    def __init__(self) -> None:
        self.open()

    def open(
        self,
        flow: Flow | None = None,
        *queues: QueueSettings,
        prompts: Mapping[str, Prompt] | None = None,
    ) -> None:
        """Begin anew: by default callers go straight to the queue `sales`. The prompts are the
        system's own, and those it needs.
        """
        names = (ids.QueueName("sales"), ids.QueueName("support"))
        named = {name: QueueSettings(name=name) for name in names}
        self.flow = flow or self.write({"start": [Queue(ids.QueueName("sales"), {})]})
        self.site = Site(
            name="test",
            flows=(self.flow,),
            queues=named | {queue.name: queue for queue in queues},
            pause_reasons={"1": "lunch", "2": "training"},
            prompts={name: says(name) for name in SYSTEM_PROMPTS} | dict(prompts or {}),
        )
        self.now = MORNING
        self.center = Center(CenterStarted("n1", "b1"), self.site)
        self.switch = Switch()
        self.inputs: list[tuple[Input, datetime]] = []
        self.commands: list[Command] = []
        self.events: list[event.Event] = []

    @staticmethod
    def write(sections: Mapping[str, Sequence[Verb | Step]], **prompts: Prompt) -> Flow:
        """A flow of these sections; one in parentheses is inline, and each prompt that is not
        given says its own name.
        """
        written = {
            name: Section(
                tuple(s if isinstance(s, Step) else Step(s, line=1) for s in steps),
                inline=name.startswith("("),
            )
            for name, steps in sections.items()
        }
        steps = (step for section in written.values() for step in section.steps)
        named = {name: says(name) for step in steps for name in prompts_of(step.verb)}
        return Flow(
            name="shop",
            version="v1",
            numbers=(NUMBER,),
            timezone="Europe/Amsterdam",
            languages=("en",),
            sections=written,
            prompts=named | prompts,
        )

    # People

    def caller(self, number: str = "+31612345678", name: str = "", to: str = NUMBER) -> Caller:
        """Somebody calls."""
        leg = ids.LegId(f"leg-{len(self.inputs)}")
        self.take(signal.CallArrived(leg, to, number, name))
        (started,) = (e for e in self.told(event.InteractionStarted) if e.leg == leg)
        return Caller(self, leg, started.interaction)

    def agent(self, agent: str = "100", *queues: str, idle: float = 0, **skills: int) -> Colleague:
        """An agent with a registered phone logs in, `idle` seconds before what follows."""
        known = self.colleague(agent, *queues, **skills)
        self.take(signal.PhoneReachable(known.phone))
        known.logs_in()
        self.wait(idle)
        return known

    def colleague(self, agent: str = "100", *queues: str, **skills: int) -> Colleague:
        """An agent in the directory, neither logged in nor registered; by default for sales."""
        profile = request.AgentProfile(
            agent=ids.AgentId(agent),
            name=f"Agent {agent}",
            phone=ids.PhoneId(f"phone-{agent}"),
            queues=tuple(ids.QueueName(queue) for queue in queues or ("sales",)),
            skills=skills,
        )
        self.take(request.PutAgent(profile))
        return Colleague(self, profile.agent, profile.phone)

    def known(self, agent: str) -> Colleague:
        """An agent who is in the directory."""
        return Colleague(self, ids.AgentId(agent), ids.PhoneId(f"phone-{agent}"))

    def callee(self) -> Callee:
        """The party on the outside line that was dialed last."""
        return Callee(self, self.done(DialOutside)[-1].leg)

    # Supervisors

    def closes(self, queue: str) -> Outcome:
        """A supervisor closes a queue."""
        return self.take(request.CloseQueue(ids.QueueName(queue), "floor"))

    def opens(self, queue: str) -> Outcome:
        """And opens it again."""
        return self.take(request.OpenQueue(ids.QueueName(queue), "floor"))

    def refuses(self, asked: request.Request) -> str:
        """The code with which a request is refused; nothing at all may have come of it."""
        before = self._picture()
        with pytest.raises(RequestRefused) as refused:
            self.take(asked)
        assert self._picture() == before
        return refused.value.code

    def _picture(self) -> tuple[object, ...]:
        center = self.center
        views = (center.queues(self.now), center.agents(self.now), center.calls())
        return (*views, center.next_deadline())

    # Time and the switch

    def take(self, input_: Input) -> Outcome:
        """Tell the core something, now; the switch does what comes of it."""
        self.switch.note(input_)
        outcome = self.center.handle(input_, self.now)
        self.inputs.append((input_, self.now))
        for command in outcome.commands:
            self.switch.carry_out(command)
        self.commands += outcome.commands
        self.events += outcome.events
        return outcome

    def fails(self, kind: type[C], status: int = 404) -> Outcome:
        """The latest command of a kind could not be carried out."""
        return self.take(signal.CommandFailed(self.done(kind)[-1], status, "as the story goes"))

    def settle(self) -> None:
        """Let the switch report what it was told to end: prompts, legs, recordings."""
        switch = self.switch
        while switch.stopped or switch.ending or switch.closed or switch.finished:
            if switch.stopped:
                self.take(signal.PlaybackFinished(switch.stopped.pop(0)))
            elif switch.closed:
                self.take(signal.RecordingClosed(switch.closed.pop(0)))
            elif switch.finished:
                self.take(signal.RecordingFinished(switch.finished.pop(0), "talk.wav", 1))
            else:
                self.take(signal.LegHungUp(next(iter(switch.ending)), 16))

    def wait(self, seconds: float, *, silent: bool = False) -> None:
        """Let time pass, each deadline at its instant; a `silent` switch reports nothing."""
        until = self.now + timedelta(seconds=seconds)
        if not silent:
            self.settle()
        while (deadline := self.center.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.take(signal.TimePassed())
            if not silent:
                self.settle()
        self.now = until

    # What came of it

    def told(self, kind: type[E]) -> list[E]:
        """Events of one kind."""
        return [each for each in self.events if isinstance(each, kind)]

    def done(self, kind: type[C]) -> list[C]:
        """Commands of one kind."""
        return [command for command in self.commands if isinstance(command, kind)]

    def close(self) -> None:
        """Everybody on the phone hangs up, and time passes until nothing more can happen."""
        self.settle()
        for leg in [leg for leg, phone in self.switch.legs.items() if phone[:1] in {"", "+"}]:
            self.take(signal.LegHungUp(leg, 16))
        self.settle()
        for _ in range(1000):
            if (deadline := self.center.next_deadline()) is None:
                return
            self.wait(max((deadline - self.now).total_seconds(), 0))
        raise AssertionError("there is always another deadline")


@pytest.fixture
def floor() -> Iterator[Floor]:
    """A floor, and when the story is told the check that everything came to its end."""
    floor = Floor()
    yield floor
    floor.close()
    check_accounts(floor)
