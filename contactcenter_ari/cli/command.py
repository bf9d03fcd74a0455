"""The parts that all commands share: settings, screens, and errors in one sentence.

Light to import, for every command waits for it.
"""

import errno
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console

from contactcenter_ari.config.settings import Settings, read_settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.spoken.value import read_duration

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
    """The screen for results: standard output; a file or a pipe is given room for tables."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def error_screen() -> Console:
    """The screen for errors and the progress of long work."""
    return Console(stderr=True)


def load_settings() -> Settings:
    """The settings, with logging set up by them; raises SettingInvalid."""
    from contactcenter_ari.cli.log import start_logging

    settings = read_settings(os.environ)
    start_logging(settings.log)
    return settings


def limit_given(text: str, longest: timedelta) -> timedelta | None:
    """A time for a command to end by itself; None for what is none, or a longer one."""
    try:
        limit = read_duration(text)
    except ValueError:
        return None
    return limit if timedelta() < limit <= longest else None


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
    import uvloop

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
