"""The events that Asterisk is asked for, and the end of asking."""

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.messages import EVENT_KINDS, PHONE_EVENT_KINDS, RESTResponse
from contactcenter_ari.ari.operation import Operation


def phones_app(app: str) -> str:
    """The application that watches phones; in `app` itself digits would be reported twice."""
    return f"{app}-phones"


def greeting(app: str) -> list[Operation]:
    """The first message on each connection, which names the events to send."""
    return [
        operation.filter_events(app, [*EVENT_KINDS, RESTResponse.__name__]),
        operation.filter_events(phones_app(app), PHONE_EVENT_KINDS),
        operation.watch_phones(phones_app(app)),
    ]


def farewell(app: str) -> list[Operation]:
    """The last message before we leave: no more events; the next greeting asks for them again."""
    replies = [RESTResponse.__name__]
    return [operation.filter_events(name, replies) for name in (app, phones_app(app))]
