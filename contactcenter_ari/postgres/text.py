"""Text from outside, made fit for Postgres and JSON; nothing else about it is changed.

Postgres text holds neither the NUL character nor half of a surrogate pair. Both are replaced
by U+FFFD, so that a value is kept and seen to have been odd. Quotes, SQL and markup are just
text: values only travel as parameters.
"""

import re

import msgspec

from contactcenter_ari.core.vocabulary.event import Event

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED_NUL = b"\\u0000"


def storable(text: str) -> str:
    """The text with what Postgres cannot hold replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def event_line(event: Event) -> bytes:
    """The event as one line of JSON (without the line end) that Postgres takes as jsonb."""
    try:
        line = msgspec.json.encode(event)
    except UnicodeEncodeError:
        return _cleaned_line(event)
    return _cleaned_line(event) if _ESCAPED_NUL in line else line


def _cleaned_line(event: Event) -> bytes:
    return msgspec.json.encode(_cleaned(msgspec.to_builtins(event)))


def _cleaned(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case dict():
            return {_cleaned(key): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
        case _:
            return value
