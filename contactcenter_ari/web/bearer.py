"""Bearer tokens (RFC 6750): from a request's header to the bearer.

Promises: a good token is found in memory, by one SHA-256 and one look into a table, before the
bad ones of its address are counted, so no flood of bad tokens locks it out or slows it down. A
token has 256 random bits, so a fast hash of it cannot be guessed back. An address that shows
many bad tokens is refused for a while without a question to the directory.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.web.port import TokenHolder, Tokens
from contactcenter_ari.web.problem import DATABASE_AWAY, Problem, ProblemKind
from contactcenter_ari.web.right import Right, may

HEADER_REPEATED = ProblemKind(HTTPStatus.BAD_REQUEST, "header_repeated")
TOKEN_INVALID = ProblemKind(HTTPStatus.UNAUTHORIZED, "token_invalid")
TOKEN_MISSING = ProblemKind(HTTPStatus.UNAUTHORIZED, "token_missing")
TOO_MANY_BAD_TOKENS = ProblemKind(HTTPStatus.TOO_MANY_REQUESTS, "too_many_bad_tokens")
TOKEN_PROBLEMS = (
    HEADER_REPEATED,
    TOKEN_MISSING,
    TOKEN_INVALID,
    TOO_MANY_BAD_TOKENS,
    DATABASE_AWAY,
)
"""The problems of every route that needs a token."""

BAD_TOKENS_ALLOWED = 20
BAD_TOKENS_SPAN = timedelta(minutes=1)
PEERS_REMEMBERED = 10_000

_HEADER = re.compile(r"[Bb]earer +(cc_[A-Za-z0-9_-]{16,128})")
_ROLES = tuple(role.value for role in Role)

Headers = CIMultiDict[str] | CIMultiDictProxy[str]


@dataclass(frozen=True, slots=True)
class Bearer:
    """The source of a request: an agent, or a person or program with a role."""

    name: str
    role: Role
    agent: AgentId | None

    @property
    def by(self) -> str:
        """The name under which a request goes into the record."""
        return self.agent or self.name

    def may(self, right: Right, agent: str | None = None) -> bool:
        """Whether the bearer has a right; an agent has it for that agent alone, if there is one
        in question.
        """
        own = self.role is not Role.AGENT or agent is None or self.agent == agent
        return own and may(self.role, right)


class BadTokens:
    """Counts the bad tokens of each peer, over spans of a minute."""

    def __init__(self) -> None:
        self.total = 0
        self._peers: dict[str, tuple[int, datetime]] = {}

    def __repr__(self) -> str:
        """The number of bad tokens."""
        return f"<BadTokens {self.total} of {len(self._peers)} peers>"

    def add(self, peer: str, now: datetime) -> None:
        """Count one; the peer remembered longest is forgotten when there are too many."""
        self.total += 1
        count, since = self._peers.pop(peer, (0, now))
        if now - since >= BAD_TOKENS_SPAN:
            count, since = 0, now
        self._peers[peer] = (count + 1, since)
        if len(self._peers) > PEERS_REMEMBERED:
            del self._peers[next(iter(self._peers))]

    def wait(self, peer: str, now: datetime) -> timedelta:
        """How long the directory is not asked for the peer's unknown tokens; mostly zero."""
        count, since = self._peers.get(peer, (0, now))
        left = since + BAD_TOKENS_SPAN - now
        return left if count >= BAD_TOKENS_ALLOWED and left > timedelta() else timedelta()


class Bearers:
    """Finds the bearer of each request."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self.bad_tokens = BadTokens()
        self._tokens = tokens
        self._clock = clock

    def __repr__(self) -> str:
        """The bad tokens alone."""
        return f"<Bearers {self.bad_tokens!r}>"

    async def find(self, headers: Headers, peer: str | None) -> Bearer:
        """The bearer of the token in the header.

        Raises:
            Problem: 400 two headers, 401 no or a bad token, 429 too many bad ones, 503 the
                database is away.
        """
        found = _HEADER.fullmatch(_authorization(headers))
        token = found[1] if found else ""
        holder = self._tokens.known(token) if token else None
        if holder is None or holder.role not in _ROLES:
            holder = await self._ask(token, _network(peer))
        agent = AgentId(holder.agent) if holder.agent is not None else None
        return Bearer(holder.name, Role(holder.role), agent)

    async def _ask(self, token: str, place: str) -> TokenHolder:
        """The holder of a token that was not known a moment ago; raises Problem."""
        self._slow_down(place)
        holder = await self._look_up(token) if token else None
        if holder is None or holder.role not in _ROLES:
            self.bad_tokens.add(place, self._clock.now())
            raise _unauthorized(TOKEN_INVALID, "nobody has this token", "invalid_token")
        return holder

    def _slow_down(self, place: str) -> None:
        now = self._clock.now()
        wait = self.bad_tokens.wait(place, now)
        if wait:
            self.bad_tokens.total += 1
            seconds = {"Retry-After": str(int(wait.total_seconds()) + 1)}
            detail = "nobody has this token, and too many bad ones came from this address"
            raise Problem(TOO_MANY_BAD_TOKENS, detail, seconds)

    async def _look_up(self, token: str) -> TokenHolder | None:
        try:
            return await self._tokens.find_token(token)
        except ContactCenterError as error:
            detail = "this token is not known, and cannot be checked now: the database is away"
            raise Problem(DATABASE_AWAY, detail, {"Retry-After": "5"}) from error


BEARER = web.RequestKey("bearer", Bearer)
"""The key of the bearer in a request whose token is good."""


def is_loopback(peer: str | None) -> bool:
    """Whether the peer is on this machine."""
    address = _address(peer)
    return address is not None and address.is_loopback


def _authorization(headers: Headers) -> str:
    given = headers.getall("Authorization", [])
    if not given:
        raise _unauthorized(TOKEN_MISSING, "send a header: Authorization: Bearer cc_...")
    if len(given) > 1:
        detail = "send one Authorization header, not several"
        raise Problem(HEADER_REPEATED, detail)
    return given[0]


def _network(peer: str | None) -> str:
    """The peer as it is counted: one IPv6 customer has a whole /64."""
    address = _address(peer)
    if isinstance(address, IPv6Address):
        return str(ip_network((address.packed, 64), strict=False))
    return str(address or "unknown")


def _address(peer: str | None) -> IPv4Address | IPv6Address | None:
    """The address; that of an IPv4 peer of an IPv6 socket is the IPv4 one."""
    try:
        address = ip_address(peer or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _unauthorized(kind: ProblemKind, detail: str, error: str = "") -> Problem:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(kind, detail, {"WWW-Authenticate": challenge})
