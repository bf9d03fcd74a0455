"""The log of a command that runs for long: lines for people or for programs."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

from contactcenter_ari.config.settings import LogFormat
from contactcenter_ari.runtime.fault import told


class UnfailingStream:
    """A stream that drops what it cannot write, be the disk full or the pipe closed: a line of the
    log must not cost a call.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __repr__(self) -> str:
        return f"<UnfailingStream of {self._stream!r}>"

    def write(self, text: str) -> int:
        """Write a text, or nothing of it."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what was kept back, or try again next time."""
        with suppress(OSError):
            self._stream.flush()


def without_words(
    _: object, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """The kind and the place of an exception instead of its message."""
    fault = event.pop("exc_info", None)
    error = fault if isinstance(fault, BaseException) else sys.exc_info()[1] if fault else None
    return event if error is None else {**event, "fault": told(error)}


def start_logging(log_format: LogFormat, *, least: str = "info") -> None:
    """Log lines from the `least` level on, on standard error, for people or for programs."""
    renderers: list[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer()]
        if log_format is LogFormat.JSON
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what is away is told once, by us
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", UnfailingStream(sys.stderr))),
    )
