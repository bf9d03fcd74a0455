"""An agent who stops taking calls is not rung any more; the next is rung in the same turn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.command import BridgeLegs, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent, RemoveAgent
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHungUp,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.conftest import Colleague, Floor

    Turning = Callable[[Colleague], None]

SALES, SUPPORT = QueueName("sales"), QueueName("support")


def edited(agent: Colleague, **changes: object) -> None:
    """The directory has the agent another way."""
    profile = AgentProfile(
        agent=agent.id, name="Ann", phone=agent.phone, queues=(SALES,), skills={"nl": 5}
    )
    agent.floor.take(PutAgent(msgspec.structs.replace(profile, **changes)))


def pauses(agent: Colleague) -> None:
    """At the desk."""
    agent.pauses()


def pauses_by_phone(agent: Colleague) -> None:
    """By a feature code, on a second line of the phone that rings."""
    agent.floor.take(PhoneDialed(LegId("own"), agent.phone, "*131"))


def logs_out(agent: Colleague) -> None:
    """At the desk."""
    agent.logs_out()


def loses_the_queue(agent: Colleague) -> None:
    """The agent serves another queue from now on."""
    edited(agent, queues=(SUPPORT,))


def loses_all_queues(agent: Colleague) -> None:
    """The agent serves none."""
    edited(agent, queues=())


def loses_the_skill(agent: Colleague) -> None:
    """The agent no longer has the skill that this caller requires."""
    edited(agent, skills={})


def changes_the_phone(agent: Colleague) -> None:
    """The agent has another phone, which is not registered."""
    edited(agent, phone=PhoneId("another"))


def is_removed(agent: Colleague) -> None:
    """The agent is no longer in the directory."""
    agent.floor.take(RemoveAgent(agent.id, "boss"))


STATES: dict[Turning, tuple[str, str]] = {
    pauses: ("not_ready", "lunch"),
    pauses_by_phone: ("not_ready", "lunch"),
    logs_out: ("logged_out", ""),
    loses_the_queue: ("ready", ""),
    loses_all_queues: ("ready", ""),
    loses_the_skill: ("ready", ""),
    changes_the_phone: ("ready", ""),
}
WAYS = pytest.mark.parametrize("way", [*STATES, is_removed], ids=lambda way: way.__name__)


def opened(floor: Floor, **settings: object) -> None:
    """Callers who ask for Dutch wait in sales."""
    dutch = (SkillStep(timedelta(), {"nl": 3}),)
    queue = QueueSettings(name=SALES, **settings)  # type: ignore[arg-type]
    floor.open(floor.write({"start": [Queue(SALES, {}, skills=dutch)]}), queue)


@WAYS
def test_the_next_agent_is_rung_in_the_same_turn(floor: Floor, way: Turning) -> None:
    """The offer is withdrawn, which is no miss, and the first phone stops ringing."""
    opened(floor)
    agent = floor.agent("100", idle=9, nl=5)
    floor.agent("200", nl=3)
    caller = floor.caller()
    leg = agent.leg
    way(agent)
    assert caller.rung == ["200"]
    assert caller.offers == [("100", "withdrawn")]
    assert [(each.leg, each.reason) for each in floor.done(HangUpLeg)] == [
        (leg, HangUpReason.NORMAL)
    ]
    if way is not is_removed:
        assert agent.state == STATES[way]


@WAYS
def test_an_answer_that_was_on_its_way_is_too_late(floor: Floor, way: Turning) -> None:
    """The agent hears that the call went elsewhere; no legs are joined."""
    opened(floor)
    agent = floor.agent("100", nl=5)
    floor.caller()
    leg = agent.leg
    way(agent)
    outcome = floor.take(LegAnswered(leg))
    assert [each for each in outcome.commands if isinstance(each, HangUpLeg)]
    assert floor.done(BridgeLegs) == []


@WAYS
def test_an_agent_who_picked_up_first_has_the_call(floor: Floor, way: Turning) -> None:
    """The requested change is kept until the call is over."""
    opened(floor)
    agent = floor.agent("100", nl=5)
    caller = floor.caller()
    agent.answers()
    way(agent)
    assert caller.offers == []
    (bridge,) = floor.done(BridgeLegs)
    assert agent.state == ("offered", "")
    assert len(bridge.legs) == 2


def test_no_miss_is_counted(floor: Floor) -> None:
    """However often an agent pauses while rung; and the caller does not skip them afterwards."""
    floor.open(None, QueueSettings(name=SALES, misses_before_not_ready=MissLimits(no_answer=1)))
    agent = floor.agent()
    caller = floor.caller()
    for _ in range(3):
        assert caller.rung == ["100"]
        agent.pauses()
        assert caller.rung == []
        agent.goes_ready()
    assert agent.state == ("offered", "")


def test_the_idle_time_is_kept(floor: Floor) -> None:
    """A pause neither helps nor resets, and neither does a withdrawn offer."""
    ann = floor.agent("100", idle=9)
    floor.agent("200", idle=9)
    floor.caller().hangs_up()
    floor.settle()
    floor.caller()
    ann.pauses()
    ann.goes_ready()
    assert floor.caller().rung == ["100"]


def test_a_phone_that_unregisters_may_be_picked_up(floor: Floor) -> None:
    """It has not responded to the call, and goes on ringing."""
    agent = floor.agent("100", idle=9)
    floor.agent("200")
    caller = floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    assert caller.rung == ["100"]
    agent.picks_up()
    assert caller.exits == ["answered"]


def test_another_phone_of_the_same_agent_is_rung(floor: Floor) -> None:
    """The agent has moved to another desk: there the call goes on ringing."""
    floor.take(PhoneReachable(PhoneId("another")))
    agent = floor.agent("100")
    caller = floor.caller()
    old = agent.leg
    changes_the_phone(agent)
    assert caller.rung == ["100"]
    assert old in floor.switch.ending
    assert "another" in floor.switch.phones_in_use()


def test_a_new_edition_of_the_same_profile_changes_nothing(floor: Floor) -> None:
    """A name is corrected while the phone rings."""
    agent = floor.agent("100")
    caller = floor.caller()
    edited(agent, name="Anne")
    floor.take(SitePublished(floor.site))
    assert (caller.rung, caller.offers) == (["100"], [])


def test_the_time_was_up_while_it_rang(floor: Floor) -> None:
    """The caller leaves when the phone that had its last chance stops ringing."""
    floor.open(
        floor.write(
            {
                "start": [Queue(SALES, {"timeout": Destination(Way.SECTION, "out")})],
                "out": [Play("sorry")],
            }
        ),
        QueueSettings(name=SALES, max_wait=timedelta(seconds=10)),
    )
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(12)
    assert caller.rung == ["100"]
    agent.pauses()
    assert (caller.exits, caller.heard) == (["timeout"], ["sorry"])


@pytest.mark.parametrize("way", [pauses, logs_out])
def test_a_call_for_this_agent_alone(floor: Floor, way: Turning) -> None:
    """The flow gets the outcome that they are not available, in the same turn."""
    ring = RingAgent(parse('"100"'), {"not_available": Destination(Way.SECTION, "gone")})
    floor.open(floor.write({"start": [ring], "gone": [Play("gone")]}))
    agent = floor.agent("100")
    caller = floor.caller()
    assert caller.rung == ["100"]
    way(agent)
    assert caller.heard == ["gone"]


def test_the_leg_that_was_withdrawn_may_end_late(floor: Floor) -> None:
    """Its end is no refusal, even if the agent is rung again by then."""
    agent = floor.agent("100")
    caller = floor.caller()
    old = agent.leg
    agent.pauses()
    agent.goes_ready()
    floor.take(LegHungUp(old, 21))
    assert (agent.state, caller.rung) == (("offered", ""), ["100"])


# --- with ring_all --------------------------------------------------------------------------


def test_others_ring_on(floor: Floor) -> None:
    """An agent who was left out so far replaces the one who paused."""
    floor.open(None, QueueSettings(name=SALES, strategy=Strategy.RING_ALL, ring_at_most=2))
    ann, *_ = [floor.agent(name, idle=5) for name in ("100", "200", "300")]
    caller = floor.caller()
    assert caller.rung == ["100", "200"]
    ann.pauses()
    assert caller.rung == ["200", "300"]
