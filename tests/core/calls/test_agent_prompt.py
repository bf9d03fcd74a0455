"""The agent prompt before the caller: the queue and the wait, while the caller hears music."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.command import BridgeLegs, HangUpLeg, PlayPrompt
from contactcenter_ari.core.vocabulary.event import AgentConnected, PromptPlayed
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.signal import DigitPressed, LegAnswered, PlaybackFinished
from tests.core.prompts import says

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SALES = QueueName("sales")
WHO_COMES = says(
    Blank(parse("queue"), "text"), ", waiting for ", Blank(parse("waited"), "duration")
)


def with_agent_prompt(floor: Floor, step: Queue | None = None, **settings: object) -> None:
    """Agents of sales are told who comes."""
    sales = QueueSettings(name=SALES, agent_prompt="who_comes")
    flow = floor.write({"start": [step or Queue(SALES, {})]})
    floor.open(flow, msgspec.structs.replace(sales, **settings), prompts={"who_comes": WHO_COMES})


def test_the_agent_hears_the_queue_and_the_wait(floor: Floor) -> None:
    """First that, then the caller, who hears music until then; no sooner counts as answered."""
    with_agent_prompt(floor)
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    floor.wait(60)
    agent.goes_ready()
    floor.wait(5)
    agent.answers()
    assert (agent.heard, caller.heard) == (["sales, waiting for 1 minute and 5 seconds"], [])
    assert (caller.music, caller.exits) == ("default", [])
    assert agent.state == ("offered", "")
    floor.wait(3)
    agent.hears_out()
    assert (caller.music, caller.exits) == (None, [])
    agent.is_joined()
    assert caller.exits == ["answered"]
    assert caller.told(AgentConnected)[0].waited == timedelta(seconds=68)


def test_an_agent_prompt_is_no_part_of_the_callers_story(floor: Floor) -> None:
    """Nothing is told of it, and no second call is in progress."""
    with_agent_prompt(floor)
    agent = floor.agent()
    floor.caller()
    agent.answers()
    assert floor.told(PromptPlayed) == []
    assert len(floor.center.calls()) == 1
    agent.hears_out()
    agent.is_joined()
    assert floor.center.calls_in_progress() == 1


def test_queues_without_an_agent_prompt(floor: Floor) -> None:
    """By default both hear each other at once."""
    agent = floor.agent()
    floor.caller()
    agent.answers()
    assert agent.heard == []
    assert len(floor.done(BridgeLegs)) == 1


def test_the_agent_hangs_up_during_the_agent_prompt(floor: Floor) -> None:
    """The agent refused; the caller keeps position, age and music, and the next agent is rung."""
    with_agent_prompt(floor)
    agent = floor.agent("100", idle=60)
    floor.agent("200")
    caller = floor.caller()
    agent.answers()
    agent.hangs_up()
    assert caller.offers == [("100", "refused")]
    assert (agent.state, caller.music) == (("not_ready", "refused"), "default")
    assert caller.rung == ["200"]
    assert floor.center.calls_in_progress() == 1


def test_the_caller_hangs_up_during_the_agent_prompt(floor: Floor) -> None:
    """The agent is hung up, missed nothing, and hears no more."""
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(10)
    agent.answers()
    leg = agent.leg
    caller.hangs_up()
    assert leg in [command.leg for command in floor.done(HangUpLeg)]
    assert (caller.offers, caller.exits) == ([("100", "withdrawn")], ["abandoned"])
    assert agent.state == ("ready", "")
    floor.settle()
    assert floor.done(BridgeLegs) == []
    assert floor.center.calls_in_progress() == 0


def test_the_agent_prompt_ends_as_the_caller_hangs_up(floor: Floor) -> None:
    """It is heard of just after: nobody is joined with nobody."""
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    leg, playback = agent.leg, floor.switch.playing[agent.leg].playback
    caller.hangs_up()
    floor.take(PlaybackFinished(playback))
    assert floor.done(BridgeLegs) == []
    assert leg in floor.switch.ending
    floor.settle()
    assert floor.center.calls_in_progress() == 0


def test_the_next_caller_in_the_same_turn(floor: Floor) -> None:
    """The agent whose prompt is over with its caller is rung for the next one at once."""
    with_agent_prompt(floor)
    agent = floor.agent()
    first, second = floor.caller(), floor.caller()
    agent.answers()
    first.hangs_up()
    assert second.rung == ["100"]
    floor.settle()
    agent.answers()
    agent.hears_out()
    agent.is_joined()
    assert second.exits == ["answered"]


@pytest.mark.parametrize("how", ["ended", "not begun", "never ends"])
def test_an_agent_prompt_that_fails(floor: Floor, how: str) -> None:
    """Nobody is the worse for it: they are connected without."""
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    if how == "ended":
        agent.hears_out(failed=True)
    elif how == "not begun":
        floor.fails(PlayPrompt, 500)
    else:
        floor.wait(300, silent=True)
    assert len(floor.done(BridgeLegs)) == 1
    agent.is_joined()
    assert caller.exits == ["answered"]


def test_the_leg_is_gone_as_the_agent_prompt_begins(floor: Floor) -> None:
    """The switch says so by refusing the prompt: the caller goes on waiting."""
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.answers()
    floor.fails(PlayPrompt, 404)
    assert caller.offers == [("100", "failed")]
    assert (caller.exits, caller.music) == ([], "default")


def test_a_prompt_that_says_nothing(floor: Floor) -> None:
    """They are connected at once."""
    with_agent_prompt(floor)
    silent = floor.site.prompts | {"who_comes": Prompt({})}
    floor.take(SitePublished(msgspec.structs.replace(floor.site, prompts=silent)))
    agent = floor.agent()
    floor.caller()
    agent.answers()
    assert len(floor.done(BridgeLegs)) == 1


@pytest.mark.parametrize(
    ("prompt_is_gone", "heard"), [(False, ["sales, waiting for 0 seconds"]), (True, [])]
)
def test_a_queue_that_is_gone_from_the_site(
    floor: Floor, heard: list[str], *, prompt_is_gone: bool
) -> None:
    """A caller in it is still served with the settings it had; a prompt that has gone too is not
    said.
    """
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    site = floor.site
    queues = {name: queue for name, queue in site.queues.items() if name != SALES}
    prompts = {
        name: prompt
        for name, prompt in site.prompts.items()
        if name != "who_comes" or not prompt_is_gone
    }
    floor.take(SitePublished(msgspec.structs.replace(site, queues=queues, prompts=prompts)))
    agent.answers()
    assert agent.heard == heard
    if heard:
        agent.hears_out()
    agent.is_joined()
    assert caller.exits == ["answered"]


def test_the_time_is_up_during_the_agent_prompt(floor: Floor) -> None:
    """The agent has picked up: the caller is this agent's."""
    with_agent_prompt(floor, max_wait=timedelta(seconds=10))
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(8)
    agent.answers()
    floor.wait(4, silent=True)
    agent.hears_out()
    agent.is_joined()
    assert caller.exits == ["answered"]


