"""New configuration takes effect for new calls; those in flight keep what they began with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.site import SitePublished
from contactcenter_ari.core.flow.step import Play, Queue, Wait
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_new_version_of_a_flow(floor: Floor) -> None:
    """Who is in the old one goes on in it."""
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
    """Who waits in it is still served, with the settings it had."""
    agent = floor.agent()
    agent.pauses()
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
