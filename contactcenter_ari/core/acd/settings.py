"""The settings of a queue and their defaults; see `queues.yaml`."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property

import msgspec

from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.agents.wrap_up_rule import WrapUpRule
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.command import UNREACHABLE_AFTER
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName


class WrapUpKind(StrEnum):
    """How the work after a talk ends; the agent may always end it early."""

    FIXED = "fixed"
    EXTENDABLE = "extendable"
    """`wrap_up` once more each time the agent asks, up to `wrap_up_limit`."""
    UNTIL_DISPOSITION = "until_disposition"
    """When a disposition is given, or at `wrap_up_limit`."""


class LeaveWhenEmpty(StrEnum):
    """When nobody is left in a queue, so that those who wait there are sent on."""

    NEVER = "never"
    LOGGED_OUT = "logged_out"
    """All agents who are logged in have asked to log out."""
    PAUSED = "paused"
    """Nobody takes calls: all agents are paused, missed out, unreachable, or leaving."""


class MissLimits(msgspec.Struct, frozen=True, kw_only=True):
    """After how many offers in a row that ended so an agent is NOT_READY."""

    no_answer: int = 1
    busy: int = 1
    refused: int = 1
    unreachable: int = 1

    @classmethod
    def alike(cls, misses: int) -> "MissLimits":
        """The same limit for every kind of miss."""
        return cls(no_answer=misses, busy=misses, refused=misses, unreachable=misses)


class CallWindow(msgspec.Struct, frozen=True):
    """When customers may be called, in their own zone; `until` is excluded, 0:00 is that of the
    next day.
    """

    since: time = time(8)
    until: time = time(21)


class UnknownZone(StrEnum):
    """The zones in which it must be day to call a number that may be in zones far apart."""

    FLOW = "flow"
    """That of the flow in which the callback was booked."""
    BLOCK = "block"
    """Nobody's: it is not called."""
    ALL_ZONES = "all_zones"
    """That of each of them."""


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One queue. A None sets no limit.

    `ready_time_only`: longest idle counts only the time in READY.
    `miss_pause`: how long a caller skips an agent who did not answer.
    `count_flow_time`: the time in the flow counts as waited, since the last talk if there was one.
    `prefer_last_agent`: how long a caller waits for the agent last talked to.
    `resume_position`: a caller who hung up while waiting and calls again within it has the old
        position.
    `divert_wait`, `divert_ratio`: callers are sent on before they join, by the estimated wait and
        by the waiting callers per agent who takes calls.
    `lost_calls`: a caller who left by one of these exits at last, and talked to nobody after it,
        is a task.
    `agent_prompt`: the system prompt an agent hears before the bridge; none when empty.
    `join_empty`: callers may wait although nobody takes calls.
    `leave_when_empty`: callers who wait are sent on (`no_agents`) once the queue has been empty
        for `leave_grace`; without it `logged_out`, and with `join_empty` never.
    `callback_keys`: a customer who answers a callback is asked to accept, be called later, or
        cancel.
    `shared_numbers`: several people are behind a number; each has a callback, and a caller with
        the number is not taken for any of them.
    `unknown_zone`: the zone of a number that may be in zones far apart: an `UnknownZone`, or a
        zone (IANA name).
    """

    name: QueueName
    strategy: Strategy = Strategy.LONGEST_IDLE
    order: tuple[AgentId, ...] = ()
    ring_at_most: int = 20
    ready_time_only: bool = False
    ring_limit: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=15)
    wrap_up_kind: WrapUpKind = WrapUpKind.FIXED
    wrap_up_limit: timedelta = timedelta(minutes=30)
    dispositions: tuple[str, ...] = ()
    max_wait: timedelta = timedelta(minutes=15)
    max_wait_by_status: dict[str, timedelta] = {}
    head_start_by_status: dict[str, timedelta] = {}
    max_waiting: int | None = None
    divert_wait: timedelta | None = None
    divert_ratio: float | None = None
    service_level: timedelta = timedelta(seconds=20)
    short_abandon: timedelta = timedelta(seconds=5)
    misses_before_not_ready: MissLimits = MissLimits()
    miss_pause: timedelta = timedelta(seconds=30)
    miss_return: timedelta | None = None
    """After so long an agent who did not answer is READY again by itself."""
    keep_last_ready: bool = False
    """The last agent of the queue who takes calls stays READY, whatever they miss."""
    unreachable_after: timedelta = UNREACHABLE_AFTER
    """A registered phone that has said nothing of a call for so long is out of reach, which is
    nobody's miss.
    """
    count_flow_time: bool = False
    prefer_last_agent: timedelta = timedelta()
    resume_position: timedelta = timedelta()
    lost_calls: tuple[QueueExit, ...] = (QueueExit.ABANDONED, QueueExit.SYSTEM_ERROR)
    agent_prompt: str = ""
    music: str = "default"
    recording: bool = True
    join_empty: bool = False
    leave_when_empty: LeaveWhenEmpty | None = None
    leave_grace: timedelta = timedelta(seconds=30)
    callback_mode: CallbackMode = CallbackMode.CUSTOMER_FIRST
    callback_keys: bool = False
    shared_numbers: bool = False
    call_window: CallWindow = CallWindow()
    unknown_zone: str = UnknownZone.FLOW

    @cached_property
    def places(self) -> Mapping[AgentId, int]:
        """The place of each agent in `order`, from 0: found without looking through it."""
        return {agent: place for place, agent in enumerate(self.order)}

    @property
    def rings_all(self) -> bool:
        """Whether several phones may ring for one caller."""
        return self.strategy is Strategy.RING_ALL

    @property
    def empty_when(self) -> LeaveWhenEmpty:
        """When those who wait are sent on because nobody is left."""
        if self.leave_when_empty is not None:
            return LeaveWhenEmpty(self.leave_when_empty)
        return LeaveWhenEmpty.NEVER if self.join_empty else LeaveWhenEmpty.LOGGED_OUT

    @property
    def wrap_up_rule(self) -> WrapUpRule:
        """How the work after a talk of this queue ends."""
        match self.wrap_up_kind:
            case WrapUpKind.FIXED:
                return WrapUpRule(ends_after=self.wrap_up)
            case WrapUpKind.EXTENDABLE:
                return WrapUpRule(
                    ends_after=self.wrap_up, extension=self.wrap_up, limit=self.wrap_up_limit
                )
            case WrapUpKind.UNTIL_DISPOSITION:
                return WrapUpRule(ends_after=self.wrap_up_limit, ends_with_disposition=True)
