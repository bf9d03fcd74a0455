"""When a promise may be kept: within the hours its flow names, and by day where the callee is."""

from datetime import datetime

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.callback import Promise
from contactcenter_ari.core.center.catalog import Catalog
from contactcenter_ari.core.hours.calendar import Calendar
from contactcenter_ari.core.hours.calling_time import common_until, every_day, next_common

NO_ZONE = "UTC"


def next_allowed(
    promise: Promise, catalog: Catalog, settings: QueueSettings, now: datetime
) -> datetime | None:
    """The first instant from `now` on at which it may be kept; None when it expires before."""
    return next_common(_calendars(promise, catalog, settings), now, promise.expires_at)


def allowed_until(
    promise: Promise, catalog: Catalog, settings: QueueSettings, now: datetime
) -> datetime:
    """How long it may be kept, when it may be now."""
    end = common_until(_calendars(promise, catalog, settings), now)
    return promise.expires_at if end is None else min(end, promise.expires_at)


def _calendars(promise: Promise, catalog: Catalog, settings: QueueSettings) -> list[Calendar]:
    flow, window = catalog.flow(promise.flow), settings.call_window
    zones = promise.zones or (flow.timezone if flow is not None else NO_ZONE,)
    calendars = [every_day(zone, window.since, window.until) for zone in zones]
    named = flow.hours.get(promise.hours) if flow is not None else None
    return calendars if named is None else [named, *calendars]
