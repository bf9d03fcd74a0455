"""The ports of the API to the rooms beside it; bootstrap brings them together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade
from contactcenter_ari.core.vocabulary.request import RestoreLostCall
from contactcenter_ari.runtime.histogram import Histogram


class TokenHolder(Protocol):
    """The bearer of a token; `role` is one of `Role`, `agent` is set for an agent's token."""

    @property
    def name(self) -> str:
        """The name of the token."""

    @property
    def role(self) -> str:
        """The role of its bearer."""

    @property
    def agent(self) -> str | None:
        """The agent of the token, if it is an agent's."""


class Tokens(Protocol):
    """Knows the tokens, the good ones by heart."""

    def known(self, token: str) -> TokenHolder | None:
        """The bearer of the token, as far as is known; never waits."""

    async def find_token(self, token: str) -> TokenHolder | None:
        """The bearer of the token, by the directory as it is now; raises ContactCenterError when
        that cannot be told in a moment.
        """


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
    draining; all other failures leave the calls alone. Calls over `calls_limit` are refused.
    """

    switch: PartHealth
    journal: PartHealth
    database: PartHealth
    flows: PartHealth
    disk: PartHealth = PartHealth()
    recorder: PartHealth = PartHealth()
    capacity: PartHealth = PartHealth()
    calls_limit: int = 0
    calls_refused: int = 0
    legs_limit: int = 0
    legs_in_use: int = 0
    journal_pending: int = 0
    journal_spooled: int = 0
    input_log_failures: int = 0
    input_log_pending: int = 0
    snapshot_failures: int = 0
    disk_free_bytes: int = 0
    draining: bool = False

    def parts(self) -> dict[str, PartHealth]:
        """The parts by name."""
        return {
            "switch": self.switch,
            "journal": self.journal,
            "database": self.database,
            "flows": self.flows,
            "disk": self.disk,
            "recorder": self.recorder,
            "capacity": self.capacity,
        }


class Health(Protocol):
    """Knows how the rest of the process is."""

    def report(self) -> HealthReport:
        """How it is now; never waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """Figures that others keep, read when the metrics are; `switch_failures` counts commands that
    failed by kind and HTTP status.
    """

    loop_lag: Histogram = field(default_factory=lambda: Histogram(()))
    answer_to_prompt: Histogram = field(default_factory=lambda: Histogram(()))
    switch_failures: Mapping[tuple[str, int], int] = field(default_factory=dict)
    switch_connections: Callable[[], int] = int
    frames_not_understood: Callable[[], int] = int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowProblem:
    """A problem that keeps the files of the site from being published: where, by which code, and
    why.
    """

    file: str
    line: int
    column: int
    code: str
    message: str


class FlowsRefused(ContactCenterError):
    """The files of the site cannot be published; the version before is still served."""

    def __init__(self, problems: tuple[FlowProblem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        place = f"{first.file}:{first.line}:{first.column}"
        super().__init__(f"{place}: {first.code}: {first.message}{more}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A version of the whole site that was published once."""

    version: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsState:
    """The configuration of new calls: the version of the site and of each flow. `pinned` when
    somebody went back to it; `problems` keep the files from being published; `failures` counts how
    often files were refused.
    """

    version: str
    flows: Mapping[str, str]
    pinned: bool = False
    problems: tuple[FlowProblem, ...] = ()
    failures: int = 0


class Flows(Protocol):
    """Publishes the call flows of the site."""

    def state(self) -> FlowsState:
        """The versions served now; never waits."""

    async def versions(self) -> tuple[PublishedVersion, ...]:
        """The versions published, the latest first."""

    async def publish(self) -> FlowsState:
        """Publish the files as they are; raises FlowsRefused, and nothing is changed."""

    async def rollback(self, version: str) -> FlowsState:
        """Go back to a version, the one before when empty; raises RequestRefused."""


@dataclass(frozen=True, slots=True)
class RecentOffer:
    """An offer; `ended` is None while the phone rings."""

    made: OfferMade
    ended: OfferEnded | None = None


class Offers(Protocol):
    """Remembers the last offers."""

    def latest(self) -> Sequence[RecentOffer]:
        """The last ones, the newest first; never waits."""


class Callbacks(Protocol):
    """Knows lost calls and the do-not-call list; raises ContactCenterError when it cannot tell."""

    async def open_lost_calls(self) -> Sequence[RestoreLostCall]:
        """The abandoned calls that nobody has looked after yet, the oldest first."""

    async def forbid(self, number: str, *, by: str, reason: str) -> None:
        """Put a number (E.164) on the do-not-call list."""

    async def allow(self, number: str) -> None:
        """Take a number off the do-not-call list."""
