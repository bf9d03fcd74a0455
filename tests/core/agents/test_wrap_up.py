"""The work after a talk: how it ends in each kind of queue, and what came of the talk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.core.acd.settings import QueueSettings, WrapUpKind
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.vocabulary.event import (
    DispositionSet,
    SegmentEnded,
    SegmentKind,
    WrapUpExtended,
)
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.request import ExtendWrapUp

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

SALES = QueueName("sales")
EXTENDABLE = QueueSettings(
    name=SALES,
    wrap_up=timedelta(seconds=15),
    wrap_up_kind=WrapUpKind.EXTENDABLE,
    wrap_up_limit=timedelta(seconds=40),
)
UNTIL_DISPOSITION = QueueSettings(
    name=SALES,
    wrap_up_kind=WrapUpKind.UNTIL_DISPOSITION,
    wrap_up_limit=timedelta(minutes=5),
    dispositions=("sold", "not interested"),
)
FIXED = QueueSettings(name=SALES, dispositions=("sold", "not interested"))


def after_talk(floor: Floor, settings: QueueSettings = FIXED) -> Colleague:
    """An agent whose first talk has just ended."""
    agent = in_talk(floor, settings)
    agent.hangs_up()
    return agent


def in_talk(floor: Floor, settings: QueueSettings = FIXED) -> Colleague:
    """An agent in a talk."""
    floor.open(None, settings)
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    return agent


def wrap_ups(floor: Floor) -> list[float]:
    """How many seconds each wrap-up lasted."""
    ended = [e for e in floor.told(SegmentEnded) if e.kind is SegmentKind.WRAP_UP]
    return [(e.at - e.started_at).total_seconds() for e in ended]


def left(floor: Floor, agent: Colleague) -> float | None:
    """In how many seconds the wrap-up will end by itself."""
    until = agent.view.wrap_up_until
    return (until - floor.now).total_seconds() if until else None


# --- extendable -----------------------------------------------------------------------------


def test_a_wrap_up_that_nobody_extends(floor: Floor) -> None:
    """It ends like any other."""
    agent = after_talk(floor, EXTENDABLE)
    assert left(floor, agent) == 15
    floor.wait(15)
    assert (agent.state, left(floor, agent)) == (("ready", ""), None)


def test_more_time_for_the_work_after_a_talk(floor: Floor) -> None:
    """Each extension adds the queue's wrap-up to its end, the last one what is left to the
    limit.
    """
    agent = after_talk(floor, EXTENDABLE)
    floor.wait(10)
    agent.extends_wrap_up()
    assert left(floor, agent) == 20
    agent.extends_wrap_up()
    assert left(floor, agent) == 30
    floor.wait(29)
    assert agent.state == ("wrap_up", "")
    floor.wait(1)
    assert (agent.state, wrap_ups(floor)) == (("ready", ""), [40])


def test_more_time_is_told(floor: Floor) -> None:
    """Each extension, with its new end and who asked for it; what is refused is not told."""
    agent = after_talk(floor, EXTENDABLE)
    began_at = floor.now
    agent.extends_wrap_up()
    floor.take(ExtendWrapUp(agent.id, "floor"))
    assert floor.refuses(ExtendWrapUp(agent.id, "floor")) == "limit_reached"
    told = floor.told(WrapUpExtended)
    assert [(event.agent, event.queue) for event in told] == [(agent.id, SALES)] * 2
    ends = [
        (began_at + timedelta(seconds=30), agent.id),
        (began_at + timedelta(seconds=40), "floor"),
    ]
    assert [(event.until, event.by) for event in told] == ends
    assert {event.interaction for event in told} == {floor.told(SegmentEnded)[0].interaction}


def test_the_limit_of_a_wrap_up(floor: Floor) -> None:
    """Once it lasts up to the limit it is not extended again; its end stays where it was."""
    agent = after_talk(floor, EXTENDABLE)
    agent.extends_wrap_up()
    agent.extends_wrap_up()
    with pytest.raises(RequestRefused, match="40 s at most") as refused:
        agent.extends_wrap_up()
    assert (refused.value.code, left(floor, agent)) == ("limit_reached", 40)


@pytest.mark.parametrize("settings", [FIXED, UNTIL_DISPOSITION])
def test_a_wrap_up_that_cannot_be_extended(floor: Floor, settings: QueueSettings) -> None:
    """Only that of a queue which says so can be."""
    agent = after_talk(floor, settings)
    until = agent.view.wrap_up_until
    with pytest.raises(RequestRefused) as refused:
        agent.extends_wrap_up()
    assert refused.value.code == "not_extendable"
    assert agent.view.wrap_up_until == until


def test_a_wrap_up_that_is_over_cannot_be_extended(floor: Floor) -> None:
    """A wrap-up that has not begun cannot be extended, either."""
    agent = in_talk(floor, EXTENDABLE)
    for _ in range(2):
        with pytest.raises(RequestRefused) as refused:
            agent.extends_wrap_up()
        assert refused.value.code == "not_in_wrap_up"
        agent.hangs_up()
        agent.ends_wrap_up()
        floor.caller()
        agent.picks_up()


def test_an_extended_wrap_up_ended_early(floor: Floor) -> None:
    """The end that was put off does not come any more."""
    agent = after_talk(floor, EXTENDABLE)
    agent.extends_wrap_up()
    floor.wait(5)
    agent.ends_wrap_up()
    agent.pauses()
    floor.wait(60)
    assert (agent.state, wrap_ups(floor)) == (("not_ready", "lunch"), [5])


# --- until a disposition is given -----------------------------------------------------------


def test_a_disposition_ends_a_wrap_up_that_waits_for_it(floor: Floor) -> None:
    """However long it lasted, the agent is ready at once."""
    agent = after_talk(floor, UNTIL_DISPOSITION)
    floor.wait(299)
    assert agent.state == ("wrap_up", "")
    agent.notes("sold")
    assert (agent.state, wrap_ups(floor)) == (("ready", ""), [299])


def test_a_disposition_that_is_never_given(floor: Floor) -> None:
    """At the limit the wrap-up ends without it."""
    agent = after_talk(floor, UNTIL_DISPOSITION)
    floor.wait(300)
    assert (agent.state, wrap_ups(floor)) == (("ready", ""), [300])
    assert floor.told(DispositionSet) == []


def test_a_disposition_given_during_the_talk(floor: Floor) -> None:
    """Nothing is left to wait for: the next caller is offered in the turn the talk ends."""
    agent = in_talk(floor, UNTIL_DISPOSITION)
    floor.caller()
    agent.notes("sold")
    assert agent.state == ("on_call", "")
    agent.hangs_up()
    assert (agent.is_rung(), wrap_ups(floor)) == (True, [0])


def test_a_disposition_counts_for_its_talk_alone(floor: Floor) -> None:
    """After the next talk it is waited for again."""
    agent = in_talk(floor, UNTIL_DISPOSITION)
    agent.notes("sold")
    agent.hangs_up()
    floor.caller()
    agent.picks_up()
    agent.hangs_up()
    assert agent.state == ("wrap_up", "")


def test_a_pause_asked_for_begins_with_the_disposition(floor: Floor) -> None:
    """A request during the call is done at its end, whatever ends it."""
    agent = after_talk(floor, UNTIL_DISPOSITION)
    agent.pauses("lunch")
    agent.notes("sold")
    assert agent.state == ("not_ready", "lunch")


# --- dispositions ---------------------------------------------------------------------------


def test_the_last_disposition_counts(floor: Floor) -> None:
    """It may be given in the talk and in the wrap-up, and again; all is told, the last last."""
    agent = in_talk(floor)
    (started,) = {e.interaction for e in floor.events if hasattr(e, "interaction")}
    agent.notes("not interested")
    agent.hangs_up()
    floor.settle()
    agent.notes("sold")
    assert agent.state == ("wrap_up", "")
    told = floor.told(DispositionSet)
    assert [e.disposition for e in told] == ["not interested", "sold"]
    assert {(e.interaction, e.agent, e.queue, e.by) for e in told} == {
        (started, "100", "sales", "100")
    }
    floor.wait(15)
    assert wrap_ups(floor) == [15]


@pytest.mark.parametrize(
    ("settings", "listed"), [(FIXED, "sold, not interested"), (EXTENDABLE, "none")]
)
def test_an_unknown_disposition(floor: Floor, settings: QueueSettings, listed: str) -> None:
    """It is refused, and the message names those of the queue."""
    agent = after_talk(floor, settings)
    with pytest.raises(RequestRefused, match=f"of queue sales are: {listed}") as refused:
        agent.notes("golf")
    assert refused.value.code == "unknown_disposition"
    assert (agent.state, floor.told(DispositionSet)) == (("wrap_up", ""), [])


@pytest.mark.parametrize("when", ["ready", "ringing", "paused", "after the wrap-up"])
def test_a_disposition_of_nothing(floor: Floor, when: str) -> None:
    """Outside talk and wrap-up there is nothing to note it for."""
    floor.open(None, FIXED)
    agent = floor.agent()
    if when == "paused":
        agent.pauses()
    elif when != "ready":
        floor.caller()
    if when == "after the wrap-up":
        agent.picks_up()
        agent.hangs_up()
        agent.ends_wrap_up()
    with pytest.raises(RequestRefused) as refused:
        agent.notes("sold")
    assert refused.value.code == "no_contact"
    assert floor.told(DispositionSet) == []


# --- all queues -----------------------------------------------------------------------------


def test_a_wrap_up_keeps_the_agent_from_every_queue(floor: Floor) -> None:
    """Somebody waits in each of six queues; none rings until the work after the talk is done."""
    names = [QueueName(f"line{number}") for number in range(6)]
    ways = [If(parse(f'caller.number == "{name}"'), Destination(Way.SECTION, name))
            for name in names]  # fmt: skip
    sections: dict[str, list[Verb]] = {str(name): [Queue(name, {})] for name in names}
    flow = floor.write({"start": ways, **sections})
    floor.open(flow, *(QueueSettings(name=name) for name in names))
    agent = floor.agent("100", *names)
    floor.caller(names[0])
    agent.picks_up()
    waiting = [floor.caller(name) for name in names]
    agent.hangs_up()
    floor.settle()
    for _ in range(14):
        floor.wait(1)
        assert (agent.state, agent.is_rung()) == (("wrap_up", ""), False)
    floor.wait(1)
    agent.picks_up()
    assert [caller.exits for caller in waiting] == [["answered"], [], [], [], [], []]
