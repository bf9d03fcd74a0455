"""The parts that all commands share: settings, screens, logs, and errors in one sentence.

Light to import, for every command waits for it.
"""

import errno
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TextIO, TypeVar, cast

import structlog
import typer
import uvloop
from rich.console import Console

from contactcenter_ari.config.settings import LogFormat, Settings, read_settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.runtime.fault import told

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PIPE_WIDTH = 120
REFUSALS = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}
"""The errors of a machine that refuses: no room on the disk, no rights, too many open files."""
INTERRUPTED = 130
"""Exit status of a program ended by Ctrl-C (128 + SIGINT)."""


def screen() -> Console:
    """Where people read: standard output; a file or a pipe is given room for tables."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def error_screen() -> Console:
    """Where people read what went wrong, and the progress of long work."""
    return Console(stderr=True)


def load_settings() -> Settings:
    """The settings, with logging set up by them; raises SettingInvalid."""
    settings = read_settings(os.environ)
    start_logging(settings.log)
    return settings


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


def command(work: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Print our own errors, and those of a machine that refuses, in a sentence, and exit with 1; a
    fault of ours keeps its traceback.
    """

    @wraps(work)
    def told(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except (ContactCenterError, OSError) as error:
            if not _is_told(error):
                raise
            fail(error)
        except BaseExceptionGroup as group:
            if (ours := group.subgroup(_is_told)) is None:
                raise
            fail(_first(ours))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None

    return told


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run asynchronous work to its end."""
    return uvloop.run(work)


def fail(error: Exception) -> NoReturn:
    """Print the error and end."""
    told = _refusal(error) if isinstance(error, OSError) else str(error)
    error_screen().print(f"error: {told}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def _is_told(error: BaseException) -> bool:
    return isinstance(error, ContactCenterError) or (
        isinstance(error, OSError) and error.errno in REFUSALS
    )


def _refusal(error: OSError) -> str:
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part)


def _first(group: BaseExceptionGroup[Any]) -> Exception:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Exception), "errors of ours are exceptions"
    return error
