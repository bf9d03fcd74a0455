"""An offer binds one waiting caller to one agent until it comes to its one result."""

from datetime import datetime

from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.acd.requirement import meets
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.telephony.dial import DialResult
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import LegId, OfferId, RecordingId


class Offer:
    """One offer and the leg to the agent's phone; with a `recording` a talk there is recorded."""

    def __init__(
        self,
        *,
        offer: OfferId,
        waiting: Waiting,
        agent: Agent,
        leg: LegId,
        made_at: datetime,
        recording: RecordingId | None = None,
    ) -> None:
        self.id = offer
        self.waiting = waiting
        self.agent = agent
        self.leg = leg
        self.made_at = made_at
        self.phone = agent.profile.phone
        self.levels = waiting.requirement.levels
        self.recording = recording
        self.rang_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.result: OfferResult | None = None

    def __repr__(self) -> str:
        return f"<Offer {self.waiting.interaction} to {self.agent.id}>"

    @property
    def is_unwanted(self) -> bool:
        """Whether the phone rings without use: the agent has asked for no more calls, serves the
        queue no more, has lost the skills that are asked for, or uses another phone. A phone that
        has unregistered may be picked up anyway.
        """
        agent, profile = self.agent, self.agent.profile
        stays = agent.wanted is None and not agent.removed
        serves = self.waiting.queue in agent.lines and meets(profile.skills, self.levels)
        is_theirs = profile.phone == self.phone
        return self.answered_at is None and not (stays and serves and is_theirs)


RESULTS = {
    DialResult.BUSY: OfferResult.BUSY,
    DialResult.REFUSED: OfferResult.REFUSED,
    DialResult.REDIRECTED: OfferResult.REFUSED,
    DialResult.NO_ANSWER: OfferResult.LAPSED,
    DialResult.FAILED: OfferResult.FAILED,
}
"""The results of offers that were not answered."""
MISS_REASONS = {
    OfferResult.BUSY: "busy",
    OfferResult.REFUSED: "refused",
    OfferResult.LAPSED: "no_answer",
    OfferResult.FAILED: "unreachable",
}
"""Why an agent is NOT_READY after offers that ended so."""

DIRECT_OUTCOMES = {
    OfferResult.BUSY: "busy",
    OfferResult.REFUSED: "busy",
    OfferResult.LAPSED: "no_answer",
    OfferResult.FAILED: "not_available",
    OfferResult.WITHDRAWN: "not_available",
}
"""The outcomes that a flow gets when the one agent it wanted did not take the call."""
