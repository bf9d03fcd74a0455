"""Erlang's formulas: what to expect of callers who arrive at random and wait with patience.

Sources: A. K. Erlang, 1917; R. B. Cooper, Introduction to Queueing Theory, 2nd ed., ch. 3.
"""

from datetime import timedelta
from math import exp


def erlang_b(*, servers: int, offered: float) -> float:
    """The probability (0-1) that all servers are busy when nobody waits; `offered` in erlangs."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    return blocked


def erlang_c(*, servers: int, offered: float) -> float:
    """The probability (0-1) that a caller has to wait; 1 when the load cannot be served."""
    if offered >= servers:
        return 1.0
    blocked = erlang_b(servers=servers, offered=offered)
    return blocked / (1 - offered / servers * (1 - blocked))


def mean_wait(*, servers: int, offered: float, handle_time: timedelta) -> timedelta | None:
    """The mean wait of all callers; None when the load cannot be served."""
    if offered >= servers:
        return None
    return handle_time * erlang_c(servers=servers, offered=offered) / (servers - offered)


def answered_within(
    wait: timedelta, *, servers: int, offered: float, handle_time: timedelta
) -> float:
    """The share (0-1) of callers who wait no longer than `wait`: the service level."""
    if offered >= servers:
        return 0.0
    waiting = erlang_c(servers=servers, offered=offered)
    return 1 - waiting * exp(-(servers - offered) * (wait / handle_time))
