"""All agents: who they are, what they ask for, who is free for a queue.

Every move of an agent goes through `_move`, which tells it as an event, keeps the sums of
`Staffing` right and notes the agent as changed. `mark_changed` follows every change, for there
agents are counted. Nothing but `__iter__` goes over all agents.
Iteration is in the order agents were added, so it can be replayed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from contactcenter_ari.core.agents.agent import Agent, Contact, Finished, Wanted
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.state import (
    IN_A_CALL,
    LOGGED_OUT,
    MOVES,
    NOT_READY,
    OFFERED,
    ON_CALL,
    READY,
    WRAP_UP,
)
from contactcenter_ari.core.agents.wrap_up import WrapUp, WrapUpRule
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.move import move
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.event import (
    AgentStateChanged,
    DispositionSet,
    SegmentEnded,
    SegmentKind,
    WrapUpExtended,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName, SegmentId
from contactcenter_ari.core.vocabulary.request import AgentProfile

NO_WRAP_UP = WrapUpRule(ends_after=timedelta())
CENTER = "center"
"""The author of a move that nobody asked for."""


class Roster:
    """The agents of the center; `window` is over how long occupancy is weighed."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self._agents: dict[AgentId, Agent] = {}
        self._by_phone: dict[PhoneId, Agent] = {}
        self._reachable: dict[PhoneId, None] = {}
        self._staffing = Staffing(window)
        self._talks: Counter[QueueName] = Counter()
        self._changed: dict[Agent, None] = {}
        self._finished: list[Finished] = []
        self._turns = 0

    def __repr__(self) -> str:
        logged_in = sum(a.state is not LOGGED_OUT for a in self)
        return f"<Roster {len(self._agents)} agents, {logged_in} logged in>"

    def __iter__(self) -> Iterator[Agent]:
        """All agents in the order they were added."""
        return iter(self._agents.values())

    # Who there is

    def get(self, agent: AgentId) -> Agent:
        """The agent of that id.

        Raises:
            RequestRefused: `unknown_agent`.
        """
        found = self._agents.get(agent)
        if found is None:
            raise RequestRefused("unknown_agent", f"there is no agent {agent}")
        return found

    def find(self, agent: AgentId) -> Agent | None:
        """The agent of that id, if there is one."""
        return self._agents.get(agent)

    def at_phone(self, phone: PhoneId) -> Agent | None:
        """The agent whose phone this is."""
        return self._by_phone.get(phone)

    def logged_in(self, queue: QueueName) -> int:
        """How many agents of the queue are not logged out."""
        return self._staffing.logged_in(queue)

    def talks_of(self, queue: QueueName) -> int:
        """How many agents talk for a queue."""
        return self._talks[queue]

    def staying(self, queue: QueueName) -> int:
        """How many agents of the queue are logged in and have not asked to log out."""
        return self._staffing.staying(queue)

    def taking_calls(self, queue: QueueName) -> int:
        """How many agents of the queue take calls, see `Agent.takes_calls`."""
        return self._staffing.taking_calls(queue)

    def take_recounted(self) -> list[QueueName]:
        """The queues whose agents who stay or take calls changed since this was last asked."""
        return self._staffing.take_recounted()

    def mean_share(self, queues: Iterable[QueueName], now: datetime) -> float:
        """Mean occupancy (0 to 1) of the logged-in agents of the queues, see `Staffing`."""
        return self._staffing.mean_share(queues, now)

    def take_changed(self) -> list[Agent]:
        """The agents whose state, profile, reachability or non-ACD calls changed since this was
        last asked: each once, the first to change first; also agents who were removed and are free
        no more.
        """
        changed = list(self._changed)
        self._changed.clear()
        return changed

    def take_finished(self) -> list[Finished]:
        """The contacts whose wrap-up ended since this was last asked."""
        finished, self._finished = self._finished, []
        return finished

    def mark_changed(self, agent: Agent) -> None:
        """Have an agent counted and looked at again, after a change or without one."""
        self._staffing.recount(agent)
        self._changed[agent] = None

    # The directory

    def put(self, profile: AgentProfile, turn: Turn) -> None:
        """Add an agent or change their profile."""
        agent = self._agents.get(profile.agent)
        if agent is None:
            agent = Agent(profile, self.window, turn.now)
            self._agents[profile.agent] = agent
        elif self._by_phone.get(agent.profile.phone) is agent:
            del self._by_phone[agent.profile.phone]
        self._staffing.leave(agent, turn.now)
        agent.take_profile(profile)
        agent.removed = False
        agent.reachable = profile.phone in self._reachable
        self._by_phone[profile.phone] = agent
        self._staffing.begin_counting(agent)
        self._staffing.join(agent, turn.now)
        self.mark_changed(agent)

    def remove(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Forget an agent, after the call they are in."""
        agent = self.get(agent_id)
        agent.removed = True
        if agent.state is LOGGED_OUT:
            self._forget(agent)
        else:
            self.log_out(agent_id, by, turn)

    def set_reachable(self, phone: PhoneId, *, reachable: bool) -> None:
        """Note whether a phone is registered, known to the directory or not."""
        if reachable:
            self._reachable[phone] = None
        else:
            self._reachable.pop(phone, None)
        agent = self._by_phone.get(phone)
        if agent is not None and agent.reachable != reachable:
            agent.reachable = reachable
            self.mark_changed(agent)

    def reachable_phones(self) -> list[PhoneId]:
        """Phones that are registered, as far as we know."""
        return list(self._reachable)

    # Requests

    def log_in(
        self,
        agent_id: AgentId,
        by: str,
        turn: Turn,
        *,
        queues: tuple[QueueName, ...] | None = None,
        not_ready: str | None = None,
    ) -> None:
        """Log in and become READY, or NOT_READY for a reason; already logged in is the same as
        going so. The `queues` are served alone until the log-out.

        Raises:
            RequestRefused: `not_your_queue`.
        """
        agent = self.get(agent_id)
        self._check_queues(agent, queues)
        if agent.state is LOGGED_OUT:
            agent.end_contact(turn.now)
            agent.misses.clear()
            agent.choose(queues)
            state = READY if not_ready is None else NOT_READY
            self._move(agent, Wanted(state, not_ready or "", by), turn, anew=True)
            return
        if queues is not None:
            self._staffing.leave(agent, turn.now)
            agent.choose(queues)
            self._staffing.begin_counting(agent)
            self._staffing.join(agent, turn.now)
            self.mark_changed(agent)
        if not_ready is None:
            self.go_ready(agent_id, by, turn)
        else:
            self.go_not_ready(agent_id, not_ready, by, turn)

    def log_out(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Log out, after the call if there is one."""
        agent = self.get(agent_id)
        if agent.state is not LOGGED_OUT:
            self._move_or_keep(agent, Wanted(LOGGED_OUT, "", by), turn)

    def go_ready(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Take calls again.

        Raises:
            RequestRefused: `not_logged_in`.
        """
        agent = self._logged_in(agent_id)
        agent.misses.clear()
        agent.wanted = None
        self.mark_changed(agent)
        if agent.state is WRAP_UP:
            self._end_wrap_up(agent, by, turn)
        elif agent.state is NOT_READY:
            self._come_back(agent, by, turn)

    def go_not_ready(self, agent_id: AgentId, reason: str, by: str, turn: Turn) -> None:
        """Take no calls, after the present one if there is one; logged out, log in so."""
        agent = self.get(agent_id)
        if agent.state is LOGGED_OUT:
            self.log_in(agent_id, by, turn, not_ready=reason)
        elif agent.state is not NOT_READY or agent.reason != reason:
            self._move_or_keep(agent, Wanted(NOT_READY, reason, by), turn)

    def end_wrap_up(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """End the work after the talk.

        Raises:
            RequestRefused: `not_in_wrap_up`.
        """
        agent = self.get(agent_id)
        self._wrap_up_of(agent)
        self._end_wrap_up(agent, by, turn)

    def extend_wrap_up(self, agent_id: AgentId, by: str, turn: Turn) -> None:
        """Give more time for the work after the talk.

        Raises:
            RequestRefused: `not_in_wrap_up`, `not_extendable`, `limit_reached`.
        """
        wrap_up = self._wrap_up_of(self.get(agent_id))
        contact = self.contact_of(agent_id)
        wrap_up.extend()
        turn.clockwork.wake(Wake.WRAP_UP, agent_id, wrap_up.until)
        turn.tell(
            WrapUpExtended,
            interaction=contact.interaction,
            agent=agent_id,
            queue=contact.queue,
            until=wrap_up.until,
            by=by,
        )

    def contact_of(self, agent_id: AgentId) -> Contact:
        """The interaction whose talk or wrap-up the agent is in.

        Raises:
            RequestRefused: `no_contact`.
        """
        contact = self.get(agent_id).contact
        if contact is None:
            message = f"agent {agent_id} is neither in a talk nor in the wrap-up of one"
            raise RequestRefused("no_contact", message)
        return contact

    def set_disposition(self, agent_id: AgentId, disposition: str, by: str, turn: Turn) -> None:
        """Note what came of the talk, in place of what was noted before; ends a wrap-up that
        waits for it.

        Raises:
            RequestRefused: `no_contact`.
        """
        contact, agent = self.contact_of(agent_id), self.get(agent_id)
        agent.disposition = disposition
        turn.tell(
            DispositionSet,
            interaction=contact.interaction,
            agent=agent_id,
            queue=contact.queue,
            disposition=disposition,
            by=by,
        )
        if agent.wrap_up is not None and agent.wrap_up.rule.ends_with_disposition:
            self._end_wrap_up(agent, by, turn)

    # Calls

    def reserve(self, agent: Agent, queue: QueueName, turn: Turn) -> None:
        """Set the agent aside for one offer of a queue, before the phone rings."""
        self._move(agent, Wanted(OFFERED, "", CENTER), turn)
        self._turns += 1
        agent.last_turn[queue] = self._turns

    def release(self, agent: Agent, turn: Turn) -> None:
        """The offer is withdrawn: READY again with the idle time kept."""
        self._after_call(agent, Wanted(READY, "", CENTER), turn)

    def miss(
        self,
        agent: Agent,
        reason: str,
        limit: int,
        turn: Turn,
        *,
        is_kept: bool = False,
        return_after: timedelta | None = None,
    ) -> None:
        """The agent let an offer pass; after `limit` in a row for this reason, whatever passed for
        others, they are NOT_READY(reason), be it for a while; one who `is_kept` stays READY.
        """
        agent.misses[reason] = agent.misses.get(reason, 0) + 1
        if is_kept or agent.misses[reason] < limit:
            self._after_call(agent, Wanted(READY, "", CENTER), turn)
            return
        is_sent_away = agent.wanted is None and not agent.removed
        self._after_call(agent, Wanted(NOT_READY, reason, CENTER), turn)
        if is_sent_away and return_after is not None:
            turn.clockwork.wake(Wake.MISS_RETURN, agent.id, turn.now + return_after)

    def miss_return_passed(self, agent_id: AgentId, turn: Turn) -> None:
        """An agent who did not answer is READY again; the misses still count."""
        self._come_back(self._agents[agent_id], CENTER, turn)

    def connect(self, agent: Agent, contact: Contact, turn: Turn) -> None:
        """Caller and agent talk."""
        self._move(agent, Wanted(ON_CALL, "", CENTER), turn)
        agent.misses.clear()
        agent.contact = contact
        self._talks[contact.queue] += 1
        self._staffing.took_call(agent, contact.queue)

    def finish_talk(self, agent: Agent, rule: WrapUpRule, turn: Turn) -> None:
        """The talk is over, the work after it begins; it keeps the agent from all queues."""
        self._move(agent, Wanted(WRAP_UP, "", CENTER), turn)
        self._talk_over(agent)
        agent.wrap_up = WrapUp(rule, turn.now, noted=bool(agent.disposition))
        if agent.wrap_up.until > turn.now:
            turn.clockwork.wake(Wake.WRAP_UP, agent.id, agent.wrap_up.until)
        else:
            self._end_wrap_up(agent, CENTER, turn)

    def finish_unmet(self, agent: Agent, turn: Turn) -> None:
        """There was nobody to talk to after all: no contact, nothing to write down, and free
        again at once. The idle clock begins anew, for the agent was not idle.
        """
        self._talk_over(agent)
        agent.contact = None
        self.finish_talk(agent, NO_WRAP_UP, turn)

    def set_free(self, agent: Agent, turn: Turn) -> None:
        """Nothing is left of what the agent was in: free again, by the moves that are allowed."""
        if agent.state is OFFERED:
            self.release(agent, turn)
        elif agent.state is ON_CALL:
            self.finish_talk(agent, NO_WRAP_UP, turn)
        elif agent.state is WRAP_UP:
            self._end_wrap_up(agent, CENTER, turn)

    def wrap_up_passed(self, agent_id: AgentId, turn: Turn) -> None:
        """The time for the work after the talk is over."""
        self._end_wrap_up(self._agents[agent_id], CENTER, turn)

    def add_non_acd_leg(self, agent: Agent, leg: LegId, now: datetime) -> None:
        """The agent is on a non-ACD call."""
        self._staffing.leave(agent, now)
        agent.add_non_acd_leg(leg, now)
        self._staffing.join(agent, now)
        self.mark_changed(agent)

    def drop_non_acd_leg(self, agent: Agent, leg: LegId, now: datetime) -> None:
        """That call is over."""
        self._staffing.leave(agent, now)
        agent.drop_non_acd_leg(leg, now)
        self._staffing.join(agent, now)
        self.mark_changed(agent)

    # Within

    def _logged_in(self, agent_id: AgentId) -> Agent:
        agent = self.get(agent_id)
        if agent.state is LOGGED_OUT:
            raise RequestRefused("not_logged_in", f"agent {agent_id} is not logged in")
        return agent

    @staticmethod
    def _check_queues(agent: Agent, queues: tuple[QueueName, ...] | None) -> None:
        known = agent.profile.queues
        listed = ", ".join(known) or "none"
        if queues == ():
            raise RequestRefused("not_your_queue", f"name at least one of: {listed}")
        for queue in queues or ():
            if queue not in known:
                message = f"the queues of agent {agent.id} are: {listed}; not {queue[:60]}"
                raise RequestRefused("not_your_queue", message)

    @staticmethod
    def _wrap_up_of(agent: Agent) -> WrapUp:
        if agent.wrap_up is None:
            raise RequestRefused("not_in_wrap_up", f"agent {agent.id} is not in wrap-up")
        return agent.wrap_up

    def _come_back(self, agent: Agent, by: str, turn: Turn) -> None:
        paused_long = turn.now - agent.paused_at > self.window
        self._move(agent, Wanted(READY, "", by), turn, anew=paused_long)

    def _move_or_keep(self, agent: Agent, wanted: Wanted, turn: Turn) -> None:
        if agent.state in IN_A_CALL:
            agent.wanted = wanted
            self.mark_changed(agent)
        else:
            self._move(agent, wanted, turn)

    def _end_wrap_up(self, agent: Agent, by: str, turn: Turn) -> None:
        turn.clockwork.forget(Wake.WRAP_UP, agent.id)
        if agent.contact is not None:
            turn.tell(
                SegmentEnded,
                interaction=agent.contact.interaction,
                segment=SegmentId(turn.clockwork.mint()),
                kind=SegmentKind.WRAP_UP,
                started_at=agent.since,
                queue=agent.contact.queue,
                agent=agent.id,
            )
            duration = turn.now - agent.contact.since
            self._finished.append(Finished(agent.id, agent.contact.queue, duration))
        agent.end_contact(turn.now)
        self._after_call(agent, Wanted(READY, "", by), turn)

    def _talk_over(self, agent: Agent) -> None:
        if agent.contact is not None:
            self._talks[agent.contact.queue] -= 1

    def _after_call(self, agent: Agent, otherwise: Wanted, turn: Turn) -> None:
        wanted = agent.wanted or otherwise
        agent.wanted = None
        if agent.removed and wanted.state is not LOGGED_OUT:
            wanted = Wanted(LOGGED_OUT, "", CENTER)
        self._move(agent, wanted, turn)

    def _move(self, agent: Agent, wanted: Wanted, turn: Turn, *, anew: bool = False) -> None:
        """Make a move; `anew` begins the agent's occupancy at the mean of the others."""
        before, before_reason, since = agent.state, agent.reason, agent.since
        after = move(MOVES, before, wanted.state)  # raises before anything is changed
        turn.clockwork.forget(Wake.MISS_RETURN, agent.id)
        self._staffing.leave(agent, turn.now)
        agent.move_to(after, wanted.reason, turn.now)
        if anew:
            mean = self.mean_share(agent.queues, turn.now)
            agent.occupancy.start_at(mean, turn.now)
        if after is LOGGED_OUT:
            agent.choose(None)
        if LOGGED_OUT in {before, after}:
            self._staffing.begin_counting(agent)
        self._staffing.join(agent, turn.now)
        turn.tell(
            AgentStateChanged,
            agent=agent.id,
            before=before,
            before_reason=before_reason,
            since=since,
            after=after,
            reason=wanted.reason,
            by=wanted.by,
        )
        self.mark_changed(agent)
        if agent.removed and after is LOGGED_OUT:
            self._forget(agent)

    def _forget(self, agent: Agent) -> None:
        self.mark_changed(agent)
        del self._agents[agent.id]
        if self._by_phone.get(agent.profile.phone) is agent:
            del self._by_phone[agent.profile.phone]
