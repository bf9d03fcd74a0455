"""Announcements to waiting callers on the whole floor: only facts that are known, never more than
before, and never while an agent is on the way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.queue_statistics import half_hour_of
from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.declaration import Blank
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.vocabulary.command import DialLeg, StartMusic, StopPlayback
from contactcenter_ari.core.vocabulary.event import PromptPlayed, WaitTold
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime, LearnHandleTimes
from tests.core.prompts import says

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
MINUTE = timedelta(minutes=1)
WAIT = says("wait ", Blank(parse("queue.wait"), "duration"))
PLACE = says("place ", Blank(parse("queue.position"), "number"))


def every_ten_seconds(prompt: str, longer: str = "") -> Announcement:
    """Said after ten seconds, and again and again."""
    ten = timedelta(seconds=10)
    return Announcement(prompt, ten, ten, longer)


def announcing(
    floor: Floor, *announce: Announcement, greeting: str = "", sales: QueueSettings | None = None
) -> None:
    """Callers of sales are told `wait`, `place` or anything else, which says its name."""
    step = Queue(SALES, {}, announce=announce, greeting=greeting)
    flow = floor.write({"start": [step]}, wait=WAIT, place=PLACE)
    floor.open(flow, sales or QueueSettings(name=SALES))


def knows_handle_times(floor: Floor, mean: timedelta, queue: QueueName = SALES) -> None:
    """Earlier weeks say how long contacts take."""
    known = HandleTime(queue=queue, half_hour=half_hour_of(floor.now), mean=mean, contacts=40)
    floor.take(LearnHandleTimes((known,)))


def listens(caller: Caller, seconds: float) -> list[str]:
    """The announcements while time passes; each is heard out."""
    before = len(caller.heard)
    for _ in range(round(seconds)):
        caller.floor.wait(1)
        if caller.is_spoken_to():
            caller.hears_out()
    return caller.heard[before:]


# --- offers ---------------------------------------------------------------------------------


def test_an_announcement_is_cut_the_moment_an_agent_is_reserved(floor: Floor) -> None:
    """In the turn in which the agent's phone is dialed; the caller hears music again."""
    announcing(floor, every_ten_seconds("hold on"))
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    floor.wait(10)
    assert caller.is_spoken_to()
    agent.goes_ready()
    assert not caller.is_spoken_to()
    assert caller.music == "default"
    last = [type(command) for command in floor.commands[-3:]]
    assert last == [DialLeg, StopPlayback, StartMusic]


def test_an_announcement_is_cut_for_ring_all_once(floor: Floor) -> None:
    """Two phones ring, one announcement ends."""
    sales = QueueSettings(name=SALES, strategy=Strategy.RING_ALL, wrap_up=timedelta())
    announcing(floor, every_ten_seconds("hold on"), sales=sales)
    agents = [floor.agent(agent) for agent in ("100", "200")]
    first = floor.caller()
    agents[0].picks_up()
    agents[1].is_busy()
    caller = floor.caller()
    floor.wait(10)
    assert caller.is_spoken_to()
    first.hangs_up()
    assert len(floor.done(StopPlayback)) == 1
    agents[1].goes_ready()
    assert caller.rung == ["100", "200"]
    assert len(floor.done(StopPlayback)) == 1
    assert caller.music == "default"


def test_nothing_is_announced_while_a_phone_rings(floor: Floor) -> None:
    """An announcement that falls due is said when nobody answered, before the next
    agent is found.
    """
    announcing(floor, every_ten_seconds("hold on"))
    floor.agent()
    caller = floor.caller()
    floor.wait(19)
    assert caller.heard == []
    floor.wait(1)
    assert (caller.heard, caller.rung) == (["hold on"], [])


def test_a_missed_offer_and_a_new_one_in_one_turn(floor: Floor) -> None:
    """The announcement that was due gives way to the second phone."""
    announcing(floor, every_ten_seconds("hold on"))
    floor.agent("100", idle=60)
    floor.agent("200")
    caller = floor.caller()
    floor.wait(25)
    assert (caller.rung, caller.music) == (["200"], "default")
    assert not caller.is_spoken_to()


def test_after_an_agent_was_lost_announcements_go_on(floor: Floor) -> None:
    """The agent picked up and hung up before they heard each other."""
    announcing(
        floor,
        every_ten_seconds("hold on"),
        sales=QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(3)),
    )
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(5)
    agent.answers()
    agent.hangs_up()
    assert listens(caller, 6) == ["hold on"]


