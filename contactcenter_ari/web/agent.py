"""Agents as they stand, and what may be asked of them: `/api/v1/agents`.

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
from contactcenter_ari.web.problem import Problem
from contactcenter_ari.web.submission import submit

STATE_EXAMPLE = (
    '{"state": "not_ready", "reason": "lunch"}, '
    '{"state": "logged_in", "queues": ["sales"], "reason": "training"}, '
    "or one of the states ready, logged_in, logged_out alone"
)


DISPOSITION_EXAMPLE = '{"disposition": "sold"}'


class WantedState(StrEnum):
    """What may be asked for; `logged_in` makes an agent ready, with a reason not ready."""

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
    """What came of the talk, out of the list of its queue."""

    disposition: str


class AgentList(msgspec.Struct, frozen=True):
    """All agents, in the order they were added."""

    agents: tuple[AgentView, ...]


class AgentRoutes:
    """Shows the agents and submits what is asked of them."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver = driver
        self._clock = clock

    def __repr__(self) -> str:
        """Tell whose agents."""
        return f"<AgentRoutes of {self._driver!r}>"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.get("/api/v1/agents", self._list),
            web.get("/api/v1/agents/{agent}", self._show),
            web.put("/api/v1/agents/{agent}/state", self._change_state),
            web.post("/api/v1/agents/{agent}/end-wrap-up", self._end_wrap_up),
            web.post("/api/v1/agents/{agent}/extend-wrap-up", self._extend_wrap_up),
            web.post("/api/v1/agents/{agent}/disposition", self._set_disposition),
        ]

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
        return await self._steer_wrap_up(request, EndWrapUp)

    async def _extend_wrap_up(self, request: web.Request) -> web.Response:
        return await self._steer_wrap_up(request, ExtendWrapUp)

    async def _steer_wrap_up(
        self, request: web.Request, wish: type[EndWrapUp | ExtendWrapUp]
    ) -> web.Response:
        agent = _agent_of(request)
        await read_nothing(request)
        await submit(self._driver, wish(agent=agent, by=bearer_of(request)))
        return json_answer(self._view(agent))

    async def _set_disposition(self, request: web.Request) -> web.Response:
        agent = _agent_of(request)
        result = await read_body(request, TalkResult, DISPOSITION_EXAMPLE)
        noted = SetDisposition(agent=agent, disposition=result.disposition, by=bearer_of(request))
        await submit(self._driver, noted)
        return json_answer(self._view(agent))

    def _view(self, agent: AgentId) -> AgentView:
        for view in self._driver.center.agents(self._clock.now()):
            if view.agent == agent:
                return view
        raise Problem(HTTPStatus.NOT_FOUND, "unknown_agent", f"there is no agent {agent}")


def _agent_of(request: web.Request) -> AgentId:
    return AgentId(request.match_info["agent"])


def _request_for(change: StateChange, agent: AgentId, by: str) -> Request:
    with_reason = {WantedState.NOT_READY, WantedState.LOGGED_IN}
    if change.state not in with_reason and change.reason is not None:
        detail = f"{change.state} takes no reason; it goes with not_ready and logged_in"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_reason", detail)
    if change.state is not WantedState.LOGGED_IN and change.queues is not None:
        detail = f"{change.state} takes no queues; they go with logged_in"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_queues", detail)
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
