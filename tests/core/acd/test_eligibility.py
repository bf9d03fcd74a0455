"""The agents who may be offered: not in wrap-up, not unregistered, not on a non-ACD call, and not
after too many misses.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.switch import Switch as SwitchStep
from contactcenter_ari.core.vocabulary.event import OfferMade
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    SwitchReconciled,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SALES = QueueName("sales")
SIX = [QueueName(f"queue{number}") for number in range(6)]
OWN = LegId("own")


def six_queues(floor: Floor) -> None:
    """A caller named after a queue waits there; each has a wrap-up of its own length."""
    to = {str(queue): Destination(Way.SECTION, queue) for queue in SIX}
    floor.open(
        floor.write(
            {
                "start": [SwitchStep(parse("caller.name"), to)],
                **{queue: [Queue(queue, {})] for queue in SIX},
            }
        ),
        *(
            QueueSettings(name=queue, wrap_up=timedelta(seconds=10 * number))
            for number, queue in enumerate(SIX)
        ),
    )


def tolerant(floor: Floor, **limits: int) -> None:
    """A queue with these limits of misses, and no pause after them."""
    floor.open(
        None,
        QueueSettings(
            name=SALES, misses_before_not_ready=MissLimits(**limits), miss_pause=timedelta()
        ),
    )


# --- wrap-up --------------------------------------------------------------------------------


@pytest.mark.parametrize("worked_for", [1, 3, 5])
def test_wrap_up_keeps_an_agent_from_all_six_queues(floor: Floor, worked_for: int) -> None:
    """As long as that of the queue of the call; then the agent gets the one best caller of all
    six.
    """
    six_queues(floor)
    agent = floor.agent("100", *SIX)
    floor.caller(name=SIX[worked_for])
    agent.picks_up()
    waiting = [floor.caller(name=queue) for queue in reversed(SIX)]
    agent.hangs_up()
    offers = len(floor.told(OfferMade))
    late = []
    for _ in range(worked_for):
        floor.wait(9.9)
        late += [floor.caller(name=queue) for queue in SIX]
        assert len(floor.told(OfferMade)) == offers
        assert (agent.state, agent.is_rung()) == (("wrap_up", ""), False)
        floor.wait(0.1)
    assert [caller.rung for caller in waiting] == [["100"], [], [], [], [], []]
    assert all(caller.rung == [] for caller in late)


@pytest.mark.parametrize("how", ["done", "ready"])
def test_a_wrap_up_that_is_ended_early(floor: Floor, how: str) -> None:
    """From that moment on the agent is offered in all queues."""
    six_queues(floor)
    agent = floor.agent("100", *SIX)
    floor.caller(name=SIX[5])
    agent.picks_up()
    caller = floor.caller(name=SIX[0])
    agent.hangs_up()
    if how == "done":
        agent.ends_wrap_up()
    else:
        agent.goes_ready()
    assert caller.rung == ["100"]


@pytest.mark.parametrize("asked", ["pause", "log out"])
def test_what_was_asked_for_in_wrap_up(floor: Floor, asked: str) -> None:
    """The agent pauses or logs out when it is over, and is not offered in between."""
    six_queues(floor)
    agent = floor.agent("100", *SIX)
    floor.caller(name=SIX[1])
    agent.picks_up()
    caller = floor.caller(name=SIX[0])
    agent.hangs_up()
    if asked == "pause":
        agent.pauses()
    else:
        agent.logs_out()
    assert agent.state == ("wrap_up", "")
    floor.wait(11)
    assert agent.state == (("not_ready", "lunch") if asked == "pause" else ("logged_out", ""))
    assert caller.rung == []


# --- misses ---------------------------------------------------------------------------------


CAUSES = {"no_answer": 19, "busy": 17, "refused": 21, "unreachable": 20}


@pytest.mark.parametrize("reason", CAUSES)
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_each_kind_of_miss_has_its_own_limit(floor: Floor, reason: str, limit: int) -> None:
    """This many in a row, and the agent is not ready for that reason; not one fewer."""
    tolerant(floor, **(dict.fromkeys(CAUSES, 9) | {reason: limit}))
    agent = floor.agent()
    floor.caller()
    for _ in range(limit - 1):
        agent.hangs_up(CAUSES[reason])
        floor.wait(5)
        assert agent.state == ("offered", "")
    agent.hangs_up(CAUSES[reason])
    assert agent.state == ("not_ready", reason)


def test_other_kinds_do_not_count(floor: Floor) -> None:
    """Three busy ones and two refusals are within limits of four and three."""
    tolerant(floor, busy=4, refused=3)
    agent = floor.agent()
    floor.caller()
    for cause in (17, 21, 17, 21, 17):
        agent.hangs_up(cause)
        assert agent.state == ("offered", "")
    agent.hangs_up(21)
    assert agent.state == ("not_ready", "refused")


@pytest.mark.parametrize("how", ["answers", "goes ready", "logs in again"])
def test_the_count_begins_anew(floor: Floor, how: str) -> None:
    """With an answer, or when the agent goes ready or logs in again."""
    tolerant(floor, busy=3)
    agent = floor.agent()
    floor.caller()
    agent.hangs_up(17)
    agent.hangs_up(17)
    if how == "answers":
        agent.picks_up()
        agent.hangs_up()
        agent.ends_wrap_up()
        floor.settle()
        floor.caller()
    elif how == "goes ready":
        agent.goes_ready()
    else:
        agent.logs_out()
        agent.logs_in()
    agent.hangs_up(17)
    agent.hangs_up(17)
    assert agent.state == ("offered", "")
    agent.hangs_up(17)
    assert agent.state == ("not_ready", "busy")


def test_a_withdrawn_offer_is_nobodys_miss(floor: Floor) -> None:
    """Callers who hang up count neither way."""
    tolerant(floor, busy=2)
    agent = floor.agent()
    caller = floor.caller()
    agent.hangs_up(17)
    caller.hangs_up()
    assert agent.state == ("ready", "")
    floor.settle()
    floor.caller()
    agent.hangs_up(17)
    assert agent.state == ("not_ready", "busy")


def test_limits_are_those_of_the_queue_that_rang(floor: Floor) -> None:
    """A strict queue and a tolerant one have the same agent."""
    to = Destination(Way.SECTION, "support")
    floor.open(
        floor.write(
            {
                "start": [SwitchStep(parse("caller.name"), {"support": to}), Queue(SALES, {})],
                "support": [Queue(QueueName("support"), {})],
            }
        ),
        QueueSettings(name=SALES, misses_before_not_ready=MissLimits.alike(2)),
    )
    agent = floor.agent("100", "sales", "support")
    floor.caller()
    agent.hangs_up(17)
    assert agent.state == ("ready", "")
    floor.caller(name="support")
    agent.hangs_up(21)
    assert agent.state == ("not_ready", "refused")


# --- phones ---------------------------------------------------------------------------------


def test_an_unregistered_phone_is_never_offered(floor: Floor) -> None:
    """Logged in and ready does not help; as soon as it registers it rings."""
    floor.open(None, QueueSettings(name=SALES, join_empty=True))
    agent = floor.colleague()
    agent.logs_in()
    caller = floor.caller()
    assert (agent.state, caller.rung, caller.exits) == (("ready", ""), [], [])
    floor.take(PhoneReachable(agent.phone))
    assert caller.rung == ["100"]


def test_a_phone_that_loses_its_registration(floor: Floor) -> None:
    """From then on others are offered, idle or not."""
    agent = floor.agent("100", idle=60)
    floor.agent("200")
    floor.take(PhoneUnreachable(agent.phone))
    assert floor.caller().rung == ["200"]
    assert floor.caller().rung == []


def test_a_phone_that_loses_its_registration_while_it_rings(floor: Floor) -> None:
    """The switch reports the end of the leg; until then it has its time."""
    agent = floor.agent("100")
    floor.agent("200").is_busy()
    caller = floor.caller()
    floor.take(PhoneUnreachable(agent.phone))
    assert caller.rung == ["100"]
    agent.hangs_up(20)
    assert agent.state == ("not_ready", "unreachable")


def test_a_phone_the_switch_forgot(floor: Floor) -> None:
    """An inventory without it is a lost registration; one with it brings it back."""
    floor.open(None, QueueSettings(name=SALES, join_empty=True))
    agent = floor.agent("100")
    floor.take(SwitchReconciled(legs=(), phones=(), taken_at=floor.now))
    caller = floor.caller()
    assert caller.rung == []
    floor.take(SwitchReconciled(legs=(caller.leg,), phones=(agent.phone,), taken_at=floor.now))
    assert caller.rung == ["100"]


def test_an_agent_on_a_call_of_their_own_is_never_offered(floor: Floor) -> None:
    """The agent is ready again at the hang-up, and no sooner."""
    agent = floor.agent()
    floor.take(PhoneDialed(OWN, agent.phone, "*14"))
    caller = floor.caller()
    floor.wait(60)
    assert (agent.state, agent.view.non_acd_calls, caller.rung) == (("ready", ""), 1, [])
    floor.take(LegHungUp(OWN, 16))
    assert caller.rung == ["100"]


def test_two_calls_of_their_own(floor: Floor) -> None:
    """Both must be over."""
    agent = floor.agent()
    for leg in ("one", "two"):
        floor.take(PhoneDialed(LegId(leg), agent.phone, "*14"))
    caller = floor.caller()
    floor.take(LegHungUp(LegId("one"), 16))
    assert caller.rung == []
    floor.take(LegHungUp(LegId("two"), 16))
    assert caller.rung == ["100"]


def test_a_call_of_their_own_keeps_from_every_queue(floor: Floor) -> None:
    """Also with a wrap-up that ends meanwhile."""
    six_queues(floor)
    agent = floor.agent("100", *SIX)
    floor.caller(name=SIX[1])
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    floor.take(PhoneDialed(OWN, agent.phone, "*14"))
    waiting = [floor.caller(name=queue) for queue in SIX]
    floor.wait(30)
    assert [caller.rung for caller in waiting] == [[]] * 6
    floor.take(LegHungUp(OWN, 16))
    assert waiting[0].rung == ["100"]
