"""What comes of callbacks and of lost calls, in words."""

from enum import StrEnum


class CallbackMode(StrEnum):
    """Who is called first."""

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


class CallbackResult(StrEnum):
    """How a promise to call back was closed; exactly one each."""

    REACHED = "reached"
    CALLED_IN = "called_in"
    """The customer called again and took over the place."""
    EXHAUSTED = "exhausted"
    """No attempt reached the customer."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    """A person took it back, or its flow is no longer published."""
    DO_NOT_CALL = "do_not_call"
    """The number may not be called any more."""


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
