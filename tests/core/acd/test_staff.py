"""The number of agents of a queue: whole ones, and shared ones by the share of their time."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.acd.staff import Staff
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SALES, SUPPORT = QueueName("sales"), QueueName("support")
ANN, BOB = AgentId("101"), AgentId("102")


def staff_of(**agents: str) -> Staff:
    """Available agents, each with the queues served, `ann="sales support"`."""
    staff = Staff()
    for agent, queues in agents.items():
        served = tuple(map(QueueName, queues.split()))
        staff.put({"ann": ANN, "bob": BOB}[agent], served, available=True)
    return staff


def test_an_agent_of_one_queue_counts_whole() -> None:
    """As long as the agent is available, and once, whatever is reported twice."""
    staff = staff_of(ann="sales", bob="sales")
    staff.put(ANN, (SALES,), available=True)
    assert staff.by_share(SALES) == staff.available(SALES) == 2
    staff.put(BOB, (SALES,), available=False)
    assert staff.by_share(SALES) == staff.available(SALES) == 1
    assert staff.by_share(SUPPORT) == staff.available(SUPPORT) == 0


def test_a_shared_agent_counts_by_the_share_of_their_work() -> None:
    """Evenly at first, then by the agent's time; the parts add up to a whole."""
    staff = staff_of(ann="sales support")
    assert staff.by_share(SALES) == staff.by_share(SUPPORT) == 0.5
    for _ in range(100):
        for queue in (SALES, SALES, SALES, SUPPORT):
            staff.worked(ANN, queue, 5 * MINUTE)
    assert staff.by_share(SALES) == pytest.approx(0.75, abs=0.05)
    assert staff.by_share(SALES) + staff.by_share(SUPPORT) == pytest.approx(1, abs=2e-6)


def test_who_is_away_goes_on_with_the_shares_of_before() -> None:
    """Work counts also if it ends after the agent asked for a pause."""
    staff = staff_of(ann="sales support")
    staff.put(ANN, (SALES, SUPPORT), available=False)
    staff.worked(ANN, SALES, 10 * MINUTE)
    assert staff.by_share(SALES) == 0
    staff.put(ANN, (SALES, SUPPORT), available=True)
    assert staff.by_share(SALES) == 0.75


def test_a_queue_that_never_calls_keeps_a_small_share() -> None:
    """Its first caller does not find it without agents."""
    staff = staff_of(ann="sales support")
    for _ in range(1000):
        staff.worked(ANN, SALES, 5 * MINUTE)
    assert 0.01 < staff.by_share(SUPPORT) < 0.1


def test_work_outside_the_queues_takes_its_share() -> None:
    """Direct calls for the agent leave less time for the queues."""
    staff = staff_of(ann="sales")
    for _ in range(100):
        staff.worked(ANN, SALES, 5 * MINUTE)
        staff.worked(ANN, QueueName("@101"), 5 * MINUTE)
    assert staff.by_share(SALES) == pytest.approx(0.5, abs=0.06)


def test_queues_that_share_agents_are_neighbors() -> None:
    """Each knows the share of its agents that the other has; an agent who has gone is no tie."""
    staff = staff_of(ann="sales support", bob="sales")
    assert staff.neighbors(SALES) == (SUPPORT,)
    assert staff.overlap(SALES, SUPPORT) == 0.5
    assert staff.overlap(SUPPORT, SALES) == 1
    staff.put(ANN, (SALES, SUPPORT), available=False)
    assert staff.neighbors(SALES) == staff.neighbors(SUPPORT) == ()
    assert staff.overlap(SALES, SUPPORT) == staff.overlap(SUPPORT, SALES) == 0


def test_other_queues_are_counted_as_soon_as_they_are_given() -> None:
    """And an agent without queues is forgotten."""
    staff = staff_of(ann="sales")
    staff.put(ANN, (SUPPORT,), available=True)
    assert staff.by_share(SALES) == staff.available(SALES) == 0
    assert staff.by_share(SUPPORT) == staff.available(SUPPORT) == 1
    staff.put(ANN, (), available=False)
    assert staff.by_share(SUPPORT) == staff.available(SUPPORT) == 0
    assert staff._work == {}


def test_no_error_adds_up() -> None:
    """After any number of changes no share is left of agents who are gone."""
    staff = Staff()
    agents = [AgentId(str(100 + number)) for number in range(7)]
    for number in range(2000):
        agent = agents[number % 7]
        staff.put(agent, (SALES, SUPPORT), available=number % 3 > 0)
        staff.worked(agent, SALES, number * SECOND)
    for agent in agents:
        staff.put(agent, (SALES, SUPPORT), available=False)
    assert staff.by_share(SALES) == staff.by_share(SUPPORT) == 0
    assert staff.neighbors(SALES) == ()
