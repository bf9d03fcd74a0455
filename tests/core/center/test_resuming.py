"""After we were away the step at which each caller stands begins once more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import CenterResumed
from contactcenter_ari.core.vocabulary.event import SectionEntered
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_prompt_is_begun_again(floor: Floor) -> None:
    """Nobody knows how far it came."""
    floor.open(floor.write({"start": [Play("one"), Play("two"), Play("three")]}))
    caller = floor.caller()
    caller.hears_out()
    floor.take(CenterResumed())
    assert caller.heard == ["one", "two", "two"]
    floor.settle()
    caller.hears_out()
    assert caller.heard == ["one", "two", "two", "three"]
    assert len(caller.told(SectionEntered)) == 1


def test_a_menu_is_asked_again(floor: Floor) -> None:
    """The menu has all its tries, and none of the digits typed before."""
    there = {"12": Destination(Way.SECTION, "there")}
    floor.open(
        floor.write(
            {"start": [Menu(InputRules(("main",), tries=2), there)], "there": [Play("ok")]}
        )
    )
    caller = floor.caller()
    caller.presses("9")
    caller.presses("1")
    floor.take(CenterResumed())
    caller.presses("12")
    assert caller.heard == ["main", "main", "main", "ok"]


def test_a_pause_goes_on(floor: Floor) -> None:
    """It ends when it would have."""
    floor.open(floor.write({"start": [Wait(timedelta(seconds=5)), Play("hello")]}))
    caller = floor.caller()
    floor.wait(3)
    floor.take(CenterResumed())
    floor.wait(2)
    assert caller.heard == ["hello"]


def test_who_waits_or_talks_is_left_alone(floor: Floor) -> None:
    """They have what they need."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    waiting = floor.caller()
    outcome = floor.take(CenterResumed())
    assert (outcome.commands, outcome.events) == ((), ())
    assert waiting.music == "default"


def test_who_heard_a_greeting_hears_music(floor: Floor) -> None:
    """Its end may have been missed: silence would be worse than half a greeting."""
    floor.open(floor.write({"start": [Queue(QueueName("sales"), {}, greeting="please wait")]}))
    floor.agent().is_busy()
    caller = floor.caller()
    floor.take(CenterResumed())
    assert (caller.is_spoken_to(), caller.music) == (False, "default")
