"""New configuration takes effect for new calls; those in flight keep what they began with."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import CloseQueue, MoveWaiting, OpenQueue
from tests.core.outbound.callback import (
    SALES,
    booked,
    busy_agent,
    customer,
    open_shop,
    ready,
)
from tests.core.outbound.callback import closed as callbacks_closed

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_new_version_of_a_flow(floor: Floor) -> None:
    """A caller in the old one goes on in it."""
    flow = floor.write({"start": [Wait(timedelta(seconds=9)), Play("old")]})
    floor.open(flow)
    first = floor.caller()
    new = msgspec.structs.replace(floor.write({"start": [Play("new")]}), version="v2")
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(new,))))
    second = floor.caller()
    floor.wait(9)
    assert (first.heard, second.heard) == (["old"], ["new"])
    first.hangs_up()
    second.hangs_up()
    assert (first.end.flow_version, second.end.flow_version) == ("v1", "v2")


def test_a_flow_that_is_gone(floor: Floor) -> None:
    """Its number is rejected from now on."""
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=())))
    assert floor.caller().heard == ["no_flow"]


def test_a_queue_that_is_gone(floor: Floor) -> None:
    """A caller who waits in it is still served, with the settings it had."""
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    floor.take(SitePublished(msgspec.structs.replace(floor.site, queues={})))
    agent.goes_ready()
    agent.picks_up()
    agent.hangs_up()
    assert agent.state == ("wrap_up", "")
    floor.wait(15)
    assert (caller.exits, agent.state) == (["answered"], ("ready", ""))


def test_new_settings_of_a_queue(floor: Floor) -> None:
    """They count from the next decision on."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    sales = QueueSettings(name=QueueName("sales"), wrap_up=timedelta(seconds=60))
    queues = {**floor.site.queues, sales.name: sales}
    floor.take(SitePublished(msgspec.structs.replace(floor.site, queues=queues)))
    agent.hangs_up()
    floor.wait(59)
    assert agent.state == ("wrap_up", "")
    floor.wait(1)
    assert agent.state == ("ready", "")


def test_a_new_queue(floor: Floor) -> None:
    """It can be waited in at once."""
    night = QueueSettings(name=QueueName("night"), join_empty=True)
    flow = floor.write({"start": [Queue(night.name, {})]})
    queues = {**floor.site.queues, night.name: night}
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,), queues=queues)))
    caller = floor.caller()
    agent = floor.agent("100", "night")
    agent.picks_up()
    assert caller.exits == ["answered"]


def published(floor: Floor, *gone: str) -> None:
    """The files without some queues."""
    queues = {name: queue for name, queue in floor.site.queues.items() if name not in gone}
    floor.take(SitePublished(msgspec.structs.replace(floor.site, queues=queues)))


def shown(floor: Floor) -> list[str]:
    """The queues on the boards."""
    return [view.queue for view in floor.center.queues(floor.now)]


def test_a_queue_that_is_gone_is_off_the_boards(floor: Floor) -> None:
    """And it is there again once the files have it again."""
    published(floor, "support")
    assert shown(floor) == ["sales"]
    published(floor)
    assert shown(floor) == ["sales", "support"]


def test_a_queue_that_is_gone_is_shown_while_somebody_waits_or_talks(floor: Floor) -> None:
    """The work after the talk is not of the queue any more, though its settings are in force."""
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    published(floor, "sales")
    assert shown(floor) == ["sales", "support"]
    agent.goes_ready()
    agent.picks_up()
    assert shown(floor) == ["sales", "support"]
    agent.hangs_up()
    assert shown(floor) == ["support"]
    floor.settle()
    assert (agent.state, caller.exits) == (("wrap_up", ""), ["answered"])


def test_who_waits_in_a_queue_that_is_gone_leaves_with_an_exit(floor: Floor) -> None:
    """Nobody serves it any more: the caller hears so, and is not lost."""
    away = {"no_agents": Destination(Way.SECTION, "sorry")}
    floor.open(floor.write({"start": [Queue(SALES, away)], "sorry": [Play("sorry")]}))
    agent = floor.agent()
    agent.is_busy()
    caller = floor.caller()
    published(floor, "sales")
    floor.colleague("100", "support")
    agent.goes_ready()
    floor.wait(30)
    assert (caller.exits, caller.heard, shown(floor)) == (["no_agents"], ["sorry"], ["support"])


def test_a_queue_that_is_gone_takes_nobody_more(floor: Floor) -> None:
    """A call of an earlier flow comes to a queue that is closed."""
    closed = {"closed": Destination(Way.SECTION, "sorry")}
    floor.open(
        floor.write({"start": [Play("one"), Queue(SALES, closed)], "sorry": [Play("sorry")]})
    )
    floor.agent()
    caller = floor.caller()
    published(floor, "sales")
    caller.hears_out()
    assert (caller.exits, caller.heard) == (["closed"], ["one", "sorry"])


def test_supervisors_do_not_find_a_queue_that_is_gone(floor: Floor) -> None:
    """It can be neither closed, nor opened, nor sent to."""
    floor.agent().is_busy()
    caller = floor.caller()
    published(floor, "support")
    support = QueueName("support")
    for asked in (
        CloseQueue(support, "floor"),
        OpenQueue(support, "floor"),
        MoveWaiting(caller.interaction, support, "floor"),
    ):
        assert floor.refuses(asked) == "unknown_queue"


def test_a_callback_in_a_queue_that_is_gone_is_made(floor: Floor) -> None:
    """The customer waits for it: the queue is shown while the place is in the line."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    published(floor, "sales")
    assert shown(floor) == ["sales", "support"]
    ready(floor)
    customer(floor).answers()
    customer(floor).hears_out()
    agent = floor.colleague()
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    assert (callbacks_closed(floor), shown(floor)) == (["reached"], ["support"])


def test_a_queue_that_comes_back_begins_anew(floor: Floor) -> None:
    """The handle times and abandons were those of another queue."""
    agent = floor.agent()
    for _ in range(6):
        caller = floor.caller()
        agent.picks_up()
        floor.wait(300)
        caller.hangs_up()
        agent.ends_wrap_up()
    estimator = floor.center._distribution.estimator
    known = estimator._statistics._handle_times
    assert SALES in known
    published(floor, "sales")
    published(floor)
    assert SALES not in known


def test_a_queue_stays_off_the_boards_after_a_restart(floor: Floor) -> None:
    """A snapshot keeps that it is gone, and that somebody still waits in it."""
    floor.agent().is_busy()
    floor.caller()
    published(floor, "sales")
    floor.center = pickle.loads(pickle.dumps(floor.center))  # noqa: S301  # our own
    assert shown(floor) == ["sales", "support"]
    floor.wait(900)
    floor.settle()
    assert shown(floor) == ["support"]
