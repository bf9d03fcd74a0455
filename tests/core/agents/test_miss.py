"""Offers that an agent lets pass, and when they make the agent not ready."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.vocabulary.event import AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import RemoveAgent
from contactcenter_ari.core.vocabulary.signal import PhoneUnreachable

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES, FIVE_MINUTES = QueueName("sales"), timedelta(minutes=5)


def patient(floor: Floor, misses: int) -> None:
    """A queue that takes so many misses before an agent is NOT_READY."""
    floor.open(
        None,
        QueueSettings(name=QueueName("sales"), misses_before_not_ready=MissLimits.alike(misses)),
    )


def test_misses_in_a_row(floor: Floor) -> None:
    """Two misses are forgiven, the third makes the agent NOT_READY."""
    patient(floor, 3)
    agent = floor.agent()
    floor.caller()
    for _ in range(2):
        floor.wait(20)
        assert agent.state == ("ready", "")
        floor.wait(30)
        assert agent.is_rung()
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


def test_each_kind_of_miss_is_counted_apart(floor: Floor) -> None:
    """A refusal between two missed calls does not end the row, nor lengthen it."""
    limits = MissLimits(no_answer=2, refused=2, busy=3)
    floor.open(None, QueueSettings(name=QueueName("sales"), misses_before_not_ready=limits))
    agent = floor.agent()
    floor.caller()
    floor.wait(20)
    floor.wait(30)
    for cause in (17, 21, 17):
        agent.hangs_up(cause)
        assert agent.state == ("ready", "")
        floor.wait(30)
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


@pytest.mark.parametrize("by", ["answer", "ready", "log-in", "pause and back"])
def test_misses_are_forgotten(floor: Floor, by: str) -> None:
    """An answer, going ready by hand and logging in start the count again."""
    patient(floor, 2)
    agent = floor.agent()
    floor.caller()
    floor.wait(20)
    match by:
        case "answer":
            floor.wait(30)
            agent.picks_up()
            agent.hangs_up()
            floor.wait(15)
        case "ready":
            agent.goes_ready()
        case "log-in":
            agent.logs_out()
            agent.logs_in()
        case _:
            agent.pauses()
            agent.goes_ready()
    floor.caller()
    assert agent.is_rung()
    floor.wait(20)
    assert agent.state != ("not_ready", "no_answer")


def test_a_caller_who_leaves_is_nobodys_miss(floor: Floor) -> None:
    """However often callers leave while the phone rings, the agent stays READY."""
    agent = floor.agent()
    for _ in range(5):
        caller = floor.caller()
        floor.wait(10)
        caller.hangs_up()
    assert agent.state == ("ready", "")


# --- coming back by oneself ------------------------------------------------------------------


def forgiving(floor: Floor, *, misses: int = 1) -> None:
    """A queue that wants its agents back after five minutes."""
    limits = MissLimits.alike(misses)
    queue = QueueSettings(
        name=SALES, miss_return=FIVE_MINUTES, misses_before_not_ready=limits, join_empty=True
    )
    floor.open(None, queue)


def missed(floor: Floor) -> Colleague:
    """An agent who is NOT_READY, for a call was not answered; nobody waits."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(20)
    caller.hangs_up()
    assert agent.state == ("not_ready", "no_answer")
    return agent


def test_who_did_not_answer_is_ready_again_after_a_while(floor: Floor) -> None:
    """By itself, and is offered the caller who waits."""
    forgiving(floor)
    agent = missed(floor)
    floor.wait(299.9)
    caller = floor.caller()
    assert (agent.state, caller.rung) == (("not_ready", "no_answer"), [])
    floor.wait(0.1)
    assert caller.rung == ["100"]
    (moved,) = [e for e in floor.told(AgentStateChanged) if e.before_reason == "no_answer"]
    assert moved.by == "center"


def test_by_default_nobody_comes_back(floor: Floor) -> None:
    """But by hand."""
    agent = missed(floor)
    floor.wait(86_400)
    assert agent.state == ("not_ready", "no_answer")


@pytest.mark.parametrize("cause", [17, 20, 21])
def test_only_who_did_not_answer_comes_back(floor: Floor, cause: int) -> None:
    """An agent who refused, or whose phone was busy or out of reach, has said why."""
    forgiving(floor)
    agent = floor.agent()
    caller = floor.caller()
    agent.hangs_up(cause)
    caller.hangs_up()
    floor.wait(400)
    assert agent.state[0] == "not_ready"


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("lunch", ("not_ready", "lunch")),
        ("logs out", ("logged_out", "")),
        ("in again", ("ready", "")),
        ("back and lunch", ("not_ready", "lunch")),
    ],
)
def test_what_the_agent_says_meanwhile_counts(
    floor: Floor, how: str, state: tuple[str, str]
) -> None:
    """Nobody is made READY who has paused or left since."""
    forgiving(floor)
    agent = missed(floor)
    floor.wait(60)
    match how:
        case "lunch":
            agent.pauses()
        case "logs out":
            agent.logs_out()
        case "in again":
            agent.logs_out()
            agent.logs_in()
        case _:
            agent.goes_ready()
            agent.pauses()
    floor.wait(400)
    assert agent.state == state


def test_a_second_miss_begins_the_time_anew(floor: Floor) -> None:
    """Five minutes from then on."""
    forgiving(floor)
    agent = missed(floor)
    floor.wait(200)
    agent.goes_ready()
    caller = floor.caller()
    floor.wait(20)
    caller.hangs_up()
    floor.wait(299)
    assert agent.state == ("not_ready", "no_answer")
    floor.wait(1)
    assert agent.state == ("ready", "")


