"""The consequences of an offer that nobody accepts: whose miss it is, and whom the caller skips.

A ring of all agents that nobody took is nobody's miss. A caller skips an agent for a while, so
that others are asked first, but does not wait that long when there are no others.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.offer import MISS_REASONS, RESULTS, Offer
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.acd.stay import wake_after_pause
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.telephony.dial import LOST, result_of_cause
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import HangUpReason
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import agent_of

NORMAL_CLEARING = 16
"""Cause of ITU-T Q.850: somebody hung up."""
RING_AGAIN_AFTER = timedelta(seconds=5)
"""The longest silence of all phones after a ring of all that no agent took; other callers may be
offered in this time. It is also the shortest pause of a caller who is not sent away for a missed
call, or whom we failed to ring: without a pause the same would happen again at once, without end.
"""


class Misses:
    """Ends the offers of a distribution that nobody accepts; the callers wait on."""

    def __init__(self, distribution: Distribution) -> None:
        self._queues = distribution.queues
        self._pools = distribution.pools
        self._offers = distribution.offers
        self._stays = distribution.stays
        self._changes = distribution.changes
        self._workforce = distribution.workforce

    def __repr__(self) -> str:
        return f"<Misses of {self._offers!r}>"

    def phone_silent(self, offer: Offer, turn: Turn) -> bool:
        """The phone says nothing: it counts as out of reach until the switch says otherwise.
        Gives whether the offer ended with it; not when the phone has rung.
        """
        if offer.rang_at is not None or offer.answered_at is not None:
            return False
        self._offers.hang_up(offer, HangUpReason.NORMAL, turn)
        self._workforce.roster.set_reachable(offer.phone, at=None)
        self.failed(offer, turn)
        return True

    def leg_lost(self, offer: Offer, cause: int, turn: Turn) -> None:
        """The agent's leg ended before they were connected."""
        result = RESULTS[result_of_cause(cause)]
        if offer.answered_at and cause == NORMAL_CLEARING:
            result = OfferResult.REFUSED  # hung up during the agent prompt or before the bridge
        if cause == LOST:
            self.failed(offer, turn)
        else:
            self.missed(offer, result, turn)

    def ring_limit_passed(self, offer: Offer, turn: Turn) -> None:
        """The agent did not pick up: the caller keeps place and age."""
        self._offers.hang_up(offer, HangUpReason.NORMAL, turn)
        self.missed(offer, OfferResult.LAPSED, turn)

    def bridge_failed(self, offer: Offer, turn: Turn) -> None:
        """The switch could not join the legs; nobody's miss, but this pair is not tried again
        at once.
        """
        self._offers.hang_up(offer, HangUpReason.CONGESTION, turn)
        self.failed(offer, turn)

    def missed(self, offer: Offer, result: OfferResult, turn: Turn) -> None:
        """The agent let the offer pass, or all did."""
        reason = MISS_REASONS[result]
        settings = self._queues.settings[offer.waiting.queue]
        rang_all = result is OfferResult.LAPSED and settings.rings_all
        is_kept = self._is_last_of_a_queue(offer.agent)
        pause = settings.miss_pause
        if rang_all:
            if not self._others_are_free(offer.waiting, turn):
                pause = min(pause, RING_AGAIN_AFTER)
        elif is_kept or result is OfferResult.FAILED:  # which may happen at once each time
            pause = max(pause, RING_AGAIN_AFTER)
        self._skip(offer, pause, turn)
        self._offers.close(offer, result, turn)
        if rang_all:
            self._workforce.contacts.release(offer.agent, turn)
        else:
            self._workforce.contacts.miss(
                offer.agent,
                reason,
                getattr(settings.misses_before_not_ready, reason),
                turn,
                is_kept=is_kept,
                return_after=self._return_after(offer) if reason == "no_answer" else None,
            )
        self._stays.go_on(offer.waiting, turn)

    def failed(self, offer: Offer, turn: Turn) -> None:
        """The offer came to nothing, and that is nobody's miss; this pair is not tried again at
        once.
        """
        pause = max(self._queues.settings[offer.waiting.queue].miss_pause, RING_AGAIN_AFTER)
        self._skip(offer, pause, turn)
        self._offers.close(offer, OfferResult.FAILED, turn)
        self._workforce.contacts.release(offer.agent, turn)
        self._stays.go_on(offer.waiting, turn)

    def call_off(self, turn: Turn) -> list[Offer]:
        """Withdraw the offers to agents who take no such calls any more; gives the offers."""
        self._changes.follow(turn)
        offers = [self._offers.to(agent.id) for agent in self._changes.changed]
        unwanted = [offer for offer in offers if offer is not None and offer.is_unwanted]
        for offer in unwanted:
            turn.attempt(offer.id, partial(self.withdraw, offer, turn))
        return unwanted

    def withdraw(self, offer: Offer, turn: Turn) -> None:
        """The agent takes no such calls any more: no miss, and nobody is skipped."""
        self._offers.hang_up(offer, HangUpReason.NORMAL, turn)
        self._offers.close(offer, OfferResult.WITHDRAWN, turn)
        self._workforce.contacts.release(offer.agent, turn)
        self._stays.go_on(offer.waiting, turn)

    # Within

    def _skip(self, offer: Offer, pause: timedelta, turn: Turn) -> None:
        waiting = offer.waiting
        waiting.skipped[offer.agent.id] = turn.now + pause
        if offer.agent.id == waiting.prefer:
            waiting.prefer_until = None
        wake_after_pause(waiting, turn)

    def _others_are_free(self, waiting: Waiting, turn: Turn) -> bool:
        """Whether an agent is free whom the caller does not skip."""
        pool = self._pools.pool(waiting.queue, waiting.requirement.levels, turn.now)
        return bool(pool.first(1, waiting.skipped, turn.now))

    def _is_last_of_a_queue(self, agent: Agent) -> bool:
        """Whether a queue that keeps its last agent READY would have nobody else."""
        taking_calls = self._workforce.staffing.taking_calls
        queues = self._settings_of(agent)
        return any(each.keep_last_ready and taking_calls(each.name) <= 1 for each in queues)

    def _return_after(self, offer: Offer) -> timedelta | None:
        """How long the agent is NOT_READY; after a call for the agent alone, as in that one of
        their queues which wants them back first.
        """
        queue = offer.waiting.queue
        of_queue = self._queues.settings[queue]
        asked = [of_queue] if agent_of(queue) is None else self._settings_of(offer.agent)
        return min((each.miss_return for each in asked if each.miss_return), default=None)

    def _settings_of(self, agent: Agent) -> Iterator[QueueSettings]:
        known = self._queues.settings
        return (known[queue] for queue in agent.queues if queue in known)
