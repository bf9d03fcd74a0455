"""Metrics for Prometheus (`/metrics`): counts kept since the start, and snapshots read now."""

import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from contactcenter_ari.core.center.view import QueueView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web import metric_table as table
from contactcenter_ari.web.bearer import BadTokens
from contactcenter_ari.web.event_count import EventCounts
from contactcenter_ari.web.health import driver_health
from contactcenter_ari.web.measure import Labels, Measure
from contactcenter_ari.web.port import Condition, Flows, Health, Meters
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Route, WithoutToken

DISTRIBUTION = "contactcenter-ari"


class CenterCollector(Collector):
    """Reads the center, the driver, the health, the flows, and what was counted and measured."""

    def __init__(
        self,
        driver: Driver,
        clock: Clock,
        health: Health,
        flows: Flows,
        *,
        bad_tokens: BadTokens,
        counts: EventCounts,
        meters: Meters,
    ) -> None:
        self._driver = driver
        self._clock = clock
        self._health = health
        self._flows = flows
        self._bad_tokens = bad_tokens
        self._counts = counts
        self._meters = meters
        self._build: dict[Labels, float] = {(version(DISTRIBUTION), platform.python_version()): 1}

    def __repr__(self) -> str:
        """The driver that is read."""
        return f"<CenterCollector of {self._driver!r}>"

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are not checked by a scrape at the start."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All metrics as they stand."""
        yield table.BUILD_INFO.many(self._build)
        yield from self._counts.collect()
        yield from self._meter_metrics()
        yield from self._driver_metrics()
        yield from _queue_metrics(self._driver.center.queues(self._clock.now()))
        yield from self._agent_metrics()
        yield from self._health_metrics()
        yield from self._flow_metrics()

    def _meter_metrics(self) -> Iterator[Metric]:
        meters = self._meters
        yield table.TURN_SECONDS.durations({(): self._driver.turn_times})
        yield table.LOOP_LAG.durations({(): meters.loop_lag})
        yield table.ANSWER_TO_PROMPT.durations({(): meters.answer_to_prompt})
        yield table.SWITCH_ERRORS.many(
            {(kind, str(status)): n for (kind, status), n in meters.switch_failures.items()}
        )
        yield table.SWITCH_CONNECTIONS.one(meters.switch_connections())
        yield table.FRAMES_NOT_UNDERSTOOD.one(meters.frames_not_understood())

    def _driver_metrics(self) -> Iterator[Metric]:
        driver, center = self._driver, self._driver.center
        yield table.TURNS.one(driver.turns)
        yield table.FAULTS.one(driver.faults)
        yield table.BACKLOG.one(driver.backlog)
        yield table.CALLS_IN_PROGRESS.one(center.calls_in_progress())
        yield table.CALLBACKS_OPEN.one(center.open_callbacks())
        yield table.LOST_CALLS_OPEN.one(center.open_lost_calls())
        yield table.BAD_TOKENS.one(self._bad_tokens.total)

    def _agent_metrics(self) -> Iterator[Metric]:
        counts = self._driver.center.agent_counts()
        yield table.AGENTS.many(
            {(state,): counts[state, True] + counts[state, False] for state in AgentState}
        )
        yield table.PHONES.one(counts.total())
        yield table.PHONES_REGISTERED.one(sum(counts[state, True] for state in AgentState))

    def _health_metrics(self) -> Iterator[Metric]:
        report = self._health.report()
        yield table.JOURNAL_PENDING.one(report.journal_pending)
        yield table.JOURNAL_SPOOLED.one(report.journal_spooled)
        yield table.INPUT_LOG_FAILURES.one(report.input_log_failures)
        yield table.INPUT_LOG_PENDING.one(report.input_log_pending)
        yield table.SNAPSHOT_FAILURES.one(report.snapshot_failures)
        yield table.DISK_FREE.one(report.disk_free_bytes)
        yield table.CALLS_LIMIT.one(report.calls_limit)
        yield table.CALLS_REFUSED.one(report.calls_refused)
        yield table.LEGS_LIMIT.one(report.legs_limit)
        yield table.LEGS_IN_USE.one(report.legs_in_use)
        parts = {**report.parts(), "driver": driver_health(self._driver)}
        yield table.PART_OK.many(
            {(name,): float(part.condition is Condition.OK) for name, part in parts.items()}
        )

    def _flow_metrics(self) -> Iterator[Metric]:
        state = self._flows.state()
        yield table.FLOW_VERSIONS.many(dict.fromkeys(state.flows.items(), 1.0))
        yield table.PUBLISH_FAILURES.one(state.failures)


class MetricRoutes:
    """Shows the metrics of one registry of its own."""

    def __init__(self, collector: CenterCollector) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        ProcessCollector(registry=self._registry)

    def __repr__(self) -> str:
        """The name of the class."""
        return "<MetricRoutes>"

    async def _show(self, _request: web.Request) -> web.Response:
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    ROUTES = (
        Route(
            method="GET",
            path="/metrics",
            operation="show_metrics",
            handler=_show,
            summary="Metrics for Prometheus; without a token from this machine only",
            tags=("health",),
            right=Right.READ_METRICS,
            without_token=WithoutToken.THIS_MACHINE,
            answers={200: None},
        ),
    )
    """Its part of the API."""


_BY_QUEUE: tuple[tuple[Measure, Callable[[QueueView], float]], ...] = (
    (table.QUEUE_WAITING, lambda view: view.waiting),
    (table.QUEUE_OLDEST_WAIT, lambda view: view.oldest_wait.total_seconds()),
    (table.QUEUE_LOGGED_IN, lambda view: view.logged_in),
    (table.QUEUE_TAKES_CALLS, lambda view: view.takes_calls),
    (table.QUEUE_FREE, lambda view: view.free),
    (table.QUEUE_CALLBACKS, lambda view: view.callbacks),
    (table.QUEUE_CLOSED, lambda view: view.closed),
)


def _queue_metrics(queues: tuple[QueueView, ...]) -> Iterator[Metric]:
    for measure, value in _BY_QUEUE:
        yield measure.many({(view.queue,): value(view) for view in queues})
