"""A fault of ours in one turn: the call it belongs to hears of it, and no other call."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.center.joining import Joining
from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.outbound.callback_dialing import CallbackDialing
from contactcenter_ari.core.outbound.lost_call import LostCalls
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Handled
from contactcenter_ari.core.vocabulary.command import Command, DialLeg, HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import EndReason, InteractionEnded
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, LegId, QueueName
from contactcenter_ari.core.vocabulary.request import GoReady, LogIn, RestoreLostCall
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    PhoneReachable,
    PlaybackFinished,
    TimePassed,
)
from tests.core.conftest import NUMBER, Caller, Floor


class OurFault(Exception):
    """An error as a bug of ours would raise it."""


def failing(*_: object, **__: object) -> None:
    """A function that fails at each call."""
    raise OurFault


def take(floor: Floor, input_: Input) -> Handled:
    """Let the center take an input as it does in service."""
    handled = floor.center.take(input_, floor.now)
    for command in handled.outcome.commands:
        floor.switch.carry_out(command)
    floor.commands += handled.outcome.commands
    floor.events += handled.outcome.events
    return handled


def done_for(handled: Handled, caller: Caller) -> list[Command]:
    """The commands for one of the callers."""
    return [c for c in handled.outcome.commands if c.call == CallId(caller.interaction)]


def said(commands: Iterable[Command]) -> list[str]:
    """The words of the prompts."""
    plays = [command for command in commands if isinstance(command, PlayPrompt)]
    return [getattr(part, "text", "") for play in plays for part in play.parts]


def fails_for(caller: Caller, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this method of the interpreter fails for one caller."""
    works = getattr(Interpreter, method)

    def struck(flow: Interpreter, run: object, *args: object, **kwargs: object) -> object:
        if getattr(run, "interaction", None) == caller.interaction:
            raise OurFault
        return works(flow, run, *args, **kwargs)

    monkeypatch.setattr(Interpreter, method, struck)


@pytest.fixture
def menu(floor: Floor) -> tuple[Caller, Caller]:
    """Two callers at the same instant in the same menu."""
    rules = InputRules(("menu",), timeout=timedelta(seconds=5), tries=2)
    choices = {"1": Destination(Way.SECTION, "chosen")}
    floor.open(
        floor.write(
            {"start": [Menu(rules, choices)], "chosen": [Play("thanks"), HangUp()]},
        )
    )
    callers = floor.caller(), floor.caller("+31612345679")
    for caller in callers:
        caller.hears_out()
    return callers


def at_next_deadline(floor: Floor) -> None:
    """The instant of the next deadline has come."""
    deadline = floor.center.next_deadline()
    assert deadline is not None
    floor.now = deadline


def test_one_due_deadline_a_turn(floor: Floor, menu: tuple[Caller, Caller]) -> None:
    """Two deadlines that are due at one instant have a turn each."""
    first, second = menu
    at_next_deadline(floor)
    one, other = take(floor, TimePassed()), take(floor, TimePassed())
    assert said(done_for(one, first)) == said(done_for(other, second)) == ["menu"]
    assert done_for(one, second) == done_for(other, first) == []
    assert take(floor, TimePassed()).outcome.commands == ()


