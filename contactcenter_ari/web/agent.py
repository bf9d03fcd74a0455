"""Agents as they stand, and requests in their name: `/api/v1/agents`.

A change of state is a request to the center: it is granted or refused there, never here.
"""

from enum import StrEnum
from http import HTTPStatus

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    Request,
    SetDisposition,
)
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.access import bearer_of
from contactcenter_ari.web.message import json_answer, read_body, read_nothing
from contactcenter_ari.web.problem import Problem, ProblemKind, refused
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Parameter, Route
from contactcenter_ari.web.submission import CENTER_BUSY, submit

AGENT = Parameter("agent", "The id of an agent; a token of an agent serves its own alone.", "100")
BAD_QUEUES = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_queues")
BAD_REASON = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_reason")
NOT_IN_WRAP_UP = refused("not_in_wrap_up")
NOT_YOUR_QUEUE = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "not_your_queue")
UNKNOWN_AGENT = ProblemKind(HTTPStatus.NOT_FOUND, "unknown_agent")
UNKNOWN_DISPOSITION = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_disposition")
UNKNOWN_REASON = ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_reason")

STATE_EXAMPLE = (
    '{"state": "not_ready", "reason": "lunch"}, '
    '{"state": "logged_in", "queues": ["sales"], "reason": "training"}, '
    "or one of the states ready, logged_in, logged_out alone"
)
DISPOSITION_EXAMPLE = '{"disposition": "sold"}'


class WantedState(StrEnum):
    """The states to ask for; `logged_in` makes an agent ready, with a reason not ready."""

    READY = "ready"
    NOT_READY = "not_ready"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"


class StateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for a state; `not_ready` goes with one of the site's reasons (without one only where
    the site wants none), and logs in an agent who is logged out. `logged_in` takes a reason to
    become not ready at once, and some of the agent's `queues` to serve no others until the
    log-out. The other states take neither.
    """

    state: WantedState
    reason: str | None = None
    queues: tuple[QueueName, ...] | None = None


class TalkResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result of the talk, out of the list of its queue."""

    disposition: str


class AgentList(msgspec.Struct, frozen=True):
    """All agents, in the order they were added."""

    agents: tuple[AgentView, ...]


