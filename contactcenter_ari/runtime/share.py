"""A share of a common resource for each name, so that no name can take all of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ShareFull(Exception):
    """Too many of this name wait already."""


class Shares:
    """At most `at_once` of a name at the same time; `waiting` more wait for their turn."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._users: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<Shares of {self._at_once}: {len(self._users)} names>"

    @asynccontextmanager
    async def taken(self, name: str) -> AsyncIterator[None]:
        """Hold one of the name's share meanwhile; raises ShareFull at once."""
        users = self._users.get(name, 0)
        if users >= self._most:
            raise ShareFull(f"{users} wait already")
        self._users[name] = users + 1
        try:
            async with self._turns.setdefault(name, asyncio.Semaphore(self._at_once)):
                yield
        finally:
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name], self._turns[name]
