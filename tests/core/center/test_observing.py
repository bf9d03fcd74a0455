"""Observers of a center at work, and estimates of waits from another source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.site.site import CenterStarted, SitePublished
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.event import WaitTold
from contactcenter_ari.core.vocabulary.ids import QueueName
from tests.core.flow.walking import say

if TYPE_CHECKING:
    from tests.core.conftest import Floor

STARTED = CenterStarted("n1", "b1")
SALES = QueueName("sales")
SEVEN = timedelta(minutes=7)


class Notes:
    """Writes down each step it is shown, and how much was told in the turn before it."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, bool]] = []
        self.told_before: list[int] = []

    def step_reached(self, _run: FlowRun, step: Step, turn: Turn, *, taken: bool) -> None:
        """Note it."""
        self.lines.append((step.line, taken))
        self.told_before.append(turn.events_told)


class Prophet:
    """Estimates seven minutes for everybody."""

    def estimate(self, _waiting: Waiting, _now: datetime) -> Estimate:
        """The estimate is certain."""
        return Estimate(mean=SEVEN, deviation=timedelta())


def test_each_step_is_shown_to_who_watches(floor: Floor) -> None:
    """Those that are passed over as well, in the order in which a run comes to them."""
    flow = floor.write(
        {
            "start": [
                Step(say("one"), line=3),
                Step(say("never"), line=4, when=parse("nothing")),
                Step(say("two"), line=5),
            ]
        }
    )
    floor.open(flow)
    notes = Notes()
    floor.center = Center(STARTED, floor.site, observer=notes)
    caller = floor.caller()
    assert notes.told_before == [len(floor.events) - 1]  # all but the prompt of this step
    caller.hears_out()
    assert notes.lines == [(3, True), (4, False), (5, True)]


def test_flows_that_are_published_later_are_watched_as_well(floor: Floor) -> None:
    """An observer need not ask again."""
    notes = Notes()
    floor.center = Center(STARTED, floor.site, observer=notes)
    flow = floor.write({"start": [Step(say("new"), line=9)]})
    floor.take(SitePublished(msgspec.structs.replace(floor.site, flows=(flow,))))
    floor.caller()
    assert notes.lines == [(9, True)]


def test_waits_may_be_foreseen_by_another(floor: Floor) -> None:
    """A flow test knows them; the core still decides which of them are announced."""
    flow = floor.write(
        {"start": [Queue(SALES, {}, announce=(Announcement("wait", timedelta(seconds=5)),))]},
        wait=Prompt({"en": (Text((Blank(parse("queue.wait"), "duration"),)),)}),
    )
    floor.open(flow)
    floor.center = Center(STARTED, floor.site, wait_source=Prophet())
    floor.agent().is_busy()
    caller = floor.caller()
    floor.wait(5)
    assert [(event.told, event.mean) for event in caller.told(WaitTold)] == [(SEVEN, SEVEN)]
    assert caller.heard == ["7 minutes"]
