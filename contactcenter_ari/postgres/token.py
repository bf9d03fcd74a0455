"""The tokens of people and programs for the API.

Promises: a token is made here from 256 random bits and given once; only its SHA-256 is kept, which
cannot be guessed back. A revoked token stays in the table for the record.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.connection import Connection, Database
from contactcenter_ari.postgres.statement import statement

PREFIX = "cc_"
NAME_LENGTH = 100
ID_LENGTH = 10
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """A token as it is kept; `agent` only for the role of agent."""

    sha256: bytes
    name: str
    role: Role
    agent: AgentId | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def __repr__(self) -> str:
        return f"<TokenRecord {self.id} of {self.name}>"

    @property
    def id(self) -> str:
        """The name that people use for it: the beginning of its hash."""
        return self.sha256.hex()[:ID_LENGTH]

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens the door."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired


class ApiTokens:
    """The tokens in a database; the methods raise DatabaseUnreachable when that is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<ApiTokens in {self._database!r}>"

    async def add(self, name: str, role: Role, expires_at: datetime | None = None) -> str:
        """A new token of a person or program. Keep it: it is not shown again.

        Raises RequestRefused: `token_invalid`.
        """
        if role is Role.AGENT:
            message = "an agent has one token of its own: contactcenter agent token EXTENSION"
            raise RequestRefused("token_invalid", message)
        if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
            message = f"the name of a token is 1 to {NAME_LENGTH} printable characters"
            raise RequestRefused("token_invalid", message)
        async with self._database.connection() as connection:
            return await insert_token(connection, name, role, expires_at=expires_at)

    async def all(self) -> list[TokenRecord]:
        """All tokens there have been, the oldest first."""
        return await self._database.rows("token/all", TokenRecord)

    async def valid(self) -> list[TokenRecord]:
        """The tokens that open the door now."""
        return await self._database.rows("token/valid", TokenRecord)

    async def revoke(self, which: str) -> TokenRecord:
        """Make the valid token of this id or name worthless.

        Raises RequestRefused: `token_unknown`, `token_ambiguous`.
        """
        record = _the_one(which, await self.valid())
        async with self._database.connection() as connection:
            await connection.execute(statement("token/revoke"), {"sha256": record.sha256})
        return record


async def insert_token(
    connection: Connection,
    name: str,
    role: Role,
    agent: AgentId | None = None,
    *,
    expires_at: datetime | None = None,
) -> str:
    """Make a token and keep its hash; gives the token."""
    token = f"{PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"
    await connection.execute(
        statement("token/add"),
        {
            "sha256": token_hash(token),
            "name": name,
            "role": role.value,
            "agent": agent,
            "expires_at": expires_at,
        },
    )
    return token


async def renew_agent_token(connection: Connection, agent: AgentId, name: str) -> str:
    """A new token of an agent in place of the ones before, which are revoked."""
    await connection.execute(statement("token/revoke_agent"), {"agent": agent})
    return await insert_token(connection, name, Role.AGENT, agent)


def token_hash(token: str) -> bytes:
    """A token has 256 random bits: a plain hash of it cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _the_one(which: str, records: Sequence[TokenRecord]) -> TokenRecord:
    by_id = [record for record in records if record.id == which]
    found = by_id or [record for record in records if record.name == which]
    if not found:
        message = "no valid token has this id or name; see: contactcenter token list"
        raise RequestRefused("token_unknown", message)
    if len(found) > 1:
        ids = ", ".join(record.id for record in found)
        raise RequestRefused("token_ambiguous", f"{len(found)} tokens have this name: {ids}")
    return found[0]
