"""Who may come in: every path needs a token with the right of its route, but for the lists here.

A path that does not exist needs a token too, so a stranger cannot tell which ones do. A route
without a right in the table is refused to everybody.
"""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from contactcenter_ari.web.bearer import BEARER, Bearers, is_loopback
from contactcenter_ari.web.problem import Answering, Problem
from contactcenter_ari.web.right import Right, roles_with

PUBLIC = ("/healthz", "/readyz")
"""For whoever watches the process; nothing here tells of people."""
LOOPBACK_ONLY = ("/metrics",)
"""Without a token from this machine, unless a proxy says it asks for somebody else."""
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

Rights = Mapping[tuple[str, str], Right | None]
"""The right by the path of a route and its method in small letters."""


class Access:
    """Lets in requests to public paths and those whose token has the right of the route."""

    def __init__(self, bearers: Bearers, rights: Rights) -> None:
        self._bearers = bearers
        self._rights = rights

    def __repr__(self) -> str:
        """Tell who is known."""
        return f"<Access {self._bearers!r}>"

    @web.middleware
    async def check(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        """Pass the request on, with its bearer, or raise the Problem."""
        if not _is_open(request):
            bearer = await self._bearers.find(request.headers, request.remote)
            request[BEARER] = bearer
            resource = request.match_info.route.resource
            if resource is not None:  # else there is nothing at this path, which may be told now
                right = self._right(resource.canonical, request.method)
                if right is None or not bearer.may(right, request.match_info.get("agent")):
                    raise _forbidden(right)
        return await handler(request)

    def _right(self, path: str, method: str) -> Right | None:
        """A HEAD is a GET without the body."""
        return self._rights.get((path, "get" if method == "HEAD" else method.lower()))


def bearer_of(request: web.Request) -> str:
    """The name under which the request goes into the record."""
    return request[BEARER].by


def sees_numbers(request: web.Request) -> bool:
    """Whether the bearer may see customers' phone numbers."""
    return request[BEARER].may(Right.READ_NUMBERS)


def _is_open(request: web.Request) -> bool:
    if request.path in PUBLIC:
        return True
    proxied = any(name in request.headers for name in PROXY_HEADERS)
    return request.path in LOOPBACK_ONLY and is_loopback(request.remote) and not proxied


def _forbidden(right: Right | None) -> Problem:
    detail = "no token may do this"
    if right is not None:
        roles = " or ".join(roles_with(right))
        own = ", which is for its own agent only" if "agent" in roles_with(right) else ""
        detail = f"this needs the right {right}: a token of the role {roles}{own}"
    return Problem(HTTPStatus.FORBIDDEN, "forbidden", detail)
