"""A route of the API as data: each handler class has a table of its routes.

The router, the access check, the statuses of refusals and the description of the API are all
made from these tables, so a route says everything about itself in one place.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Annotated, Generic, Never, TypeVar

import msgspec
from aiohttp import web

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.web.problem import ProblemKind, refused
from contactcenter_ari.web.right import GRANTS, Right

T_contra = TypeVar("T_contra", contravariant=True)

Seconds = Annotated[
    float,
    msgspec.Meta(
        description="A duration in seconds.",
        extra_json_schema={"format": "double", "x-unit": "seconds"},
    ),
]
"""A duration as the API writes it; the name of the field ends in `_seconds`."""


class WithoutToken(Enum):
    """The clients that a route serves without a token."""

    NOBODY = auto()
    THIS_MACHINE = auto()
    """A client on this machine, unless a proxy says that it asks for another."""
    ANYBODY = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable part of a path: its name, its meaning and an example."""

    name: str
    description: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[T_contra]):
    """One method of one path, and the handler that answers it."""

    method: str
    path: str
    operation: str
    """The operationId: unique in the API, and stable."""
    handler: Callable[[T_contra, web.Request], Awaitable[web.StreamResponse]]
    summary: str
    tags: tuple[str, ...]
    right: Right | None = None
    """The right that a token needs. A route without one is closed to all tokens."""
    without_token: WithoutToken = WithoutToken.NOBODY
    parameters: tuple[Parameter, ...] = ()
    body: type | None = None
    body_required: bool = True
    answers: Mapping[int, type | None]
    """The types of the answers by status; None is plain text."""
    problems: tuple[ProblemKind, ...] = ()
    """The problems of its own; those of tokens and bodies follow from the rest."""

    @property
    def needs_token(self) -> bool:
        """Whether some client needs a token here."""
        return self.without_token is not WithoutToken.ANYBODY

    @property
    def is_for_some_roles(self) -> bool:
        """Whether a good token may be refused: for its role, or for the agent in the path."""
        own = any(parameter.name == "agent" for parameter in self.parameters)
        return own or (self.right is not None and GRANTS[self.right] != frozenset(Role))


AnyRoute = Route[Never]
"""A route of any handler class, to read and not to call."""


class RouteTable:
    """All routes of the API, by path and method."""

    def __init__(self, routes: Iterable[AnyRoute]) -> None:
        self.routes = tuple(routes)
        self._by_place = {(route.path, route.method): route for route in self.routes}

    def __repr__(self) -> str:
        """The number of routes."""
        return f"<RouteTable of {len(self.routes)} routes>"

    def find(self, request: web.Request) -> AnyRoute | None:
        """The route that serves a request, None when it is in no table. A HEAD is a GET
        without the body.
        """
        resource = request.match_info.route.resource
        if resource is None:
            return None
        method = "GET" if request.method == "HEAD" else request.method
        return self._by_place.get((resource.canonical, method))

    def kind_of(self, request: web.Request, refusal: RequestRefused) -> ProblemKind:
        """The kind that a refusal has in the route of the request."""
        route = self.find(request)
        own = {kind.code: kind for kind in route.problems} if route is not None else {}
        return own.get(refusal.code, refused(refusal.code))

    def without_token(self, path: str) -> WithoutToken:
        """The clients that every route of a path without parts serves without a token."""
        found = {route.without_token for route in self.routes if route.path == path}
        return found.pop() if len(found) == 1 else WithoutToken.NOBODY


def bound(handlers: T_contra, routes: Iterable[Route[T_contra]]) -> Iterator[web.RouteDef]:
    """The routes of a handler class for the router, answered by one object of it."""
    for route in routes:
        yield web.route(route.method, route.path, partial(route.handler, handlers))
