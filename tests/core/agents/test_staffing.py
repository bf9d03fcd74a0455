"""The agents of a queue as a whole, and which agents changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random

import pytest

from contactcenter_ari.core.agents.agent import Agent, Contact
from contactcenter_ari.core.agents.staffing import FadingSum
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.agents.wrap_up_rule import WrapUpRule
from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.turn import Clockwork, Turn
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    PhoneId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.request import AgentProfile

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=45)
SALES, SUPPORT, CLAIMS = QueueName("sales"), QueueName("support"), QueueName("claims")
QUEUES = (SALES, SUPPORT, CLAIMS)
ANN, BOB, CY = AgentId("100"), AgentId("200"), AgentId("300")


class Office(Workforce):
    """A workforce, and time that passes."""

    def __init__(self) -> None:
        super().__init__(WINDOW)
        self.clockwork = Clockwork(node="n", boot="b")
        self.now = MORNING

    @property
    def turn(self) -> Turn:
        """A turn now."""
        return Turn(self.clockwork, self.now)

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)

    def put(self, agent: AgentId, *queues: QueueName) -> Agent:
        """Somebody is in the directory, for these queues."""
        phone = PhoneId(f"phone-{agent}")
        profile = AgentProfile(agent=agent, name=agent, phone=phone, queues=queues)
        self.roster.put(profile, self.now)
        return self.roster.get(agent)

    def log_in(self, agent: AgentId, *queues: QueueName) -> Agent:
        """Somebody is in the directory and logs in."""
        put = self.put(agent, *queues)
        self.presence.log_in(agent, agent, self.turn)
        return put

    def talk(self, agent: Agent, queue: QueueName, minutes: float) -> None:
        """A call of a queue, with no work after it."""
        self.contacts.reserve(agent, queue, self.turn)
        self.contacts.connect(agent, Contact(InteractionId("i"), queue, self.turn.now), self.turn)
        self.wait(minutes)
        self.contacts.finish_talk(agent, WrapUpRule(ends_after=timedelta()), self.turn)

    def own_call(self, agent: Agent) -> None:
        """An agent calls somebody, or ends that call."""
        leg, roster = LegId(f"own of {agent.id}"), self.roster
        act = roster.drop_non_acd_leg if leg in agent.non_acd_legs else roster.add_non_acd_leg
        act(agent, leg, self.now)

    def share(self, agent: Agent) -> float:
        """How occupied an agent is."""
        return agent.share(self.now)

    def changed(self) -> list[AgentId]:
        """The agents who changed since this was last asked."""
        return [agent.id for agent in self.roster.take_changed()]


# --- a queue's agents as a whole ------------------------------------------------------------


def test_who_is_logged_in() -> None:
    """A queue counts its agents who are not logged out, in whatever state they are."""
    office = Office()
    ann = office.log_in(ANN, SALES, SUPPORT)
    office.log_in(BOB, SALES)
    office.put(CY, SALES)
    office.presence.go_not_ready(BOB, "lunch", BOB, office.turn)
    office.contacts.reserve(ann, SALES, office.turn)
    assert [office.staffing.logged_in(queue) for queue in QUEUES] == [2, 1, 0]
    office.put(BOB, CLAIMS)
    assert [office.staffing.logged_in(queue) for queue in QUEUES] == [1, 1, 1]
    office.contacts.release(ann, office.turn)
    office.presence.log_out(ANN, ANN, office.turn)
    office.presence.remove(BOB, "boss", office.turn)
    assert [office.staffing.logged_in(queue) for queue in QUEUES] == [0, 0, 0]


def test_a_move_that_is_not_allowed_changes_no_sum() -> None:
    """An agent who pauses cannot be reserved, and stays counted as before."""
    office = Office()
    ann = office.log_in(ANN, SALES)
    office.talk(ann, SALES, 20)
    office.presence.go_not_ready(ANN, "lunch", ANN, office.turn)
    before = office.share(ann)
    with pytest.raises(IllegalMove):
        office.contacts.reserve(ann, SALES, office.turn)
    assert office.staffing.logged_in(SALES) == 1
    assert office.staffing.mean_share((SALES,), office.now) == pytest.approx(before)
    assert ann.last_turn == {SALES: 1}


def test_the_mean_of_nobody() -> None:
    """Without agents there is no occupancy, and nothing is left of those who went home."""
    office = Office()
    assert office.staffing.mean_share(QUEUES, office.now) == 0.0
    for agent in (ANN, BOB):
        office.talk(office.log_in(agent, SALES), SALES, 7)
    for agent in (ANN, BOB):
        office.presence.log_out(agent, agent, office.turn)
    assert office.staffing.mean_share(QUEUES, office.now) == 0.0


def test_nothing_is_left_of_a_busy_colleague() -> None:
    """With the busy one gone, those who never had a call are at exactly 0 again, though adding
    and taking away was rounded many times.
    """
    for minutes in range(1, 20):
        office = Office()
        ann, busy = office.log_in(ANN, SALES), office.log_in(BOB, SALES)
        office.talk(busy, SALES, minutes)
        for _ in range(3):
            office.wait(minutes / 7)
            office.contacts.reserve(ann, SALES, office.turn)
            office.contacts.release(ann, office.turn)
        office.presence.log_out(BOB, BOB, office.turn)
        assert office.share(office.log_in(CY, SALES)) == 0.0


def test_non_acd_calls_make_an_agent_busy() -> None:
    """While the agent is READY, however many there are at once, and as seen in the mean of the
    queue; in a pause they do not count.
    """
    office = Office()
    ann = office.log_in(ANN, SALES)
    office.log_in(BOB, SALES)
    for minutes, legs in ((5, 1), (10, 2), (15, 1)):
        for number in range(legs):
            office.roster.add_non_acd_leg(ann, LegId(f"own {number}"), office.now)
        office.wait(minutes)
        for number in range(legs):
            office.roster.drop_non_acd_leg(ann, LegId(f"own {number}"), office.now)
    busy = 1 - exp(-30 / 45)
    assert office.share(ann) == pytest.approx(busy)
    assert office.staffing.mean_share((SALES,), office.now) == pytest.approx(busy / 2)
    office.presence.go_not_ready(ANN, "lunch", ANN, office.turn)
    office.own_call(ann)
    office.wait(30)
    office.own_call(ann)
    assert office.share(ann) == pytest.approx(busy)


def test_a_non_acd_call_that_outlasts_an_offer() -> None:
    """The agent is as busy after the offer as before it and during it."""
    office = Office()
    ann = office.log_in(ANN, SALES)
    office.contacts.reserve(ann, SALES, office.turn)
    office.own_call(ann)
    office.wait(1)
    office.contacts.release(ann, office.turn)
    office.wait(1)
    office.own_call(ann)
    assert office.share(ann) == pytest.approx(1 - exp(-2 / 45))
    office.wait(45)
    assert office.share(ann) == pytest.approx((1 - exp(-2 / 45)) * exp(-1))


def test_a_sum_of_nothing() -> None:
    """After the last part is taken the sum is 0, whatever rounding left."""
    for seconds in range(1, 50):
        total, later = FadingSum(WINDOW, MORNING), MORNING + timedelta(seconds=seconds)
        for part in (0.1, 0.7):
            total.put(part, MORNING)
        for part in (0.1, 0.7):
            total.take(part * exp(-seconds / 2700), later)
        assert (total.count, total.at(later)) == (0, 0.0)


def act(office: Office, random: Random, agent: Agent) -> None:
    """A move an agent may make in the present state."""
    turn, queue = office.turn, random.choice(QUEUES)
    presence, contacts, wrap_ups = office.presence, office.contacts, office.wrap_ups
    contact, long = Contact(InteractionId("i"), queue, turn.now), WrapUpRule(ends_after=WINDOW)
    acts: dict[AgentState, list[Callable[[], None]]] = {
        AgentState.LOGGED_OUT: [lambda: presence.log_in(agent.id, "x", turn)],
        AgentState.READY: [
            *[lambda: contacts.reserve(agent, queue, turn)] * 5,
            lambda: presence.go_not_ready(agent.id, "lunch", "x", turn),
            lambda: presence.log_out(agent.id, "x", turn),
        ],
        AgentState.OFFERED: [
            *[lambda: contacts.connect(agent, contact, turn)] * 3,
            lambda: contacts.release(agent, turn),
            lambda: contacts.miss(agent, "busy", 2, turn),
        ],
        AgentState.ON_CALL: [lambda: contacts.finish_talk(agent, long, turn)],
        AgentState.WRAP_UP: [lambda: wrap_ups.end(agent.id, "x", turn)],
        AgentState.NOT_READY: [lambda: presence.go_ready(agent.id, "x", turn)],
    }
    random.choice(acts[agent.state])()


@pytest.mark.parametrize("seed", range(5))
def test_sums_agree_with_a_look_at_everybody(seed: int) -> None:
    """After any day the sums tell what looking at each agent tells."""
    office, random = Office(), Random(seed)  # noqa: S311  # a day that can be repeated
    agents = [office.put(AgentId(str(n)), *random.sample(QUEUES, 2)) for n in range(12)]
    for _ in range(2000):
        agent = random.choice(agents)
        if random.random() < 0.01:
            office.put(agent.id, *random.sample(QUEUES, random.randrange(4)))
        elif random.random() < 0.2:
            office.own_call(agent)
        else:
            act(office, random, agent)
        office.wait(random.expovariate(1))
    for queue in QUEUES:
        here = [a for a in agents if queue in a.profile.queues and a.state != "logged_out"]
        assert office.staffing.logged_in(queue) == len(here)
        mean = sum(office.share(agent) for agent in here) / len(here)
        assert office.staffing.mean_share((queue,), office.now) == pytest.approx(mean)
        calls = sum(agent.calls_taken[queue] for agent in here)
        newcomer = office.log_in(AgentId(f"new in {queue}"), queue)
        assert newcomer.calls_taken == {queue: calls // len(here)}
        assert calls > 0


# --- calls taken and turns ------------------------------------------------------------------


def test_calls_taken() -> None:
    """Connected calls count, for the queue they came from; a call to an agent's own line for
    none.
    """
    office = Office()
    ann = office.log_in(ANN, SALES, SUPPORT)
    office.talk(ann, SALES, 1)
    office.talk(ann, SALES, 1)
    office.talk(ann, QueueName("@100"), 1)
    office.contacts.reserve(ann, SUPPORT, office.turn)
    office.contacts.miss(ann, "no_answer", 2, office.turn)
    assert ann.calls_taken == {SALES: 2, SUPPORT: 0}


def test_a_newcomer_begins_at_the_mean_number_of_calls() -> None:
    """The agent is not sent all calls to catch up; the mean is rounded down."""
    office = Office()
    ann, bob = office.log_in(ANN, SALES), office.log_in(BOB, SALES, SUPPORT)
    for _ in range(5):
        office.talk(ann, SALES, 1)
    office.talk(bob, SALES, 1)
    office.talk(bob, SALES, 1)
    office.talk(bob, SUPPORT, 1)
    assert office.log_in(CY, SALES, SUPPORT, CLAIMS).calls_taken == {
        SALES: 3,
        SUPPORT: 1,
        CLAIMS: 0,
    }


def test_calls_taken_are_counted_from_log_in() -> None:
    """An agent who comes back begins at the mean of those there, whatever they took before."""
    office = Office()
    ann = office.log_in(ANN, SALES)
    office.log_in(BOB, SALES)
    for _ in range(4):
        office.talk(ann, SALES, 1)
    office.presence.log_out(ANN, ANN, office.turn)
    assert ann.calls_taken == {}
    office.presence.log_in(ANN, ANN, office.turn)
    assert ann.calls_taken == {SALES: 0}


def test_a_queue_that_is_new_to_a_logged_in_agent() -> None:
    """The count of its calls begins at the mean, those of the other queues go on."""
    office = Office()
    ann, bob = office.log_in(ANN, SALES), office.log_in(BOB, SUPPORT)
    office.talk(ann, SALES, 1)
    for _ in range(3):
        office.talk(bob, SUPPORT, 1)
    office.put(ANN, SALES, SUPPORT)
    assert ann.calls_taken == {SALES: 1, SUPPORT: 3}


def test_turns() -> None:
    """Each offer has the next number over all agents and queues; an agent keeps the last one of
    each queue.
    """
    office = Office()
    ann, bob = office.log_in(ANN, SALES, SUPPORT), office.log_in(BOB, SALES)
    assert ann.last_turn.get(SALES, 0) == 0
    office.talk(ann, SALES, 1)
    office.talk(bob, SALES, 1)
    office.talk(ann, SUPPORT, 1)
    office.contacts.reserve(bob, SALES, office.turn)
    assert (ann.last_turn, bob.last_turn) == ({SALES: 1, SUPPORT: 3}, {SALES: 4})


# --- who changed ----------------------------------------------------------------------------


def test_each_change_of_a_state_is_told_once() -> None:
    """An agent who changed is told in the order of the first change, once, and then no more."""
    office = Office()
    bob, _ = office.log_in(BOB, SALES), office.log_in(ANN, SALES)
    office.contacts.reserve(bob, SALES, office.turn)
    assert office.changed() == [BOB, ANN]
    assert office.changed() == []
    office.contacts.release(bob, office.turn)
    assert office.changed() == [BOB]


def test_changes_of_phone_and_non_acd_calls() -> None:
    """A phone that comes or goes, and the beginning and end of a non-ACD call, are changes; a
    phone that is there still is none.
    """
    office = Office()
    ann = office.log_in(ANN, SALES)
    office.changed()
    for reachable, expected in ((True, [ANN]), (True, []), (False, [ANN]), (False, [])):
        office.roster.set_reachable(ann.profile.phone, at="n1" if reachable else None)
        assert office.changed() == expected
    office.roster.add_non_acd_leg(ann, LegId("own"), office.now)
    assert office.changed() == [ANN]
    office.roster.drop_non_acd_leg(ann, LegId("own"), office.now)
    assert office.changed() == [ANN]


def test_a_change_in_the_directory() -> None:
    """Another profile is a change."""
    office = Office()
    office.log_in(ANN, SALES)
    office.changed()
    office.put(ANN, SUPPORT)
    assert office.changed() == [ANN]


def test_who_was_removed_and_put_anew() -> None:
    """Both are told: the one who is gone, never free again, and the one of the same name."""
    office = Office()
    gone = office.log_in(ANN, SALES)
    office.roster.set_reachable(gone.profile.phone, at="n1")
    office.changed()
    office.presence.remove(ANN, "boss", office.turn)
    new = office.log_in(ANN, SALES)
    first, second = office.roster.take_changed()
    assert (first is gone, second is new) == (True, True)
    assert (gone.is_free, new.is_free) == (False, True)


def test_a_removed_agent_who_was_logged_out() -> None:
    """The agent is told, too, though the state did not change."""
    office = Office()
    office.put(ANN, SALES)
    office.changed()
    office.presence.remove(ANN, "boss", office.turn)
    assert office.changed() == [ANN]
