"""Offers that an agent lets pass, and when they make him not ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def patient(floor: Floor, misses: int) -> None:
    """A queue that takes so many misses before an agent is NOT_READY."""
    floor.open(
        None,
        QueueSettings(name=QueueName("sales"), misses_before_not_ready=MissLimits.alike(misses)),
    )


def test_misses_in_a_row(floor: Floor) -> None:
    """Two misses are forgiven, the third makes him NOT_READY."""
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
    """A refusal between two calls he let ring does not end the row, nor lengthen it."""
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
    """An answer, going ready by hand and logging in start the count anew."""
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
    """However often callers leave while his phone rings, the agent stays READY."""
    agent = floor.agent()
    for _ in range(5):
        caller = floor.caller()
        floor.wait(10)
        caller.hangs_up()
    assert agent.state == ("ready", "")
