"""The wait of a caller as the center estimates it, shown by the callers it diverts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.queue_statistics import half_hour_of
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime, LearnHandleTimes

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SALES, SUPPORT = QueueName("sales"), QueueName("support")
FOR_SUPPORT = "+31600000001"
THREE_MINUTES = timedelta(minutes=3)


def open_floor(floor: Floor, divert_wait: timedelta) -> None:
    """A number for support, which diverts callers who would wait too long, and all others for
    sales; contacts of either take three minutes, as in earlier weeks.
    """
    floor.open(
        floor.write(
            {
                "start": [
                    If(
                        parse(f'caller.number == "{FOR_SUPPORT}"'),
                        Destination(Way.SECTION, "support"),
                    ),
                    Queue(SALES, {}),
                ],
                "support": [Queue(SUPPORT, {})],
            }
        ),
        QueueSettings(name=SUPPORT, divert_wait=divert_wait),
    )
    times = [
        HandleTime(queue=queue, half_hour=half_hour_of(floor.now), mean=THREE_MINUTES, contacts=40)
        for queue in (SALES, SUPPORT)
    ]
    floor.take(LearnHandleTimes(tuple(times)))


def support_diverts(floor: Floor) -> bool:
    """Whether the next caller for support, who does not stay, is sent on at once."""
    caller = floor.caller(FOR_SUPPORT)
    diverted = caller.exits == [QueueExit.DIVERTED]
    if not diverted:
        caller.hangs_up()
    return diverted


@pytest.mark.parametrize(("waiting", "diverted"), [(0, False), (2, False), (3, True)])
def test_callers_of_other_queues_who_wait_for_the_same_agents_are_ahead(
    floor: Floor, waiting: int, *, diverted: bool
) -> None:
    """One agent of both: each caller waiting in sales makes it three minutes more in support."""
    open_floor(floor, divert_wait=timedelta(minutes=10))
    agent = floor.agent("100", "sales", "support")
    floor.caller()
    agent.picks_up()
    for _ in range(waiting):
        floor.caller()
    assert support_diverts(floor) == diverted


def test_callers_who_wait_for_other_agents_are_not_ahead(floor: Floor) -> None:
    """Without a common agent, it does not matter how many wait elsewhere."""
    open_floor(floor, divert_wait=timedelta(minutes=10))
    agent = floor.agent("100", "support")
    floor.agent("101", "sales").pauses()
    floor.caller(FOR_SUPPORT)
    agent.picks_up()
    for _ in range(9):
        floor.caller()
    assert not support_diverts(floor)


def test_a_head_of_the_line_who_waits_too_long_tells_of_a_slow_line(floor: Floor) -> None:
    """The estimate was three minutes, and as much for chance: with more its wait counts."""
    open_floor(floor, divert_wait=timedelta(minutes=7))
    agent = floor.agent("100", "support")
    floor.caller(FOR_SUPPORT)
    agent.picks_up()
    floor.caller(FOR_SUPPORT)
    floor.wait(419)
    assert not support_diverts(floor)
    floor.wait(3)
    assert support_diverts(floor)


def test_an_agent_who_leaves_after_the_call_is_not_counted(floor: Floor) -> None:
    """With two agents it is a minute and a half, with one three; an agent who stays after all
    counts.
    """
    open_floor(floor, divert_wait=timedelta(minutes=2))
    for agent in [floor.agent("100", "support"), floor.agent("101", "support")]:
        floor.caller(FOR_SUPPORT)
        agent.picks_up()
    assert not support_diverts(floor)
    agent.logs_out()
    assert support_diverts(floor)
    agent.goes_ready()
    assert not support_diverts(floor)
    agent.pauses()
    assert support_diverts(floor)