def test_a_greeting_is_heard_while_a_phone_rings(floor: Floor) -> None:
    """It ends when the agent picks up."""
    announcing(floor, greeting="welcome")
    agent = floor.agent()
    caller = floor.caller()
    assert (caller.heard, caller.is_spoken_to()) == (["welcome"], True)
    agent.picks_up()
    assert (caller.is_spoken_to(), caller.music) == (False, None)


# --- the wait -------------------------------------------------------------------------------


def test_an_unknown_wait_is_not_told(floor: Floor) -> None:
    """Too few contacts yet: what is told beside it is told anyway."""
    announcing(floor, every_ten_seconds("wait"), every_ten_seconds("hold on"))
    floor.agent().is_busy()
    assert listens(floor.caller(), 25) == ["hold on", "hold on"]
    assert floor.told(WaitTold) == []


def test_a_wait_is_not_told_when_nobody_takes_calls(floor: Floor) -> None:
    """However well the handle times are known."""
    announcing(floor, every_ten_seconds("wait"))
    knows_handle_times(floor, 3 * MINUTE)
    agent = floor.agent()
    caller = floor.caller()
    agent.hangs_up(17)
    assert agent.state == ("not_ready", "busy")
    assert listens(caller, 15) == []
    agent.goes_ready()
    agent.pauses()
    assert listens(caller, 15) == []


def test_a_known_wait_is_told(floor: Floor) -> None:
    """Three minutes and their deviation, rounded up; the event tells the estimate, too."""
    announcing(floor, every_ten_seconds("wait"))
    knows_handle_times(floor, 3 * MINUTE)
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    caller = floor.caller()
    assert listens(caller, 10) == ["wait 6 minutes"]
    (told,) = floor.told(WaitTold)
    assert (told.queue, told.told, told.mean) == (SALES, 6 * MINUTE, 3 * MINUTE)


def test_a_told_wait_never_rises(floor: Floor) -> None:
    """Half of the agents log out, and callers with a better place come: it takes longer than
    expected, and no larger number is said, however long it takes.
    """
    announcing(floor, every_ten_seconds("wait", longer="longer"))
    knows_handle_times(floor, 3 * MINUTE)
    agents = [floor.agent(agent) for agent in ("100", "200")]
    for agent in agents:
        floor.caller()
        agent.picks_up()
    caller = floor.caller()
    heard = listens(caller, 10)
    assert heard == ["wait 3 minutes"]
    agents[0].hangs_up()
    agents[0].logs_out()
    floor.wait(15)
    for _ in range(4):
        floor.caller().is_ranked(priority=1)
    heard = listens(caller, 60)
    assert set(heard) == {"longer"}
    waits = [event.told for event in caller.told(WaitTold) if event.told is not None]
    assert waits == sorted(waits, reverse=True)


def test_waits_fall_as_the_line_moves(floor: Floor) -> None:
    """Told again they are smaller."""
    announcing(floor, every_ten_seconds("wait"))
    knows_handle_times(floor, 3 * MINUTE)
    agent = floor.agent()
    first = floor.caller()
    agent.picks_up()
    second, third = floor.caller(), floor.caller()
    assert listens(third, 10) == ["wait 15 minutes"]
    second.hangs_up()
    assert listens(third, 10) == ["wait 6 minutes"]
    assert first.exits == ["answered"]


def test_what_a_moved_caller_is_told_is_of_the_new_queue(floor: Floor) -> None:
    """The event names it, though the flow still stands at the old one."""
    announcing(floor, every_ten_seconds("wait"))
    knows_handle_times(floor, 3 * MINUTE, SUPPORT)
    for agent, queue in (("100", "sales"), ("200", "support")):
        floor.agent(agent, queue).is_busy()
    floor.colleague("200", "support").goes_ready()
    other, caller = floor.caller(), floor.caller()
    other.is_moved("support")
    floor.colleague("200", "support").picks_up()
    caller.is_moved("support")
    listens(caller, 10)
    assert [told.queue for told in caller.told(WaitTold)] == [SUPPORT]


