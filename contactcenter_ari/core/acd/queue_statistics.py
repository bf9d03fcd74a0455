"""The statistics under the wait estimate of each queue: handle times, patience, and agents.

Where agents serve several queues in one order, a caller waits for those ahead in all of them. If
their numbers are known, they are counted; the share of an agent's time that a queue gets says the
same on average, but tells the rare caller of a small queue a wait many times too long.

Everything is learned from what happens, one small step per event, in memory that does not grow
with the calls; nothing is known in advance but what `learn` is given of earlier weeks. Reading
changes nothing. Where too little is known there is no estimate, and nothing is said.
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import exp

import msgspec

from contactcenter_ari.core.acd.estimate import Estimate, at_least, estimate_wait
from contactcenter_ari.core.acd.staff import Staff
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import HandleTime

RECENT = 50
"""The number of contacts that make a mean handle time: its error is about 14 % when handle times
vary as those of telephone calls do, and a change is half seen after 25 contacts.
"""
ENOUGH = 5
"""With fewer contacts nothing is said: of these the mean is known to about 45 % only, which the
bound covers in part; waiting for more would leave the first callers of a day without a word.
"""
BREAK = timedelta(hours=2)
"""After so long without a contact the last ones are history, such as those of yesterday."""
MOST_OF_THE_PAST = 400
"""Contacts a half hour of the week remembers; beyond, older ones count half."""
MEMORY = timedelta(hours=1)
"""Over how long giving up is observed; older waiting fades."""
CALM = timedelta(minutes=10)
"""Waiting time without a hang-up that is assumed in addition to what is seen: a first hang-up does
not make the whole line look as if it melted.
"""

_HALF_HOUR = timedelta(minutes=30)


class _Contacts(msgspec.Struct, frozen=True):
    """Some contacts and what they took together."""

    number: int = 0
    total: timedelta = timedelta()

    def with_one(self, duration: timedelta) -> "_Contacts":
        return _Contacts(self.number + 1, self.total + duration)

    def minus(self, other: "_Contacts") -> "_Contacts":
        return _Contacts(self.number - other.number, self.total - other.total)

    def plus(self, other: "_Contacts") -> "_Contacts":
        return _Contacts(self.number + other.number, self.total + other.total)

    def at_most(self, number: int) -> "_Contacts":
        """The same mean with less weight."""
        if self.number <= number:
            return self
        return _Contacts(number, self.total * number / self.number)


class HandleTimes:
    """The time that contacts of one queue take: the latest contacts, filled up with what is known
    of the half hours of the week.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[datetime, timedelta]] = deque()
        self._sum = _Contacts()
        self._half_hours: dict[int, _Contacts] = {}
        self._past = _Contacts()

    def __repr__(self) -> str:
        return f"<HandleTimes {self._sum.number} recent, {self._past.number} past>"

    def add(self, duration: timedelta, now: datetime) -> None:
        """A contact is over."""
        if self._are_history(now):
            while self._recent:
                self._to_past()
        self._recent.append((now, duration))
        self._sum = self._sum.with_one(duration)
        if len(self._recent) > RECENT:
            self._to_past()

    def learn(self, half_hour: int, mean: timedelta, contacts: int) -> None:
        """The handle times of earlier weeks replace what was known of that half hour."""
        self._put(half_hour, _Contacts(contacts, mean * contacts))

    def mean(self, now: datetime) -> timedelta | None:
        """The mean handle time at this hour; None when too little is known."""
        past = self._half_hours.get(half_hour_of(now), self._past)
        recent = _Contacts() if self._are_history(now) else self._sum
        known = recent.plus(past.at_most(RECENT - recent.number))
        return known.total / known.number if known.number >= ENOUGH else None

    def _are_history(self, now: datetime) -> bool:
        return bool(self._recent) and now - self._recent[-1][0] > BREAK

    def _to_past(self) -> None:
        ended_at, duration = self._recent.popleft()
        self._sum = self._sum.minus(_Contacts(1, duration))
        half_hour = half_hour_of(ended_at)
        self._put(half_hour, self._half_hours.get(half_hour, _Contacts()).with_one(duration))

    def _put(self, half_hour: int, contacts: _Contacts) -> None:
        kept = contacts.at_most(MOST_OF_THE_PAST // 2) if _too_many(contacts) else contacts
        before = self._half_hours.get(half_hour, _Contacts())
        self._half_hours[half_hour] = kept
        self._past = self._past.minus(before).plus(kept)


class Patience:
    """How readily callers of one queue give up: a rate per second of waiting, over the last
    hour, with older waiting counting less.
    """

    def __init__(self, now: datetime) -> None:
        self._at = now
        self._waiting = 0
        self._waited = 0.0
        self._gave_up = 0.0

    def __repr__(self) -> str:
        return f"<Patience: {self._gave_up:.1f} gave up in {self._waited:.0f} s of waiting>"

    def joined(self, now: datetime) -> None:
        """One more waits."""
        self._advance(now)
        self._waiting += 1

    def left(self, now: datetime, *, gave_up: bool) -> None:
        """One fewer waits."""
        self._advance(now)
        self._waiting -= 1
        self._gave_up += gave_up

    def hazard(self, now: datetime) -> float:
        """How many give up per second that one of them waits."""
        waited, gave_up = self._at_instant(now)
        return gave_up / (waited + CALM.total_seconds())

    def _advance(self, now: datetime) -> None:
        self._waited, self._gave_up = self._at_instant(now)
        self._at = now

    def _at_instant(self, now: datetime) -> tuple[float, float]:
        fade = exp(-(now - self._at) / MEMORY)
        gained = self._waiting * MEMORY.total_seconds() * (1 - fade)
        return self._waited * fade + gained, self._gave_up * fade


class QueueStatistics:
    """The statistics of all queues. The methods `joined` and `left` are to be called for each stay
    in line, `handled` for each contact, `staffed` for each change of who could take calls.
    """

    def __init__(self) -> None:
        self._handle_times: dict[QueueName, HandleTimes] = {}
        self._patience: dict[QueueName, Patience] = {}
        self._staff = Staff()

    def __repr__(self) -> str:
        return f"<QueueStatistics of {len(self._handle_times)} queues, {self._staff!r}>"

    def learn(self, times: tuple[HandleTime, ...]) -> None:
        """Take in what earlier weeks say."""
        for time in times:
            self._times_of(time.queue).learn(time.half_hour, time.mean, time.contacts)

    def forget(self, queue: QueueName) -> None:
        """Nothing is known of what contacts of a queue take, and of patience there."""
        self._handle_times.pop(queue, None)
        self._patience.pop(queue, None)

    def joined(self, queue: QueueName, now: datetime) -> None:
        """A caller, or the placeholder of one, takes a place in line."""
        self._patience_of(queue, now).joined(now)

    def left(self, queue: QueueName, now: datetime, *, gave_up: bool) -> None:
        """A position in line is free. `gave_up` when the caller left of their own accord: hung up,
        pressed a key, or waited as long as they may; not when the caller was answered or sent
        away.
        """
        self._patience_of(queue, now).left(now, gave_up=gave_up)

    def handled(
        self, queue: QueueName, agent: AgentId, duration: timedelta, now: datetime
    ) -> None:
        """A contact is over, wrap-up included. `duration` is all it cost the agent, from being
        reserved for it: nobody else is served while the phone rings.
        """
        self._times_of(queue).add(duration, now)
        self._staff.worked(agent, queue, duration)

    def staffed(self, agent: AgentId, queues: tuple[QueueName, ...], *, available: bool) -> None:
        """The queues an agent serves, without their own line, and whether the agent takes calls
        now or after the present one; an agent without queues is forgotten.
        """
        self._staff.put(agent, queues, available=available)

    def neighbors(self, queue: QueueName) -> tuple[QueueName, ...]:
        """The other queues that available agents of this one serve, too."""
        return self._staff.neighbors(queue)

    def servers(self, queue: QueueName) -> float:
        """The number of agents of the queue, each counted by the share of time that it gets."""
        return self._staff.by_share(queue)

    def expected(
        self,
        queue: QueueName,
        *,
        ahead: int,
        elsewhere: Mapping[QueueName, int] | None = None,
        now: datetime,
    ) -> Estimate | None:
        """The wait of a caller with so many ahead for whom no phone rings yet, by the statistics
        alone; None when too little is known. `elsewhere` are those ahead in the lines of
        `neighbors`: with them each shared agent counts whole, and each of those callers by the
        part of their agents who are shared; without, shared agents count by the share of their
        time. The result as a caller joins is to be kept for `estimate`.
        """
        mean = self._mean_of(queue, now)
        if not mean or not self._staff.available(queue):
            return None
        patience = self._patience.get(queue)
        hazard = patience.hazard(now) if patience else 0.0
        if elsewhere is None:
            servers = self.servers(queue)
            return estimate_wait(ahead=ahead, servers=servers, handle_time=mean, hazard=hazard)
        others = [
            (number * self._staff.overlap(other, queue), self._mean_of(other, now) or mean)
            for other, number in elsewhere.items()
        ]
        before = ahead + sum(part for part, _ in others)
        work = (ahead + 1) * mean + sum((part * each for part, each in others), timedelta())
        return estimate_wait(
            ahead=before,
            servers=self._staff.available(queue),
            handle_time=work / (before + 1),
            hazard=hazard,
        )

    def estimate(
        self,
        queue: QueueName,
        *,
        ahead: int,
        elsewhere: Mapping[QueueName, int] | None = None,
        waited: timedelta,
        head_waited: timedelta,
        head_expected: Estimate | None,
        now: datetime,
    ) -> Estimate | None:
        """The same, or what the head of the line has waited longer than the caller if that is
        more, and the head has waited more than was expected of it as it joined.
        """
        estimate = self.expected(queue, ahead=ahead, elsewhere=elsewhere, now=now)
        if estimate is None or head_expected is None:
            return estimate
        return at_least(
            estimate, waited=waited, head_waited=head_waited, head_expected=head_expected
        )

    def _mean_of(self, queue: QueueName, now: datetime) -> timedelta | None:
        times = self._handle_times.get(queue)
        return times.mean(now) if times else None

    def _times_of(self, queue: QueueName) -> HandleTimes:
        if queue not in self._handle_times:
            self._handle_times[queue] = HandleTimes()
        return self._handle_times[queue]

    def _patience_of(self, queue: QueueName, now: datetime) -> Patience:
        if queue not in self._patience:
            self._patience[queue] = Patience(now)
        return self._patience[queue]


def half_hour_of(now: datetime) -> int:
    """The half hour of the week, 0 to 335; 0 is Monday 0:00 UTC."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return now.weekday() * 48 + (now - midnight) // _HALF_HOUR


def _too_many(contacts: _Contacts) -> bool:
    return contacts.number > MOST_OF_THE_PAST
