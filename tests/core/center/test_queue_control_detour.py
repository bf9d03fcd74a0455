"""A supervisor controls, a limit passes or a phone rings while a waiting caller follows a key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
TEN_SECONDS = timedelta(seconds=10)
RETURN = Destination(Way.RETURN)
DETOURS: list[Verb] = [
    Play("a long story", barge_in=False),
    Menu(InputRules(("choose",), failed=RETURN), {"1": RETURN}),
    Wait(timedelta(seconds=60)),
]
ON_A_DETOUR = pytest.mark.parametrize("step", DETOURS, ids=lambda step: type(step).__name__)


def follows_a_key(floor: Floor, step: Verb) -> tuple[Caller, Colleague]:
    """A caller in sales who has pressed 1 and is in the middle of a step; the agent pauses."""
    leads = {name: Destination(Way.SECTION, name) for name in ("closed", "timeout")}
    queue = Queue(
        SALES,
        leads,
        keys={"1": Destination(Way.CALL, "detour")},
        announce=(Announcement("hold on", TEN_SECONDS, TEN_SECONDS),),
    )
    floor.open(
        floor.write(
            {
                "start": [queue],
                "detour": [step, Goto(RETURN)],
                "closed": [Play("closed")],
                "timeout": [Play("timeout")],
            }
        ),
        QueueSettings(name=SALES, max_wait=timedelta(seconds=30)),
        QueueSettings(name=SUPPORT, join_empty=True),
    )
    agent = floor.agent("100", "sales", "support")
    agent.is_busy()
    caller = floor.caller()
    caller.presses("1")
    assert (caller.exits, caller.music) == ([], None)
    return caller, agent


@ON_A_DETOUR
def test_the_queue_is_closed(floor: Floor, step: Verb) -> None:
    """The detour ends there, and the caller hears why."""
    caller, _ = follows_a_key(floor, step)
    floor.closes("sales")
    assert (caller.exits, caller.heard[-1]) == (["closed"], "closed")
    assert caller.is_spoken_to()


@ON_A_DETOUR
def test_the_caller_is_withdrawn(floor: Floor, step: Verb) -> None:
    """It is as if the queue were closed."""
    caller, _ = follows_a_key(floor, step)
    caller.is_withdrawn()
    assert (caller.exits, caller.heard[-1]) == (["withdrawn"], "closed")
    assert caller.is_spoken_to()


@ON_A_DETOUR
def test_the_limit_passes(floor: Floor, step: Verb) -> None:
    """The same with the limit of the wait."""
    caller, _ = follows_a_key(floor, step)
    floor.wait(30, silent=True)
    assert caller.exits == ["timeout"]
    assert caller.heard[-1] == "timeout"


@ON_A_DETOUR
def test_the_caller_is_moved(floor: Floor, step: Verb) -> None:
    """The caller goes on with the detour and waits in the other queue meanwhile, and after it."""
    caller, agent = follows_a_key(floor, step)
    heard = list(caller.heard)
    caller.is_moved("support")
    assert (caller.exits, caller.heard, caller.music) == (["transferred"], heard, None)
    agent.goes_ready()
    assert caller.rung == ["100"]
    agent.picks_up()
    assert caller.exits == ["transferred", "answered"]


@ON_A_DETOUR
def test_moved_while_a_phone_rings(floor: Floor, step: Verb) -> None:
    """After the detour there is music, and announcements, in the other queue."""
    caller, agent = follows_a_key(floor, step)
    agent.goes_ready()
    assert caller.rung == ["100"]
    caller.is_moved("support")
    agent.pauses()
    assert agent.state == ("not_ready", "lunch")
    if isinstance(step, Menu):
        caller.presses("1")
    elif caller.is_spoken_to():
        caller.hears_out()
    floor.wait(62)
    assert caller.heard[-1] == "hold on"


@ON_A_DETOUR
def test_an_agent_picks_up(floor: Floor, step: Verb) -> None:
    """The detour ends with it."""
    caller, agent = follows_a_key(floor, step)
    agent.goes_ready()
    agent.picks_up()
    assert (caller.exits, caller.is_spoken_to(), caller.music) == (["answered"], False, None)


@ON_A_DETOUR
def test_the_queue_is_closed_while_a_phone_rings(floor: Floor, step: Verb) -> None:
    """The caller leaves when nobody answers, in any place they have reached by then."""
    caller, agent = follows_a_key(floor, step)
    agent.goes_ready()
    floor.closes("sales")
    assert caller.exits == []
    agent.hangs_up(17)
    assert (caller.exits, caller.heard[-1]) == (["closed"], "closed")
