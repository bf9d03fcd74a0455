"""The places in line that are kept for callbacks; such a place is no stay and tells nothing."""

from datetime import datetime

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.open_offer import Offers
from contactcenter_ari.core.acd.pool import Pools
from contactcenter_ari.core.acd.queue import Queues
from contactcenter_ari.core.acd.stay import Stays
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.ids import QueueName


class KeptPlaces:
    """Takes and gives up such places, and says which is next."""

    def __init__(self, queues: Queues, pools: Pools, offers: Offers, stays: Stays) -> None:
        self._queues = queues
        self._pools = pools
        self._offers = offers
        self._stays = stays

    def __repr__(self) -> str:
        return f"<KeptPlaces among {self._stays!r}>"

    def hold(self, waiting: Waiting, turn: Turn, *, offerable: bool) -> None:
        """Keep a place; an `offerable` one is offered to agents like a caller."""
        waiting.offerable = offerable
        self._stays.join(waiting, turn)

    def block(self, waiting: Waiting, turn: Turn, *, blocked: bool) -> None:
        """Pass over a place that is kept, or no more; agents who are rung for it are freed."""
        if waiting.blocked == blocked:
            return
        waiting.blocked = blocked
        if blocked:
            self._offers.spare(waiting, turn)
        self._stays.reopen(waiting, turn)

    def drop(self, waiting: Waiting, turn: Turn) -> None:
        """Give up a place that was kept."""
        self._offers.withdraw(waiting, turn)
        self._stays.part(waiting, turn)

    def is_servable(self, waiting: Waiting, now: datetime) -> bool:
        """Whether somebody takes calls who could take this one."""
        pool = self._pools.pool(waiting.queue, waiting.requirement.levels, now)
        return bool(pool.taking_calls)

    def next_in_line(self, queue: QueueName, now: datetime) -> Waiting | None:
        """The first caller in line for whom no phone rings. While agents are free for that caller,
        the first caller not offered to them: the callers ahead wait for other agents.
        """
        line = self._queues.lines[queue]
        held = [
            w for w in line.first_held if self._pools.pool(queue, w.requirement.levels, now).free
        ]
        return min(held, key=lambda waiting: waiting.rank, default=line.next_unoffered)
