"""The description of the API (OpenAPI 3.1) at `/api/openapi.json`.

Operations stand in one table here; the schemas come from the types that the answers are
written from. A test holds the table against the routes of the application.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from aiohttp import web

from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.web.agent import AgentList, StateChange, TalkResult
from contactcenter_ari.web.call import CallChange, CallList, PriorityChange, QueueMove
from contactcenter_ari.web.callback import (
    CallbackChange,
    CallbackList,
    LostCallList,
    NumberStatus,
    Prohibition,
)
from contactcenter_ari.web.flow import FlagSwitch, FlowList, FlowProblemDetails, Rollback
from contactcenter_ari.web.health import Readiness, Wellness
from contactcenter_ari.web.message import json_answer
from contactcenter_ari.web.offer import OfferList
from contactcenter_ari.web.problem import CONTENT_TYPE, ProblemDetails
from contactcenter_ari.web.queue import QueueList, QueueStatus
from contactcenter_ari.web.right import Right, roles_with

PATH = "/api/openapi.json"
VERSION = "1.0"
"""Of the API, not of the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path; `answers` by status, None for text. Without a `right` it is for
    everybody, if the path is public, and else for nobody.
    """

    summary: str
    right: Right | None = None
    answers: Mapping[int, type | None]
    problems: tuple[int, ...] = ()
    body: type | None = None
    body_required: bool = True


_TOKEN = (401, 429, 503)
_BODY = (400, 408, 413, 415, 422)

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("/healthz", "get"): Operation(
        summary="Whether the process is well; 503 when a part has failed",
        answers={200: Wellness, 503: Wellness},
    ),
    ("/readyz", "get"): Operation(
        summary="Whether calls are taken now",
        answers={200: Readiness, 503: Readiness},
    ),
    ("/metrics", "get"): Operation(
        summary="Metrics for Prometheus; without a token from this machine only",
        right=Right.READ_METRICS,
        answers={200: None},
        problems=(*_TOKEN, 403),
    ),
    (PATH, "get"): Operation(
        summary="This description",
        right=Right.READ_DESCRIPTION,
        answers={200: dict},
        problems=_TOKEN,
    ),
    ("/api/v1/queues", "get"): Operation(
        summary="All queues as they stand",
        right=Right.READ_QUEUES,
        answers={200: QueueList},
        problems=_TOKEN,
    ),
    ("/api/v1/queues/{queue}/close", "post"): Operation(
        summary="Send everybody on who waits, and let nobody in until it is opened",
        right=Right.CONTROL_FLOOR,
        answers={200: QueueStatus},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/queues/{queue}/open", "post"): Operation(
        summary="Let callers in again",
        right=Right.CONTROL_FLOOR,
        answers={200: QueueStatus},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/calls", "get"): Operation(
        summary="The calls in progress",
        right=Right.READ_BOARD,
        answers={200: CallList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/interactions/{interaction}/priority", "post"): Operation(
        summary="Give a waiting caller another head start or priority class",
        right=Right.CONTROL_FLOOR,
        answers={200: CallChange},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
        body=PriorityChange,
    ),
    ("/api/v1/interactions/{interaction}/move", "post"): Operation(
        summary="Let a waiting caller go on waiting in another queue",
        right=Right.CONTROL_FLOOR,
        answers={200: CallChange},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
        body=QueueMove,
    ),
    ("/api/v1/interactions/{interaction}/withdraw", "post"): Operation(
        summary="Take a waiting caller out of the line; the flow goes on",
        right=Right.CONTROL_FLOOR,
        answers={200: CallChange},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/offers", "get"): Operation(
        summary="The last offers, and why this agent and this caller",
        right=Right.READ_FLOOR,
        answers={200: OfferList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/callbacks", "get"): Operation(
        summary="The calls back that are still to be made",
        right=Right.READ_FLOOR,
        answers={200: CallbackList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/callbacks/{callback}/dial", "post"): Operation(
        summary="Call back as soon as an agent is free, whatever the place in line",
        right=Right.CONTROL_FLOOR,
        answers={200: CallbackChange},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/callbacks/{callback}/cancel", "post"): Operation(
        summary="Take a callback back; a call in progress goes on",
        right=Right.CONTROL_FLOOR,
        answers={200: CallbackChange},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/lost-calls", "get"): Operation(
        summary="Abandoned calls that nobody has looked after",
        right=Right.READ_FLOOR,
        answers={200: LostCallList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/do-not-call/{number}", "put"): Operation(
        summary="Never call this number (E.164) of our own accord",
        right=Right.CONTROL_FLOOR,
        answers={200: NumberStatus},
        problems=(*_BODY, *_TOKEN, 403, 409),
        body=Prohibition,
        body_required=False,
    ),
    ("/api/v1/do-not-call/{number}", "delete"): Operation(
        summary="Take a number off the do-not-call list",
        right=Right.CONTROL_FLOOR,
        answers={200: NumberStatus},
        problems=(*_BODY, *_TOKEN, 403, 409),
    ),
    ("/api/v1/agents", "get"): Operation(
        summary="All agents as they stand",
        right=Right.READ_BOARD,
        answers={200: AgentList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/agents/{agent}", "get"): Operation(
        summary="One agent as it stands",
        right=Right.READ_AGENT,
        answers={200: AgentView},
        problems=(*_TOKEN, 403, 404),
    ),
    ("/api/v1/agents/{agent}/state", "put"): Operation(
        summary="Log in or out, be ready or not; 202: kept until the agent's call is over",
        right=Right.CHANGE_AGENT,
        answers={200: AgentView, 202: AgentView},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
        body=StateChange,
    ),
    ("/api/v1/agents/{agent}/end-wrap-up", "post"): Operation(
        summary="End the work after the talk; 409 when the agent is not in it",
        right=Right.CHANGE_AGENT,
        answers={200: AgentView},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/agents/{agent}/extend-wrap-up", "post"): Operation(
        summary="More time for the work after the talk; 409 when there is none to give",
        right=Right.CHANGE_AGENT,
        answers={200: AgentView},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
    ),
    ("/api/v1/agents/{agent}/disposition", "post"): Operation(
        summary="Note what came of the talk; 422: it is not in the queue's list",
        right=Right.CHANGE_AGENT,
        answers={200: AgentView},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
        body=TalkResult,
    ),
    ("/api/v1/flows", "get"): Operation(
        summary="The call flows that new calls get",
        right=Right.READ_FLOWS,
        answers={200: FlowList},
        problems=(*_TOKEN, 403),
    ),
    ("/api/v1/flows", "post"): Operation(
        summary="Check, test and publish the files; 422: they stay unpublished, and why",
        right=Right.PUBLISH_FLOWS,
        answers={200: FlowList, 422: FlowProblemDetails},
        problems=(400, 408, 413, 415, *_TOKEN, 403),
    ),
    ("/api/v1/flows/rollback", "post"): Operation(
        summary="Go back to a published version, until the files change",
        right=Right.PUBLISH_FLOWS,
        answers={200: FlowList},
        problems=(*_BODY, *_TOKEN, 403, 404, 409),
        body=Rollback,
    ),
    ("/api/v1/flows/flags", "post"): Operation(
        summary="Switch a flag of a flow, for calls in progress, too",
        right=Right.PUBLISH_FLOWS,
        answers={200: FlowList},
        problems=(*_BODY, *_TOKEN, 403, 404, 409, 503),
        body=FlagSwitch,
    ),
}


RIGHTS = {place: operation.right for place, operation in OPERATIONS.items()}
"""What each route asks for, as `Access` reads it."""


class DescriptionRoutes:
    """Shows the description."""

    def __repr__(self) -> str:
        """Tell what it is."""
        return "<DescriptionRoutes>"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get(PATH, self._show)]

    async def _show(self, _request: web.Request) -> web.Response:
        return json_answer(description())


def description() -> dict[str, object]:
    """The whole description."""
    paths: dict[str, dict[str, object]] = {}
    for (path, method), operation in OPERATIONS.items():
        paths.setdefault(path, _path_item(path))[method] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contact center", "version": VERSION},
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path_item(path: str) -> dict[str, object]:
    names = re.findall(r"\{(\w+)\}", path)
    place = {"in": "path", "required": True, "schema": {"type": "string"}}
    return {"parameters": [{"name": name, **place} for name in names]} if names else {}


def _describe(operation: Operation) -> dict[str, object]:
    responses: dict[str, object] = {
        str(status): {"description": "The answer", "content": _content(kind)}
        for status, kind in operation.answers.items()
    }
    for status in operation.problems:
        content = _content(ProblemDetails)
        responses.setdefault(str(status), {"description": "A problem", "content": content})
    described: dict[str, object] = {"summary": operation.summary, "responses": responses}
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": _content(operation.body),
        }
    if operation.right is None:
        return {**described, "security": []}
    roles = roles_with(operation.right)
    return {
        **described,
        "security": [{"token": [*roles]}],
        "x-right": operation.right.value,
        "description": f"The right {operation.right}: {', '.join(roles)}.",
    }


def _content(kind: type | None) -> dict[str, object]:
    content_type = "application/json"
    if kind is None:
        return {"text/plain": {"schema": {"type": "string"}}}
    if kind is dict:
        return {content_type: {"schema": {"type": "object"}}}
    if issubclass(kind, ProblemDetails):
        content_type = CONTENT_TYPE
    return {content_type: {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _schemas() -> dict[str, object]:
    kinds: list[type] = [ProblemDetails]
    for operation in OPERATIONS.values():
        named = (*operation.answers.values(), operation.body)
        kinds += [kind for kind in named if kind is not None and kind not in {dict, *kinds}]
    _, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    return dict(components)