def test_the_ring_limit_passes_during_the_agent_prompt(floor: Floor) -> None:
    """It was for ringing."""
    with_agent_prompt(floor)
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(19)
    agent.answers()
    floor.wait(5, silent=True)
    assert (caller.rung, caller.offers) == (["100"], [])
    agent.hears_out()
    agent.is_joined()


def test_ring_all_plays_it_to_the_first_answer_alone(floor: Floor) -> None:
    """The others are free while one listens, and are rung again if that one hangs up."""
    with_agent_prompt(
        floor, strategy=Strategy.RING_ALL, misses_before_not_ready=MissLimits.alike(3)
    )
    ann, bob = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    late = bob.leg
    ann.answers()
    floor.take(LegAnswered(late))
    assert len(floor.done(PlayPrompt)) == 1
    assert (caller.rung, bob.state) == (["100"], ("ready", ""))
    ann.hangs_up()
    assert caller.rung == ["200"]
    floor.settle()
    bob.answers()
    bob.hears_out()
    bob.is_joined()
    assert caller.exits == ["answered"]


def test_keys_of_the_agent_do_not_end_the_agent_prompt(floor: Floor) -> None:
    """The agent hears it out."""
    with_agent_prompt(floor)
    agent = floor.agent()
    floor.caller()
    agent.answers()
    floor.take(DigitPressed(agent.leg, "1"))
    assert floor.done(BridgeLegs) == []


def test_a_key_of_the_caller_during_the_agent_prompt(floor: Floor) -> None:
    """It leads out of the line as ever: the agent is let go without a miss."""
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, {}, keys={"1": Destination(Way.SECTION, "leave")})],
                "leave": [Queue(QueueName("support"), {})],
            }
        ),
        QueueSettings(name=SALES, agent_prompt="who_comes"),
        prompts={"who_comes": WHO_COMES},
    )
    agent = floor.agent()
    floor.agent("200", "support").is_busy()
    caller = floor.caller()
    agent.answers()
    caller.presses("1")
    assert (caller.exits, caller.offers) == (["key_exit"], [("100", "withdrawn")])
    assert agent.state == ("ready", "")
    assert not agent.is_rung()


def test_nothing_is_announced_during_the_agent_prompt(floor: Floor) -> None:
    """The caller is about to be connected."""
    ten = timedelta(seconds=10)
    with_agent_prompt(floor, Queue(SALES, {}, announce=(Announcement("hold on", ten, ten),)))
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(9)
    agent.answers()
    floor.wait(5, silent=True)
    assert (caller.heard, caller.music) == ([], "default")
    agent.hears_out()
    agent.is_joined()
