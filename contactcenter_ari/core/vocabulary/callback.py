"""Results of callbacks and of lost calls."""

from enum import StrEnum


class CallbackMode(StrEnum):
    """The party who is called first."""

    AGENT_FIRST = "agent_first"
    """An agent is reserved and sees whom to call; the customer is dialed then."""
    CUSTOMER_FIRST = "customer_first"
    """The customer is dialed when next in line, and waits for an agent a moment."""


class AttemptResult(StrEnum):
    """How one attempt at a callback ended."""

    REACHED = "reached"
    """Customer and agent talked."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    """The customer answered and hung up before there was an agent, or our side failed."""
    LATER = "later"
    """The customer answered and asked by key to be called later."""
    CANCELLED = "cancelled"
    """The customer answered and said by key that no call is needed any more."""
    WITHDRAWN = "withdrawn"
    """The customer talked to somebody in another call while the phone rang."""


class CallbackResult(StrEnum):
    """How a callback was closed; exactly one each."""

    REACHED = "reached"
    """The customer was called back and talked to, or hung up when asked what to do."""
    CALLED_IN = "called_in"
    """The customer called again and talked to somebody."""
    RENEWED = "renewed"
    """The customer called again and asked for another callback, which has the place."""
    EXHAUSTED = "exhausted"
    """No attempt reached the customer."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    """The customer or a person took it back, or its flow is no longer published."""
    DO_NOT_CALL = "do_not_call"
    """The number may not be called any more."""


class ZoneSource(StrEnum):
    """The source of the time zones in which it had to be day for an attempt."""

    CUSTOMER = "customer"
    """`timezone` of the look-up result `customer`, in the call in which it was booked."""
    NUMBER = "number"
    """The numbering plan: one zone, or zones that are no more than two hours apart."""
    FLOW = "flow"
    """The number may be in zones that are further apart: the zone of the flow."""
    SETTING = "setting"
    """For such a number, the zone that the queue names."""
    ALL_ZONES = "all_zones"
    """For such a number, all of them."""


class LostCallReason(StrEnum):
    """Why somebody should see what a caller wanted."""

    ABANDONED = "abandoned"
    """The caller hung up while waiting."""
    ABANDONED_SHORT = "abandoned_short"
    SYSTEM_ERROR = "system_error"
    """A fault of the switch or of ours ended the call, wherever it was."""
    TIMEOUT = "timeout"
    """The caller was sent away, like by the next four, and did not talk to anybody after it."""
    FULL = "full"
    CLOSED = "closed"
    NO_AGENTS = "no_agents"
    DIVERTED = "diverted"
    NUMBER_LEFT = "number_left"
    """The caller left a number to call back while the application was away."""
    MESSAGE_LEFT = "message_left"


class LostCallResult(StrEnum):
    """How the task to look after a lost call was closed."""

    CALLED_AGAIN = "called_again"
    """The customer called again and talked to somebody."""
    REACHED = "reached"
    """A callback reached the customer."""
    EXPIRED = "expired"
