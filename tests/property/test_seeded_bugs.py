"""The machine finds faults: each of these, put into the shipped core, is found by its accounts.

A machine that finds nothing in a broken center would prove nothing of a sound one.
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.empty_queue import EmptyQueues
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.pool import Pool
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.removed_queue import RemovedQueues
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.contact import Contacts
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.queueing import Queueing
from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.interactions.interaction import Interaction
from contactcenter_ari.core.kpi import queue_stay
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.outbound.customer import Customers
from contactcenter_ari.core.outbound.customer_call import CustomerCalls
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.telephony.bridge import Bridges
from contactcenter_ari.core.turn import Clockwork, Outcome, Turn, Wake
from contactcenter_ari.core.vocabulary.callback import CallbackResult
from contactcenter_ari.core.vocabulary.event import OUTBOUND, AgentState, QueueExit
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName, agent_of
from contactcenter_ari.core.vocabulary.signal import TimePassed
from tests.property.center_machine import CenterMachine
from tests.property.ringing_bugs import RINGING_BUGS, Seed

FOUND_WITHIN = settings(
    max_examples=2_000,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Most are found after a few hundred tries; there is no shrinking, which is not the question."""


def agent_stays_reserved(patch: pytest.MonkeyPatch) -> None:
    """The caller hung up, and the agent whose phone rang is not released."""
    patch.setattr(Contacts, "release", lambda *_: None)


def misses_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """An agent who did not answer is offered the same caller at once."""
    patch.setattr(Waiting, "skips", lambda *_: False)
    first = Pool.first
    patch.setattr(Pool, "first", lambda pool, most, _, now: first(pool, most, {}, now))


def head_start_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A head start is noted, and counts for nothing."""

    def rerank(waiting: Waiting, priority: int, head_start: timedelta) -> None:
        waiting.priority, waiting.head_start = priority, head_start
        waiting.rank = (priority, waiting.ranked_since, waiting.arrival)

    patch.setattr(Waiting, "rerank", rerank)


def last_come_first_served(patch: pytest.MonkeyPatch) -> None:
    """The last of the callers with the same score is served first."""
    rerank = Waiting.rerank

    def reversed_rank(waiting: Waiting, priority: int, head_start: timedelta) -> None:
        rerank(waiting, priority, head_start)
        waiting.rank = (*waiting.rank[:2], -waiting.arrival)

    patch.setattr(Waiting, "rerank", reversed_rank)


def freed_agent_is_overlooked(patch: pytest.MonkeyPatch) -> None:
    """An agent who becomes free gets nobody who waits already."""
    patch.setattr(Distribution, "_bring_up", lambda *_: None)


def losers_of_a_race_go_on(patch: pytest.MonkeyPatch) -> None:
    """One of several phones is picked up, and the others go on ringing."""

    def answered(_: Offers, offer: Offer, turn: Turn) -> None:
        offer.answered_at = turn.now
        turn.clockwork.forget(Wake.RING, offer.id)

    patch.setattr(Offers, "answered", answered)


def wait_has_no_limit(patch: pytest.MonkeyPatch) -> None:
    """The limit of a wait is never set."""
    wake = Clockwork.wake

    def forgetful(clockwork: Clockwork, why: Wake, owner: str, at: datetime) -> None:
        if why is not Wake.WAIT:
            wake(clockwork, why, owner, at)

    patch.setattr(Clockwork, "wake", forgetful)


def closed_queue_is_open(patch: pytest.MonkeyPatch) -> None:
    """No caller is sent on because no agent is there, or because the queue is closed."""
    refusal = Queues.refusal

    def lenient(queues: Queues, queue: QueueName, *, kept: bool = False) -> QueueExit | None:
        reason = refusal(queues, queue, kept=kept)
        return None if reason is QueueExit.CLOSED else reason

    patch.setattr(Queues, "refusal", lenient)


def demand_never_relaxes(patch: pytest.MonkeyPatch) -> None:
    """Nothing is done when the time of the next step has come."""
    patch.setattr(Stays, "look_again", lambda *_: None)


def pauses_lose_time(patch: pytest.MonkeyPatch) -> None:
    """Another reason for a pause makes it begin again, and what was before is lost."""
    move_to = Agent.move_to

    def careless(agent: Agent, after: AgentState, reason: str, now: datetime) -> None:
        move_to(agent, after, reason, now)
        if after is AgentState.NOT_READY:
            agent.since = now + timedelta(seconds=1)

    patch.setattr(Agent, "move_to", careless)


def abandoned_caller_stays(patch: pytest.MonkeyPatch) -> None:
    """A caller who hung up while waiting keeps the place in line."""
    patch.setattr(Stays, "abandon", lambda *_, **__: None)


def bridge_is_left_over(patch: pytest.MonkeyPatch) -> None:
    """A leg that is gone is not taken out of its talk."""
    patch.setattr(Bridges, "left", lambda *_: None)


def time_brings_no_offer(patch: pytest.MonkeyPatch) -> None:
    """When a deadline has passed, nobody looks who could be offered to whom."""
    handle = Center.handle

    def lazy(center: Center, input_: Input, now: datetime) -> Outcome:
        with pytest.MonkeyPatch.context() as once:
            if isinstance(input_, TimePassed):
                once.setattr(Distribution, "distribute", lambda *_: [])
            return handle(center, input_, now)

    patch.setattr(Center, "handle", lazy)


def lost_callers_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A caller who was not served is no task for anybody."""
    patch.setattr(Queueing, "look_after", lambda *_: None)


