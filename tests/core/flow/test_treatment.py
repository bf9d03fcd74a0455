"""The audio for a caller who waits for an agent, and the way of the flow after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.vocabulary.command import (
    DissolveBridge,
    HangUpLeg,
    StartMusic,
    StopMusic,
    StopPlayback,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.event import Party, WaitTold
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime, LearnHandleTimes, MoveWaiting
from contactcenter_ari.core.vocabulary.signal import DigitPressed
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SALES = QueueName("sales")


def seconds(number: float) -> timedelta:
    """This many seconds."""
    return timedelta(seconds=number)


def waiting(floor: Floor, step: Queue) -> Caller:
    """A caller who waits in a queue, where the only agent pauses."""
    floor.open(floor.write({"start": [step]}))
    floor.agent().is_busy()
    return floor.caller()


# --- music and announcements ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("step_music", "queue_music", "expected"),
    [(None, "default", "default"), (None, "jazz", "jazz"), ("calm", "jazz", "calm")],
)
def test_music(floor: Floor, step_music: str | None, queue_music: str, expected: str) -> None:
    """That of the step, or else of the queue."""
    flow = floor.write({"start": [Queue(SALES, {}, music=step_music)]})
    floor.open(flow, QueueSettings(name=SALES, music=queue_music))
    floor.agent().is_busy()
    assert floor.caller().music == expected


def test_a_greeting_comes_before_the_music(floor: Floor) -> None:
    """First the greeting, when it is over the music."""
    caller = waiting(floor, Queue(SALES, {}, greeting="please wait"))
    assert (caller.heard, caller.music) == (["please wait"], None)
    caller.hears_out()
    assert floor.switch.music == {caller.leg: "default"}


def test_announcements(floor: Floor) -> None:
    """One every minute, first after ten seconds; one played once; music in between."""
    caller = waiting(
        floor,
        Queue(
            SALES,
            {},
            announce=(
                Announcement("still waiting", seconds(10), every=seconds(60)),
                Announcement("try our site", seconds(30)),
            ),
        ),
    )
    floor.wait(9.9)
    assert caller.heard == []
    floor.wait(0.1)
    assert (caller.heard, caller.music) == (["still waiting"], None)
    floor.wait(5)
    caller.hears_out()
    assert floor.switch.music == {caller.leg: "default"}
    floor.wait(15)
    caller.hears_out()
    floor.wait(40)
    caller.hears_out()
    floor.wait(59.9)
    assert caller.heard == ["still waiting", "try our site", "still waiting"]
    floor.wait(0.1)
    assert caller.heard[3:] == ["still waiting"]


def test_announcements_of_one_instant_are_said_together(floor: Floor) -> None:
    """Two that are due at once follow one another without music in between."""
    both = (Announcement("one", seconds(10)), Announcement("two", seconds(10)))
    caller = waiting(floor, Queue(SALES, {}, announce=both))
    floor.wait(10)
    assert caller.heard == ["one", "two"]
    caller.hears_out()
    assert not caller.is_spoken_to()


def test_an_announcement_due_during_the_greeting(floor: Floor) -> None:
    """It is not lost: it is played when the greeting is over."""
    caller = waiting(
        floor,
        Queue(
            SALES,
            {},
            greeting="a long greeting",
            announce=(Announcement("once", seconds(5)), Announcement("later", seconds(20))),
        ),
    )
    floor.wait(8)
    assert caller.heard == ["a long greeting"]
    caller.hears_out()
    floor.wait(0)
    assert caller.heard == ["a long greeting", "once"]
    caller.hears_out()
    floor.wait(12)
    assert caller.heard == ["a long greeting", "once", "later"]


def test_the_position_in_an_announcement(floor: Floor) -> None:
    """It is the one at the instant of the announcement, in the greeting as well."""
    step = Queue(
        SALES,
        {},
        greeting="position",
        announce=(Announcement("position", seconds(10), every=seconds(10)),),
    )
    flow = floor.write({"start": [step]})
    blank = Blank(parse("queue.position"), "number")
    position = Prompt({"en": (Text((Words("number "), blank)),)})
    floor.open(msgspec.structs.replace(flow, prompts={"position": position}))
    floor.agent().is_busy()
    first, second = floor.caller(), floor.caller()
    second.hears_out()
    first.hangs_up()
    floor.wait(10)
    assert second.heard == ["number 2", "number 1"]


def test_the_wait_in_an_announcement(floor: Floor) -> None:
    """Mean and deviation for the next in line; talks that turn out longer raise no wait."""
    told = Announcement("wait", seconds(10), every=seconds(60), longer="longer")
    flow = floor.write({"start": [Queue(SALES, {}, announce=(told,))]})
    blank = Blank(parse("queue.wait"), "duration")
    longer = Text((Words("it takes longer"),))
    prompts = {"wait": Prompt({"en": (Text((blank,)),)}), "longer": Prompt({"en": (longer,)})}
    floor.open(msgspec.structs.replace(flow, prompts=prompts))
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    agent.picks_up()
    for talks in (180, 180, 600, 600, 120):
        floor.take(LearnHandleTimes((HandleTime(SALES, 20, seconds(talks), contacts=50),)))
        floor.wait(30)
        second.hears_out()
        floor.wait(30)
    assert second.heard == [*["6 minutes"] * 2, *["it takes longer"] * 2, "4 minutes"]
    waits = [(each.told, each.mean) for each in second.told(WaitTold)]
    six, more = (seconds(360), seconds(180)), (None, seconds(600))
    assert waits == [six, six, more, more, (seconds(240), seconds(120))]
    assert first.heard == []


def test_an_announcement_never_delays_an_answer(floor: Floor) -> None:
    """It is cut off in the turn the agent picks up."""
    flow = floor.write({"start": [Queue(SALES, {}, greeting="a long greeting")]})
    floor.open(flow)
    agent = floor.agent()
    caller = floor.caller()
    assert (agent.is_rung(), caller.is_spoken_to()) == (True, True)
    agent.answers()
    assert not caller.is_spoken_to()
    assert len(floor.done(StopPlayback)) == 1
    agent.is_joined()
    floor.wait(300)
    assert caller.heard == ["a long greeting"]


def test_an_offer_ends_an_announcement(floor: Floor) -> None:
    """The caller hears music from the turn on in which a phone begins to ring."""
    announce = (Announcement("a long story", seconds(10), every=seconds(60)),)
    caller = waiting(floor, Queue(SALES, {}, announce=announce))
    floor.wait(10)
    assert caller.is_spoken_to()
    agent = floor.agent("200")
    assert (agent.is_rung(), caller.is_spoken_to(), caller.music) == (True, False, "default")
    agent.picks_up()
    assert caller.heard == ["a long story"]


def test_announcements_while_a_phone_rings_and_after(floor: Floor) -> None:
    """An announcement that falls due while it rings is played once when no agent has answered."""
    announce = (Announcement("still waiting", seconds(15), every=seconds(10)),)
    floor.open(floor.write({"start": [Queue(SALES, {}, announce=announce)]}))
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(19.9)
    assert (agent.is_rung(), caller.heard) == (True, [])
    floor.wait(0.1)
    assert (agent.is_rung(), caller.heard) == (False, ["still waiting"])


def test_announcements_when_one_of_several_phones_is_busy(floor: Floor) -> None:
    """No announcement is played as long as another rings."""
    announce = (Announcement("still waiting", seconds(5), every=seconds(10)),)
    floor.open(
        floor.write({"start": [Queue(SALES, {}, announce=announce)]}),
        QueueSettings(name=SALES, strategy=Strategy.RING_ALL),
    )
    first, second = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    first.hangs_up(cause=21)
    floor.wait(10)
    assert (second.is_rung(), caller.heard) == (True, [])
    second.hangs_up(cause=21)
    floor.wait(0)
    assert caller.heard == ["still waiting"]


def test_announcements_go_on_in_another_queue(floor: Floor) -> None:
    """A caller who is moved while a phone rings still hears announcements."""
    announce = (Announcement("still waiting", seconds(15), every=seconds(60)),)
    floor.open(floor.write({"start": [Queue(SALES, {}, announce=announce)]}))
    floor.agent("200", "support").is_busy()
    agent = floor.agent()
    caller = floor.caller()
    assert agent.is_rung()
    floor.take(MoveWaiting(caller.interaction, QueueName("support"), "boss"))
    floor.wait(15)
    assert caller.heard == ["still waiting"]


def test_a_key_during_an_announcement(floor: Floor) -> None:
    """It is taken at once, and the prompt that was cut short is not played again."""
    step = Queue(
        SALES,
        {},
        announce=(Announcement("press 1 for news", seconds(10), every=seconds(60)),),
        keys={"1": to("news")},
    )
    back = Goto(Destination(Way.RETURN))
    floor.open(floor.write({"start": [step], "news": [Play("news", barge_in=False), back]}))
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(10)
    caller.presses("1")
    assert caller.heard == ["press 1 for news", "news"]
    caller.hears_out()
    assert caller.music == "default"
    floor.wait(59)
    assert caller.heard == ["press 1 for news", "news"]
    floor.wait(1)
    assert caller.heard[2:] == ["press 1 for news"]


def test_nothing_is_announced_in_a_talk(floor: Floor) -> None:
    """An announcement that was due later is not played any more."""
    announce = (Announcement("still waiting", seconds(10), every=seconds(10)),)
    floor.open(floor.write({"start": [Queue(SALES, {}, announce=announce)]}))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(60)
    assert caller.heard == []
    assert len(floor.done(StartMusic)) == len(floor.done(StopMusic)) == 1


def test_announcements_go_on_after_a_failed_answer(floor: Floor) -> None:
    """A caller who was not connected after all waits on and hears the due announcements."""
    announce = (Announcement("still waiting", seconds(10)),)
    floor.open(floor.write({"start": [Queue(SALES, {}, announce=announce)]}))
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(9)
    agent.answers()
    floor.wait(3)
    agent.hangs_up()
    floor.wait(0)
    assert caller.heard == ["still waiting"]


def test_an_empty_announcement(floor: Floor) -> None:
    """After an announcement without words the music goes on."""
    announce = (Announcement("empty", seconds(10), every=seconds(10)),)
    flow = floor.write({"start": [Queue(SALES, {}, announce=announce)]})
    floor.open(msgspec.structs.replace(flow, prompts={"empty": Prompt({})}))
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(35)
    assert (caller.heard, caller.music) == ([], "default")


def test_keys_while_waiting_and_talking(floor: Floor) -> None:
    """They change nothing, and are not taken for a menu after the talk."""
    after = {"answered": to("rating")}
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, after)],
                "rating": [Menu(InputRules(("rate us",)), {"5": to("thanks")})],
                "thanks": [Play("thanks")],
            }
        )
    )
    agent = floor.agent()
    caller = floor.caller()
    caller.presses("5")
    agent.picks_up()
    told = len(floor.events)
    caller.presses("5")
    assert floor.take(DigitPressed(agent.leg, "5")).events == ()
    assert len(floor.events) == told
    agent.hangs_up()
    assert caller.heard == ["rate us"]
    caller.presses("5")
    assert caller.heard == ["rate us", "thanks"]


# --- outcomes -------------------------------------------------------------------------------


def test_from_one_queue_to_the_next(floor: Floor) -> None:
    """Two stays with an exit each; the end names the last queue and its agent."""
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, {"timeout": to("other")}, max_wait=seconds(30))],
                "other": [Play("another team"), Queue(QueueName("support"), {})],
            }
        )
    )
    floor.agent("100", "sales").is_busy()
    agent = floor.agent("200", "support")
    caller = floor.caller()
    floor.wait(30)
    caller.hears_out()
    assert agent.is_rung()
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    assert caller.exits == ["timeout", "answered"]
    assert (caller.end.queue, caller.end.agent) == ("support", "200")
    assert caller.end.reason == "completed"


def test_an_outcome_that_is_not_handled_goes_on(floor: Floor) -> None:
    """Without a way for `no_agents` the next step follows."""
    floor.open(floor.write({"start": [Queue(SALES, {}), Play("sorry")]}))
    caller = floor.caller()
    assert (caller.exits, caller.heard) == (["no_agents"], ["sorry"])


def test_a_queue_again_and_again(floor: Floor) -> None:
    """Back to the same queue after a timeout: a new stay each time."""
    floor.open(
        floor.write(
            {"start": [Queue(SALES, {"timeout": Destination(Way.REPEAT)}, max_wait=seconds(10))]}
        )
    )
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(35)
    caller.hangs_up()
    assert caller.exits == ["timeout", "timeout", "timeout", "abandoned"]
    assert caller.end.reason == "abandoned"


@pytest.mark.parametrize("leads", [{}, {"answered": Destination(Way.HANG_UP)}])
def test_a_caller_who_is_hung_up_after_the_talk(
    floor: Floor, leads: dict[str, Destination]
) -> None:
    """The hang-up takes the caller out of bridge and music: neither is ended before."""
    floor.open(floor.write({"start": [Queue(SALES, leads)]}))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    floor.settle()
    assert caller.end.ended_by == Party.AGENT
    assert floor.done(UnbridgeLeg) == []
    assert len(floor.done(StopMusic)) == len(floor.done(HangUpLeg)) == 1
    assert isinstance(floor.commands[-1], DissolveBridge)


def test_music_is_stopped_once(floor: Floor) -> None:
    """It ends when the agent picks up, and none is left to end after the talk."""
    floor.open(
        floor.write({"start": [Queue(SALES, {"answered": to("end")})], "end": [Play("thanks")]})
    )
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    assert caller.heard == ["thanks"]
    assert len(floor.done(StartMusic)) == len(floor.done(StopMusic)) == 1


def test_after_the_talk_the_flow_goes_on(floor: Floor) -> None:
    """The caller is asked for a rating, and can ask for an agent once more. The agent ended the
    call.
    """
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, {"answered": to("rating")})],
                "rating": [Menu(InputRules(("rate us",)), {"5": to("thanks"), "0": to("start")})],
                "thanks": [Tag((("rating", parse("5")),)), Play("thanks")],
            }
        )
    )
    agent = floor.agent()
    caller = floor.caller()
    for key in "05":
        agent.picks_up()
        floor.wait(30)
        agent.hangs_up()
        floor.wait(20)
        caller.presses(key)
    caller.hears_out()
    floor.settle()
    assert (caller.exits, caller.end.tags) == (["answered", "answered"], {"rating": "5"})
    assert (caller.end.reason, caller.end.ended_by) == ("completed", "agent")


def test_the_caller_ends_the_talk(floor: Floor) -> None:
    """Then there is no caller to ask for a rating."""
    floor.open(
        floor.write({"start": [Queue(SALES, {"answered": to("rating")})], "rating": [Play("?")]})
    )
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    caller.hangs_up()
    assert (caller.heard, caller.end.ended_by) == ([], "caller")
