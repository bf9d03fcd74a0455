"""Pauses of a recording: why it is silent, from when to when."""

from datetime import datetime
from enum import StrEnum

import msgspec


class PauseReason(StrEnum):
    """Why a recording is silent; several may hold at once."""

    SECRET = "secret"  # noqa: S105  # the name of a reason, and no password
    """The caller types what must not be kept."""
    HOLD = "hold"
    """One party has put the other on hold."""
    FLOW = "flow"
    """The call flow says so."""
    REFUSED = "refused"
    """The switch did not pause when told to: nothing is kept from then on."""


class Pause(msgspec.Struct, frozen=True):
    """One stretch for one reason."""

    reason: PauseReason
    started_at: datetime
    ended_at: datetime


SILENCED = frozenset({PauseReason.SECRET, PauseReason.REFUSED})
"""The reasons for which nothing may be left in a file, whatever the switch wrote into it."""
