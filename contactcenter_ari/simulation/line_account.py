"""The callers in the lines, and whom they are offered to, from their accounts alone.
- Nobody waits without an offer while an agent could take the call, and nobody is passed by a
  caller who has waited less, head starts counted. With ring-all one more phone rings if one can.
- Nobody waits in a closed queue without an offer.
- A caller skips for a while the agents who let the offer pass.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.state import OFFERED, READY
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, QueueName
from contactcenter_ari.simulation.agent_account import AgentAccount
from contactcenter_ari.simulation.callback_account import CallbackAccount
from contactcenter_ari.simulation.interaction_account import (
    RING_AGAIN_AFTER,
    InteractionAccount,
    Place,
)
from contactcenter_ari.simulation.offer_account import OfferAccount
from contactcenter_ari.simulation.staff_account import StaffAccount
from contactcenter_ari.simulation.stay import Stay

NOT_A_MISS = (OfferResult.ACCEPTED, OfferResult.WITHDRAWN)
SURELY_WAITS = timedelta(seconds=30)
"""No caller is sent on before, in the queues that ring all."""


class LineAccount:
    """Follows who waits. A person has `closed` some queues; the other accounts are the ledger's
    own.
    """

    def __init__(
        self,
        interactions: Mapping[InteractionId, InteractionAccount],
        agents: Mapping[AgentId, AgentAccount],
        settings: Mapping[QueueName, QueueSettings],
        *,
        offers: OfferAccount,
        callbacks: CallbackAccount,
        staff: StaffAccount,
    ) -> None:
        self.closed: set[QueueName] = set()
        self._interactions = interactions
        self._agents = agents
        self._settings = settings
        self._offers = offers
        self._callbacks = callbacks
        self._staff = staff

    def __repr__(self) -> str:
        return f"<LineAccount, {sum(1 for _ in self.stays())} waiting>"

    def stays(self) -> Iterator[Stay]:
        """The stays of all who wait."""
        for book in self._interactions.values():
            if book.place is Place.QUEUE:
                yield book.present

    def unoffered(self) -> Iterator[Stay]:
        """The stays of those for whom no phone rings."""
        return (stay for stay in self.stays() if not stay.offers)

    def offered(self, event: OfferMade, known_at: datetime) -> None:
        """Assert that this caller may be offered to this agent, and that nobody is passed by."""
        now, agent = event.at, self._agents[event.agent]
        book = self._interactions[event.interaction]
        if book.outbound and book.place is Place.FLOW and not (book.stay and book.stay.offers):
            callback = self._callbacks.of(event.interaction)
            assert callback.mode is CallbackMode.AGENT_FIRST, callback
            book.stay = callback.stay(now)
        stay = book.offerable
        assert (agent.offer, agent.state) == (None, OFFERED), agent
        assert agent.reachable, "an unregistered phone is never offered"
        assert event.queue == stay.queue, (stay, event)
        requirement = stay.asks(self._agents, now)
        assert stay.may_go_to(agent, requirement, now), (stay, agent)
        for other in self._seeking(now):
            if other is stay or other.rank > stay.rank:
                continue
            requirement = other.asks(self._agents, now)
            passed = other.must_go_to(agent, requirement, known_at)
            assert not passed, f"{other} is passed by for {stay}"
        stay.follow(self._agents, now)  # and not again before the offer is over
        self._offers.make(event, self._settings.get(event.queue))
        stay.offers[event.offer] = event.agent
        agent.offer = event.offer

    def offer_ended(self, event: OfferEnded) -> None:
        """The agent has the call, or is skipped for a while if it was a miss."""
        now, agent = event.at, self._agents[event.agent]
        book = self._interactions[event.interaction]
        stay = book.offerable
        self._offers.end(event)
        del stay.offers[event.offer]
        stay.rings_on = stay.rings_on and bool(stay.offers)
        agent.offer = None
        stay.unoffered_since = now
        if event.result is OfferResult.ACCEPTED and book.place is Place.FLOW:
            agent.talk, agent.unmet = event.interaction, True
        settings = self._settings.get(event.queue)  # none: there is no pause in an own line
        if event.result in NOT_A_MISS or settings is None:
            return
        pause = settings.miss_pause
        if settings.rings_all and event.result is OfferResult.LAPSED:
            agent.excused = True
            if not any(_could_take(stay, other, now) for other in self._agents.values()):
                pause = min(pause, RING_AGAIN_AFTER)
        elif event.result is OfferResult.FAILED or self._staff.is_last_of_a_queue(agent):
            pause = max(pause, RING_AGAIN_AFTER)
        stay.miss(event.agent, now + pause)

    def check_called(self, book: InteractionAccount, now: datetime) -> None:
        """Assert that it is the turn of a customer who is called back."""
        callback = self._callbacks.of(book.interaction)
        for other in self._interactions.values():
            if other.rung and other is not book:
                rung = self._callbacks.of(other.interaction)
                assert rung.queue != callback.queue, f"called at once: {rung}, {callback}"
        place = callback.stay(now)
        assert self._staff.takes_calls(callback.queue), f"called for nobody: {callback}"
        if any(a.serves(callback.queue) and a.state is READY for a in self._agents.values()):
            return  # for whom those who wait before this customer would not do
        for stay in self.unoffered():
            passed = stay.queue == callback.queue and stay.rank < place.rank
            assert not passed, f"{stay} is passed by for {callback}"

    def check_closed(self) -> None:
        """Assert that those in closed queues have been sent on, or hear a phone ring."""
        for stay in self.unoffered():
            assert stay.queue not in self.closed, f"{stay} is in a closed queue"

    def follow(self, now: datetime, known_at: datetime) -> None:
        """Note what callers ask for after a turn, and assert that nobody is forgotten. The center
        was woken for all that was due by `known_at`.
        """
        for stay in self._seeking(now):
            stay.follow(self._agents, known_at)
        free = [a for a in self._agents.values() if a.is_free(now)]
        for stay in self._seeking(now) if free else ():
            for agent in free:
                requirement = stay.asks(self._agents, now)
                eligible = stay.must_go_to(agent, requirement, known_at)
                assert not eligible, f"{stay} waits although {agent} is free"

    def _seeking(self, now: datetime) -> Iterator[Stay]:
        """Those for whom one phone more must ring if one can. Who has waited long may be about to
        be sent on, once no phone rings.
        """
        for book in self._interactions.values():
            if book.place is not Place.QUEUE:
                continue
            stay = book.present
            waits = now - stay.joined_at < SURELY_WAITS and not stay.rings_on
            room = self._offers.has_room(book.interaction, self._settings.get(stay.queue))
            if not stay.offers or (waits and room and stay.queue not in self.closed):
                yield stay


def _could_take(stay: Stay, agent: AgentAccount, now: datetime) -> bool:
    able = agent.is_free(now) and agent.has(stay.asked.levels)
    return able and stay.is_open_to(agent, now)
