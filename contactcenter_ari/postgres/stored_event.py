"""Stored events as events of this version; earlier versions may have written them.

Rows of events are never changed, so a field that gets another name is listed here for good.
"""

from collections.abc import Mapping

import msgspec

from contactcenter_ari.core.vocabulary.event import Event

OLD_FIELDS: Mapping[str, Mapping[str, str]] = {"OfferMade": {"grounds": "reason"}}
"""New names of fields by old ones, by the kind of event."""


def read_event(fields: Mapping[str, object]) -> Event:
    """The event of stored fields; raises msgspec.ValidationError when they are of none."""
    new_names = OLD_FIELDS.get(str(fields.get("type")), {})
    renamed = {new_names.get(name, name): value for name, value in fields.items()}
    event: Event = msgspec.convert(renamed, Event)
    return event