def timeouts_move_on(patch: pytest.MonkeyPatch) -> None:
    """A caller who waited too long counts as one who chose something else."""
    changed = {**queue_stay.COLUMNS, QueueExit.TIMEOUT: queue_stay.StayColumn.MOVED_ON}
    patch.setattr(queue_stay, "COLUMNS", changed)


def work_without_a_stay_is_lost(patch: pytest.MonkeyPatch) -> None:
    """The talk of an agent who was there before the customer belongs to no queue."""
    meet = Interaction.meet

    def meeting(interaction: Interaction, agent: AgentId, queue: QueueName, turn: Turn) -> None:
        meet(interaction, agent, queue, turn)
        if interaction.direction == OUTBOUND:
            interaction.queue = QueueName("")

    patch.setattr(Interaction, "meet", meeting)


def gone_queues_stay(patch: pytest.MonkeyPatch) -> None:
    """A queue that is gone from the files stays on the boards without end."""
    patch.setattr(RemovedQueues, "is_shown", lambda _, queue: agent_of(queue) is None)


def paused_agents_count_as_there(patch: pytest.MonkeyPatch) -> None:
    """An agent who is logged in counts, even at lunch: callers join, and customers are called."""
    patch.setattr(Staffing, "taking_calls", Staffing.staying)


def unplugged_phones_take_calls(patch: pytest.MonkeyPatch) -> None:
    """A phone that cannot be reached keeps a queue open."""

    def takes_calls(agent: Agent) -> bool:
        there = agent.state not in {AgentState.LOGGED_OUT, AgentState.NOT_READY}
        return there and agent.wanted is None and not agent.removed

    patch.setattr(Agent, "takes_calls", property(takes_calls))


def requests_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    """Agents who have asked to leave after the present call are counted until they are gone."""
    recount = Staffing.recount

    def late(staffing: Staffing, agent: Agent) -> None:
        wanted, agent.wanted = agent.wanted, None
        recount(staffing, agent)
        agent.wanted = wanted

    patch.setattr(Staffing, "recount", late)


def nobody_is_sent_on(patch: pytest.MonkeyPatch) -> None:
    """A caller who waits where nobody is left waits until the limit."""
    patch.setattr(EmptyQueues, "is_empty", lambda *_: False)


def who_is_back_is_overlooked(patch: pytest.MonkeyPatch) -> None:
    """A queue that was empty sends callers on although somebody is there again."""
    forget = Clockwork.forget

    def keep(clockwork: Clockwork, why: Wake, owner: str) -> None:
        if why is not Wake.EMPTY_QUEUE:
            forget(clockwork, why, owner)

    patch.setattr(Clockwork, "forget", keep)


def joining_settles_a_callback(patch: pytest.MonkeyPatch) -> None:
    """A callback is closed as soon as its customer waits in line."""

    def settled(customers: CustomerCalls, call: Call, callback: Callback, turn: Turn) -> None:
        del call
        customers._callback_queue.close(callback, CallbackResult.CALLED_IN, turn)

    patch.setattr(CustomerCalls, "_take", settled)


def place_is_not_given_back(patch: pytest.MonkeyPatch) -> None:
    """A customer who took over the place of a callback hangs up, and that was all."""
    patch.setattr(CustomerCalls, "give_back", lambda *_: None)


def talk_settles_nothing(patch: pytest.MonkeyPatch) -> None:
    """A customer who was talked to is called back anyway."""
    patch.setattr(CallbackQueue, "settle", lambda *_: None)


def customer_in_a_talk_is_dialed(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the customer is on the phone already."""
    patch.setattr(Customers, "is_on_phone", lambda *_: False)


BUGS: tuple[Seed, ...] = (
    joining_settles_a_callback,
    place_is_not_given_back,
    talk_settles_nothing,
    customer_in_a_talk_is_dialed,
    paused_agents_count_as_there,
    unplugged_phones_take_calls,
    requests_are_not_counted,
    nobody_is_sent_on,
    who_is_back_is_overlooked,
    agent_stays_reserved,
    misses_are_forgotten,
    head_start_is_forgotten,
    last_come_first_served,
    freed_agent_is_overlooked,
    losers_of_a_race_go_on,
    wait_has_no_limit,
    closed_queue_is_open,
    demand_never_relaxes,
    pauses_lose_time,
    abandoned_caller_stays,
    bridge_is_left_over,
    time_brings_no_offer,
    lost_callers_are_forgotten,
    timeouts_move_on,
    work_without_a_stay_is_lost,
    gone_queues_stay,
    *RINGING_BUGS,
)


@pytest.mark.parametrize("seed", BUGS, ids=lambda seed: seed.__name__)
def test_a_seeded_bug_is_found(seed: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an assertion of the accounts, or of the core itself."""
    seed(monkeypatch)
    with pytest.raises((AssertionError, KeyError, ValueError, IllegalMove)):
        run_state_machine_as_test(CenterMachine, settings=FOUND_WITHIN)
