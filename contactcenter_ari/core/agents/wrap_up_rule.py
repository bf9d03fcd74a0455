"""The time of the work after a talk: how long it lasts, and what makes it longer or shorter."""

from datetime import datetime, timedelta

import msgspec

from contactcenter_ari.core.errors import RequestRefused


class WrapUpRule(msgspec.Struct, frozen=True, kw_only=True):
    """It ends by itself `ends_after` its beginning. The agent may ask for one `extension` after
    the other while all of it stays within `limit`; zero: for none. A disposition ends it when
    it `ends_with_disposition`.
    """

    ends_after: timedelta
    extension: timedelta = timedelta()
    limit: timedelta = timedelta()
    ends_with_disposition: bool = False


class WrapUp:
    """One that goes on until `until`, if nobody asks for anything else."""

    def __init__(self, rule: WrapUpRule, now: datetime, *, noted: bool) -> None:
        self.rule = rule
        self.until = now if noted and rule.ends_with_disposition else now + rule.ends_after
        self._last = now + rule.limit

    def __repr__(self) -> str:
        return f"<WrapUp until {self.until:%H:%M:%S}>"

    def extend(self) -> None:
        """Let it last longer, by what is left to the limit at most.

        Raises:
            RequestRefused: `not_extendable`, `limit_reached`.
        """
        if not self.rule.extension:
            raise RequestRefused("not_extendable", "this queue's wrap-up cannot be extended")
        if self.until >= self._last:
            longest = f"{self.rule.limit.total_seconds():g} s"
            raise RequestRefused("limit_reached", f"a wrap-up lasts {longest} at most")
        self.until = min(self.until + self.rule.extension, self._last)
