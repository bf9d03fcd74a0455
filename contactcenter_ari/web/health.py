"""Whether the process is well (`/healthz`) and takes calls now (`/readyz`), for watchdogs."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from contactcenter_ari.runtime.driver import INBOX_LIMIT, Driver
from contactcenter_ari.web.message import json_answer
from contactcenter_ari.web.port import Condition, Health, HealthReport, PartHealth
from contactcenter_ari.web.route import Route, WithoutToken

_WORST_FIRST = (Condition.FAILED, Condition.DEGRADED, Condition.OK)


class Wellness(msgspec.Struct, frozen=True, kw_only=True):
    """The process as a whole: as bad as its worst part."""

    condition: Condition
    parts: dict[str, PartHealth]


class Readiness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether calls are taken, and the reasons if not; what else is not well."""

    ready: bool
    why: tuple[str, ...]
    degraded: tuple[str, ...] = ()


class HealthRoutes:
    """Shows how the process is."""

    def __init__(self, driver: Driver, health: Health) -> None:
        self._driver = driver
        self._health = health

    def __repr__(self) -> str:
        """The driver of the process."""
        return f"<HealthRoutes of {self._driver!r}>"

    async def _show_health(self, _request: web.Request) -> web.Response:
        parts = {**self._health.report().parts(), "driver": driver_health(self._driver)}
        worst = next(c for c in _WORST_FIRST if any(p.condition is c for p in parts.values()))
        status = HTTPStatus.OK
        if worst is Condition.FAILED:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        return json_answer(Wellness(condition=worst, parts=parts), status)

    async def _show_readiness(self, _request: web.Request) -> web.Response:
        report = self._health.report()
        why = reasons_to_take_no_calls(report, self._driver)
        degraded = tuple(
            f"{name}: {part.why or part.condition}"
            for name, part in report.parts().items()
            if part.condition is Condition.DEGRADED
        )
        status = HTTPStatus.SERVICE_UNAVAILABLE if why else HTTPStatus.OK
        return json_answer(Readiness(ready=not why, why=why, degraded=degraded), status)

    ROUTES = (
        Route(
            method="GET",
            path="/healthz",
            operation="show_health",
            handler=_show_health,
            summary="Whether the process is well; 503 when a part has failed",
            tags=("health",),
            without_token=WithoutToken.ANYBODY,
            answers={200: Wellness, 503: Wellness},
        ),
        Route(
            method="GET",
            path="/readyz",
            operation="show_readiness",
            handler=_show_readiness,
            summary="Whether calls are taken now",
            tags=("health",),
            without_token=WithoutToken.ANYBODY,
            answers={200: Readiness, 503: Readiness},
        ),
    )
    """Its part of the API."""


def driver_health(driver: Driver) -> PartHealth:
    """How well the driver keeps up; half of its limit is the alarm."""
    why = f"{driver.backlog} inputs wait for their turn"
    if not driver.accepts_calls:
        return PartHealth(Condition.FAILED, why)
    if driver.backlog * 2 >= INBOX_LIMIT:
        return PartHealth(Condition.DEGRADED, why)
    return PartHealth()


def reasons_to_take_no_calls(report: HealthReport, driver: Driver) -> tuple[str, ...]:
    """Sentences; none means that calls are taken. The database may well be away."""
    needed = {"switch": report.switch, "flows": report.flows, "driver": driver_health(driver)}
    why = [
        f"{name}: {part.why or part.condition}"
        for name, part in needed.items()
        if part.condition is Condition.FAILED
    ]
    if report.draining:
        why.append("the calls in progress are finished, and no new ones taken")
    return tuple(why)
