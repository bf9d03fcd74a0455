"""The events that Asterisk is asked for, and the end of asking."""

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.messages import EVENT_KINDS, RESTResponse
from contactcenter_ari.ari.operation import Operation


def greeting(app: str) -> list[Operation]:
    """The first messages on each connection, which name the events to send."""
    return [
        operation.filter_events(app, [*EVENT_KINDS, RESTResponse.__name__]),
        operation.watch_phones(app),
    ]


def farewell(app: str) -> list[Operation]:
    """The last message before we leave: no more events; the next greeting asks for them again."""
    return [operation.filter_events(app, [RESTResponse.__name__])]
