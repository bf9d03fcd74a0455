"""The requirements of a queue step for distribution, and the ways after a stay in line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.verb.queue import EnterQueue, Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.spoken.value import TEXT
from contactcenter_ari.core.turn import Clockwork, Turn
from contactcenter_ari.core.vocabulary.ids import AgentId, CallId, InteractionId, LegId, QueueName
from tests.core.flow.walking import to

SALES = QueueName("sales")


def entered(queue: Queue) -> tuple[Interpreter, FlowRun, EnterQueue, Turn]:
    """A caller, last served by agent 101, who has come to the step."""
    known = SetVariables((("agent", parse('"101"')),))
    waits = [Step(Queue(QueueName(name), {}), line=1) for name in ("other", "more")]
    sections = {
        "start": Section((Step(known, line=1), Step(queue, line=2), waits[1])),
        "other": Section((waits[0],)),
    }
    flow = Flow(
        name="shop",
        version="1",
        numbers=(),
        timezone="UTC",
        languages=("en",),
        sections=sections,
        prompts={},
        variables={"agent": TEXT},
    )
    run = FlowRun(CallId("c"), InteractionId("i"), LegId("l"), "en")
    turn = Turn(Clockwork(node="n", boot="b"), datetime(2026, 11, 23, tzinfo=UTC))
    interpreter = Interpreter(flow, {}, {})
    handover = interpreter.start(run, turn)
    assert isinstance(handover, EnterQueue)
    return interpreter, run, handover, turn


def test_a_step_without_requirements() -> None:
    """The class in the middle, no head start, no agent of choice."""
    step = Queue(SALES, {})
    assert entered(step)[2] == EnterQueue(step, 5, timedelta(), prefer=AgentId(""))


def test_a_step_with_requirements() -> None:
    """Its expressions are evaluated when the caller comes to it."""
    step = Queue(
        SALES,
        {},
        priority=parse('1 if agent == "101" else 5'),
        prefer=parse("agent"),
        prefer_for=timedelta(seconds=20),
    )
    assert entered(step)[2] == EnterQueue(step, 1, timedelta(), prefer=AgentId("101"))


def test_an_agent_of_choice_who_is_not_known() -> None:
    """Unset is no agent."""
    assert entered(Queue(SALES, {}, prefer=parse("nobody")))[2].prefer == ""


CLOSINGS = [
    ({"closed": to("other")}, "other"),
    ({"no_agents": to("other")}, "other"),
    ({"closed": to("other"), "no_agents": Destination(Way.HANG_UP)}, "other"),
    ({"timeout": to("other")}, "more"),
]


@pytest.mark.parametrize(("ways", "queue"), CLOSINGS)
def test_a_closed_queue(ways: dict[str, Destination], queue: str) -> None:
    """It has its own way, or that of a queue without agents, or the next step follows."""
    interpreter, run, handover, turn = entered(Queue(SALES, ways))
    interpreter.treatment.begin(run, handover.step, "default", turn)
    after = interpreter.resume(run, "closed", turn)
    assert isinstance(after, EnterQueue)
    assert after.step.queue == queue


def test_a_step_survives_json() -> None:
    """All options of a step can be logged and read again."""
    step = Queue(SALES, {}, prefer=parse("agent"), prefer_for=timedelta(seconds=20))
    assert msgspec.json.decode(msgspec.json.encode(step), type=Queue) == step
