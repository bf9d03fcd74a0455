"""Whether a part of the center answers when it is asked: a connection alone proves nothing.

A process that was stopped, or a disk that hangs, keeps its sockets open. So a part is asked
again and again, and each question has a deadline. With `EVERY` and `LIMIT` a part that has
stopped answering is noticed within three seconds. `silent_for` never waits.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Final

import structlog

from contactcenter_ari.core.errors import ContactCenterError

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=1)
"""The pause between an answer and the next question."""
LIMIT: Final = timedelta(seconds=2)
"""A question without an answer after this long counts as unanswered."""


class Pulse:
    """The questions to one `part`, which is named in the log, and what came of the last one."""

    def __init__(self, part: str, *, limit: timedelta = LIMIT) -> None:
        self._part = part
        self._limit = limit
        self._silent_since: float | None = None

    def __repr__(self) -> str:
        return f"<Pulse of {self._part}: {'answers' if self.answers else 'silent'}>"

    @property
    def answers(self) -> bool:
        """Whether the last question was answered in time; so it is before the first one."""
        return self._silent_since is None

    @property
    def silent_for(self) -> timedelta:
        """How long ago the first question was asked that was not answered; zero if all were."""
        if self._silent_since is None:
            return timedelta()
        return timedelta(seconds=asyncio.get_running_loop().time() - self._silent_since)

    async def take(self, question: Awaitable[object]) -> None:
        """Wait for the answer to one question, until its deadline; raises nothing of it."""
        asked_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                await question
        except TimeoutError:
            self._miss(asked_at, f"no answer within {self._limit.total_seconds():g} s")
        except ContactCenterError as error:
            self._miss(asked_at, str(error))
        else:
            self._hear()

    def _miss(self, asked_at: float, reason: str) -> None:
        if self._silent_since is None:
            self._silent_since = asked_at
            log.error("part.silent", part=self._part, reason=reason)

    def _hear(self) -> None:
        if self._silent_since is not None:
            seconds = round(self.silent_for.total_seconds(), 1)
            log.warning("part.answers_again", part=self._part, silent_seconds=seconds)
            self._silent_since = None