class AgentRoutes:
    """Shows the agents and submits requests in their name."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver = driver
        self._clock = clock

    def __repr__(self) -> str:
        """The driver of their center."""
        return f"<AgentRoutes of {self._driver!r}>"

    async def _list(self, _request: web.Request) -> web.Response:
        return json_answer(AgentList(self._driver.center.agents(self._clock.now())))

    async def _show(self, request: web.Request) -> web.Response:
        return json_answer(self._view(_agent_of(request)))

    async def _change_state(self, request: web.Request) -> web.Response:
        agent = _agent_of(request)
        change = await read_body(request, StateChange, STATE_EXAMPLE)
        await submit(self._driver, _request_for(change, agent, bearer_of(request)))
        view = self._view(agent)
        kept = _is_kept_for_later(change.state, view.state)
        return json_answer(view, HTTPStatus.ACCEPTED if kept else HTTPStatus.OK)

    async def _end_wrap_up(self, request: web.Request) -> web.Response:
        return await self._change_wrap_up(request, EndWrapUp)

    async def _extend_wrap_up(self, request: web.Request) -> web.Response:
        return await self._change_wrap_up(request, ExtendWrapUp)

    async def _change_wrap_up(
        self, request: web.Request, kind: type[EndWrapUp | ExtendWrapUp]
    ) -> web.Response:
        agent = _agent_of(request)
        await read_nothing(request)
        await submit(self._driver, kind(agent=agent, by=bearer_of(request)))
        return json_answer(self._view(agent))

    async def _set_disposition(self, request: web.Request) -> web.Response:
        agent = _agent_of(request)
        result = await read_body(request, TalkResult, DISPOSITION_EXAMPLE)
        noted = SetDisposition(agent=agent, disposition=result.disposition, by=bearer_of(request))
        await submit(self._driver, noted)
        return json_answer(self._view(agent))

    def _view(self, agent: AgentId) -> AgentView:
        return self._driver.center.agent(agent, self._clock.now())

    ROUTES = (
        Route(
            method="GET",
            path="/api/v1/agents",
            operation="list_agents",
            handler=_list,
            summary="All agents as they stand",
            tags=("agents",),
            right=Right.READ_BOARD,
            answers={200: AgentList},
        ),
        Route(
            method="GET",
            path="/api/v1/agents/{agent}",
            operation="show_agent",
            handler=_show,
            summary="One agent as it stands",
            tags=("agents",),
            right=Right.READ_AGENT,
            parameters=(AGENT,),
            answers={200: AgentView},
            problems=(UNKNOWN_AGENT,),
        ),
        Route(
            method="PUT",
            path="/api/v1/agents/{agent}/state",
            operation="change_agent_state",
            handler=_change_state,
            summary="Log in or out, be ready or not; 202: kept until the agent's call is over",
            tags=("agents",),
            right=Right.CHANGE_AGENT,
            parameters=(AGENT,),
            body=StateChange,
            answers={200: AgentView, 202: AgentView},
            problems=(
                UNKNOWN_AGENT,
                BAD_REASON,
                BAD_QUEUES,
                UNKNOWN_REASON,
                NOT_YOUR_QUEUE,
                refused("not_logged_in"),
                CENTER_BUSY,
            ),
        ),
        Route(
            method="POST",
            path="/api/v1/agents/{agent}/end-wrap-up",
            operation="end_wrap_up",
            handler=_end_wrap_up,
            summary="End the work after the talk; 409 when the agent is not in it",
            tags=("agents",),
            right=Right.CHANGE_AGENT,
            parameters=(AGENT,),
            answers={200: AgentView},
            problems=(UNKNOWN_AGENT, NOT_IN_WRAP_UP, CENTER_BUSY),
        ),
        Route(
            method="POST",
            path="/api/v1/agents/{agent}/extend-wrap-up",
            operation="extend_wrap_up",
            handler=_extend_wrap_up,
            summary="More time for the work after the talk; 409 when there is none to give",
            tags=("agents",),
            right=Right.CHANGE_AGENT,
            parameters=(AGENT,),
            answers={200: AgentView},
            problems=(
                UNKNOWN_AGENT,
                NOT_IN_WRAP_UP,
                refused("not_extendable"),
                refused("limit_reached"),
                CENTER_BUSY,
            ),
        ),
        Route(
            method="POST",
            path="/api/v1/agents/{agent}/disposition",
            operation="set_disposition",
            handler=_set_disposition,
            summary="Note the result of the talk; 422: it is not in the queue's list",
            tags=("agents",),
            right=Right.CHANGE_AGENT,
            parameters=(AGENT,),
            body=TalkResult,
            answers={200: AgentView},
            problems=(UNKNOWN_AGENT, UNKNOWN_DISPOSITION, refused("no_contact"), CENTER_BUSY),
        ),
    )
    """Its part of the API."""


def _agent_of(request: web.Request) -> AgentId:
    return AgentId(request.match_info["agent"])


def _request_for(change: StateChange, agent: AgentId, by: str) -> Request:
    with_reason = {WantedState.NOT_READY, WantedState.LOGGED_IN}
    if change.state not in with_reason and change.reason is not None:
        detail = f"{change.state} takes no reason; it goes with not_ready and logged_in"
        raise Problem(BAD_REASON, detail)
    if change.state is not WantedState.LOGGED_IN and change.queues is not None:
        detail = f"{change.state} takes no queues; they go with logged_in"
        raise Problem(BAD_QUEUES, detail)
    match change.state:
        case WantedState.READY:
            return GoReady(agent=agent, by=by)
        case WantedState.LOGGED_IN:
            return LogIn(agent, by, queues=change.queues, not_ready=change.reason)
        case WantedState.LOGGED_OUT:
            return LogOut(agent=agent, by=by)
        case WantedState.NOT_READY:
            return GoNotReady(agent=agent, reason=change.reason or "", by=by)


def _is_kept_for_later(wanted: WantedState, state: AgentState) -> bool:
    """Whether the change waits for the end of the agent's call."""
    leaving = wanted in {WantedState.NOT_READY, WantedState.LOGGED_OUT}
    return leaving and state.value != wanted.value
