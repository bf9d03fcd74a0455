"""The choice among several free agents: lives of agents, minute by minute, as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy, choice
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
LOG_IN = MIDNIGHT
READY, PAUSE = AgentState.READY, AgentState.NOT_READY
OFFERED, CALL, WRAP_UP = AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP
Life = list[tuple[float, AgentState]]
"""The minutes at which the agent changed states; the first is the log-in."""


def minute(number: float) -> datetime:
    """This many minutes after midnight."""
    return MIDNIGHT + timedelta(minutes=number)


def talk(start: float, end: float) -> Life:
    """A call with a minute of wrap-up, READY after it."""
    return [(start, OFFERED), (start, CALL), (end - 1, WRAP_UP), (end, READY)]


def lived(agent_id: str, life: Life) -> Agent:
    """An agent with this life."""
    profile = AgentProfile(agent=AgentId(agent_id), name=agent_id, phone=PhoneId(agent_id))
    login = minute(life[0][0])
    agent = Agent(profile, timedelta(minutes=45), login)
    agent.end_contact(login)
    for number, state in life:
        if agent.state is WRAP_UP:
            agent.end_contact(minute(number))
        agent.move_to(state, "", minute(number))
    return agent


def chosen(settings: QueueSettings, at: float, *lives: Life) -> str:
    """The one of the agents a, b, c ... who gets the call."""
    agents = [lived("abc"[number], life) for number, life in enumerate(lives)]
    return min(agents, key=lambda agent: choice(agent, settings, (), minute(at))).id


# --- longest idle ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "a", "b", "expected"),
    [
        ("who logged in first, without a contact yet", [(0, READY)], [(1, READY)], "a"),
        ("whose last contact ended first", [(0, READY), *talk(5, 20)],
         [(0, READY), *talk(10, 19)], "b"),
        ("a log-in is older than the end of a contact", [(0, READY), *talk(5, 20)],
         [(10, READY)], "b"),
        ("the contact counts to the end of its wrap-up",
         [(0, READY), (5, OFFERED), (5, CALL), (10, WRAP_UP), (20, READY)],
         [(0, READY), (5, OFFERED), (5, CALL), (18, WRAP_UP), (19, READY)], "b"),
        ("a pause does not reset the clock", [(0, READY), (10, PAUSE), (29, READY)],
         [(1, READY)], "a"),
        ("a pause does not help", [(1, READY), (2, PAUSE), (29, READY)], [(0, READY)], "b"),
        ("a withdrawn offer does not reset the clock",
         [(0, READY), (20, OFFERED), (21, READY)], [(1, READY)], "a"),
        ("a tie goes to the smaller id", [(0, READY)], [(0, READY)], "a"),
        ("the idle time counts, not the share", [(0, READY), *talk(1, 28)],
         [(0, READY), *talk(28, 29)], "a"),
    ],
)  # fmt: skip
def test_longest_idle(story: str, a: Life, b: Life, expected: str) -> None:
    """The call goes to the agent whose last contact ended the longest ago."""
    assert chosen(QueueSettings(name=QueueName("q")), 30, a, b) == expected, story


@pytest.mark.parametrize(
    ("story", "a", "b", "expected"),
    [
        ("a break earns nothing", [(0, READY), (5, PAUSE), (25, READY)], [(6, READY)], "b"),
        ("a break does not reset what was earned", [(0, READY), (25, PAUSE), (29, READY)],
         [(20, READY)], "a"),
        ("a contact does", [(0, READY), *talk(20, 25)], [(21, READY)], "b"),
        ("ringing earns nothing", [(0, READY), (5, OFFERED), (15, READY)], [(8, READY)], "b"),
        ("a tie goes to the longest idle", [(10, READY)],
         [(5, READY), (6, PAUSE), (11, READY)], "b"),
        ("then to the smaller id", [(10, READY)], [(10, READY)], "a"),
    ],
)  # fmt: skip
def test_longest_idle_by_ready_time_only(story: str, a: Life, b: Life, expected: str) -> None:
    """With `ready_time_only` the call goes to the agent who was READY longest since the last
    contact.
    """
    settings = QueueSettings(name=QueueName("q"), ready_time_only=True)
    assert chosen(settings, 30, a, b) == expected, story


# --- least occupied -------------------------------------------------------------------------

HALF: Life = [(0, READY), *talk(5, 10), *talk(15, 20), *talk(25, 30)]
"""Busy about half of the first half hour, and last of all until minute 30."""
THIRD: Life = [(0, READY), *talk(5, 10), *talk(15, 20), *talk(30, 31)]
"""Busy a little less, but longer after."""


@pytest.mark.parametrize(
    ("story", "at", "a", "b", "expected"),
    [
        ("the smaller share, though busy last", 32, HALF, THIRD, "b"),
        ("a break of five minutes makes nobody first", 36,
         [*HALF, (30, PAUSE), (35, READY)], THIRD, "b"),
        ("nor does it make anybody last", 37, HALF, [*THIRD, (31, PAUSE), (36, READY)], "b"),
        ("recent work weighs more than old", 60,
         [(0, READY), *talk(45, 60)], [(0, READY), *talk(1, 16)], "b"),
        ("ringing and wrap-up are work", 60,
         [(0, READY), (30, OFFERED), (40, CALL), (50, WRAP_UP), (55, READY)],
         [(0, READY), (40, OFFERED), (40, CALL), (54, WRAP_UP), (55, READY)], "b"),
        ("a tie goes to the longest idle", 60,
         [(0, READY), (31, PAUSE), (35, READY)], [(10, READY)], "a"),
        ("then to the smaller id", 60, [(0, READY)], [(0, READY)], "a"),
    ],
)  # fmt: skip
def test_least_occupied(story: str, at: float, a: Life, b: Life, expected: str) -> None:
    """The call goes to the agent who was busy for the smallest share of the recent time."""
    settings = QueueSettings(name=QueueName("q"), strategy=Strategy.LEAST_OCCUPIED)
    assert chosen(settings, at, a, b) == expected, story


# --- the others -----------------------------------------------------------------------------

LEVELS = (("billing", 1), ("dutch", 3))


@pytest.mark.parametrize(
    ("strategy", "facts", "expected"),
    [
        (Strategy.MOST_SKILLED, {"a": {"skills": {"dutch": 5, "billing": 1}},
                                 "b": {"skills": {"dutch": 3, "billing": 4}}}, "b"),
        (Strategy.MOST_SKILLED, {"a": {"skills": {"dutch": 5, "cooking": 9}},
                                 "b": {"skills": {"dutch": 6}}}, "b"),
        (Strategy.ROUND_ROBIN, {"a": {"last_turn": 7}, "b": {"last_turn": 5}}, "b"),
        (Strategy.ROUND_ROBIN, {"a": {"last_turn": 7}, "b": {}}, "b"),
        (Strategy.FEWEST_CALLS, {"a": {"calls_taken": 4}, "b": {"calls_taken": 3}}, "b"),
        (Strategy.LINEAR, {"a": {}, "b": {}}, "b"),
        (Strategy.LINEAR, {"a": {}, "c": {}}, "c"),
        (Strategy.LINEAR, {"a": {}, "d": {}}, "a"),
        (Strategy.RING_ALL, {"a": {}, "b": {}}, "a"),
    ],
)  # fmt: skip
def test_the_number_decides(
    strategy: Strategy, facts: dict[str, dict[str, Any]], expected: str
) -> None:
    """Each strategy takes the agent with its smallest number, whichever agent is idle longer."""
    queue = QueueName("q")
    settings = QueueSettings(
        name=queue, strategy=strategy, order=(AgentId("c"), AgentId("b"), AgentId("x"))
    )
    agents: list[Agent] = []
    for agent_id, known in facts.items():
        agent = lived(agent_id, [(len(agents), READY)])
        skilled = msgspec.structs.replace(agent.profile, skills=known.get("skills", {}))
        agent.take_profile(skilled)
        agent.last_turn[queue] = known.get("last_turn", 0)
        agent.calls_taken[queue] = known.get("calls_taken", 0)
        agents.append(agent)
    first = min(agents, key=lambda agent: choice(agent, settings, LEVELS, minute(9)))
    assert first.id == expected


class CountedId(str):
    """An agent's id that counts how often it is compared."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other: object) -> bool:
        """Compare and count."""
        CountedId.comparisons += 1
        return str.__eq__(self, str(other))

    def __hash__(self) -> int:
        """As any text."""
        return str.__hash__(self)


