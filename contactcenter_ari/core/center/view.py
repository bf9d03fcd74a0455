"""The state of the center that people may see: plain copies, made for screens and reports."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.acd.line import WaitingLine
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.calls.call import Call
from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.position import current_section
from contactcenter_ari.core.interactions.interaction import (
    QUEUED,
    TALKING,
    InteractionState,
)
from contactcenter_ari.core.outbound.callback import Callbacks, CallbackState
from contactcenter_ari.core.vocabulary.callback import CallbackMode, ZoneSource
from contactcenter_ari.core.vocabulary.event import INBOUND, AgentState
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.skill import Skills

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its zone: RFC 3339, where it is written as JSON."""


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """One queue now: callers who wait and the longest of their waits (zero when nobody does), and
    the places kept for `callbacks`. Of the agents who are `logged_in` it counts those who take
    calls, now or after the present one, and those who are free. `closed` when a person closed it.
    """

    queue: QueueName
    waiting: int
    oldest_wait: timedelta
    logged_in: int
    takes_calls: int
    free: int
    callbacks: int = 0
    closed: bool = False


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """One agent now. `non_acd_calls` came by no queue; `wrap_up_until` is when the wrap-up will
    end by itself, None when the agent is in none. An agent who `takes_calls` does so now or after
    the present one.
    """

    agent: AgentId
    name: str
    state: AgentState
    reason: str
    since: Instant
    reachable: bool
    queues: tuple[QueueName, ...]
    occupancy: float
    skills: Skills = {}
    non_acd_calls: int = 0
    wrap_up_until: Instant | None = None
    takes_calls: bool = False


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One call in progress: its activity and since when, and the section of its flow.
    `customer_number` is the other end, no matter which side called; `raw` is how the carrier wrote
    it, empty if we called. `queue` and `agent` are empty, and `position` 0, where they do not
    apply; the next in line has position 1.
    """

    interaction: InteractionId
    state: InteractionState
    since: Instant
    started_at: Instant
    direction: str
    customer_number: str
    customer_number_raw: str
    section: str
    queue: QueueName
    position: int
    agent: AgentId


class CallbackView(msgspec.Struct, frozen=True, kw_only=True):
    """One callback to `number`; `interaction` is the one it was given in. Its rank counts the time
    since `waiting_since`; `position` is 0 unless it is in line. `next_at` is the earliest instant
    of the next attempt; an `urgent` one comes before all. For the last attempt it had to be day in
    `zones`.
    """

    callback: CallbackId
    interaction: InteractionId
    queue: QueueName
    number: str
    state: CallbackState
    position: int
    waiting_since: Instant
    attempts_made: int
    attempts: int
    next_at: Instant
    expires_at: Instant
    mode: CallbackMode
    urgent: bool
    zones: tuple[str, ...] = ()
    zone_source: ZoneSource | None = None


def view_queues(distribution: Distribution, now: datetime) -> tuple[QueueView, ...]:
    """The queues of the site in the order they were configured, and removed queues while somebody
    waits or talks there.
    """
    return tuple(
        _view_queue(line, distribution, now)
        for queue, line in distribution.queues.lines.items()
        if distribution.queues.gone.is_shown(queue)
    )


def _view_queue(line: WaitingLine, distribution: Distribution, now: datetime) -> QueueView:
    """One queue; a caller with a head start may be first in line and not wait longest."""
    joined_at = [waiting.joined_at for waiting in line if waiting.callback is None]
    return QueueView(
        queue=line.queue,
        waiting=len(joined_at),
        oldest_wait=now - min(joined_at, default=now),
        logged_in=distribution.workforce.staffing.logged_in(line.queue),
        takes_calls=distribution.workforce.staffing.taking_calls(line.queue),
        free=distribution.pools.free(line.queue),
        callbacks=len(line) - len(joined_at),
        closed=line.queue in distribution.queues.closed,
    )


def view_agent(agent: Agent, now: datetime) -> AgentView:
    """One agent."""
    return AgentView(
        agent=agent.id,
        name=agent.profile.name,
        state=agent.state,
        reason=agent.reason,
        since=agent.since,
        reachable=agent.reachable,
        queues=agent.queues,
        occupancy=agent.share(now),
        skills=agent.profile.skills,
        non_acd_calls=len(agent.non_acd_legs),
        wrap_up_until=agent.wrap_up.until if agent.wrap_up else None,
        takes_calls=agent.takes_calls,
    )


def view_calls(calls: CallControl, distribution: Distribution) -> tuple[CallView, ...]:
    """The calls of customers in progress, the oldest first; no calls to feature codes."""
    views = (view_call(call, distribution) for call in calls)
    return tuple(view for view in views if view is not None)


def _section(call: Call) -> str:
    """The section of its flow that a call is in, or was in last when it is leaving the flow."""
    return current_section(call.run) if call.run.frames else ""


def view_call(call: Call, distribution: Distribution) -> CallView | None:
    """One call; None for a call to a feature code."""
    interaction = call.interaction
    if interaction is None:
        return None
    with_agent = interaction.state is TALKING and interaction.with_agent
    has_queue = with_agent or interaction.state is QUEUED
    inbound = interaction.direction == INBOUND
    return CallView(
        interaction=interaction.id,
        state=interaction.state,
        since=interaction.since,
        started_at=interaction.started_at,
        direction=interaction.direction,
        customer_number=interaction.caller_number if inbound else interaction.called_number,
        customer_number_raw=interaction.caller_number_raw,
        section=_section(call),
        queue=interaction.queue if has_queue else QueueName(""),
        position=distribution.stays.position(interaction.id),
        agent=interaction.agent if with_agent else AgentId(""),
    )


def view_callbacks(callbacks: Callbacks, distribution: Distribution) -> tuple[CallbackView, ...]:
    """The open callbacks, in the order they came to be known."""
    positions = {
        waiting.callback: position
        for line in distribution.queues.lines.values()
        for position, waiting in enumerate(line, start=1)
        if waiting.callback is not None
    }
    return tuple(
        CallbackView(
            callback=callback.id,
            interaction=callback.interaction,
            queue=callback.queue,
            number=callback.number,
            state=callback.state,
            position=positions.get(callback.id, 0),
            waiting_since=callback.since,
            attempts_made=callback.attempts_made,
            attempts=callback.attempts,
            next_at=callback.next_at,
            expires_at=callback.expires_at,
            mode=callback.mode,
            urgent=callback.urgent,
            zones=callback.attempt_zones,
            zone_source=callback.zone_source,
        )
        for callback in callbacks
    )
