"""The bearer of a token: the administrator's from its file, all others from the database.

Promises: the valid tokens are kept in memory and looked up again after each change, so what was
added, revoked or has expired is in force within seconds; while the database is away the tokens
that were valid go on working until they expire. Only hashes are kept.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import compare_digest

import structlog

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.token import ApiTokens, TokenRecord, token_hash
from contactcenter_ari.service.revision import LOOK_EVERY, RETRY_AFTER, Revision

LOOK_LIMIT = timedelta(seconds=2)
"""How long the database may take before it counts as away."""
LOOKS_APART = timedelta(milliseconds=200)
"""So that no flood of unknown tokens becomes a flood of look-ups."""

log = structlog.get_logger(__name__)


class TokensUnknown(ContactCenterError):
    """The database did not tell the tokens."""


class Administrator:
    """The holder of the token in the data folder."""

    name = "administrator"
    role = Role.ADMIN
    agent: AgentId | None = None


ADMINISTRATOR = Administrator()


class KnownTokens:
    """The valid tokens as they were last looked up, and the administrator's."""

    def __init__(
        self,
        tokens: ApiTokens,
        administrator: str,
        now: Callable[[], datetime],
        revision: Revision,
    ) -> None:
        self._tokens = tokens
        self._administrator = administrator.encode()
        self._now = now
        self._revision = revision
        self._known: dict[bytes, TokenRecord] = {}
        self._one_at_a_time = asyncio.Lock()
        self._looks = 0
        self._looked_at = float("-inf")
        self._away = False

    def __repr__(self) -> str:
        return f"<KnownTokens {len(self._known)} valid>"

    async def run(self) -> None:
        """Look into the database after each change, until cancelled."""
        while True:
            seen = self._revision.number
            async with self._one_at_a_time:
                await self._look()
            await self._revision.changed(seen, RETRY_AFTER if self._away else LOOK_EVERY)

    def known(self, token: str) -> TokenRecord | Administrator | None:
        """The bearer of the token, as far as is known; never waits."""
        if compare_digest(token.encode("utf-8", "replace"), self._administrator):
            return ADMINISTRATOR
        record = self._known.get(token_hash(token))
        return record if record is not None and record.is_valid(self._now()) else None

    async def find_token(self, token: str) -> TokenRecord | Administrator | None:
        """The bearer of the token, after a look that began after the question; many questions
        share one. Raises TokensUnknown at once while the database is away.
        """
        before = self._looks
        if not self._away:
            async with self._one_at_a_time:
                if self._looks == before:
                    await self._look()
        if self._away:
            raise TokensUnknown("the tokens cannot be looked up: the database is away")
        return self.known(token)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        early = self._looked_at + LOOKS_APART.total_seconds() - loop.time()
        await asyncio.sleep(max(0.0, early))
        self._looks += 1
        self._looked_at = loop.time()
        try:
            async with asyncio.timeout(LOOK_LIMIT.total_seconds()):
                found = await self._tokens.valid()
        except (ContactCenterError, TimeoutError) as error:
            if not self._away:
                log.warning("tokens.not_followed", reason=str(error) or "no answer in time")
            self._away = True
            return
        self._away = False
        self._known = {record.sha256: record for record in found}
