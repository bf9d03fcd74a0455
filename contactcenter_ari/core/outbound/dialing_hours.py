"""The hours in which a callback may be made: those of its flow, and by day where the callee is.

The callee's zone is where the customer lives, if that is known; else where the number is by the
numbering plan, if that is one zone or zones close together. A number that may be in zones far
apart, as mobiles of large countries and toll-free ones are, is called by day where its queue says.
"""

from datetime import datetime
from typing import NamedTuple

from contactcenter_ari.core.acd.settings import QueueSettings, UnknownZone
from contactcenter_ari.core.hours.calendar import Calendar
from contactcenter_ari.core.hours.calling_time import (
    are_close,
    common_until,
    every_day,
    next_common,
)
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.site.catalog import Catalog
from contactcenter_ari.core.vocabulary.callback import ZoneSource

NO_ZONE = "UTC"
"""The zone of a flow that is not published any more."""


class CalleeZones(NamedTuple):
    """The time zones (IANA names) in which it must be day, and how they are known."""

    zones: tuple[str, ...]
    source: ZoneSource


def callee_zones(
    callback: Callback, catalog: Catalog, settings: QueueSettings, at: datetime
) -> CalleeZones | None:
    """The zones in which it must be day for a callback; None when it must never be made."""
    if callback.timezone:
        return CalleeZones((callback.timezone,), ZoneSource.CUSTOMER)
    if are_close(callback.zones, at):
        return CalleeZones(callback.zones, ZoneSource.NUMBER)
    flow = catalog.flow(callback.flow)
    of_flow = CalleeZones((flow.timezone if flow else NO_ZONE,), ZoneSource.FLOW)
    match settings.unknown_zone:
        case UnknownZone.FLOW:
            return of_flow
        case UnknownZone.BLOCK:
            return None
        case UnknownZone.ALL_ZONES:
            return CalleeZones(callback.zones, ZoneSource.ALL_ZONES) if callback.zones else of_flow
        case zone:
            return CalleeZones((zone,), ZoneSource.SETTING)


def next_allowed(
    callback: Callback, catalog: Catalog, settings: QueueSettings, now: datetime
) -> datetime | None:
    """The first instant from `now` on at which it may be made; None when it expires before."""
    calendars = _calendars(callback, catalog, settings, now)
    return None if calendars is None else next_common(calendars, now, callback.expires_at)


def allowed_until(
    callback: Callback, catalog: Catalog, settings: QueueSettings, now: datetime
) -> datetime:
    """The end of the time in which it may be made, if it may be made now."""
    end = common_until(_calendars(callback, catalog, settings, now) or (), now)
    return callback.expires_at if end is None else min(end, callback.expires_at)


def _calendars(
    callback: Callback, catalog: Catalog, settings: QueueSettings, at: datetime
) -> list[Calendar] | None:
    callee = callee_zones(callback, catalog, settings, at)
    if callee is None:
        return None
    flow, window = catalog.flow(callback.flow), settings.call_window
    calendars = [every_day(zone, window.since, window.until) for zone in callee.zones]
    named = flow.hours.get(callback.hours) if flow is not None else None
    return calendars if named is None else [named, *calendars]
