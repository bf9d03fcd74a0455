"""The skills that a caller requires of an agent, and their relaxation with a longer wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.event import OfferMade
from contactcenter_ari.core.vocabulary.ids import PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent, RemoveAgent
from contactcenter_ari.core.vocabulary.signal import PhoneReachable
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep
from tests.core.conftest import MORNING

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES = QueueName("sales")
EASY = "+31600000001"
"""Asks for no skill."""


def asks(floor: Floor, *steps: tuple[float, Skills], **settings: object) -> None:
    """Callers ask for skills, each step from this many seconds of waiting on."""
    skills = tuple(SkillStep(timedelta(seconds=after), levels) for after, levels in steps)
    easy = If(parse(f'caller.number == "{EASY}"'), Destination(Way.SECTION, "easy"))
    sales = msgspec.structs.replace(QueueSettings(name=SALES), **settings)
    floor.open(
        floor.write(
            {"start": [easy, Queue(SALES, {}, skills=skills)], "easy": [Queue(SALES, {})]}
        ),
        sales,
    )


def busy(floor: Floor, agent: str, **skills: int) -> Colleague:
    """An agent who is logged in, but takes no calls now."""
    colleague = floor.agent(agent, **skills)
    colleague.is_busy()
    return colleague


def offered_after(floor: Floor) -> list[tuple[float, str]]:
    """The seconds of the story after which each phone rang."""
    return [((made.at - MORNING).total_seconds(), made.agent) for made in floor.told(OfferMade)]


# --- levels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skills", "rings"),
    [
        ({"dutch": 3, "claims": 2}, True),
        ({"dutch": 9, "claims": 9, "cooking": 1}, True),
        ({"dutch": 2, "claims": 9}, False),
        ({"dutch": 9}, False),
        ({}, False),
    ],
)
def test_levels(floor: Floor, skills: Skills, *, rings: bool) -> None:
    """An agent must have each skill that is asked for, at the least level or a higher one."""
    asks(floor, (0, {"dutch": 3, "claims": 2}))
    busy(floor, "200", dutch=9, claims=9)
    agent = floor.agent("100", **skills)
    floor.caller()
    assert agent.is_rung() == rings


def test_who_is_idle_longest_among_those_good_enough(floor: Floor) -> None:
    """Others who are free are passed over."""
    asks(floor, (0, {"dutch": 3}))
    floor.agent("100", idle=5)
    floor.agent("200", idle=5, dutch=5)
    floor.agent("300", idle=5, dutch=3)
    assert [floor.caller().rung for _ in range(3)] == [["200"], ["300"], []]


def test_nobody_logged_in_has_the_last_step(floor: Floor) -> None:
    """The last step is required: the caller waits for an agent who has it."""
    asks(floor, (0, {"dutch": 3}))
    floor.agent("100")
    caller = floor.caller()
    floor.wait(60)
    assert caller.rung == []
    floor.agent("200", dutch=3)
    assert caller.rung == ["200"]


def test_a_skill_that_is_learned_while_a_caller_waits(floor: Floor) -> None:
    """A changed profile counts at once."""
    asks(floor, (0, {"dutch": 3}))
    agent = floor.agent("100", dutch=2)
    caller = floor.caller()
    profile = AgentProfile(
        agent=agent.id, name="Ann", phone=agent.phone, queues=(SALES,), skills={"dutch": 3}
    )
    floor.take(PutAgent(profile))
    assert caller.rung == ["100"]


# --- relaxed over wait ----------------------------------------------------------------------


THREE_STEPS = ((0.0, {"dutch": 7}), (30.0, {"dutch": 3}), (60.0, Skills()))


def test_steps_come_at_their_instants(floor: Floor) -> None:
    """Not a moment before the set wait, and not a moment after it."""
    asks(floor, *THREE_STEPS)
    busy(floor, "700", dutch=7)
    good = floor.agent("300", dutch=3)
    floor.agent("000")
    callers = [floor.caller() for _ in range(2)]
    floor.wait(29.999)
    assert offered_after(floor) == []
    floor.wait(0.001)
    assert offered_after(floor) == [(30, "300")]
    good.picks_up()
    floor.wait(29.999)
    assert offered_after(floor) == [(30, "300")]
    floor.wait(0.001)
    assert offered_after(floor)[1:] == [(60, "000")]
    assert (callers[0].rung, callers[1].rung) == ([], ["000"])


def test_each_caller_has_their_own_clock(floor: Floor) -> None:
    """A caller who came later is relaxed later, although the skills are the same."""
    asks(floor, *THREE_STEPS)
    busy(floor, "700", dutch=7)
    floor.agent("300", dutch=3)
    floor.agent("301", dutch=3)
    floor.caller()
    floor.wait(10)
    floor.caller()
    floor.wait(60)
    assert offered_after(floor) == [(30, "300"), (40, "301")]


def test_a_head_start_relaxes_nothing(floor: Floor) -> None:
    """The steps are of the wait by the clock."""
    asks(floor, *THREE_STEPS, head_start_by_status={"": timedelta(minutes=5)})
    busy(floor, "700", dutch=7)
    floor.agent("300", dutch=3)
    floor.caller()
    floor.wait(31)
    assert offered_after(floor) == [(30, "300")]


def test_a_step_nobody_has_is_skipped_at_once(floor: Floor) -> None:
    """And so is the one after it."""
    asks(floor, *THREE_STEPS)
    floor.agent("000")
    floor.caller()
    assert offered_after(floor) == [(0, "000")]


def test_a_step_in_the_middle_nobody_has(floor: Floor) -> None:
    """When it is due, the one after it counts already."""
    asks(floor, (0, {"dutch": 7}), (30, {"dutch": 5, "claims": 1}), (60, {}))
    busy(floor, "700", dutch=7)
    floor.agent("000")
    floor.caller()
    floor.wait(40)
    assert offered_after(floor) == [(30, "000")]


def test_an_agent_of_another_queue_does_not_count(floor: Floor) -> None:
    """That agent could not be offered anyway."""
    asks(floor, *THREE_STEPS)
    floor.agent("700", "support", dutch=9)
    floor.agent("300", dutch=3)
    floor.caller()
    assert offered_after(floor) == [(0, "300")]


@pytest.mark.parametrize("how", ["logs out", "is removed", "changes queues", "forgets"])
def test_the_last_who_has_it_goes(floor: Floor, how: str) -> None:
    """All callers who wait for that agent are relaxed in that turn."""
    asks(floor, *THREE_STEPS)
    last = busy(floor, "700", dutch=7)
    floor.agent("300", dutch=3)
    floor.agent("301", dutch=3)
    callers = [floor.caller() for _ in range(3)]
    floor.wait(10)
    assert offered_after(floor) == []
    profile = AgentProfile(agent=last.id, name="Last", phone=last.phone, queues=(SALES,))
    match how:
        case "logs out":
            last.logs_out()
        case "is removed":
            floor.take(RemoveAgent(last.id, "floor"))
        case "changes queues":
            elsewhere = msgspec.structs.replace(
                profile, queues=(QueueName("support"),), skills={"dutch": 7}
            )
            floor.take(PutAgent(elsewhere))
        case _:
            floor.take(PutAgent(profile))
    assert [caller.rung for caller in callers] == [["300"], ["301"], []]
    assert floor.now == floor.told(OfferMade)[-1].at


def test_one_of_two_who_have_it_goes(floor: Floor) -> None:
    """The other one may come back: nothing is relaxed."""
    asks(floor, *THREE_STEPS)
    last, _ = busy(floor, "700", dutch=7), busy(floor, "701", dutch=7)
    floor.agent("300", dutch=3)
    floor.caller()
    last.logs_out()
    floor.wait(29)
    assert offered_after(floor) == []


def test_it_never_goes_back(floor: Floor) -> None:
    """An agent who has the first step comes too late for it."""
    asks(floor, *THREE_STEPS, misses_before_not_ready=MissLimits.alike(9))
    busy(floor, "300", dutch=3)
    best = busy(floor, "700")
    caller = floor.caller()
    profile = AgentProfile(
        agent=best.id, name="Best", phone=best.phone, queues=(SALES,), skills={"dutch": 7}
    )
    floor.take(PutAgent(profile))
    good = floor.agent("301", dutch=3)
    assert caller.rung == ["301"]
    good.hangs_up(17)
    floor.wait(29)
    assert caller.rung == []
    floor.agent("302", dutch=3)
    assert caller.rung == ["302"]


def test_the_clock_goes_on_while_a_phone_rings(floor: Floor) -> None:
    """After a missed offer the step of that instant counts."""
    asks(floor, (0, {"dutch": 7}), (15, {}))
    best = floor.agent("700", dutch=7)
    other = floor.agent("000")
    caller = floor.caller()
    floor.wait(20)
    assert caller.offers == [("700", "lapsed")]
    assert (best.is_rung(), caller.rung) == (False, ["000"])
    assert other.is_rung()


# --- beside others --------------------------------------------------------------------------


def test_a_better_ranked_caller_does_not_block_one_who_asks_for_less(floor: Floor) -> None:
    """Agents are checked for skills before callers are compared."""
    asks(floor, (0, {"dutch": 7}))
    busy(floor, "700", dutch=7)
    first = floor.caller()
    floor.wait(60)
    agent = floor.agent("000")
    easy = floor.caller(EASY)
    assert (first.rung, easy.rung) == ([], ["000"])
    agent.picks_up()


def test_the_better_ranked_of_two_an_agent_can_serve(floor: Floor) -> None:
    """Callers with and without required skills are in one order."""
    asks(floor, (0, {"dutch": 3}))
    agent = busy(floor, "300", dutch=3)
    callers = [floor.caller(number) for number in (EASY, "", EASY, "")]
    served = []
    agent.goes_ready()
    for _ in callers:
        served += [number for number, caller in enumerate(callers) if caller.rung]
        agent.picks_up()
        agent.hangs_up()
        agent.ends_wrap_up()
    assert served == [0, 1, 2, 3]


def test_relaxed_callers_keep_their_place(floor: Floor) -> None:
    """A caller who has waited longer comes before one who required no skill from the beginning."""
    asks(floor, (0, {"dutch": 7}), (30, {}))
    busy(floor, "700", dutch=7)
    agent = busy(floor, "000")
    strict = floor.caller()
    floor.wait(10)
    easy = floor.caller(EASY)
    floor.wait(25)
    agent.goes_ready()
    assert (strict.rung, easy.rung) == (["000"], [])


def test_another_phone_number_for_the_same_agent(floor: Floor) -> None:
    """An agent who is put again with the same skills goes on being the last who has them."""
    asks(floor, *THREE_STEPS)
    last = busy(floor, "700", dutch=7)
    floor.agent("300", dutch=3)
    floor.take(PhoneReachable(PhoneId("new")))
    floor.caller()
    profile = AgentProfile(
        agent=last.id, name="Last", phone=PhoneId("new"), queues=(SALES,), skills={"dutch": 7}
    )
    floor.take(PutAgent(profile))
    assert offered_after(floor) == []