def test_coming_back_by_itself_forgives_nothing(floor: Floor) -> None:
    """The count begins again with an answer, or when the agent says that they are there."""
    forgiving(floor, misses=2)
    agent = floor.agent()
    floor.caller()
    floor.wait(70)
    assert agent.state == ("not_ready", "no_answer")
    floor.wait(300)
    assert agent.is_rung()
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


def test_a_pause_asked_for_in_time_beats_the_miss(floor: Floor) -> None:
    """An agent who has asked to leave and then loses the call in the last moment does not come
    back.
    """
    forgiving(floor)
    agent = floor.agent()
    floor.caller()
    agent.answers()
    agent.pauses()
    agent.hangs_up(19)
    floor.wait(400)
    assert agent.state == ("not_ready", "lunch")


def test_an_agent_who_is_removed_does_not_come_back(floor: Floor) -> None:
    """There is nobody to be made READY."""
    forgiving(floor)
    agent = missed(floor)
    floor.take(RemoveAgent(agent.id, "boss"))
    floor.wait(400)
    assert floor.center.agents(floor.now) == ()


def test_a_missed_call_for_one_agent_alone(floor: Floor) -> None:
    """They are back as their queue wants it, though the call was none of the queue."""
    ring = RingAgent(parse('"100"'), {})
    queue = QueueSettings(name=SALES, miss_return=FIVE_MINUTES)
    floor.open(floor.write({"start": [ring]}), queue)
    agent = missed(floor)
    floor.wait(300)
    assert agent.state == ("ready", "")


# --- the last one ----------------------------------------------------------------------------


def keeping(floor: Floor, *more: QueueSettings) -> None:
    """A queue whose last agent stays READY."""
    floor.open(None, QueueSettings(name=SALES, keep_last_ready=True), *more)


@pytest.mark.parametrize("cause", [None, 17, 20, 21])
def test_the_last_agent_of_a_queue_stays_ready(floor: Floor, cause: int | None) -> None:
    """Whatever is missed; the caller is offered again after the pause."""
    keeping(floor)
    agent = floor.agent()
    caller = floor.caller()
    for _ in range(3):
        floor.wait(20) if cause is None else agent.hangs_up(cause)
        assert agent.state == ("ready", "")
        floor.wait(30)
        assert caller.rung == ["100"]


@pytest.mark.parametrize("cause", [17, 20, 21])
def test_the_last_agent_is_not_rung_again_at_once(floor: Floor, cause: int) -> None:
    """Not even where callers skip nobody: a phone that refuses at once would be rung without
    end.
    """
    settings = QueueSettings(name=SALES, keep_last_ready=True, miss_pause=timedelta())
    floor.open(None, settings)
    agent, caller = floor.agent(), floor.caller()
    agent.hangs_up(cause)
    assert caller.rung == []
    floor.wait(5)
    assert caller.rung == ["100"]


def test_a_phone_that_fails_is_not_rung_again_at_once(floor: Floor) -> None:
    """Not even where callers skip nobody and many misses are forgiven."""
    settings = QueueSettings(
        name=SALES, misses_before_not_ready=MissLimits.alike(9), miss_pause=timedelta()
    )
    floor.open(None, settings)
    agent, caller = floor.agent(), floor.caller()
    agent.hangs_up(20)
    assert caller.rung == []
    floor.wait(5)
    assert caller.rung == ["100"]


def test_others_are_sent_away_until_one_is_left(floor: Floor) -> None:
    """The first miss is as always, that of the last one is not."""
    keeping(floor)
    first, last = floor.agent("100", idle=5), floor.agent("200")
    floor.caller()
    floor.wait(40)
    assert (first.state, last.state) == (("not_ready", "no_answer"), ("ready", ""))


@pytest.mark.parametrize("how", ["lunch", "logged out", "unplugged", "leaves after the call"])
def test_who_takes_no_calls_does_not_count(floor: Floor, how: str) -> None:
    """A colleague who is at work but takes none leaves the other one alone."""
    keeping(floor)
    agent, other = floor.agent("100", idle=5), floor.agent("200")
    match how:
        case "lunch":
            other.pauses()
        case "logged out":
            other.logs_out()
        case "unplugged":
            floor.take(PhoneUnreachable(other.phone))
        case _:
            agent.pauses()
            floor.caller()
            other.picks_up()
            other.logs_out()
            agent.goes_ready()
    floor.caller()
    floor.wait(20)
    assert agent.state == ("ready", "")


def test_who_is_in_a_talk_counts(floor: Floor) -> None:
    """They come back: the queue is not without anybody."""
    keeping(floor)
    agent, other = floor.agent("100"), floor.agent("200", idle=5)
    agent.pauses()
    floor.caller()
    other.picks_up()
    agent.goes_ready()
    floor.caller()
    floor.wait(20)
    assert agent.state == ("not_ready", "no_answer")


def test_the_last_agent_of_another_queue(floor: Floor) -> None:
    """A queue keeps its last agent, for whichever queue the call was."""
    keeping(floor, QueueSettings(name=QueueName("support")))
    floor.agent("300", "support").pauses()
    agent = floor.agent("100", "sales", "support")
    floor.agent("200", "support")
    caller = floor.caller()
    caller.is_moved("support")
    floor.settle()
    floor.wait(20)
    assert agent.state == ("ready", "")


def test_by_default_the_last_agent_is_sent_away(floor: Floor) -> None:
    """And an agent who asked to leave is kept by nobody."""
    missed(floor)
    keeping(floor)
    agent = floor.agent()
    floor.caller()
    agent.answers()
    agent.pauses()
    agent.hangs_up(19)
    assert agent.state == ("not_ready", "lunch")
