"""The rows of reports, typed."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.kpi.service_level import ServiceLevelFormula
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    OfferResult,
    Party,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason
from contactcenter_ari.core.vocabulary.pause import Pause
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat


class InteractionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One interaction. `waited` and `talked` add up its stays in queues and its talks; a `raw`
    number is as the carrier wrote it, empty where that was not kept.
    """

    interaction: str
    channel: str
    direction: str
    node: str
    flow: str
    flow_version: str
    called_number: str
    caller_number: str
    called_number_raw: str
    caller_number_raw: str
    caller_name: str
    caller_status: str
    language: str
    tags: dict[str, str]
    queue: str | None
    agent: str | None
    reason: EndReason
    ended_by: Party
    started_at: datetime
    ended_at: datetime
    waited: timedelta
    talked: timedelta


class SegmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of an interaction."""

    segment: str
    interaction: str
    kind: SegmentKind
    queue: str | None
    agent: str | None
    result: str
    position_at_entry: int | None
    position_at_exit: int | None
    started_at: datetime
    ended_at: datetime


class OfferRow(msgspec.Struct, frozen=True, kw_only=True):
    """One offer; `reason` is None for an offer of the time when it was not kept."""

    offer: str
    interaction: str
    agent: str
    queue: str
    result: OfferResult
    made_at: datetime
    rang_at: datetime | None
    ended_at: datetime
    reason: OfferReason | None = None


class AgentStateRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of an agent's state; `ended_at` is None while it lasts."""

    agent: str
    number: int
    state: AgentState
    reason: str
    changed_by: str
    started_at: datetime
    ended_at: datetime | None


class RecordingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One recording; `format`, `channels` and `sha256` (hexadecimal) are None without a usable
    file. One that was `cut` lacks its end. It is silent during its `pauses`.
    """

    recording: str
    interaction: str
    agent: str | None
    path: str
    failed: bool
    cut: bool
    duration: timedelta
    pauses: tuple[Pause, ...]
    format: RecordingFormat | None
    channels: int | None
    sha256: str | None
    started_at: datetime
    ended_at: datetime


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of an interaction's life; `data` is JSON."""

    interaction: str
    number: int
    at: datetime
    kind: str
    data: dict[str, object]


class QueueKpis(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one queue. Shares are 0-1; None where there is nothing to tell.

    Every stay is in one column: offered = answered + abandoned + sent_away + moved_on + lost.
    `service_level` is by `formula`; all five stand beside it by their names. `handled` are the
    talks of those who entered the queue in the interval, and of callbacks; `callbacks_taken` are
    among those who moved on.
    """

    queue: str
    within: timedelta
    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    abandoned_short: int
    sent_away: int
    moved_on: int
    callbacks_taken: int
    lost: int
    formula: ServiceLevelFormula
    service_level: float | None
    ignore_quick: float | None
    strict: float | None
    count_quick: float | None
    answered_only: float | None
    count_short: float | None
    average_speed_of_answer: timedelta | None
    median_speed_of_answer: timedelta | None
    p90_speed_of_answer: timedelta | None
    longest_speed_of_answer: timedelta | None
    abandonment: float | None
    handled: int
    average_handle_time: timedelta | None
    median_handle_time: timedelta | None
    p90_handle_time: timedelta | None
    longest_handle_time: timedelta | None


class AgentKpis(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one agent: time by state, shares 0-1, talks begun in the interval."""

    agent: str
    handled: int
    busy: timedelta
    ready: timedelta
    not_ready: timedelta
    occupancy: float | None
    utilization: float | None


class FlowKpis(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one flow; `left` hung up in its menus."""

    flow: str
    entered: int
    contained: int
    left: int
    containment: float | None


class Kpis(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of an interval."""

    queues: list[QueueKpis]
    agents: list[AgentKpis]
    flows: list[FlowKpis]
