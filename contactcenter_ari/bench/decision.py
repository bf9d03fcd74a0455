"""The cost of a decision when many wait and many serve, beside a scan that looks at all of them.

A decision is one call of `Distribution.distribute`: an agent has become free while as many callers
wait as there are agents, or a caller has come while as many agents are free. The scan finds the
same pair by looking at every caller, or every agent, once.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from contactcenter_ari.bench.figures import DecisionCost, Figures
from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy, choice
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.agents.workforce import Workforce
from contactcenter_ari.core.telephony.dial import Dials
from contactcenter_ari.core.telephony.leg import Legs
from contactcenter_ari.core.turn import Clockwork, Turn
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile

SIZES = (100, 1_000, 10_000)
MORNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
QUEUES = (QueueName("sales"), QueueName("claims"))
"""Every agent serves both."""
LONG = timedelta(hours=24)
TICK = timedelta(milliseconds=7)
BETWEEN = 60
"""Head starts of callers, in seconds, so that not everybody joins at the end."""


class Crowd:
    """A floor of `size` agents with one strategy, for one stopwatch."""

    def __init__(self, size: int, strategy: Strategy) -> None:
        self.size = size
        self._legs = Legs()
        self.workforce = Workforce(timedelta(minutes=45))
        self.distribution = Distribution(self.workforce, Dials(self._legs))
        self._clockwork = Clockwork(node="bench", boot="1")
        self._now = MORNING
        self._callers = 0
        self._connected: deque[Agent] = deque()
        self.distribution.configure(
            {
                queue: QueueSettings(
                    name=queue,
                    strategy=strategy,
                    max_wait=LONG,
                    ring_limit=LONG,
                    wrap_up=timedelta(),
                )
                for queue in QUEUES
            }
        )
        for number in range(size):
            self._log_in(number)

    def __repr__(self) -> str:
        return f"<Crowd of {self.size} agents>"

    # Everybody is free

    def arrivals(self, samples: int) -> Iterator[timedelta]:
        """How long it takes to find an agent for each of some callers; all are free again then."""
        for _ in range(samples):
            waiting = self._come()
            yield self._decide()
            self.distribution.stays.abandon(waiting.interaction, self._turn())
            self._decide()

    def arrivals_by_scan(self, samples: int) -> Iterator[timedelta]:
        """The same by looking at every agent."""
        agents = list(self.workforce.roster)
        settings = self.distribution.queues.settings[QUEUES[0]]
        for _ in range(samples):
            self._now += TICK
            yield _timed(
                lambda: min(
                    (agent for agent in agents if agent.is_free),
                    key=lambda agent: choice(agent, settings, (), self._now),
                )
            )

    # Everybody talks, and as many wait

    def fill(self) -> None:
        """Let a caller talk to every agent, and as many wait."""
        for _ in range(2 * self.size):
            self._come()
            self._decide()
        for offer in self.distribution.offers:
            self._connect(offer)

    def freed(self, samples: int) -> Iterator[timedelta]:
        """How long it takes to find a caller for each of some agents; then another one comes."""
        for _ in range(samples):
            agent = self._connected.popleft()
            settings = self.distribution.queues.settings[QUEUES[0]]
            self.workforce.contacts.finish_talk(agent, settings.wrap_up_rule, self._turn())
            yield self._decide()
            for offer in self.distribution.offers:
                self._connect(offer)
            self._come()
            self._decide()

    def freed_by_scan(self, samples: int) -> Iterator[timedelta]:
        """The same by looking at every caller."""
        callers = [
            waiting for queue in QUEUES for waiting in self.distribution.queues.lines[queue]
        ]
        for _ in range(samples):
            yield _timed(
                lambda: min(
                    (waiting for waiting in callers if waiting.is_open),
                    key=lambda waiting: waiting.rank,
                )
            )

    # Within

    def _log_in(self, number: int) -> None:
        phone = PhoneId(f"phone-{number}")
        profile = AgentProfile(
            agent=AgentId(f"{number:05}"), name="Anna", phone=phone, queues=QUEUES
        )
        turn = self._turn()
        self.workforce.roster.put(profile, turn.now)
        self.workforce.roster.set_reachable(phone, at="bench")
        self.workforce.presence.log_in(profile.agent, "bench", turn)
        self._decide()

    def _come(self) -> Waiting:
        self._callers += 1
        turn = self._turn()
        waiting = Waiting(
            interaction=InteractionId(f"call-{self._callers}"),
            queue=QUEUES[self._callers % len(QUEUES)],
            leg=LegId(f"leg-{self._callers}"),
            caller_number="",
            caller_name="",
            joined_at=turn.now,
            priority=5,
            head_start=timedelta(seconds=self._callers * 37 % BETWEEN),
            arrival=self.distribution.stays.next_arrival(),
        )
        refused = self.distribution.admission.enqueue(waiting, LONG, turn)
        assert refused is None, refused
        return waiting

    def _connect(self, offer: Offer) -> None:
        turn = self._turn()
        self.distribution.acceptances.answered(offer, turn)
        self.distribution.acceptances.bridged(offer, turn)
        self._legs.forget(offer.leg)
        self._connected.append(offer.agent)

    def _decide(self) -> timedelta:
        turn = self._turn()
        taken = _timed(lambda: self.distribution.distribute(turn))
        self.distribution.update_statistics(turn.now)
        return taken

    def _turn(self) -> Turn:
        self._now += TICK
        return Turn(self._clockwork, self._now)


def measure_decision(size: int, strategy: Strategy, *, samples: int, scans: int) -> DecisionCost:
    """The cost of so many decisions of each kind with so many agents, and of fewer scans."""
    crowd = Crowd(size, strategy)
    arrived = Figures.of(crowd.arrivals(samples))
    arrived_by_scan = Figures.of(crowd.arrivals_by_scan(scans))
    crowd.fill()
    return DecisionCost(
        size=size,
        strategy=strategy,
        freed=Figures.of(crowd.freed(samples)),
        arrived=arrived,
        freed_by_scan=Figures.of(crowd.freed_by_scan(scans)),
        arrived_by_scan=arrived_by_scan,
    )


def _timed(work: Callable[[], object]) -> timedelta:
    started = time.perf_counter_ns()
    work()
    return timedelta(microseconds=(time.perf_counter_ns() - started) / 1000)
