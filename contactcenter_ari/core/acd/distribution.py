"""The one place where waiting callers meet free agents.

`distribute` is called after each change and makes every offer that can be made, the caller
with the best rank first. It looks only at callers and agents about whom something changed:
before the change nobody waited who could have been offered to a free agent. A caller keeps
the place in line until an agent is really connected.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from contactcenter_ari.core.acd.empty_queue import EmptyQueues
from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.line import Rank, Waiting, WaitingLine
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.offer_reason import explain
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.pool import Pool, Pools
from contactcenter_ari.core.acd.relaxation import Relaxation, unservable
from contactcenter_ari.core.acd.removed_queue import RemovedQueues
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.stay import (
    tell_joined,
    tell_left,
    tell_priority,
    wake_after_pause,
)
from contactcenter_ari.core.acd.wait_estimator import WaitEstimator
from contactcenter_ari.core.agents.agent import Agent, Contact
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import AgentConnected, OfferResult, QueueExit
from contactcenter_ari.core.vocabulary.ids import (
    InteractionId,
    QueueName,
    own_line,
)

Candidates = list[tuple[Rank, int, Waiting, Agent | None]]
"""Callers who may be offered, best rank first; with the free agent who brought each up."""


class Distribution:
    """Lines, offers and the rules that bring them together. `stays` are all places in the lines,
    those kept for callbacks too; `unsettled` are those to be looked at in this turn.
    """

    def __init__(self, workforce: Workforce, dials: Dials) -> None:
        self.workforce = workforce
        self.settings: dict[QueueName, QueueSettings] = {}
        self.lines: dict[QueueName, WaitingLine] = {}
        self.pools = Pools(workforce.roster)
        self.estimator = WaitEstimator(workforce.roster, workforce.staffing, self.lines)
        self.empty_queues = EmptyQueues(workforce.staffing, self.settings, self.lines)
        self.closed: dict[QueueName, None] = {}
        self.gone = RemovedQueues(self.lines, workforce.staffing)
        self.offers = Offers(workforce.contacts, dials)
        self._relaxation = Relaxation(workforce.roster, self.pools)
        self.stays: dict[InteractionId, Waiting] = {}
        self.unsettled: dict[InteractionId, Waiting] = {}
        self._freed: dict[Agent, None] = {}
        self._changed: dict[Agent, None] = {}
        self._arrivals = 0

    def __repr__(self) -> str:
        return f"<Distribution {len(self.stays)} waiting, {len(self.offers)} offers>"

    def configure(self, settings: dict[QueueName, QueueSettings]) -> None:
        """Take over new settings; a queue that is gone keeps its old ones."""
        for back in self.gone.follow(settings):
            self.estimator.forget(back)
        for queue, new in settings.items():
            if self.settings.get(queue) != new:
                self._configure(new, [a for a in self.workforce.roster if queue in a.lines])

    def open_own_line(self, agent: Agent, ring_limit: timedelta) -> None:
        """Let a caller wait for one agent; the limit is as the flow says."""
        line = own_line(agent.id)
        own = QueueSettings(name=line, ring_limit=ring_limit, max_wait=ring_limit, join_empty=True)
        if self.settings.get(line) != own:
            self._configure(own, [agent])

    def _configure(self, settings: QueueSettings, agents: Iterable[Agent]) -> None:
        self.settings[settings.name] = settings
        self.lines.setdefault(settings.name, WaitingLine(settings.name))
        self.pools.configure(settings)
        self.empty_queues.look_at(settings.name)
        for agent in agents:
            self.workforce.roster.mark_changed(agent)

    # Joining and leaving

    def enqueue(
        self, waiting: Waiting, max_wait: timedelta, turn: Turn, *, sent: bool = False
    ) -> QueueExit | None:
        """Take a place in line; gives why not when the caller cannot wait here. One who was
        `sent` by a person, who asked for `refusal` before, can.
        """
        line = self.lines[waiting.queue]
        refusal = None
        if not sent:
            refusal = self.refusal(waiting.queue, kept=waiting.kept)
            refusal = refusal or self._diversion(waiting, turn)
        waiting.position_at_entry = len(line) + 1 if refusal else line.position(waiting)
        tell_joined(waiting, turn)
        if refusal is None:
            self._join(waiting, turn)
            turn.clockwork.wake(Wake.WAIT, waiting.interaction, turn.now + max_wait)
        else:
            tell_left(waiting, refusal, waiting.position_at_entry, turn)
        return refusal

    def refusal(self, queue: QueueName, *, kept: bool = False) -> QueueExit | None:
        """Why nobody may join a queue now; None when one may. Whose place was `kept` may join one
        that is gone.
        """
        settings = self.settings[queue]
        if queue in self.closed or (queue in self.gone and not kept):
            return QueueExit.CLOSED
        if settings.max_waiting is not None and len(self.lines[queue]) >= settings.max_waiting:
            return QueueExit.FULL
        if not settings.join_empty and not self.workforce.staffing.taking_calls(queue):
            return QueueExit.NO_AGENTS
        return None

    def _diversion(self, waiting: Waiting, turn: Turn) -> QueueExit | None:
        """Whether the wait would be too long to let the caller begin it."""
        settings = self.settings[waiting.queue]
        self._follow_agents(turn)
        if waiting.kept or not self.estimator.is_too_long(waiting, settings, turn.now):
            return None
        return None if self._relaxation.is_met(waiting, turn.now) else QueueExit.DIVERTED

    def estimate(self, waiting: Waiting, now: datetime) -> Estimate | None:
        """How long a caller still waits; None when too little is known to say so."""
        return self.estimator.estimate(waiting, now)

    def hold(self, waiting: Waiting, turn: Turn, *, offerable: bool) -> None:
        """Keep a place for a callback, which is no stay in the queue and tells nothing; an
        `offerable` one is offered to agents like a caller.
        """
        waiting.offerable = offerable
        self._join(waiting, turn)

    def block(self, waiting: Waiting, turn: Turn, *, blocked: bool) -> None:
        """Pass over a place that is kept, or no more; agents who are rung for it are freed."""
        if waiting.blocked == blocked:
            return
        waiting.blocked = blocked
        if blocked:
            self.offers.spare(waiting, turn)
        self.reopen(waiting, turn)

    def drop(self, interaction: InteractionId, turn: Turn) -> None:
        """Give up a place that was kept."""
        waiting = self.stays[interaction]
        self.offers.withdraw(waiting, turn)
        self._part(waiting, turn)

    def next_arrival(self) -> int:
        """The order of arrival, to break ties between callers."""
        self._arrivals += 1
        return self._arrivals

    def position(self, interaction: InteractionId) -> int:
        """1 for the next in line, 0 for somebody who does not wait."""
        waiting = self.stays.get(interaction)
        return self.lines[waiting.queue].position(waiting) if waiting else 0

    def is_servable(self, waiting: Waiting, now: datetime) -> bool:
        """Whether somebody takes calls who could take this one."""
        return bool(self.pools.pool(waiting.queue, waiting.requirement.levels, now).taking_calls)

    def next_in_line(self, queue: QueueName, now: datetime) -> Waiting | None:
        """The first caller in line for whom no phone rings. While agents are free for that caller,
        the first caller not offered to them: the callers ahead wait for other agents.
        """
        line = self.lines[queue]
        held = [
            w for w in line.first_held if self.pools.pool(queue, w.requirement.levels, now).free
        ]
        return min(held, key=lambda waiting: waiting.rank, default=line.next_unoffered)

    def abandon(
        self, interaction: InteractionId, turn: Turn, *, lost: bool = False
    ) -> QueueExit | None:
        """The caller hung up, or the call was `lost`. An agent who is ringing is READY again with
        the idle time kept. Gives how the stay ended, None when there was none.
        """
        waiting = self.stays.get(interaction)
        if waiting is None:
            return None
        short = turn.now - waiting.joined_at < self.settings[waiting.queue].short_abandon
        hung_up = QueueExit.ABANDONED_SHORT if short else QueueExit.ABANDONED
        result = QueueExit.SYSTEM_ERROR if lost else hung_up
        self.leave(interaction, result, turn)
        return result

    def place_of(self, interaction: InteractionId) -> Waiting | None:
        """The place in line of a caller who waits."""
        return self.stays.get(interaction)

    def leave(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> None:
        """The caller gives up the place without hanging up."""
        waiting = self.stays[interaction]
        self.offers.withdraw(waiting, turn)
        self._leave(waiting, result, turn)

    def end_stay(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> bool:
        """The stay is over, because of its limit or of the queue; gives whether the caller left
        the line. A phone that rings is given its chance first; a limit that has passed meanwhile
        stays the reason, whatever else happens.
        """
        waiting = self.stays[interaction]
        if not waiting.offers:
            self._leave(waiting, result, turn)
            return True
        self.lines[waiting.queue].close(waiting)
        if waiting.over is not QueueExit.TIMEOUT:
            waiting.over = result
        return False

    def is_being_answered(self, waiting: Waiting) -> bool:
        """Whether an agent has picked up and is about to hear the caller."""
        return any(self.offers.get(offer).answered_at for offer in waiting.offers)

    # Changes while waiting

    def change_priority(
        self,
        waiting: Waiting,
        *,
        priority: int | None,
        head_start: timedelta | None,
        by: str,
        turn: Turn,
        arrival: int | None = None,
    ) -> None:
        """Move a waiting caller up or down; None leaves it as it is."""
        line = self.lines[waiting.queue]
        was_open = waiting.is_open
        line.rerank(
            waiting,
            waiting.priority if priority is None else priority,
            waiting.head_start if head_start is None else head_start,
            turn.now,
            arrival=arrival,
        )
        if was_open:
            self._settle(waiting)
        tell_priority(waiting, by, turn)

    def look_again(self, interaction: InteractionId, turn: Turn) -> None:
        """Time has changed whom a caller may be offered."""
        waiting = self.stays.get(interaction)
        if waiting is not None:
            wake_after_pause(waiting, turn)
            self.go_on_waiting(waiting, turn)

    # Distribution

    def unwanted_offers(self, turn: Turn) -> list[Offer]:
        """The offers to agents who have changed and take no such calls any more."""
        self._follow_agents(turn)
        offers = [self.offers.to(agent.id) for agent in self._changed]
        return [offer for offer in offers if offer is not None and offer.is_unwanted]

    def distribute(self, turn: Turn) -> list[Waiting]:
        """Make every offer that can be made now, the caller with the best rank first; gives who
        was offered.
        """
        candidates: Candidates = []
        serial = count()
        offered: list[Waiting] = []
        self._follow_agents(turn)
        for waiting in self.unsettled.values():
            heappush(candidates, (waiting.rank, next(serial), waiting, None))
        self.unsettled.clear()
        for agent in self._freed:
            turn.attempt(agent.id, partial(self._bring_up, agent, candidates, serial, turn.now))
        self._freed.clear()
        while candidates:
            _, _, waiting, brought_by = heappop(candidates)
            if waiting.is_open and self._offer_guarded(waiting, turn):
                offered.append(waiting)
            if brought_by is not None:
                again = partial(self._bring_up, brought_by, candidates, serial, turn.now)
                turn.attempt(brought_by.id, again)
        self.empty_queues.follow(turn)
        return offered

    def update_statistics(self, now: datetime) -> None:
        """The statistics of waits take in what has changed. This comes after the offers, so as not
        to delay them.
        """
        self.estimator.note_agents(self._changed, self.workforce.wrap_ups.take_finished(), now)
        self._changed.clear()

    def _follow_agents(self, turn: Turn) -> None:
        """Note what changed about agents, and who is free. Callers who wait for what nobody can
        give any more ask for less at once.
        """
        changed, left = self.pools.refresh(turn.now)
        self._changed.update(dict.fromkeys(changed))
        for waiting in unservable(left, self.lines):
            turn.attempt(waiting.interaction, partial(self.reopen, waiting, turn))
        self._freed.update(dict.fromkeys(agent for agent in changed if agent.is_free))

    def _bring_up(
        self, agent: Agent, candidates: Candidates, serial: "count[int]", now: datetime
    ) -> None:
        """The best caller for a free agent, if there is one."""
        if not agent.is_free:
            return
        firsts = [
            first
            for queue in agent.lines
            if (line := self.lines.get(queue)) is not None
            for first in [line.first_for(agent.id, agent.profile.skills, now)]
            if first is not None
        ]
        if firsts:
            best = min(firsts, key=lambda waiting: waiting.rank)
            heappush(candidates, (best.rank, next(serial), best, agent))

    def _offer_guarded(self, waiting: Waiting, turn: Turn) -> bool:
        """A fault with one caller keeps no agent from the others."""
        sound = turn.attempt(waiting.interaction, partial(self._offer, waiting, turn))
        if not sound:
            self.lines[waiting.queue].close(waiting)
        return sound and bool(waiting.offers)

    def _offer(self, waiting: Waiting, turn: Turn) -> None:
        settings = self.settings[waiting.queue]
        line = self.lines[waiting.queue]
        pool = self.pools.pool(waiting.queue, waiting.requirement.levels, turn.now)
        everybody = self.pools.pool(waiting.queue, (), turn.now)
        room = self._room(waiting)
        chosen = self._choose(waiting, pool, room, turn.now)
        told = explain(waiting, chosen, line, pool=pool, everybody=everybody, now=turn.now)
        if chosen or not room:
            line.close(waiting)
        for agent, why in zip(chosen, told, strict=True):
            self.offers.make(waiting, agent, settings, why, turn)
        if len(chosen) < room and not waiting.seeks:
            line.open(waiting)
        self.pools.refresh(turn.now)

    def _room(self, waiting: Waiting) -> int:
        """How many more phones may ring for the caller."""
        settings = self.settings[waiting.queue]
        most = settings.ring_at_most if settings.rings_all else 1
        return max(most - len(waiting.offers), 0)

    def _choose(self, waiting: Waiting, pool: Pool, most: int, now: datetime) -> list[Agent]:
        if waiting.requirement.agent and most:
            agent = self.workforce.roster.find(waiting.requirement.agent)
            if agent is None or not agent.is_free or waiting.skips(agent.id, now):
                return []
            return [agent] if waiting.queue in agent.lines else []
        return pool.first(most, waiting.skipped, now)

    # Offers

    def answered(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up."""
        self.offers.answered(offer, turn)
        self.lines[offer.waiting.queue].close(offer.waiting)

    def bridged(self, offer: Offer, turn: Turn) -> None:
        """The parties hear each other: the offer is accepted and the wait is over."""
        waiting = offer.waiting
        self.offers.close(offer, OfferResult.ACCEPTED, turn)
        self._leave(waiting, QueueExit.ANSWERED, turn)
        self._connect(offer, turn)
        turn.tell(
            AgentConnected,
            interaction=waiting.interaction,
            agent=offer.agent.id,
            queue=waiting.queue,
            waited=turn.now - waiting.joined_at,
        )

    def taken(self, offer: Offer, turn: Turn) -> None:
        """The agent picked up for a callback: accepted, though the customer is still to be
        dialed.
        """
        self.offers.answered(offer, turn)
        self.offers.close(offer, OfferResult.ACCEPTED, turn)
        self._part(offer.waiting, turn)
        self._connect(offer, turn)

    # Within

    def _connect(self, offer: Offer, turn: Turn) -> None:
        waiting = offer.waiting
        contact = Contact(
            interaction=waiting.interaction, queue=waiting.queue, since=offer.made_at
        )
        self.workforce.contacts.connect(offer.agent, contact, turn)

    def _join(self, waiting: Waiting, turn: Turn) -> None:
        self.stays[waiting.interaction] = waiting
        line = self.lines[waiting.queue]
        self.estimator.note_joining(waiting, turn.now)
        line.join(waiting, turn.now)
        self.empty_queues.look_at(waiting.queue)
        self.reopen(waiting, turn)

    def go_on_waiting(self, waiting: Waiting, turn: Turn) -> None:
        """Something has changed for a caller who waits: one phone more may ring, if there is room
        and nobody has picked up.
        """
        self.empty_queues.look_at(waiting.queue)
        answered = self.is_being_answered(waiting)
        if waiting.over is None and self._room(waiting) and not answered:
            self.reopen(waiting, turn)

    def reopen(self, waiting: Waiting, turn: Turn) -> None:
        """Stand in the sub-line of what is asked for now."""
        line = self.lines[waiting.queue]
        line.close(waiting)
        if waiting.blocked:
            return
        waiting.requirement = self._relaxation.requirement(waiting, turn)
        self._settle(waiting)

    def _settle(self, waiting: Waiting) -> None:
        if not waiting.seeks:
            self.lines[waiting.queue].open(waiting)
        self.unsettled[waiting.interaction] = waiting

    def _leave(self, waiting: Waiting, result: QueueExit, turn: Turn) -> None:
        position = self._part(waiting, turn, result)
        turn.clockwork.forget(Wake.WAIT, waiting.interaction)
        tell_left(waiting, result, position, turn)

    def _part(self, waiting: Waiting, turn: Turn, result: QueueExit | None = None) -> int:
        turn.clockwork.forget(Wake.REQUIREMENT, waiting.interaction)
        turn.clockwork.forget(Wake.MISS_PAUSE, waiting.interaction)
        del self.stays[waiting.interaction]
        self.unsettled.pop(waiting.interaction, None)
        self.estimator.note_leaving(waiting, result, turn.now)
        return self.lines[waiting.queue].leave(waiting)
