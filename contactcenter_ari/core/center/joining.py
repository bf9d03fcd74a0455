"""Joins a caller and another party: an agent who was offered the call or was lost in the talk, an
outside line, or an agent who waits for the customer of a callback.
"""

from dataclasses import replace

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.offer import Offer
from contactcenter_ari.core.calls.call import Call, Conversation
from contactcenter_ari.core.calls.conversation import Conversations
from contactcenter_ari.core.outbound.agent_first import AgentFirst
from contactcenter_ari.core.outbound.attempt import CallbackAttempt
from contactcenter_ari.core.telephony.recording_registry import Recordings
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.command import StopMusic
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId

JOIN_TRIES = 2
"""How often caller and agent are joined before the offer counts as failed."""


class Joining:
    """Joins parties who have picked up."""

    def __init__(
        self,
        conversations: Conversations,
        distribution: Distribution,
        recordings: Recordings,
        agent_first: AgentFirst,
    ) -> None:
        self._conversations = conversations
        self._distribution = distribution
        self._recordings = recordings
        self._agent_first = agent_first

    def __repr__(self) -> str:
        return f"<Joining of {self._conversations!r}>"

    def offer(self, call: Call, offer: Offer, turn: Turn) -> None:
        """The agent who was offered a waiting caller is ready to be joined with them."""
        call.interpreter.connecting(call.run, turn)
        self._with_agent(call, offer, turn, tries=JOIN_TRIES)
        self._recordings.follow(call.run.call, call.run.pause_reasons, turn)

    def outside(self, call: Call, line: LegId, turn: Turn) -> None:
        """The outside line that a flow has dialed takes the call."""
        turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        callee = Conversation(bridge=BridgeId(turn.clockwork.mint()), party=line)
        self._conversations.join(call, callee, turn)

    def callback(self, attempt: CallbackAttempt, turn: Turn) -> None:
        """The customer for whom an agent waits has picked up."""
        assert attempt.offer is not None, "the customer is dialed for an agent who is there"
        self._agent_first.hears_no_more(attempt, turn)
        self._with_agent(attempt.call, attempt.offer, turn, tries=1)

    def again(self, call: Call, turn: Turn) -> None:
        """The agent whose leg was lost in the talk has picked up again."""
        assert call.gap is not None, "their phone was rung again"
        turn.do(StopMusic(call=call.run.call, leg=call.run.leg))
        agent = replace(call.gap.conversation, bridge=BridgeId(turn.clockwork.mint()))
        music = self._distribution.queues.settings[agent.queue].music
        self._conversations.join(call, agent, turn, music=music, tries=JOIN_TRIES)

    def _with_agent(self, call: Call, offer: Offer, turn: Turn, *, tries: int) -> None:
        agent = Conversation(
            bridge=BridgeId(turn.clockwork.mint()),
            party=offer.leg,
            agent=offer.agent.id,
            queue=offer.waiting.queue,
            recording=offer.recording,
            place=offer.waiting,
        )
        music = self._distribution.queues.settings[offer.waiting.queue].music
        self._conversations.join(call, agent, turn, music=music, tries=tries)
