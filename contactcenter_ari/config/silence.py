"""`# callflow: ignore E501` at the end of a line silences that problem in that line.

Only what a flow can be run with may be silenced; a comment that silences nothing is told.
"""

import re
from collections.abc import Iterable, Iterator

from contactcenter_ari.config.catalogue import SILENCEABLE
from contactcenter_ari.config.document import Document
from contactcenter_ari.config.problem import Problem, Severity

_COMMENT = re.compile(r"(?:^|\s)#\s*callflow:\s*ignore\b[\s:]*(?P<codes>[^#]*)$")
_CODE = re.compile(r"[^\s,]+")


def unsilenced(problems: Iterable[Problem], documents: Iterable[Document]) -> list[Problem]:
    """The problems that are left, and the comments that do nothing."""
    every = set(problems)
    silent = {
        problem
        for problem in every
        if problem.code in SILENCEABLE and problem.code in _codes(problem.source)
    }
    useless = (idle for document in documents for idle in _idle(document, silent))
    return [*(every - silent), *useless]


def _codes(line: str) -> list[str]:
    found = _COMMENT.search(line) if "callflow" in line else None
    return _CODE.findall(found["codes"]) if found else []


def _idle(document: Document, silent: set[Problem]) -> Iterator[Problem]:
    """Comments, or codes in them, that silence nothing."""
    done = {(p.line, p.code) for p in silent if p.file == document.file}
    for number, line in enumerate(document.lines, start=1):
        found = _COMMENT.search(line) if "callflow" in line else None
        if found is None:
            continue
        codes = list(_CODE.finditer(line, found.start("codes")))
        if not codes:
            message = "this comment names no code; an example: # callflow: ignore E501"
            yield _problem(document, number, line.index("#", found.start()), 1, message)
        for code in codes:
            if (number, code[0]) not in done:
                allowed = code[0] in SILENCEABLE
                message = f"{code[0]} is not told here" if allowed else "it cannot be silenced"
                yield _problem(
                    document,
                    number,
                    code.start(),
                    len(code[0]),
                    f'ignoring "{code[0][:60]}" does nothing: {message}',
                )


def _problem(document: Document, line: int, offset: int, length: int, message: str) -> Problem:
    return Problem(
        file=document.file,
        line=line,
        column=offset + 1,
        code="E006",
        message=message,
        length=length,
        source=document.lines[line - 1],
        severity=Severity.WARNING,
    )
