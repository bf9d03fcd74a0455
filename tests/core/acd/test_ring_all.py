"""Ring-all: every free phone rings, and exactly one of them gets the caller."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHungUp,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
)
from contactcenter_ari.core.vocabulary.skill import SkillStep

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Colleague, Floor

SALES = QueueName("sales")
EVERYBODY = ["100", "200", "300"]


def three(floor: Floor, *, ring_at_most: int = 20, misses: int = 1) -> list[Colleague]:
    """A queue that rings all, and three agents, the first idle longest."""
    floor.open(
        None,
        QueueSettings(
            name=SALES,
            strategy=Strategy.RING_ALL,
            ring_at_most=ring_at_most,
            misses_before_not_ready=MissLimits.alike(misses),
        ),
    )
    return [floor.agent(agent, idle=10) for agent in EVERYBODY]


def ended_legs(floor: Floor) -> list[tuple[LegId, HangUpReason]]:
    """Legs that the center hung up, with the causes."""
    return [(command.leg, command.reason) for command in floor.done(HangUpLeg)]


# --- who rings ------------------------------------------------------------------------------


def test_all_free_phones_ring(floor: Floor) -> None:
    """The phones of agents who pause or talk do not ring."""
    ann, bob, cy = three(floor)
    ann.pauses()
    caller = floor.caller()
    assert caller.rung == ["200", "300"]
    assert (bob.state, cy.state) == (("offered", ""), ("offered", ""))


def test_so_many_phones_at_most(floor: Floor) -> None:
    """The longest idle ones; the rest is free for the next caller."""
    three(floor, ring_at_most=2)
    first, second = floor.caller(), floor.caller()
    assert (first.rung, second.rung) == (["100", "200"], ["300"])


def test_the_next_caller_waits_until_phones_fall_silent(floor: Floor) -> None:
    """The caller is offered in the turn in which the first one is answered."""
    ann, *_ = three(floor)
    _, second = floor.caller(), floor.caller()
    assert second.rung == []
    ann.answers()
    assert second.rung == ["200", "300"]


# --- who gets the caller --------------------------------------------------------------------


def test_the_first_answer_wins(floor: Floor) -> None:
    """The other phones stop with the reason that another agent took it: no call was missed."""
    ann, bob, cy = three(floor)
    caller = floor.caller()
    others = [ann.leg, cy.leg]
    floor.wait(10)
    bob.answers()
    assert ended_legs(floor) == [(leg, HangUpReason.ANSWERED_ELSEWHERE) for leg in others]
    bob.is_joined()
    assert caller.offers == [("100", "withdrawn"), ("300", "withdrawn"), ("200", "accepted")]
    assert [each.state for each in (ann, bob, cy)] == [
        ("ready", ""), ("on_call", ""), ("ready", ""),
    ]  # fmt: skip
    assert caller.exits == ["answered"]


def test_those_who_were_too_late_keep_their_idle_time(floor: Floor) -> None:
    """They come before an agent who logged in while the phones rang."""
    ann, bob, cy = three(floor)
    cy.logs_out()
    floor.caller()
    bob.picks_up()
    newcomer = floor.agent("050", idle=5)
    assert floor.caller().rung == [ann.id, newcomer.id]


def test_two_answers_in_the_same_instant(floor: Floor) -> None:
    """The second is told that the call was answered elsewhere; there is one bridge."""
    ann, bob, cy = three(floor)
    caller = floor.caller()
    late = [bob.leg, cy.leg]
    ann.answers()
    for leg in late:
        outcome = floor.take(LegAnswered(leg))
        assert [(c.leg, c.reason) for c in outcome.commands if isinstance(c, HangUpLeg)] == [
            (leg, HangUpReason.ANSWERED_ELSEWHERE)
        ]
    assert len(floor.done(BridgeLegs)) == 1
    ann.is_joined()
    for leg in late:
        assert floor.take(LegHungUp(leg, 16)).events == ()
    assert (caller.offers[-1], caller.exits) == (("100", "accepted"), ["answered"])
    assert (bob.state, cy.state) == (("ready", ""), ("ready", ""))


def test_a_late_answer_does_not_touch_the_next_offer(floor: Floor) -> None:
    """The phone already rings for the next caller when its first leg is reported as answered."""
    ann, bob, _ = three(floor)
    _, second = floor.caller(), floor.caller()
    late = bob.leg
    ann.answers()
    assert second.rung == ["200", "300"]
    floor.take(LegAnswered(late))
    assert second.rung == ["200", "300"]
    assert len(floor.done(BridgeLegs)) == 1
    floor.settle()
    bob.picks_up()
    assert second.exits == ["answered"]


# --- who does not ---------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "result", "reason"), [
    (17, "busy", "busy"), (21, "refused", "refused"), (20, "failed", "unreachable"),
])  # fmt: skip
def test_one_misses_while_others_ring(floor: Floor, cause: int, result: str, reason: str) -> None:
    """Only that agent has a miss; the other phones go on ringing."""
    ann, bob, _ = three(floor)
    caller = floor.caller()
    ann.hangs_up(cause)
    assert caller.offers == [("100", result)]
    assert caller.rung == ["200", "300"]
    assert (ann.state, caller.music) == (("not_ready", reason), "default")
    bob.picks_up()
    assert caller.exits == ["answered"]


def test_all_miss(floor: Floor) -> None:
    """No agent has missed a call. The caller waits on with position and age, and is offered to all
    again after a short pause, in which the next caller may be offered.
    """
    agents = three(floor)
    caller = floor.caller()
    floor.wait(20)
    assert caller.offers == [("100", "lapsed"), ("200", "lapsed"), ("300", "lapsed")]
    assert [agent.state for agent in agents] == [("ready", "")] * 3
    assert caller.rung == []
    later = floor.caller()
    assert later.rung == EVERYBODY
    later.hangs_up()
    for _ in range(3):
        floor.wait(4.9)
        assert caller.rung == []
        floor.wait(0.1)
        assert caller.rung == EVERYBODY
        floor.wait(20)
        assert [agent.state for agent in agents] == [("ready", "")] * 3
    assert caller.exits == []


def test_each_is_asked_again_after_their_own_pause(floor: Floor) -> None:
    """Agents who let it ring are asked soon; one who refused is left alone for as long as the
    queue sets, and rings beside them then.
    """
    ann, *_ = three(floor, misses=2)
    caller = floor.caller()
    ann.hangs_up(21)
    floor.wait(25)
    assert caller.rung == ["200", "300"]
    floor.wait(5)
    assert caller.rung == ["200", "300", "100"]


def test_who_becomes_free_gets_a_caller_whom_all_missed(floor: Floor) -> None:
    """The caller does not wait for the pauses of others."""
    three(floor, misses=2)
    caller = floor.caller()
    floor.wait(20)
    newcomer = floor.agent("400")
    assert caller.rung == ["400"]
    newcomer.picks_up()
    assert caller.exits == ["answered"]


@pytest.mark.parametrize("cause", [None, 18, 19])
def test_a_ring_nobody_took_is_nobodys_miss(floor: Floor, cause: int | None) -> None:
    """The team takes the next call, also when their phones stopped ringing by themselves."""
    team = three(floor)
    caller = floor.caller()
    if cause is None:
        floor.wait(20)
    else:
        for agent in team:
            agent.hangs_up(cause)
    assert caller.offers == [(each, "lapsed") for each in EVERYBODY]
    assert [agent.state for agent in team] == [("ready", "")] * 3
    assert floor.caller().rung == EVERYBODY


def test_a_team_of_one(floor: Floor) -> None:
    """The rule is that of the queue, however many there are."""
    floor.open(None, QueueSettings(name=SALES, strategy=Strategy.RING_ALL))
    agent = floor.agent()
    caller = floor.caller()
    for _ in range(10):
        floor.wait(25)
    assert (agent.state, caller.rung) == (("offered", ""), ["100"])


def test_those_left_out_are_asked_before_the_same_again(floor: Floor) -> None:
    """An agent who let it ring is skipped for long only while there are others."""
    three(floor, ring_at_most=2)
    caller = floor.caller()
    floor.wait(20)
    assert caller.rung == ["300"]
    floor.wait(5)
    assert caller.rung == ["300", "200"]


# --- who becomes free meanwhile -------------------------------------------------------------


def talks(bob: Colleague) -> None:
    """An agent takes a call, with its wrap-up."""
    bob.floor.caller()
    bob.picks_up()
    bob.hangs_up()


OWN = LegId("own")
AWAY: dict[str, tuple[Callable[[Colleague], object], Callable[[Colleague], object]]] = {
    "logs in": (lambda bob: bob.logs_out(), lambda bob: bob.logs_in()),
    "pause": (lambda bob: bob.pauses(), lambda bob: bob.goes_ready()),
    "wrap-up": (talks, lambda bob: bob.ends_wrap_up()),
    "phone": (
        lambda bob: bob.floor.take(PhoneUnreachable(bob.phone)),
        lambda bob: bob.floor.take(PhoneReachable(bob.phone)),
    ),
    "non-ACD call": (
        lambda bob: bob.floor.take(PhoneDialed(OWN, bob.phone, "*14")),
        lambda bob: bob.floor.take(LegHungUp(OWN, 16)),
    ),
    "another queue": (
        lambda bob: bob.floor.colleague("200", "support"),
        lambda bob: bob.floor.colleague("200", "sales"),
    ),
}
"""The ways in which an agent is kept from calls, and the end of each."""


@pytest.mark.parametrize("how", AWAY)
def test_who_becomes_free_is_rung_too(floor: Floor, how: str) -> None:
    """In any way, beside the phones that ring already; for the whole limit."""
    floor.open(None, QueueSettings(name=SALES, strategy=Strategy.RING_ALL))
    leaves, comes = AWAY[how]
    bob = floor.agent("200")
    leaves(bob)
    ann = floor.agent("100")
    caller = floor.caller()
    assert caller.rung == ["100"]
    floor.wait(10)
    comes(bob)
    assert caller.rung == ["100", "200"]
    floor.wait(10)
    assert caller.rung == ["200"]
    floor.wait(5)
    assert caller.rung == ["200", "100"]
    bob.picks_up()
    assert caller.exits == ["answered"]
    assert ann.state == ("ready", "")


def test_no_more_than_so_many(floor: Floor) -> None:
    """An agent who becomes free then is left for the next caller."""
    three(floor, ring_at_most=3)
    first, second = floor.caller(), floor.caller()
    newcomer = floor.agent("400")
    assert (first.rung, second.rung) == (EVERYBODY, [newcomer.id])


def test_who_came_first_has_the_agent(floor: Floor) -> None:
    """A caller for whom phones ring comes before one for whom none does."""
    three(floor)
    first, second = floor.caller(), floor.caller()
    floor.agent("400")
    assert (first.rung, second.rung) == ([*EVERYBODY, "400"], [])
    second.is_ranked(priority=1)
    floor.agent("500")
    assert second.rung == ["500"]


@pytest.mark.parametrize("why", ["answered", "over", "closed", "gone"])
def test_nobody_more_is_rung_for_one_who_needs_nobody(floor: Floor, why: str) -> None:
    """An agent has picked up, or the caller may not wait any longer."""
    ring_all = QueueSettings(
        name=SALES, strategy=Strategy.RING_ALL, max_wait=timedelta(seconds=10), join_empty=True
    )
    floor.open(None, ring_all)
    ann = floor.agent("100")
    caller = floor.caller()
    match why:
        case "answered":
            ann.answers()
        case "over":
            floor.wait(12)
        case "closed":
            floor.closes("sales")
        case _:
            caller.hangs_up()
    floor.agent("200")
    assert caller.rung == ([] if why == "gone" else ["100"])


def test_a_queue_that_is_opened_again(floor: Floor) -> None:
    """Callers who were to leave after the ringing wait on, and more agents may be rung."""
    three(floor)
    caller = floor.caller()
    floor.closes("sales")
    newcomer = floor.agent("400")
    assert caller.rung == EVERYBODY
    floor.opens("sales")
    assert caller.rung == [*EVERYBODY, newcomer.id]


def test_the_winner_is_lost_and_newcomers_are_rung(floor: Floor) -> None:
    """As soon as the caller needs an agent again."""
    ann, *_ = three(floor)
    caller = floor.caller()
    ann.answers()
    newcomer = floor.agent("400")
    assert caller.rung == ["100"]
    ann.hangs_up(21)
    assert caller.rung == ["200", "300", newcomer.id]


def test_another_strategy_while_phones_ring(floor: Floor) -> None:
    """The phones go on ringing, and no other one is rung beside them."""
    three(floor)
    caller = floor.caller()
    settings = QueueSettings(name=SALES, strategy=Strategy.LONGEST_IDLE)
    floor.take(
        SitePublished(
            msgspec.structs.replace(floor.site, queues=floor.site.queues | {SALES: settings})
        )
    )
    floor.agent("400")
    assert caller.rung == EVERYBODY


def test_skills_relax_while_phones_ring(floor: Floor) -> None:
    """Those who are good enough from now on are rung too."""
    skills = (SkillStep(timedelta(), {"nl": 5}), SkillStep(timedelta(seconds=10), {}))
    floor.open(
        floor.write({"start": [Queue(SALES, {}, skills=skills)]}),
        QueueSettings(name=SALES, strategy=Strategy.RING_ALL),
    )
    floor.agent("100", nl=9)
    floor.agent("200")
    caller = floor.caller()
    assert caller.rung == ["100"]
    floor.wait(10)
    assert caller.rung == ["100", "200"]


# --- awkward moments ------------------------------------------------------------------------


def test_the_caller_hangs_up_while_all_ring(floor: Floor) -> None:
    """All phones stop ringing, no agent missed a call, and idle times are kept."""
    agents = three(floor)
    caller = floor.caller()
    legs = [agent.leg for agent in agents]
    floor.wait(10)
    caller.hangs_up()
    assert ended_legs(floor) == [(leg, HangUpReason.NORMAL) for leg in legs]
    assert caller.offers == [("100", "withdrawn"), ("200", "withdrawn"), ("300", "withdrawn")]
    assert [agent.state for agent in agents] == [("ready", "")] * 3
    assert (caller.exits, floor.caller().rung) == (["abandoned"], EVERYBODY)


def winner_lost(floor: Floor, how: str, winner: Colleague, caller: Caller) -> None:
    """The winner hangs up before the bridge, or the switch cannot make it."""
    if how == "hung up":
        winner.hangs_up()
    else:
        floor.fails(BridgeLegs, 500)
    assert caller.music == "default"
    assert caller.exits == []


@pytest.mark.parametrize(
    ("how", "state"), [("hung up", ("not_ready", "refused")), ("bridge", ("ready", ""))]
)
def test_the_winner_is_lost_before_the_bridge(
    floor: Floor, how: str, state: tuple[str, str]
) -> None:
    """The caller keeps the position and the others are rung again at once."""
    ann, bob, _ = three(floor)
    caller = floor.caller()
    ann.answers()
    winner_lost(floor, how, ann, caller)
    assert (ann.state, caller.rung) == (state, ["200", "300"])
    floor.settle()
    bob.picks_up()
    assert caller.exits == ["answered"]


def test_the_caller_leaves_before_the_bridge(floor: Floor) -> None:
    """The winner is released like those who were too late."""
    agents = three(floor)
    caller = floor.caller()
    agents[0].answers()
    caller.hangs_up()
    assert [agent.state for agent in agents] == [("ready", "")] * 3
    assert caller.exits == ["abandoned_short"]


def test_the_time_is_up_while_all_ring(floor: Floor) -> None:
    """The phones are given their chance; the caller leaves with the last of them."""
    floor.open(
        None,
        QueueSettings(name=SALES, strategy=Strategy.RING_ALL, max_wait=timedelta(seconds=10)),
    )
    ann, bob = floor.agent("100"), floor.agent("200")
    caller = floor.caller()
    floor.wait(15)
    assert (caller.exits, caller.rung) == ([], ["100", "200"])
    ann.hangs_up(21)
    assert caller.exits == []
    bob.hangs_up(17)
    assert caller.exits == ["timeout"]


def test_who_logs_out_while_their_phone_rings(floor: Floor) -> None:
    """Only that phone stops ringing, and another agent answers."""
    ann, bob, _ = three(floor)
    caller = floor.caller()
    ann.logs_out()
    assert (ann.state, caller.rung) == (("logged_out", ""), ["200", "300"])
    bob.picks_up()
    assert caller.offers[0] == ("100", "withdrawn")
    assert caller.exits == ["answered"]


def test_every_phone_is_dialed_once(floor: Floor) -> None:
    """One leg per agent for one caller."""
    three(floor)
    floor.caller()
    assert [dial.phone for dial in floor.done(DialLeg)] == [f"phone-{each}" for each in EVERYBODY]
