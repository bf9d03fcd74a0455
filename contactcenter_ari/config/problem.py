"""A problem in a file of an engineer, worded so that it can be corrected at once.

A problem names file, line, column and code, quotes the line with a caret under the exact word, and
says what may have been meant. `catalogue.py` explains the codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from contactcenter_ari.config.synonym import meant_by
from contactcenter_ari.core.errors import CallFlowInvalid

LINE_LIMIT = 160
LISTED = 24
"""The number of names that are listed where one does not exist."""
ALMOST = 0.8
"""The likeness of two words of which one is surely meant by the other."""
LEAST_BEGINNING = 3
"""The number of different letters with which `sat` is still near to `saturday`."""


class Severity(StrEnum):
    """An error stops publishing, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake. Line and column count from 1; `length` is that of the word to blame;
    `source` is the whole line it stands in.
    """

    file: Path
    line: int
    column: int
    code: str
    message: str
    length: int = 1
    source: str = ""
    suggestion: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """The problem in text form: one line, then the source with a caret."""
        place = f"{self.file}:{self.line}:{self.column}"
        lines = [f"{place}: {self.severity}[{self.code}]: {self.message}"]
        if self.source.strip() and self.column <= LINE_LIMIT:
            source = self.source[:LINE_LIMIT]
            width = max(1, min(self.length, len(source) - self.column + 1))
            indent = "".join("\t" if mark == "\t" else " " for mark in source[: self.column - 1])
            lines += [f"    {source}", f"    {indent}{'^' * width}"]
        if self.suggestion:
            lines.append(f"  {self.suggestion}")
        return "\n".join(lines)


class SiteInvalid(CallFlowInvalid):
    """The configuration cannot be published; `problems` are all there are, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """All problems by file, line and column, none twice."""

    def place(problem: Problem) -> tuple[str, int, int, str, str]:
        return str(problem.file), problem.line, problem.column, problem.code, problem.message

    return tuple(sorted(set(problems), key=place))


def misspelled(word: str, candidates: Iterable[str], *, likeness: float = 0.6) -> str:
    """The candidate that a word is a misspelling of, in upper or lower case; empty if of none."""
    known = {each.casefold(): each for each in sorted(candidates)}
    folded = word.casefold()
    close = [folded] if folded in known else get_close_matches(folded, known, 1, likeness)
    return known[close[0]] if close else ""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant: misspelled, by the name it has in other systems, or
    with more at its end; empty when none is near.
    """
    names = sorted(candidates)
    folded = word.casefold()
    beginnings = [
        each for each in names if len(each) >= LEAST_BEGINNING and folded.startswith(each)
    ]
    return (
        misspelled(word, names, likeness=ALMOST)
        or meant_by(folded, names)
        or misspelled(word, names)
        or next(iter(beginnings), "")
    )


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`did you mean "agents"?`, or nothing when no candidate is close."""
    close = nearest(word, candidates)
    return f'did you mean "{close}"?' if close else ""


def suggest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant, or else all there are; the first ones of many."""
    names = list(dict.fromkeys(candidates))
    return did_you_mean(word, names) or there_are(names)


def there_are(names: Sequence[str]) -> str:
    """`there are "claims", "sales"`; the first ones of many."""
    if len(names) <= 1:
        return f'there is only "{names[0]}"' if names else "there is none"
    shown = ", ".join(f'"{name}"' for name in names[:LISTED])
    more = len(names) - LISTED
    return f"there are {shown}" + (f" and {more} more" if more > 0 else "")