def test_a_long_order_is_not_looked_through() -> None:
    """The rank in a given order of a thousand agents is found at once."""
    order = tuple(AgentId(CountedId(f"{number:04}")) for number in range(1000))
    settings = QueueSettings(name=QueueName("q"), strategy=Strategy.LINEAR, order=order)
    agent = lived("0999", [(0, READY)])
    assert choice(agent, settings, (), minute(1))[0] == 999
    CountedId.comparisons = 0
    assert choice(agent, settings, (), minute(2))[0] == 999
    assert CountedId.comparisons <= 2


@pytest.mark.parametrize("strategy", Strategy)
def test_a_tie_goes_to_the_longest_idle_then_to_the_smaller_id(strategy: Strategy) -> None:
    """When the strategy sees no difference."""
    settings = QueueSettings(name=QueueName("q"), strategy=strategy)
    assert chosen(settings, 30, [(1, READY)], [(0, READY)]) == "b"
    assert chosen(settings, 30, [(0, READY)], [(0, READY)]) == "a"


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("later", [0.5, 45, 600])
def test_the_order_of_ready_agents_never_changes_by_itself(
    strategy: Strategy, later: float
) -> None:
    """So that they can be kept in order, at any time."""
    settings = QueueSettings(name=QueueName("q"), strategy=strategy)
    lives: list[Life] = [HALF, THIRD, [(0, READY)], [(0, READY), *talk(1, 28)]]
    for life in lives:
        agent = lived("a", life)
        assert choice(agent, settings, (), minute(31)) == choice(
            agent, settings, (), minute(31 + later)
        )
