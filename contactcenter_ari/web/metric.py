"""Metrics for Prometheus (`/metrics`), read from the snapshots at the moment of the scrape."""

from collections import Counter
from collections.abc import Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from contactcenter_ari.core.center.view import QueueView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.bearer import BadTokens
from contactcenter_ari.web.health import driver_health
from contactcenter_ari.web.port import Condition, Flows, Health
from contactcenter_ari.web.right import Right
from contactcenter_ari.web.route import Route, WithoutToken

PREFIX = "contactcenter"


class CenterCollector(Collector):
    """Reads the center, the driver, the health and the flows."""

    def __init__(
        self, driver: Driver, clock: Clock, health: Health, flows: Flows, bad_tokens: BadTokens
    ) -> None:
        self._driver = driver
        self._clock = clock
        self._health = health
        self._flows = flows
        self._bad_tokens = bad_tokens

    def __repr__(self) -> str:
        """The driver that is read."""
        return f"<CenterCollector of {self._driver!r}>"

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are not checked by a scrape at the start."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All metrics as they stand."""
        yield from self._driver_metrics()
        yield from _queue_metrics(self._driver.center.queues(self._clock.now()))
        yield self._agent_metric()
        yield from self._health_metrics()
        yield from self._flow_metrics()

    def _driver_metrics(self) -> Iterator[Metric]:
        driver = self._driver
        yield _counter("turns", "Inputs handled by the core.", driver.turns)
        yield _counter("faults", "Inputs that met a fault of the program.", driver.faults)
        yield _gauge("backlog", "Inputs waiting for their turn.", driver.backlog)
        calls = driver.center.calls_in_progress()
        yield _gauge("calls_in_progress", "Calls in a flow, waiting or talking.", calls)
        callbacks, lost_calls = driver.center.open_callbacks(), driver.center.open_lost_calls()
        yield _gauge("callbacks_open", "Calls back that are still to be made.", callbacks)
        yield _gauge("lost_calls_open", "Lost calls nobody has looked after.", lost_calls)
        bad = self._bad_tokens.total
        yield _counter("bad_tokens", "Requests with a token that nobody has.", bad)

    def _agent_metric(self) -> Metric:
        count = Counter(view.state for view in self._driver.center.agents(self._clock.now()))
        agents = GaugeMetricFamily(f"{PREFIX}_agents", "Agents by state.", labels=["state"])
        for state in AgentState:
            agents.add_metric([state], count[state])
        return agents

    def _health_metrics(self) -> Iterator[Metric]:
        report = self._health.report()
        yield _gauge("journal_pending", "Events not yet in the database.", report.journal_pending)
        yield _gauge("journal_spooled", "Events kept on disk.", report.journal_spooled)
        failures = report.input_log_failures
        yield _counter("input_log_failures", "Inputs not written at once.", failures)
        yield _gauge("input_log_pending", "Inputs that wait in memory.", report.input_log_pending)
        yield _counter(
            "snapshot_failures", "Snapshots that could not be written.", report.snapshot_failures
        )
        yield _gauge("disk_free_bytes", "Room left for data.", report.disk_free_bytes)
        yield _gauge("calls_limit", "Calls that may come in at once.", report.calls_limit)
        yield _counter("calls_refused", "Calls there was no room for.", report.calls_refused)
        yield _gauge("legs_limit", "Legs there are audio ports for.", report.legs_limit)
        yield _gauge("legs_in_use", "Legs there are.", report.legs_in_use)
        ok = GaugeMetricFamily(f"{PREFIX}_part_ok", "1 while a part is well.", labels=["part"])
        for name, part in {**report.parts(), "driver": driver_health(self._driver)}.items():
            ok.add_metric([name], float(part.condition is Condition.OK))
        yield ok

    def _flow_metrics(self) -> Iterator[Metric]:
        state = self._flows.state()
        versions = GaugeMetricFamily(
            f"{PREFIX}_flow_versions", "The versions new calls get.", labels=["flow", "version"]
        )
        for flow, version in state.flows.items():
            versions.add_metric([flow, version], 1)
        yield versions
        failures = state.failures
        yield _counter("publish_failures", "Files that could not be published.", failures)


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


def _queue_metrics(queues: tuple[QueueView, ...]) -> Iterator[Metric]:
    waiting = _by_queue("waiting", "Callers waiting.")
    oldest = _by_queue("oldest_wait_seconds", "The longest wait of a caller who waits.")
    logged_in = _by_queue("logged_in", "Agents of the queue who are logged in.")
    takes_calls = _by_queue("takes_calls", "Agents who take calls, now or after the present one.")
    free = _by_queue("free", "Agents who could take a call this instant.")
    callbacks = _by_queue("callbacks", "Places in line kept for calls back.")
    closed = _by_queue("closed", "1 while a person has closed the queue.")
    for view in queues:
        waiting.add_metric([view.queue], view.waiting)
        oldest.add_metric([view.queue], view.oldest_wait.total_seconds())
        logged_in.add_metric([view.queue], view.logged_in)
        takes_calls.add_metric([view.queue], view.takes_calls)
        free.add_metric([view.queue], view.free)
        callbacks.add_metric([view.queue], view.callbacks)
        closed.add_metric([view.queue], float(view.closed))
    yield from (waiting, oldest, logged_in, takes_calls, free, callbacks, closed)


def _by_queue(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_queue_{name}", text, labels=["queue"])


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"{PREFIX}_{name}", text, value=value)