def test_a_new_line_may_tell_another_wait(floor: Floor) -> None:
    """The callback was of the line the caller has left."""
    first = Queue(
        SALES, {"timeout": Destination(Way.CONTINUE)}, announce=(every_ten_seconds("wait"),)
    )
    second = Queue(SUPPORT, {}, announce=(every_ten_seconds("wait"),))
    flow = floor.write({"start": [first, second]}, wait=WAIT)
    floor.open(flow, QueueSettings(name=SALES, max_wait=timedelta(seconds=15)))
    knows_handle_times(floor, MINUTE)
    knows_handle_times(floor, 10 * MINUTE, SUPPORT)
    for agent, queue in (("100", "sales"), ("200", "support")):
        colleague = floor.agent(agent, queue)
        other = floor.caller()
        if queue == "support":
            other.is_moved("support")
        colleague.picks_up()
    caller = floor.caller()
    assert listens(caller, 30) == ["wait 2 minutes", "wait 20 minutes"]


# --- the position ---------------------------------------------------------------------------


def test_the_position_is_told_where_nobody_overtakes(floor: Floor) -> None:
    """The place in line, and a better one when it moves."""
    announcing(floor, every_ten_seconds("place"))
    floor.agent().is_busy()
    first, _, third = (floor.caller() for _ in range(3))
    assert listens(third, 10) == ["place 3"]
    first.hangs_up()
    assert listens(third, 10) == ["place 2"]


def overtake(floor: Floor, callers: list[Caller], how: str) -> None:
    """Somebody gets ahead of others, or falls behind them."""
    match how:
        case "up":
            callers[2].is_ranked(priority=1)
        case "down":
            callers[0].is_ranked(priority=9)
        case _:
            floor.agent("300", "support").is_busy()
            callers[0].is_moved("support")
            callers[0].is_moved("sales")
            callers[0].is_ranked(priority=2)


@pytest.mark.parametrize("how", ["up", "down", "moved"])
def test_no_position_is_told_within_an_hour_of_overtaking(floor: Floor, how: str) -> None:
    """A place that was told might have to be taken back."""
    sales = QueueSettings(name=SALES, max_wait=timedelta(hours=3))
    announcing(floor, every_ten_seconds("place"), sales=sales)
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    callers = [floor.caller() for _ in range(3)]
    assert listens(callers[1], 10) == ["place 2"]
    overtake(floor, callers, how)
    assert listens(callers[1], 60) == []
    floor.wait(3600 - 60)
    assert len(listens(callers[1], 20)) >= 1


def test_a_change_that_moves_nobody(floor: Floor) -> None:
    """The first is given a better rank still: no place changes, so places are told."""
    announcing(floor, every_ten_seconds("place"))
    floor.agent().is_busy()
    callers = [floor.caller() for _ in range(3)]
    callers[0].is_ranked(priority=1)
    callers[2].is_ranked(priority=7)
    assert listens(callers[1], 10) == ["place 2"]


def test_head_starts_that_overtake(floor: Floor) -> None:
    """A gold caller comes in before others: from then on no place is told."""
    gold = QueueSettings(name=SALES, head_start_by_status={"gold": MINUTE})
    step = Queue(
        SALES, {}, announce=(every_ten_seconds("place"),),
        head_start=parse('1m if caller.name == "gold" else 0s'),
    )  # fmt: skip
    floor.open(floor.write({"start": [step]}, place=PLACE), gold)
    floor.agent().is_busy()
    first = floor.caller(name="gold")
    caller = floor.caller()
    assert listens(caller, 10) == ["place 2"]
    floor.caller(name="gold")
    assert listens(caller, 20) == []
    assert first.exits == []


def test_other_lines_are_not_touched(floor: Floor) -> None:
    """Each queue has its own."""
    flow = floor.write(
        {
            "start": [Play("hello"), Queue(SALES, {}, announce=(every_ten_seconds("place"),))],
        },
        place=PLACE,
    )
    floor.open(flow)
    floor.agent().is_busy()
    floor.agent("200", "support").is_busy()
    callers = [floor.caller() for _ in range(4)]
    for caller in callers:
        caller.hears_out()
    callers[0].is_moved("support")
    callers[1].is_moved("support")
    callers[1].is_ranked(priority=1)
    assert listens(callers[3], 10) == ["place 2"]
    assert [event.prompt for event in callers[3].told(PromptPlayed)] == ["hello", "place"]
