"""The description of the API (OpenAPI 3.1) at `/api/openapi.json`, made from the table of routes.

The schemas come from the types that the answers are written from.
"""

from http import HTTPStatus

import msgspec
from aiohttp import web

from contactcenter_ari.web.bearer import TOKEN_PROBLEMS
from contactcenter_ari.web.message import BODY_PROBLEMS, json_answer
from contactcenter_ari.web.problem import CONTENT_TYPE, FORBIDDEN, ProblemDetails, ProblemKind
from contactcenter_ari.web.right import Right, roles_with
from contactcenter_ari.web.route import AnyRoute, Parameter, Route, RouteTable

VERSION = "1.0"
"""The version of the API, not of the program."""


class DescriptionRoutes:
    """Shows the description."""

    def __init__(self, table: RouteTable) -> None:
        self._table = table

    def __repr__(self) -> str:
        """The routes that are described."""
        return f"<DescriptionRoutes of {self._table!r}>"

    async def _show(self, _request: web.Request) -> web.Response:
        return json_answer(description(self._table))

    ROUTES = (
        Route(
            method="GET",
            path="/api/openapi.json",
            operation="show_description",
            handler=_show,
            summary="This description",
            tags=("description",),
            right=Right.READ_DESCRIPTION,
            answers={200: dict},
        ),
    )
    """Its part of the API."""


def description(table: RouteTable) -> dict[str, object]:
    """The whole description."""
    paths: dict[str, dict[str, object]] = {}
    for route in table.routes:
        paths.setdefault(route.path, _path_item(route))[route.method.lower()] = _operation(route)
    tags = dict.fromkeys(tag for route in table.routes for tag in route.tags)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contact center", "version": VERSION},
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": _schemas(table),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def problems_of(route: AnyRoute) -> tuple[ProblemKind, ...]:
    """All problems that a route may answer with: of the token, of the body, and its own."""
    of_token = TOKEN_PROBLEMS if route.needs_token else ()
    of_role = (FORBIDDEN,) if route.is_for_some_roles else ()
    of_body = BODY_PROBLEMS if route.method != "GET" else ()
    return tuple(dict.fromkeys((*of_token, *of_role, *of_body, *route.problems)))


def _path_item(route: AnyRoute) -> dict[str, object]:
    return {"parameters": [*map(_parameter, route.parameters)]} if route.parameters else {}


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": parameter.description,
        "example": parameter.example,
        "schema": {"type": "string"},
    }


def _operation(route: AnyRoute) -> dict[str, object]:
    operation: dict[str, object] = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [*route.tags],
        "responses": _responses(route),
    }
    if route.body is not None:
        content = _content(route.body)
        operation["requestBody"] = {"required": route.body_required, "content": content}
    if route.right is None:
        return {**operation, "security": []}
    roles = roles_with(route.right)
    return {
        **operation,
        "security": [{"token": [*roles]}],
        "x-right": route.right.value,
        "description": f"The right {route.right}: {', '.join(roles)}.",
    }


def _responses(route: AnyRoute) -> dict[str, object]:
    """The answers by status; those of a problem list its codes."""
    codes: dict[int, list[str]] = {}
    for status, code in problems_of(route):
        codes.setdefault(status, []).append(code)
    responses: dict[str, object] = {}
    for status in dict.fromkeys([*route.answers, *codes]):
        kind = route.answers.get(status, ProblemDetails)
        responses[str(int(status))] = {
            "description": HTTPStatus(status).phrase,
            "content": _content(kind),
            **({"x-codes": codes[status]} if status in codes else {}),
        }
    return responses


def _content(kind: type | None) -> dict[str, object]:
    content_type = "application/json"
    if kind is None:
        return {"text/plain": {"schema": {"type": "string"}}}
    if kind is dict:
        return {content_type: {"schema": {"type": "object"}}}
    if issubclass(kind, ProblemDetails):
        content_type = CONTENT_TYPE
    return {content_type: {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _schemas(table: RouteTable) -> dict[str, object]:
    kinds: list[type] = [ProblemDetails]
    for route in table.routes:
        named = (*route.answers.values(), route.body)
        kinds += [kind for kind in named if kind is not None and kind not in {dict, *kinds}]
    _, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    return dict(components)
