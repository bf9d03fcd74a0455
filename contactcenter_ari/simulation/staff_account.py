"""The agents left in each queue, from their accounts alone: which callers may join, which must
leave.
- Nobody joins a queue in which nobody takes calls, unless the queue says so (`join_empty`); nobody
  is refused for lack of agents while an agent takes calls.
- Those who wait without an offer leave a queue once it has been empty for so long, as the queue
  has it (`leave_when_empty`), and not before.
- A miss sends nobody away who is the last of a queue that keeps them (`keep_last_ready`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from contactcenter_ari.core.acd.offer import MISS_REASONS
from contactcenter_ari.core.acd.settings import LeaveWhenEmpty, QueueSettings
from contactcenter_ari.core.agents.state import OFFERED
from contactcenter_ari.core.vocabulary.event import AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.simulation.agent_account import AgentAccount
from contactcenter_ari.simulation.stay import Stay


class StaffAccount:
    """Follows the queues of the site; `agents` and `settings` are the ledger's own."""

    def __init__(
        self, agents: Mapping[AgentId, AgentAccount], settings: Mapping[QueueName, QueueSettings]
    ) -> None:
        self._agents = agents
        self._settings = settings
        self._empty_since: dict[QueueName, datetime] = {}
        self._joined: list[tuple[Stay, bool]] = []

    def __repr__(self) -> str:
        return f"<StaffAccount, {len(self._empty_since)} queues empty>"

    def takes_calls(self, queue: QueueName) -> bool:
        """Whether somebody takes calls there, now or after the present one."""
        return any(a.takes_calls and a.serves(queue) for a in self._agents.values())

    def join(self, stay: Stay, *, returns: bool) -> None:
        """A stay begins, if only to end in the same turn. A caller who `returns` to the line since
        the agent was lost waits like those who are there already.
        """
        self._joined.append((stay, returns or self.takes_calls(stay.queue)))

    def turn_away(self, stay: Stay, now: datetime) -> None:
        """Assert that a stay may end for lack of agents."""
        if any(stay is joined for joined, _ in self._joined):
            assert not self.takes_calls(stay.queue), f"{stay} is refused by a staffed queue"
            return
        grace = self._settings[stay.queue].leave_grace
        empty_since = self._empty_since.get(stay.queue)
        assert empty_since is not None, f"{stay} is sent away from a staffed queue"
        assert now - empty_since >= grace, f"{stay} is sent away too soon"

    def check_miss(self, event: AgentStateChanged) -> None:
        """Assert that a miss leaves somebody in each queue that keeps its last agent READY."""
        if event.before is not OFFERED or event.reason not in MISS_REASONS.values():
            return
        agent = self._agents[event.agent]
        others = [other for other in self._agents.values() if other is not agent]
        for queue in self._keeping(agent):
            left = any(other.takes_calls and other.serves(queue) for other in others)
            assert left, f"nobody is left in {queue}: {event}"

    def is_last_of_a_queue(self, agent: AgentAccount) -> bool:
        """Whether a queue that keeps its last agent READY would have nobody else."""
        everybody = [each for each in self._agents.values() if each.takes_calls]
        return any(
            sum(each.serves(queue) for each in everybody) <= 1 for queue in self._keeping(agent)
        )

    def follow(
        self, stays: Iterable[Stay], now: datetime, known_at: datetime, *, due_at_once: bool
    ) -> None:
        """Assert what must hold after a turn, by which the center was woken for all that was due
        by `known_at`, and may have something `due_at_once`; `stays` are those without an offer.
        """
        for queue, settings in self._settings.items():
            if self._is_empty(queue, settings):
                self._empty_since.setdefault(queue, now)
            else:
                self._empty_since.pop(queue, None)
        stays = list(stays)
        for stay, staffed in self._joined:
            if stay.queue in self._settings and any(stay is other for other in stays):
                may = staffed or self._settings[stay.queue].join_empty
                assert may, f"{stay} has joined where nobody takes calls"
        self._joined.clear()
        for stay in stays:
            if stay.queue in self._empty_since:
                alone_since = stay.unoffered_since or stay.joined_at
                since = max(self._empty_since[stay.queue], alone_since)
                due = since + self._settings[stay.queue].leave_grace
                woken_later = due_at_once and due == known_at
                assert due > known_at or woken_later, f"{stay} waits where nobody is left"

    def _keeping(self, agent: AgentAccount) -> list[QueueName]:
        """The queues of an agent that keep their last agent READY."""
        return [
            queue
            for queue in agent.profile.queues
            if agent.serves(queue)
            and queue in self._settings
            and self._settings[queue].keep_last_ready
        ]

    def _is_empty(self, queue: QueueName, settings: QueueSettings) -> bool:
        stays = any(a.stays and a.serves(queue) for a in self._agents.values())
        default = LeaveWhenEmpty.NEVER if settings.join_empty else LeaveWhenEmpty.LOGGED_OUT
        match settings.leave_when_empty or default:
            case LeaveWhenEmpty.LOGGED_OUT:
                return not stays
            case LeaveWhenEmpty.PAUSED:
                return not self.takes_calls(queue)
            case _:
                return False
