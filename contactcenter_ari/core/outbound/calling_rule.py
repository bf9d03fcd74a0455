"""Whether and when a callback may be made: by its flow, the do-not-call list, and the hours."""

from datetime import datetime

from contactcenter_ari.core.acd.distribution import Distribution
from contactcenter_ari.core.outbound import dialing_hours
from contactcenter_ari.core.outbound.callback import Callback
from contactcenter_ari.core.outbound.do_not_call import DoNotCall
from contactcenter_ari.core.site.catalog import Catalog


class CallingRules:
    """The rules of the flows in `catalog`, which are those of today also for older callbacks."""

    def __init__(self, distribution: Distribution, catalog: Catalog) -> None:
        self.catalog = catalog
        self.do_not_call = DoNotCall()
        self._distribution = distribution

    def __repr__(self) -> str:
        return f"<CallingRules with {self.do_not_call!r}>"

    def permit(self, callback: Callback) -> bool:
        """Whether its number may be called at all."""
        flow = self.catalog.flow(callback.flow)
        allowed = flow is not None and flow.outside.permits(callback.number)
        return allowed and callback.number not in self.do_not_call

    def allowed_at(self, callback: Callback, earliest: datetime) -> datetime | None:
        """The first instant from `earliest` on at which it may be made; None when it never may."""
        settings = self._distribution.queues.settings[callback.queue]
        return dialing_hours.next_allowed(callback, self.catalog, settings, earliest)

    def due_at(self, callback: Callback, now: datetime) -> datetime | None:
        """The first instant from `now` on at which it is due and may be made."""
        return self.allowed_at(callback, max(now, callback.next_at))

    def allowed_until(self, callback: Callback, now: datetime) -> datetime:
        """The end of the time in which it may be made, if it may be made now."""
        settings = self._distribution.queues.settings[callback.queue]
        return dialing_hours.allowed_until(callback, self.catalog, settings, now)

    def note_zones(self, callback: Callback, now: datetime) -> None:
        """Keep the zones in which it is day while it is dialed."""
        settings = self._distribution.queues.settings[callback.queue]
        callee = dialing_hours.callee_zones(callback, self.catalog, settings, now)
        if callee is not None:
            callback.attempt_zones, callback.zone_source = callee
