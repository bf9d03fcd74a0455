"""The check of every request: a token with the right of its route, except for open routes.

Deny by default: a route without a right is closed, and a path that does not exist needs a token
too, so a stranger cannot tell which paths exist.
"""

from aiohttp import web

from contactcenter_ari.web.bearer import BEARER, Bearers, is_loopback
from contactcenter_ari.web.problem import FORBIDDEN, Problem
from contactcenter_ari.web.problem_answer import Answering
from contactcenter_ari.web.right import Right, roles_with
from contactcenter_ari.web.route import RouteTable, WithoutToken

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Access:
    """Lets in requests to open routes, and those whose token has the right of the route."""

    def __init__(self, bearers: Bearers, routes: RouteTable) -> None:
        self._bearers = bearers
        self._routes = routes

    def __repr__(self) -> str:
        """The bearers that it knows."""
        return f"<Access {self._bearers!r}>"

    @web.middleware
    async def check(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        """Pass the request on, with its bearer, or raise the Problem."""
        if not self._is_open(request):
            bearer = await self._bearers.find(request.headers, request.remote)
            request[BEARER] = bearer
            if request.match_info.route.resource is not None:  # a bearer may know what is missing
                route = self._routes.find(request)
                right = None if route is None else route.right
                if right is None or not bearer.may(right, request.match_info.get("agent")):
                    raise _forbidden(right)
        return await handler(request)

    def _is_open(self, request: web.Request) -> bool:
        match self._routes.without_token(request.path):
            case WithoutToken.ANYBODY:
                return True
            case WithoutToken.THIS_MACHINE:
                proxied = any(name in request.headers for name in PROXY_HEADERS)
                return is_loopback(request.remote) and not proxied
            case WithoutToken.NOBODY:
                return False


def bearer_of(request: web.Request) -> str:
    """The name under which the request goes into the record."""
    return request[BEARER].by


def sees_numbers(request: web.Request) -> bool:
    """Whether the bearer may see customers' phone numbers."""
    return request[BEARER].may(Right.READ_NUMBERS)


def _forbidden(right: Right | None) -> Problem:
    detail = "no token may do this"
    if right is not None:
        roles = " or ".join(roles_with(right))
        own = ", which is for its own agent only" if "agent" in roles_with(right) else ""
        detail = f"this needs the right {right}: a token of the role {roles}{own}"
    return Problem(FORBIDDEN, detail)
