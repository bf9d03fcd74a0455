"""The one place where waiting callers meet free agents.

`distribute` is called after each change and makes every offer that can be made, the caller
with the best rank first. It looks only at callers and agents about whom something changed:
before the change nobody waited who could have been offered to a free agent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from contactcenter_ari.core.acd.acceptance import Acceptances
from contactcenter_ari.core.acd.admission import Admission
from contactcenter_ari.core.acd.agent_change import AgentChanges
from contactcenter_ari.core.acd.empty_queue import EmptyQueues
from contactcenter_ari.core.acd.kept_place import KeptPlaces
from contactcenter_ari.core.acd.line import Rank, Waiting
from contactcenter_ari.core.acd.offer_reason import explain
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.pool import Pool, Pools
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.relaxation import Relaxation
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.acd.wait_estimator import WaitEstimator
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import QueueName, own_line

Candidates = list[tuple[Rank, int, Waiting, Agent | None]]
"""Callers who may be offered, best rank first; with the free agent who brought each up."""


class Distribution:
    """Brings callers and agents together; its parts are for the rooms above, too."""

    def __init__(self, workforce: Workforce, dials: Dials) -> None:
        self.workforce = workforce
        self.queues = Queues(workforce.staffing)
        self.pools = Pools(workforce.roster)
        self.offers = Offers(workforce.contacts, dials)
        self.estimator = WaitEstimator(workforce.roster, workforce.staffing, self.queues.lines)
        self.empty_queues = EmptyQueues(workforce.staffing, self.queues)
        relaxation = Relaxation(workforce.roster, self.pools)
        self.stays = Stays(self.queues, self.offers, relaxation, self.estimator, self.empty_queues)
        self.changes = AgentChanges(self.pools, self.queues, self.stays)
        self.admission = Admission(
            self.queues, self.stays, self.changes, relaxation, self.estimator
        )
        self.kept_places = KeptPlaces(self.queues, self.pools, self.offers, self.stays)
        self.acceptances = Acceptances(self.queues, self.offers, self.stays, workforce.contacts)

    def __repr__(self) -> str:
        return f"<Distribution {len(self.stays)} waiting, {len(self.offers)} offers>"

    # The site's queues

    def configure(self, settings: dict[QueueName, QueueSettings]) -> None:
        """Take over new settings; a queue that is gone keeps its old ones."""
        for back in self.queues.gone.follow(settings):
            self.estimator.forget(back)
        for queue, new in settings.items():
            if self.queues.settings.get(queue) != new:
                self._configure(new, [a for a in self.workforce.roster if queue in a.lines])

    def open_own_line(self, agent: Agent, ring_limit: timedelta) -> None:
        """Let a caller wait for one agent; the limit is as the flow says."""
        line = own_line(agent.id)
        own = QueueSettings(name=line, ring_limit=ring_limit, max_wait=ring_limit, join_empty=True)
        if self.queues.settings.get(line) != own:
            self._configure(own, [agent])

    def _configure(self, settings: QueueSettings, agents: Iterable[Agent]) -> None:
        self.queues.put(settings)
        self.pools.configure(settings)
        self.empty_queues.look_at(settings.name)
        for agent in agents:
            self.workforce.roster.mark_changed(agent)

    # Offers

    def distribute(self, turn: Turn) -> list[Waiting]:
        """Make every offer that can be made now, the caller with the best rank first; gives who
        was offered.
        """
        candidates: Candidates = []
        serial = count()
        offered: list[Waiting] = []
        self.changes.follow(turn)
        for waiting in self.stays.unsettled.values():
            heappush(candidates, (waiting.rank, next(serial), waiting, None))
        self.stays.unsettled.clear()
        for agent in self.changes.freed:
            turn.attempt(agent.id, partial(self._bring_up, agent, candidates, serial, turn.now))
        self.changes.freed.clear()
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
        finished = self.workforce.wrap_ups.take_finished()
        self.estimator.note_agents(self.changes.changed, finished, now)
        self.changes.changed.clear()

    def _bring_up(
        self, agent: Agent, candidates: Candidates, serial: "count[int]", now: datetime
    ) -> None:
        """The best caller for a free agent, if there is one."""
        if not agent.is_free:
            return
        firsts = [
            first
            for queue in agent.lines
            if (line := self.queues.lines.get(queue)) is not None
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
            self.queues.lines[waiting.queue].close(waiting)
        return sound and bool(waiting.offers)

    def _offer(self, waiting: Waiting, turn: Turn) -> None:
        settings = self.queues.settings[waiting.queue]
        line = self.queues.lines[waiting.queue]
        pool = self.pools.pool(waiting.queue, waiting.requirement.levels, turn.now)
        everybody = self.pools.pool(waiting.queue, (), turn.now)
        room = self.queues.room(waiting)
        chosen = self._choose(waiting, pool, room, turn.now)
        told = explain(waiting, chosen, line, pool=pool, everybody=everybody, now=turn.now)
        if chosen or not room:
            line.close(waiting)
        for agent, why in zip(chosen, told, strict=True):
            self.offers.make(waiting, agent, settings, why, turn)
        if len(chosen) < room and not waiting.seeks:
            line.open(waiting)
        self.pools.refresh(turn.now)

    def _choose(self, waiting: Waiting, pool: Pool, most: int, now: datetime) -> list[Agent]:
        if waiting.requirement.agent and most:
            agent = self.workforce.roster.find(waiting.requirement.agent)
            if agent is None or not agent.is_free or waiting.skips(agent.id, now):
                return []
            return [agent] if waiting.queue in agent.lines else []
        return pool.first(most, waiting.skipped, now)
