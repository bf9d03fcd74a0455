"""Events of agents: their states, and the work after a talk."""

from datetime import datetime
from enum import StrEnum

from contactcenter_ari.core.vocabulary.event.numbered import InteractionEvent, NumberedEvent
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName


class AgentState(StrEnum):
    """The state of an agent; hold is a fact of the call, not a state."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    NOT_READY = "not_ready"


BUSY = frozenset({AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP})
"""The states in which an agent works for a caller: occupancy is their share."""


class AgentStateChanged(NumberedEvent, frozen=True, tag=True, kw_only=True):
    """An agent moved from one state to the next; `since` is when the former began.
    A change of the reason for a pause is a move from not_ready to not_ready.
    """

    agent: AgentId
    before: AgentState
    before_reason: str
    since: datetime
    after: AgentState
    reason: str
    by: str


class DispositionSet(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The agent noted what came of the talk."""

    agent: AgentId
    queue: QueueName
    disposition: str
    by: str


class WrapUpExtended(InteractionEvent, frozen=True, tag=True, kw_only=True):
    """The agent was given more time for the work after the talk: it ends by itself at `until`."""

    agent: AgentId
    queue: QueueName
    until: datetime
    by: str


AgentEvent = AgentStateChanged | DispositionSet | WrapUpExtended
