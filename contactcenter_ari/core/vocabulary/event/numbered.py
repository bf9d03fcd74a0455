"""The fields that all events begin with."""

from datetime import datetime

import msgspec

from contactcenter_ari.core.vocabulary.ids import InteractionId


class NumberedEvent(msgspec.Struct, frozen=True):
    """The fields of every event: its number over all events of this core, and when it happened.
    These two come first, by position, so that `Turn.tell` can add them to fields that are checked.
    """

    number: int
    at: datetime


class InteractionEvent(NumberedEvent, frozen=True, kw_only=True):
    """An event in the life of one interaction."""

    interaction: InteractionId
