"""What the API needs from the rooms beside it; bootstrap brings them together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TokenHolder(Protocol):
    """Who a token belongs to; `role` is one of `Role`, `agent` is set for an agent's token."""

    @property
    def name(self) -> str:
        """What the token is called."""

    @property
    def role(self) -> str:
        """What its bearer may do."""

    @property
    def agent(self) -> str | None:
        """Whose it is, if an agent's."""


class TokenFinder(Protocol):
    """Knows the tokens."""

    async def find_token(self, token: str) -> TokenHolder | None:
        """Who the token belongs to, if anyone; raises ContactCenterError when it cannot tell."""


class Condition(StrEnum):
    """How a part of the center is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part; `why` is a sentence that anybody may read: no secrets, no people."""

    condition: Condition = Condition.OK
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """How the parts are. No calls are taken while `switch` or `flows` has failed, or when
    draining; all other failures leave the calls alone.
    """

    switch: PartHealth
    journal: PartHealth
    database: PartHealth
    flows: PartHealth
    journal_pending: int = 0
    journal_spooled: int = 0
    draining: bool = False

    def parts(self) -> dict[str, PartHealth]:
        """The parts by name."""
        return {
            "switch": self.switch,
            "journal": self.journal,
            "database": self.database,
            "flows": self.flows,
        }


class Health(Protocol):
    """Knows how the rest of the process is."""

    def report(self) -> HealthReport:
        """How it is now; never waits."""
