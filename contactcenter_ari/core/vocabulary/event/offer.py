"""Events of offers of a waiting caller to an agent, and the talk that comes of one."""

from datetime import datetime, timedelta
from enum import StrEnum

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent
from contactcenter_ari.core.vocabulary.ids import AgentId, OfferId, QueueName
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason


class OfferResult(StrEnum):
    """How an offer ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BUSY = "busy"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class OfferMade(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """An agent was reserved for the caller and the phone is being dialed."""

    offer: OfferId
    agent: AgentId
    queue: QueueName
    reason: OfferReason


class OfferEnded(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The offer came to its one result. `rang_at` is when the phone said it rings."""

    offer: OfferId
    agent: AgentId
    queue: QueueName
    made_at: datetime
    rang_at: datetime | None
    result: OfferResult


class AgentConnected(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """Caller and agent hear each other. `waited` is the speed of answer, ringing included."""

    agent: AgentId
    queue: QueueName
    waited: timedelta


OfferEvent = OfferMade | OfferEnded | AgentConnected
