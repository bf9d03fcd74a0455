"""Callbacks for which an agent is reserved first, and the customer dialed then.

The agent hears that the customer is being called, and music. When the customer picks up, both are
joined. When the customer does not, the agent is told so, is hung up, and is READY again without
wrap-up: there was no talk to write notes about.
"""

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.registry import CallRegistry
from contactcenter_ari.core.calls.side_prompt import briefing
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.system_prompt import CUSTOMER_DIALED, NOT_REACHED
from contactcenter_ari.core.telephony.leg import AwaitsCustomer, Legs
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import AttemptResult
from contactcenter_ari.core.vocabulary.command import HangUpLeg, StartMusic
from contactcenter_ari.core.vocabulary.event import AgentConnected, Party
from contactcenter_ari.core.vocabulary.ids import LegId


class AgentFirst:
    """The agents who wait for a customer to pick up."""

    def __init__(self, registry: CallRegistry, legs: Legs, distribution: Distribution) -> None:
        self._registry = registry
        self._legs = legs
        self._distribution = distribution

    def __repr__(self) -> str:
        waiting = [leg for leg in self._legs if isinstance(leg.purpose, AwaitsCustomer)]
        return f"<AgentFirst {len(waiting)} waiting>"

    def took(self, attempt: CallbackAttempt, offer: Offer, catalog: Catalog, turn: Turn) -> Call:
        """An agent picked up; gives the prompt that tells them what is going on."""
        leg = self._legs.find(offer.leg)
        assert leg is not None, "the agent picked up"
        leg.purpose = AwaitsCustomer(attempt.callback.id, offer.agent.id)
        attempt.offer = offer
        language = offer.agent.profile.language
        return briefing(offer.leg, CUSTOMER_DIALED, language, catalog, turn)

    def briefed(self, attempt: CallbackAttempt, briefed: Call, turn: Turn) -> None:
        """The prompt is over; the agent hears music until the customer picks up."""
        run, music = briefed.run, self._distribution.queues.settings[attempt.callback.queue].music
        turn.do(StartMusic(call=run.call, leg=run.leg, music=music))

    def hears_no_more(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The prompt or the music of the agent ends."""
        waits = self._registry.at_leg(attempt.offer.leg) if attempt.offer else None
        assert waits is not None, "an agent is there before the customer"
        waits.interpreter.treatment.end(waits.run, turn)

    def met(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """Agent and customer hear each other."""
        offer = attempt.offer
        assert offer is not None, "an agent was there"
        assert attempt.answered_at is not None, "the customer was there"
        interaction, queue = attempt.interaction, attempt.callback.queue
        interaction.meet(offer.agent.id, queue, turn)
        turn.tell(
            AgentConnected,
            interaction=interaction.id,
            agent=offer.agent.id,
            queue=queue,
            waited=turn.now - attempt.answered_at,
        )
        self._registry.end_side_prompt(offer.leg, turn)
        attempt.offer = None

    def expel(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """We failed with the attempt: an agent who is on the line is hung up."""
        offer, attempt.offer = attempt.offer, None
        if offer is None:
            return
        leg = offer.leg
        waits = self._registry.at_leg(leg)
        self._legs.end(leg)
        if waits is not None:
            turn.do(HangUpLeg(call=waits.run.call, leg=leg))
            turn.attempt(waits.run.call, lambda: self._registry.end_side_prompt(leg, turn))

    def agent_left(
        self, agent: Agent, attempt: CallbackAttempt | None, by: Party, turn: Turn
    ) -> LegId | None:
        """The agent's leg is gone, ended `by` them or not: they are free again. Gives the leg of a
        customer who is to be hung up with them.
        """
        self._distribution.workforce.contacts.finish_unmet(agent, turn)
        if attempt is None:
            return None
        attempt.offer = None
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
        if attempt.answered_at is None:
            attempt.fail(AttemptResult.GIVEN_UP)
        attempt.interaction.ended_by = by
        return attempt.leg

    def customer_gone(self, attempt: CallbackAttempt, catalog: Catalog, turn: Turn) -> Call | None:
        """The attempt is over; gives the prompt that tells this to an agent who waits. They are
        hung up after it.
        """
        offer = attempt.offer
        if offer is None:
            return None
        self.hears_no_more(attempt, turn)
        self._registry.end_side_prompt(offer.leg, turn)
        return briefing(offer.leg, NOT_REACHED, offer.agent.profile.language, catalog, turn)
