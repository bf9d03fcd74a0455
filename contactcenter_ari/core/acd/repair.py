"""Repairs the lines after a fault of ours left them half changed."""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.miss import Misses
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.state import OFFERED
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import HangUpReason


class Repair:
    """Strikes out stays and offers of a distribution, wherever they are entered."""

    def __init__(self, distribution: Distribution, misses: Misses) -> None:
        self._distribution = distribution
        self._misses = misses

    def __repr__(self) -> str:
        return f"<Repair of {self._distribution!r}>"

    def expel(self, waiting: Waiting, turn: Turn) -> None:
        """Strike out a stay, with its offers."""
        distribution = self._distribution
        for offer in [offer for offer in distribution.offers if offer.waiting is waiting]:
            self.expel_offer(offer, turn)
        distribution.stays.expel(waiting, turn)

    def expel_offer(self, offer: Offer, turn: Turn) -> None:
        """Strike out an offer; the phone is hung up and the caller waits on."""
        offers = self._distribution.offers
        offers.hang_up(offer, HangUpReason.CONGESTION, turn)
        offers.expel(offer, turn)
        if offer.agent.state is OFFERED:
            self._distribution.workforce.contacts.release(offer.agent, turn)

    def fail(self, offer: Offer, turn: Turn) -> None:
        """We failed with an offer: nobody's miss, and the caller waits on."""
        self._distribution.offers.hang_up(offer, HangUpReason.CONGESTION, turn)
        self._misses.failed(offer, turn)

    def is_settled(self, waiting: Waiting) -> bool:
        """Whether a stay is entered wholly, and open if nothing speaks against it."""
        shut = bool(waiting.offers) or waiting.over is not None or waiting.blocked
        line = self._distribution.queues.lines[waiting.queue]
        return waiting in line and (shut or waiting.unoffered)

    def settle(self, waiting: Waiting, turn: Turn) -> None:
        """Let a stay be looked at again, as if something had changed."""
        if not waiting.offers and waiting.over is None:
            self._distribution.stays.reopen(waiting, turn)

    def start_over(self) -> None:
        """A fault lost the list of callers to look at: look at all of them."""
        roster = self._distribution.workforce.roster
        for agent in roster:
            roster.mark_changed(agent)
        for queue in self._distribution.queues.lines:
            self._distribution.empty_queues.look_at(queue)
        stays = self._distribution.stays
        stays.unsettled.update((each.interaction, each) for each in stays if each.is_open)
