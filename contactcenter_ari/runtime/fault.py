"""A fault as it may be logged: its kind and where it came about.

What an exception says, and the lines of code around it, may hold what a caller typed or said; the
kind and the place never do.
"""

from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

PACKAGE = Path(__file__).parents[1]
MOST_PLACES = 40
"""The most places of a way; of a longer one the beginning is left out."""


def told(error: BaseException) -> str:
    """Its kind, and the way to it, outermost first: `KeyError at core/flow/run.py:12 in take >
    ...`. What it came from is told behind it.
    """
    return "; from ".join(_told(each) for each in _chain(error))


def _told(error: BaseException) -> str:
    way = list(walk_tb(error.__traceback__))[-MOST_PLACES:]
    codes = [(frame.f_code, line) for frame, line in way]
    places = [f"{_short(code.co_filename)}:{line} in {code.co_name}" for code, line in codes]
    kind = type(error).__qualname__
    return f"{kind} at {' > '.join(places)}" if places else kind


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        yield at
        seen.add(id(at))
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else path.name
