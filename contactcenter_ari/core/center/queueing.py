"""The steps between a call and the lines: joining, announcements, and leaving.

Nothing here carries a flow on: each answer is the handover with which the flow goes on, or None
while the caller waits.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.estimate import Estimate, phrase_to_tell
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.miss import RING_AGAIN_AFTER
from contactcenter_ari.core.acd.offer import DIRECT_OUTCOMES, Offer
from contactcenter_ari.core.acd.relaxation import skills_left
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.stay import wake_after_pause
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.flow.handover import Handover
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.flow.verb.queue import DEFAULT_PRIORITY, EnterQueue
from contactcenter_ari.core.interactions.interaction import (
    IN_FLOW,
    QUEUED,
    Interaction,
    Unserved,
)
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.outbound.callback_queue import CallbackQueue
from contactcenter_ari.core.outbound.customer_call import CustomerCalls
from contactcenter_ari.core.outbound.lost_call import LostCalls
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import LostCallResult
from contactcenter_ari.core.vocabulary.event import OfferResult, QueueExit
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName, agent_of

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

LOST = QueueExit.SYSTEM_ERROR
NOBODY: Mapping[AgentId, datetime] = {}
MOST_REMEMBERED = 50_000
"""The most callers that are remembered, for their last agent and for a place given up."""


class GivenUpPlace(msgspec.Struct, frozen=True):
    """The place of a caller whose call dropped; kept until the memory is needed for another."""

    ranked_since: datetime
    head_start: timedelta
    priority: int
    left_at: datetime


class WaitSource(Protocol):
    """Estimates of waits: from the distribution's statistics, or as a flow test says."""

    def estimate(self, waiting: Waiting, now: datetime) -> Estimate | None:
        """How long a caller who waits will still wait; None when nothing should be announced."""
        ...