def test_a_fault_in_a_deadline(
    floor: Floor, menu: tuple[Caller, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This caller hears an apology; the other's deadline of the same instant is kept."""
    bad, good = menu
    at_next_deadline(floor)
    fails_for(bad, "deadline_passed", monkeypatch)
    faulty = take(floor, TimePassed())
    assert [type(fault) for fault in faulty.faults] == [OurFault]
    assert said(done_for(faulty, bad)) == ["apology"]
    assert done_for(faulty, good) == []
    well = take(floor, TimePassed())
    assert (well.faults, said(done_for(well, good))) == ((), ["menu"])
    assert floor.center.next_deadline() is not None


def test_a_fault_in_a_key(
    floor: Floor, menu: tuple[Caller, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This caller hears an apology, and the other one is led on by the same key."""
    bad, good = menu
    fails_for(bad, "digit", monkeypatch)
    assert said(done_for(take(floor, DigitPressed(bad.leg, "1")), bad)) == ["apology"]
    well = take(floor, DigitPressed(good.leg, "1"))
    assert (well.faults, said(done_for(well, good))) == ((), ["thanks"])


def test_a_flow_that_always_fails(
    floor: Floor, menu: tuple[Caller, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The apology owes nothing to the flow; after it the call ends, as our fault."""
    bad, _ = menu
    fails_for(bad, "digit", monkeypatch)
    fails_for(bad, "fail", monkeypatch)
    assert said(done_for(take(floor, DigitPressed(bad.leg, "1")), bad)) == ["apology"]
    over = take(floor, PlaybackFinished(floor.switch.playing[bad.leg].playback))
    assert done_for(over, bad) == [HangUpLeg(call=CallId(bad.interaction), leg=bad.leg)]
    take(floor, LegHungUp(bad.leg, 16))
    assert bad.end.reason is EndReason.SYSTEM_ERROR


def test_a_fault_as_a_call_comes_in(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room knows the call yet: the caller hears the apology, and the records have one row."""
    leg = LegId("new")
    monkeypatch.setattr(CallControl, "arrive", failing)
    floor.switch.note(CallArrived(leg, NUMBER, "+31612345678", ""))
    handled = take(floor, CallArrived(leg, NUMBER, "+31612345678", ""))
    assert said(handled.outcome.commands) == ["apology"]
    numbers = [event.number for event in handled.outcome.events]
    assert numbers == list(range(1, len(numbers) + 1))
    take(floor, LegHungUp(leg, 16))
    (ended,) = floor.told(InteractionEnded)
    assert ended.reason is EndReason.SYSTEM_ERROR


def test_a_fault_in_a_deadline_that_no_call_depends_on(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set again, so that its work is done after all."""
    floor.take(
        RestoreLostCall(
            interaction=InteractionId("n1-b-1"),
            queue=QueueName("sales"),
            caller_number="+31612345678",
            opened_at=floor.now,
        )
    )
    at_next_deadline(floor)
    monkeypatch.setattr(LostCalls, "_close", failing)
    assert take(floor, TimePassed()).faults
    monkeypatch.undo()
    assert floor.center.open_lost_calls() == 1
    at_next_deadline(floor)
    assert not take(floor, TimePassed()).faults
    assert (floor.center.open_lost_calls(), floor.center.next_deadline()) == (0, None)


def test_a_fault_as_an_agent_answers(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone is hung up, the agent free, and the caller offered to the next one at once."""
    first, second = floor.agent("100", idle=9), floor.agent("101", idle=3)
    caller = floor.caller()
    monkeypatch.setattr(Joining, "offer", failing)
    dialed = floor.done(DialLeg)[-1]
    assert dialed.phone == first.phone
    handled = take(floor, LegAnswered(dialed.leg))
    assert [type(fault) for fault in handled.faults] == [OurFault]
    phones = [c.phone for c in handled.outcome.commands if isinstance(c, DialLeg)]
    assert phones == [second.phone]
    assert (first.state, caller.exits) == (("ready", ""), [])


def test_a_fault_in_an_offer(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next caller is offered to the agent in the same turn. This one waits on; if it fails
    again at once, they hear an apology.
    """
    floor.open(None, QueueSettings(name=QueueName("sales"), join_empty=True))
    agent = floor.agent()
    agent.pauses()
    bad, good = floor.caller(), floor.caller("+31612345679")
    make = Offers.make

    def struck(offers: Offers, *args: object) -> None:
        if getattr(args[0], "interaction", None) == bad.interaction:
            raise OurFault
        make(offers, *args)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Offers, "make", struck)
    handled = take(floor, GoReady(agent.id, "100"))
    assert handled.faults
    assert good.rung == [agent.id]
    assert (bad.music, bad.exits) == ("default", [])
    second = floor.colleague("101")
    floor.take(PhoneReachable(second.phone))
    handled = take(floor, LogIn(second.id, "101"))
    assert handled.faults
    assert said(done_for(handled, bad)) == ["apology"]


def test_a_fault_after_the_turn(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the callbacks' work at the end of each turn keeps no caller from an agent."""
    floor.open(None, QueueSettings(name=QueueName("sales"), join_empty=True))
    agent = floor.agent()
    agent.pauses()
    caller = floor.caller()
    monkeypatch.setattr(CallbackDialing, "dispatch", failing)
    handled = take(floor, GoReady(agent.id, "100"))
    assert handled.faults
    assert caller.rung == [agent.id]
