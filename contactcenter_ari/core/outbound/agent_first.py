"""Calls back for which an agent is reserved first, and the customer dialed then.

The agent hears that the customer is being called, and music. When the customer picks up, both
are joined. When nobody does, the agent hears so, is hung up, and is READY again without
wrap-up: nothing was said that could be written down.
"""

from functools import partial

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.calls.arrival import briefing
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.calls.talk import Talk
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.outbound.desk import Desk
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.site.system_prompt import CUSTOMER_DIALED, NOT_REACHED
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.callback import AttemptResult
from contactcenter_ari.core.vocabulary.command import JOIN_LIMIT, HangUpLeg, StartMusic
from contactcenter_ari.core.vocabulary.event import AgentConnected, Party
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId


class AgentFirst:
    """The agents who wait for a customer to pick up."""

    def __init__(self, desk: Desk, distribution: Distribution) -> None:
        self._desk = desk
        self._distribution = distribution
        self._joining: dict[BridgeId, CallbackAttempt] = {}

    def __repr__(self) -> str:
        return f"<AgentFirst {len(self._joining)} being joined>"

    def took(self, attempt: CallbackAttempt, offer: Offer, catalog: Catalog, turn: Turn) -> None:
        """An agent picked up, and hears what is going on."""
        attempt.agent, attempt.recording = offer.agent, offer.recording
        told = briefing(offer.leg, CUSTOMER_DIALED, catalog, turn)
        self._brief(attempt, offer.agent, told, turn)

    def briefed(self, attempt: CallbackAttempt, turn: Turn) -> bool:
        """The prompt is over: music until the customer is there; whether that is awaited."""
        if attempt.over or attempt.briefing is None:
            return False
        run, queue = attempt.briefing.run, attempt.callback.queue
        music = self._distribution.settings[queue].music
        turn.do(StartMusic(call=run.call, leg=run.leg, music=music))
        return True

    def join(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The customer picked up: let both hear each other."""
        waits = attempt.briefing
        assert waits is not None, "the customer is dialed for an agent who is there"
        waits.interpreter.treatment.end(waits.run, turn)
        attempt.bridge = BridgeId(turn.clockwork.mint())
        self._joining[attempt.bridge] = attempt
        turn.clockwork.wake(Wake.CALLBACK, attempt.callback.id, turn.now + JOIN_LIMIT)
        self._desk.talks.join(
            Talk(
                call=attempt.call.run.call,
                bridge=attempt.bridge,
                caller_leg=attempt.leg,
                other_leg=waits.run.leg,
                dialed_at=attempt.call.arrived_at,
                agent=attempt.agent,
                queue=attempt.callback.queue,
                recording=attempt.recording,
                music=self._distribution.settings[attempt.callback.queue].music,
            ),
            turn,
        )

    def joined(self, bridge: BridgeId, turn: Turn) -> CallbackAttempt | None:
        """They hear each other: a talk like any other from now on."""
        attempt = self._joining.pop(bridge, None)
        if attempt is None:
            return None
        assert attempt.briefing is not None, "an agent was there"
        assert attempt.agent is not None, "an agent was there"
        assert attempt.answered_at is not None, "the customer was there"
        interaction, queue = attempt.interaction, attempt.callback.queue
        interaction.meet(attempt.agent.id, queue, turn)
        turn.tell(
            AgentConnected,
            interaction=interaction.id,
            agent=attempt.agent.id,
            queue=queue,
            waited=turn.now - attempt.answered_at,
        )
        leg = attempt.briefing.run.leg
        self._desk.end_side_call(leg, turn)
        attempt.agent = attempt.briefing = None
        self._desk.talks.confirm(leg, attempt.call.run, turn)
        return attempt

    def of_bridge(self, bridge: BridgeId) -> CallbackAttempt | None:
        """Whose parties are being joined there."""
        return self._joining.get(bridge)

    def part_from(self, leg: LegId, turn: Turn) -> None:
        """A leg is gone; whoever was to be joined with it is on his own."""
        talk = self._desk.talks.of(leg)
        attempt = self._joining.get(talk.bridge) if talk is not None else None
        if attempt is not None:
            self._desk.talks.drop(leg, turn)
            self.part(attempt, turn)

    def part(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """Customer and agent will not be joined."""
        if attempt.bridge is None or self._joining.pop(attempt.bridge, None) is None:
            return
        assert attempt.briefing is not None, "an agent was there"
        for leg in (attempt.leg, attempt.briefing.run.leg):
            if self._desk.talks.of(leg) is not None:
                self._desk.talks.take_out(leg, turn)

    def expel(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """We failed with the attempt: an agent who is there is let go."""
        if attempt.bridge is not None:
            self._joining.pop(attempt.bridge, None)
        if attempt.briefing is not None:
            run = attempt.briefing.run
            turn.do(HangUpLeg(call=run.call, leg=run.leg))
            turn.attempt(run.call, partial(self._desk.end_side_call, run.leg, turn))
        attempt.agent = attempt.briefing = None

    def agent_left(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The agent's leg is gone: free again, and a customer who is still rung is let go."""
        assert attempt.agent is not None, "who left was there"
        self._distribution.roster.finish_unmet(attempt.agent, turn)
        attempt.agent = attempt.briefing = None
        if attempt.over:
            return
        turn.do(HangUpLeg(call=attempt.call.run.call, leg=attempt.leg))
        if attempt.answered_at is None:
            attempt.fail(AttemptResult.GIVEN_UP)
        attempt.interaction.ended_by = Party.AGENT
        self._desk.hung_up(attempt.leg, 0, turn)

    def customer_gone(self, attempt: CallbackAttempt, catalog: Catalog, turn: Turn) -> None:
        """The attempt is over; an agent who waits hears so, and is hung up after it."""
        waits, agent = attempt.briefing, attempt.agent
        if waits is None or agent is None:
            return
        waits.interpreter.treatment.end(waits.run, turn)
        self._desk.end_side_call(waits.run.leg, turn)
        self._brief(attempt, agent, briefing(waits.run.leg, NOT_REACHED, catalog, turn), turn)

    def _brief(self, attempt: CallbackAttempt, agent: Agent, told: Call, turn: Turn) -> None:
        told.run.language = agent.profile.language
        told.briefs, attempt.briefing = attempt, told
        self._desk.begin(told, turn)
