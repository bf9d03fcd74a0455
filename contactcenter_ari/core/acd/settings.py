"""The settings of a queue and their defaults; see `queues.yaml`."""

from datetime import timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.vocabulary.ids import QueueName


class Strategy(StrEnum):
    """How one of several ready agents is selected."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One queue. `max_waiting` None means no limit; `ready_time_only` makes longest idle count
    only the time in READY; `miss_pause` is how long a caller skips an agent who did not answer;
    `join_empty` lets callers wait although no agent is signed in.
    """

    name: QueueName
    strategy: Strategy = Strategy.LONGEST_IDLE
    ready_time_only: bool = False
    ring_limit: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=15)
    max_wait: timedelta = timedelta(minutes=15)
    max_waiting: int | None = None
    service_level: timedelta = timedelta(seconds=20)
    short_abandon: timedelta = timedelta(seconds=5)
    misses_before_not_ready: int = 1
    miss_pause: timedelta = timedelta(seconds=30)
    music: str = "default"
    recording: bool = True
    join_empty: bool = False
