"""Why an offer was made: what people are told of this agent and this caller."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId


class PassedCaller(msgspec.Struct, frozen=True):
    """A caller with a better rank who could not be given to this agent, and why not:
    `ringing`, `missed_lately`, `skills`, `other_agent`, or `callback` for a customer who is to
    be dialed first.
    """

    interaction: InteractionId
    reason: str


class PassedAgent(msgspec.Struct, frozen=True):
    """A free agent who was not taken, and why: `missed_lately`, `skills`, `other_agent` when one
    alone is asked for, or `later_choice` when the strategy puts somebody else first. `value` is
    as in `OfferReason`.
    """

    agent: AgentId
    reason: str
    value: float


class OfferReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why this agent and why this caller. `value` is what the strategy compared, in its own
    unit: seconds, a share of 1, or a count. Those passed over are the first few only.
    """

    strategy: str
    value: float
    priority: int
    waited: timedelta
    head_start: timedelta
    free_agents: int
    callers_waiting: int
    agents_passed: tuple[PassedAgent, ...] = ()
    callers_passed: tuple[PassedCaller, ...] = ()
