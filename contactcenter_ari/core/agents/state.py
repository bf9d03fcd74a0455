"""The states of an agent as one table of allowed moves."""

from contactcenter_ari.core.vocabulary.event import AgentState

LOGGED_OUT = AgentState.LOGGED_OUT
READY = AgentState.READY
OFFERED = AgentState.OFFERED
ON_CALL = AgentState.ON_CALL
WRAP_UP = AgentState.WRAP_UP
NOT_READY = AgentState.NOT_READY

MOVES: dict[AgentState, tuple[AgentState, ...]] = {
    LOGGED_OUT: (READY, NOT_READY),
    READY: (OFFERED, NOT_READY, LOGGED_OUT),
    OFFERED: (ON_CALL, READY, NOT_READY, LOGGED_OUT),
    ON_CALL: (WRAP_UP,),
    WRAP_UP: (READY, NOT_READY, LOGGED_OUT),
    NOT_READY: (READY, NOT_READY, LOGGED_OUT),
}

IN_A_CALL = (OFFERED, ON_CALL, WRAP_UP)
"""States in which a request is kept until the call is over."""
