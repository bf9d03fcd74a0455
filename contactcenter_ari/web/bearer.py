"""Bearer tokens (RFC 6750): from a request's header to who it is, and what that one may do.

Promises: a good token is looked up once in 10 seconds at most, so one taken back works that
much longer; no token is kept, only its hash; both memories are bounded. A peer that shows
many bad tokens is made to wait before another is looked up.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.web.port import TokenFinder
from contactcenter_ari.web.problem import Problem

CACHE_LIMIT = timedelta(seconds=10)
CACHED_TOKENS = 1_000
FIND_LIMIT = timedelta(seconds=6)
"""Longer than the directory itself waits for its database."""
BAD_TOKENS_ALLOWED = 20
BAD_TOKENS_SPAN = timedelta(minutes=1)
PEERS_REMEMBERED = 10_000

_HEADER = re.compile(r"[Bb]earer +(cc_[A-Za-z0-9_-]{16,128})")


class Role(StrEnum):
    """What the bearer of a token may do."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ENGINEER = "engineer"
    ADMIN = "admin"


_ROLES = tuple(role.value for role in Role)
_SEES_ALL = (Role.SUPERVISOR, Role.ENGINEER, Role.ADMIN)
_STEERS_ALL = (Role.SUPERVISOR, Role.ADMIN)
_PUBLISHES = (Role.ENGINEER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: an agent, or a person or program with a role."""

    name: str
    role: Role
    agent: AgentId | None

    @property
    def by(self) -> str:
        """The name under which a request goes into the record."""
        return self.agent or self.name

    @property
    def sees_all(self) -> bool:
        """Whether all agents and the metrics may be seen."""
        return self.role in _SEES_ALL

    def may_see(self, agent: AgentId) -> bool:
        """Whether this agent may be seen."""
        return self.sees_all or self._is(agent)

    def may_steer(self, agent: AgentId) -> bool:
        """Whether this agent's state may be changed."""
        return self.role in _STEERS_ALL or self._is(agent)

    @property
    def runs_floor(self) -> bool:
        """Whether queues may be closed, waiting callers moved, and calls back made."""
        return self.role in _STEERS_ALL

    @property
    def sees_numbers(self) -> bool:
        """Whether customers' phone numbers may be seen."""
        return self.role in _STEERS_ALL

    @property
    def may_publish(self) -> bool:
        """Whether call flows may be published and taken back."""
        return self.role in _PUBLISHES

    def _is(self, agent: AgentId) -> bool:
        return self.role is Role.AGENT and self.agent == agent


class BadTokens:
    """Counts the bad tokens of each peer, over spans of a minute."""

    def __init__(self) -> None:
        self.total = 0
        self._peers: dict[str, tuple[int, datetime]] = {}

    def __repr__(self) -> str:
        """Tell how many there were."""
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
        """How long the peer must wait before another token is looked up; mostly zero."""
        count, since = self._peers.get(peer, (0, now))
        left = since + BAD_TOKENS_SPAN - now
        return left if count >= BAD_TOKENS_ALLOWED and left > timedelta() else timedelta()


class Bearers:
    """Tells who a request comes from."""

    def __init__(self, tokens: TokenFinder, clock: Clock) -> None:
        self.bad_tokens = BadTokens()
        self._tokens = tokens
        self._clock = clock
        self._known: dict[bytes, tuple[Bearer, datetime]] = {}

    def __repr__(self) -> str:
        """Tell how many are known, and none of them."""
        return f"<Bearers {len(self._known)} known, {self.bad_tokens!r}>"

    async def find(self, headers: Mapping[str, str], peer: str | None) -> Bearer:
        """The bearer of the token in the header.

        Raises:
            Problem: 401 no or a bad token, 429 too many bad ones, 503 the database is away.
        """
        header = headers.get("Authorization")
        if header is None:
            raise _unauthorized("token_missing", "send a header: Authorization: Bearer cc_...")
        found = _HEADER.fullmatch(header)
        token = found[1] if found else ""
        key = hashlib.sha256(token.encode()).digest()
        if known := self._recall(key):
            return known  # before the bad tokens, so that no neighbor can lock it out
        place = _network(peer)
        self._slow_down(place)
        bearer = await self._look_up(token) if token else None
        if bearer is None:
            self.bad_tokens.add(place, self._clock.now())
            raise _unauthorized("token_invalid", "nobody has this token", "invalid_token")
        self._remember(key, bearer)
        return bearer

    def _recall(self, key: bytes) -> Bearer | None:
        bearer, since = self._known.get(key, (None, self._clock.now()))
        return bearer if self._clock.now() - since < CACHE_LIMIT else None

    def _remember(self, key: bytes, bearer: Bearer) -> None:
        self._known.pop(key, None)
        self._known[key] = (bearer, self._clock.now())
        if len(self._known) > CACHED_TOKENS:
            del self._known[next(iter(self._known))]

    def _slow_down(self, place: str) -> None:
        wait = self.bad_tokens.wait(place, self._clock.now())
        if wait:
            seconds = {"Retry-After": str(int(wait.total_seconds()) + 1)}
            detail = "too many bad tokens came from this address"
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_bad_tokens", detail, seconds)

    async def _look_up(self, token: str) -> Bearer | None:
        try:
            async with asyncio.timeout(FIND_LIMIT.total_seconds()):
                holder = await self._tokens.find_token(token)
        except (ContactCenterError, TimeoutError) as error:
            detail = "tokens cannot be checked now: the database is away"
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise Problem(status, "database_away", detail, {"Retry-After": "5"}) from error
        if holder is None or holder.role not in _ROLES:
            return None
        agent = AgentId(holder.agent) if holder.agent is not None else None
        return Bearer(holder.name, Role(holder.role), agent)


BEARER = web.RequestKey("bearer", Bearer)
"""Where a request that showed a good token says whose it is."""


def is_loopback(peer: str | None) -> bool:
    """Whether the peer is on this machine."""
    address = _address(peer)
    return address is not None and address.is_loopback


def _network(peer: str | None) -> str:
    """The peer as it is counted: one IPv6 customer has a whole /64."""
    address = _address(peer)
    if isinstance(address, IPv6Address):
        return str(ip_network((address.packed, 64), strict=False))
    return str(address or "unknown")


def _address(peer: str | None) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 peer of an IPv6 socket has his own again."""
    try:
        address = ip_address(peer or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _unauthorized(code: str, detail: str, error: str = "") -> Problem:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(HTTPStatus.UNAUTHORIZED, code, detail, {"WWW-Authenticate": challenge})
