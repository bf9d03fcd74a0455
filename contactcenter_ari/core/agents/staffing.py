"""The logged-in agents of each queue as sums: how many, how occupied, with how many calls, and
how many of them stay, take calls, and talk.

Nothing here looks at one agent after the other. Shares of READY agents all fall at one rate, the
idle parts (1 - share) of busy agents do too, and those of paused agents stand still: so three
sums a queue tell the mean at any instant.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import exp

from contactcenter_ari.core.agents.agent import Agent, Counted
from contactcenter_ari.core.agents.state import LOGGED_OUT, READY
from contactcenter_ari.core.vocabulary.event import BUSY, AgentState
from contactcenter_ari.core.vocabulary.ids import QueueName

ROUNDING = 1e-9
"""A mean share below this is what is left of adding and taking away: nothing."""


class FadingSum:
    """A sum whose parts all fade by exp(-time / window); without a window they stay."""

    def __init__(self, window: timedelta | None, now: datetime) -> None:
        self.window = window
        self.count = 0
        self._total = 0.0
        self._at = now

    def __repr__(self) -> str:
        return f"<FadingSum of {self.count}>"

    def at(self, now: datetime) -> float:
        """The sum of the parts."""
        if self.window is None:
            return self._total
        return self._total * exp((self._at - now) / self.window)

    def put(self, part: float, now: datetime) -> None:
        """One part more, as large as this now."""
        self._total = self.at(now) + part
        self._at = now
        self.count += 1

    def take(self, part: float, now: datetime) -> None:
        """One part less, as large as this now; after the last one nothing is left."""
        self.count -= 1
        self._total = self.at(now) - part if self.count else 0.0
        self._at = now


class Staff:
    """The logged-in agents of one queue."""

    def __init__(self, window: timedelta, now: datetime) -> None:
        self.calls = 0
        self._ready = FadingSum(window, now)
        self._idle_of_busy = FadingSum(window, now)
        self._paused = FadingSum(None, now)

    def __repr__(self) -> str:
        return f"<Staff {len(self)} logged in, {self._ready.count} ready>"

    def __len__(self) -> int:
        """How many are logged in."""
        return self._ready.count + self._idle_of_busy.count + self._paused.count

    @property
    def mean_calls(self) -> int:
        """How many calls of the queue an agent took on average, rounded down."""
        return self.calls // len(self) if len(self) else 0

    def shares(self, now: datetime) -> float:
        """The sum of the agents' occupancies."""
        busy = self._idle_of_busy.count - self._idle_of_busy.at(now)
        return self._ready.at(now) + busy + self._paused.at(now)

    def join(self, state: AgentState, share: float, now: datetime) -> None:
        """Count an agent in who is in this state, occupied to this share."""
        if state in BUSY:
            self._idle_of_busy.put(1 - share, now)
        else:
            (self._ready if state is READY else self._paused).put(share, now)

    def leave(self, state: AgentState, share: float, now: datetime) -> None:
        """Count the agent out."""
        if state in BUSY:
            self._idle_of_busy.take(1 - share, now)
        else:
            (self._ready if state is READY else self._paused).take(share, now)


class Staffing:
    """The staff of every queue that ever had one."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self._staff: dict[QueueName, Staff] = {}
        self._staying: Counter[QueueName] = Counter()
        self._taking_calls: Counter[QueueName] = Counter()
        self._talking: Counter[QueueName] = Counter()
        self._recounted: dict[QueueName, None] = {}

    def __repr__(self) -> str:
        return f"<Staffing of {len(self._staff)} queues>"

    def logged_in(self, queue: QueueName) -> int:
        """How many agents of the queue are not logged out."""
        staff = self._staff.get(queue)
        return len(staff) if staff else 0

    def staying(self, queue: QueueName) -> int:
        """How many agents of the queue are logged in and have not asked to log out."""
        return self._staying[queue]

    def taking_calls(self, queue: QueueName) -> int:
        """How many agents of the queue take calls, see `Agent.takes_calls`."""
        return self._taking_calls[queue]

    def talking(self, queue: QueueName) -> int:
        """How many agents talk for the queue."""
        return self._talking[queue]

    def take_recounted(self) -> list[QueueName]:
        """The queues whose agents who stay or take calls changed since this was last asked."""
        recounted = list(self._recounted)
        self._recounted.clear()
        return recounted

    def mean_share(self, queues: Iterable[QueueName], now: datetime) -> float:
        """The mean occupancy (0 to 1) of the logged-in agents of these queues; who serves two
        of them counts twice. 0 when there is nobody.
        """
        found = [staff for queue in queues if (staff := self._staff.get(queue))]
        count = sum(len(staff) for staff in found)
        mean = sum(staff.shares(now) for staff in found) / count if count else 0.0
        return min(mean, 1.0) if mean > ROUNDING else 0.0

    def mean_calls(self, queue: QueueName) -> int:
        """How many calls of the queue its logged-in agents took on average, rounded down."""
        staff = self._staff.get(queue)
        return staff.mean_calls if staff else 0

    def join(self, agent: Agent, now: datetime) -> None:
        """Count an agent in, as they are now, for each queue in which their calls are counted."""
        share = agent.share(now)
        for queue, calls in agent.calls_taken.items():
            if queue not in self._staff:
                self._staff[queue] = Staff(self.window, now)
            self._staff[queue].join(agent.counts_as, share, now)
            self._staff[queue].calls += calls

    def leave(self, agent: Agent, now: datetime) -> None:
        """Count the agent out, before anything about them changes."""
        share = agent.share(now)
        for queue, calls in agent.calls_taken.items():
            self._staff[queue].leave(agent.counts_as, share, now)
            self._staff[queue].calls -= calls

    def begin_counting(self, agent: Agent) -> None:
        """Let the agent's count of calls begin at the mean in each queue that is new to them; to
        be called while the agent is counted out. A logged-out agent has no counts.
        """
        queues = agent.queues if agent.state is not LOGGED_OUT else ()
        agent.calls_taken = {
            queue: agent.calls_taken.get(queue, self.mean_calls(queue)) for queue in queues
        }

    def recount(self, agent: Agent) -> None:
        """Count an agent as what the agent is now; to be called after every change."""
        known = agent.stays
        queues = agent.queues if known else ()
        now = Counted(queues, stays=known, takes_calls=known and agent.takes_calls)
        if now == agent.counted:
            return
        for counted, by in ((agent.counted, -1), (now, 1)):
            for queue in counted.queues:
                self._staying[queue] += by * counted.stays
                self._taking_calls[queue] += by * counted.takes_calls
                self._recounted[queue] = None
        agent.counted = now

    def talk_began(self, agent: Agent, queue: QueueName) -> None:
        """A call of the queue was connected to the agent."""
        self._talking[queue] += 1
        if queue in agent.calls_taken:
            agent.calls_taken[queue] += 1
            self._staff[queue].calls += 1

    def talk_ended(self, queue: QueueName) -> None:
        """An agent talks for the queue no more."""
        self._talking[queue] -= 1