class Queueing:
    """Callers on their way into and out of the lines."""

    def __init__(
        self, distribution: Distribution, callback_queue: CallbackQueue, wait_source: WaitSource
    ) -> None:
        self.lost_calls = LostCalls()
        self._distribution = distribution
        self._wait_source = wait_source
        self.customers = CustomerCalls(callback_queue, distribution)
        self._last_agents: OrderedDict[str, AgentId] = OrderedDict()
        self._given_up: OrderedDict[tuple[str, QueueName], GivenUpPlace] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Queueing, {len(self._given_up)} places given up>"

    # Joining

    def enqueue(self, call: Call, handover: EnterQueue, turn: Turn) -> Handover | None:
        """Let a caller wait; the flow goes on at once when that is not possible."""
        step, interaction = handover.step, _interaction(call)
        settings = self._distribution.queues.settings[step.queue]
        interaction.move_to(QUEUED, turn)
        interaction.queue = step.queue
        waiting = self._place(call, handover, settings, turn)
        lent = self.customers.lend(call, waiting, turn)
        status = call.run.caller_status
        max_wait = step.max_wait or settings.max_wait_by_status.get(status, settings.max_wait)
        refusal = self._distribution.admission.enqueue(waiting, max_wait, turn)
        if lent is not None:
            self.customers.lent(call, lent, turn, taken=refusal is None)
        if refusal is None:
            self._given_up.pop((waiting.caller_number, waiting.queue), None)
            self.tell_place(call, turn)
            call.interpreter.treatment.begin(call.run, step, settings.music, turn)
            return None
        self.note_left(call, waiting, refusal, turn)
        return self.turned_away(call, refusal, turn)

    def ring_one(
        self, call: Call, agent_id: AgentId, ring: timedelta, turn: Turn
    ) -> Handover | None:
        """Wait for one agent, if a call can be offered now."""
        agent = self._distribution.workforce.roster.find(agent_id)
        if agent is None or not agent.takes_calls:
            return call.interpreter.resume(call.run, "not_available", turn)
        if not agent.is_free:
            return call.interpreter.resume(call.run, "busy", turn)
        self._distribution.open_own_line(agent, ring)
        step = call.interpreter.queue_step(call.run)
        return self.enqueue(call, EnterQueue(step, DEFAULT_PRIORITY, timedelta()), turn)

    def _place(
        self, call: Call, handover: EnterQueue, settings: QueueSettings, turn: Turn
    ) -> Waiting:
        interaction, step = _interaction(call), handover.step
        by_status = settings.head_start_by_status.get(call.run.caller_status, timedelta())
        number = call.run.caller_number
        given_up = self._given_up_by(number, settings, turn.now)
        since = interaction.unserved_since if settings.count_flow_time else turn.now
        prefer, prefer_for = handover.prefer or None, step.prefer_for
        if not prefer and settings.prefer_last_agent:
            prefer = self._last_agents.get(number)
            prefer_for = settings.prefer_last_agent
        return Waiting(
            interaction=interaction.id,
            queue=step.queue,
            leg=interaction.leg,
            caller_number=number,
            caller_name=interaction.caller_name,
            joined_at=turn.now,
            ranked_since=min(since, given_up.ranked_since) if given_up else since,
            priority=min(handover.priority, given_up.priority if given_up else 99),
            head_start=max(
                handover.head_start, by_status, given_up.head_start if given_up else timedelta()
            ),
            arrival=self._distribution.stays.next_arrival(),
            skills=step.skills,
            prefer=prefer,
            prefer_until=turn.now + prefer_for if prefer else None,
        )

    # Waiting

    def tell_place(self, call: Call, turn: Turn) -> None:
        """The facts that the flow may announce of the wait now: nothing while nobody takes calls,
        a position only where nobody overtakes, a wait only if it is known and not longer than the
        last one announced.
        """
        waiting = self._distribution.stays.find(_interaction(call).id)
        if waiting is None:
            return
        run, line = call.run, self._distribution.queues.lines[waiting.queue]
        staffed = self._distribution.workforce.staffing.taking_calls(waiting.queue)
        run.position = line.position(waiting) if staffed and line.is_steady(turn.now) else 0
        estimate = self._wait_source.estimate(waiting, turn.now)
        if estimate is None:
            run.wait, run.wait_longer = None, False
            return
        run.wait = phrase_to_tell(estimate, told=run.wait_told)
        run.wait_mean = estimate.mean
        run.wait_longer = run.wait is None

    def move(self, call: Call, queue: QueueName, turn: Turn) -> None:
        """Let a waiting caller go on waiting in another queue."""
        interaction = _interaction(call)
        waiting = self._distribution.stays.find(interaction.id)
        assert waiting is not None, "only who waits is moved"
        self._distribution.stays.leave(interaction.id, QueueExit.TRANSFERRED, turn)
        self.customers.give_back(call, turn)
        call.interpreter.treatment.offer_over(call.run, turn)
        interaction.queue = call.run.line = queue
        self._go_on(call, waiting, queue, turn)

    def wait_again(self, call: Call, place: Waiting, lost: AgentId, turn: Turn) -> Handover | None:
        """An agent was lost in the talk: the caller waits as since the `place` was taken, and that
        agent is not asked for a while. Nobody else answers where one agent was wanted.
        """
        interaction, queue = _interaction(call), place.queue
        if agent_of(queue) is not None:
            return self.turned_away(call, DIRECT_OUTCOMES[OfferResult.FAILED], turn)
        if queue in self._distribution.queues.closed:
            return self.turned_away(call, QueueExit.CLOSED, turn)
        interaction.move_to(QUEUED, turn)
        interaction.queue = queue
        settings = self._distribution.queues.settings[queue]
        skipped_until = turn.now + max(settings.miss_pause, RING_AGAIN_AFTER)
        self._go_on(call, place, queue, turn, skipped={lost: skipped_until})
        self.tell_place(call, turn)
        step = call.interpreter.queue_step(call.run)
        call.interpreter.treatment.begin(call.run, step, settings.music, turn, greets=False)
        call.run.line = queue
        return None

    def _go_on(
        self,
        call: Call,
        waiting: Waiting,
        queue: QueueName,
        turn: Turn,
        *,
        skipped: Mapping[AgentId, datetime] = NOBODY,
    ) -> None:
        """The caller waits on in a queue, ranked by the same age, or at the place of a callback;
        agents may be `skipped`.
        """
        settings, status = self._distribution.queues.settings[queue], call.run.caller_status
        again = Waiting(
            interaction=waiting.interaction,
            queue=queue,
            leg=call.run.leg,
            caller_number=waiting.caller_number,
            caller_name=waiting.caller_name,
            joined_at=turn.now,
            ranked_since=waiting.ranked_since,
            priority=waiting.priority,
            head_start=waiting.head_start,
            arrival=waiting.arrival,
            skills=skills_left(waiting, turn.now),
        )
        again.skipped.update(skipped)
        max_wait = settings.max_wait_by_status.get(status, settings.max_wait)
        refusal = self._distribution.admission.enqueue(again, max_wait, turn, sent=True)
        assert refusal is None, "whether the queue takes callers was asked before"
        wake_after_pause(again, turn)
        self.customers.claim(call, turn)

    def offer_over(self, call: Call, offer: Offer, turn: Turn) -> Handover | None:
        """An offer was not taken: the caller goes on waiting, unless the time is up."""
        waiting = offer.waiting
        if call.run.activity is Activity.CONNECTED:
            call.interpreter.treatment.go_on(call.run, turn)
        if waiting.offers:
            return None
        if agent_of(waiting.queue) is not None and offer.result is not None:
            self._leave(call, QueueExit.TIMEOUT, turn)
            return self.turned_away(call, DIRECT_OUTCOMES[offer.result], turn)
        if waiting.over is not None:
            return self.end_stay(call, waiting.over, turn)
        call.interpreter.treatment.offer_over(call.run, turn)
        return None

    # Leaving

    def end_stay(self, call: Call, result: QueueExit, turn: Turn) -> Handover | None:
        """The caller may not wait any longer; a phone that rings may still be answered."""
        interaction = _interaction(call)
        waiting = self._distribution.stays.find(interaction.id)
        assert waiting is not None, "only who waits has a stay to end"
        if not self._distribution.stays.end(interaction.id, result, turn):
            return None
        self.note_left(call, waiting, result, turn)
        wanted_one = agent_of(interaction.queue) and result is QueueExit.TIMEOUT
        return self.turned_away(call, "busy" if wanted_one else result, turn)

    def withdraw(self, call: Call, turn: Turn) -> Handover | None:
        """A supervisor takes the caller out of the line: as if the queue were closed."""
        self._leave(call, QueueExit.WITHDRAWN, turn)
        return self.turned_away(call, QueueExit.CLOSED, turn)

    def turned_away(self, call: Call, outcome: str, turn: Turn) -> Handover | None:
        """The flow goes on without an agent."""
        interaction = _interaction(call)
        interaction.move_to(IN_FLOW, turn)
        interaction.turned_away = True
        self.customers.give_back(call, turn)
        return call.interpreter.resume(call.run, outcome, turn)

    def give_up_place(self, call: Call, result: QueueExit, turn: Turn) -> None:
        """A key led a waiting caller out of the line. For a caller who has asked for a callback
        the steps of the key are the last: back in the queue, they would take the callback back.
        """
        if call.run.hung_up or call.interaction is None:
            return
        if call.interaction.state is QUEUED:
            if result is QueueExit.CALLBACK_TAKEN:
                del call.run.frames[: call.run.line_frame]
            call.run.line_frame = None
            self._leave(call, result, turn)
            call.interaction.move_to(IN_FLOW, turn)
            self.customers.give_back(call, turn)

    def abandon(self, call: Call, turn: Turn) -> None:
        """The caller is gone; the place is kept for a while if the queue is set so."""
        interaction = _interaction(call)
        waiting = self._distribution.stays.find(interaction.id)
        if waiting is None or waiting.callback is not None:
            return
        result = self._distribution.stays.abandon(interaction.id, turn, lost=interaction.failed)
        self.customers.give_back(call, turn)
        if result is not None:
            self.note_left(call, waiting, result, turn)
        if not waiting.caller_number:
            return
        if self._distribution.queues.settings[waiting.queue].resume_position:
            place = GivenUpPlace(
                waiting.ranked_since, waiting.head_start, waiting.priority, turn.now
            )
            _remember(self._given_up, (waiting.caller_number, waiting.queue), place)

    def look_after(self, call: Call, turn: Turn) -> None:
        """The call is over: a caller who was not served becomes a task to follow up, if the queue
        is set so, unless a callback is still to be made.
        """
        number, interaction = call.run.caller_number, _interaction(call)
        unserved = interaction.unserved
        if interaction.failed and (unserved is None or unserved.result is not LOST):
            unserved = Unserved(interaction.queue, LOST, timedelta(), is_task=True)
        if unserved is None or not unserved.is_task:
            return
        if not self.customers.has_callback(call):
            self.lost_calls.open(interaction.id, number, turn, unserved=unserved)

    def note_left(self, call: Call, waiting: Waiting, result: QueueExit, turn: Turn) -> None:
        """A stay ended without a talk."""
        _interaction(call).unserved = Unserved(
            waiting.queue,
            result,
            turn.now - waiting.joined_at,
            is_task=result in self._distribution.queues.settings[waiting.queue].lost_calls,
        )

    def _leave(self, call: Call, result: QueueExit, turn: Turn) -> None:
        waiting = self._distribution.stays.find(_interaction(call).id)
        assert waiting is not None, "only who waits leaves"
        self._distribution.stays.leave(waiting.interaction, result, turn)
        self.note_left(call, waiting, result, turn)

    def talked(
        self, call: Call, turn: Turn, *, agent: AgentId | None = None
    ) -> list[CallbackAttempt]:
        """Remember which agent a caller talked to last. A caller who was lost or has a callback
        has talked to somebody by now.
        """
        number = call.run.caller_number
        if number and agent is not None:
            _remember(self._last_agents, number, agent)
        again = LostCallResult.REACHED if call.callback else LostCallResult.CALLED_AGAIN
        for known in dict.fromkeys((number, *call.known_by)):
            self.lost_calls.talked(known, again, turn)
        return self.customers.talked(call, turn)

    def _given_up_by(
        self, caller_number: str, settings: QueueSettings, now: datetime
    ) -> GivenUpPlace | None:
        place = self._given_up.get((caller_number, settings.name))
        if place is None or now - place.left_at > settings.resume_position:
            return None
        return place


def _interaction(call: Call) -> Interaction:
    assert call.interaction is not None, "only a caller can wait in a queue"
    return call.interaction


def _remember(memory: "OrderedDict[_Key, _Value]", key: _Key, value: _Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MOST_REMEMBERED:
        memory.popitem(last=False)
