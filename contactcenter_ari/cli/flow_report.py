"""The problems of call flows as people, programs, GitHub and code scanners read them."""

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib.metadata import version

from contactcenter_ari.config.catalogue import EXPLANATIONS, severity
from contactcenter_ari.config.problem import Problem, Severity

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
PRODUCT = "contactcenter-ari"


class Format(StrEnum):
    """How problems are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def report(problems: Sequence[Problem], form: Format, elsewhere: Sequence[Problem] = ()) -> str:
    """The problems in one of the formats; `elsewhere` are errors in other files of the site,
    which keep it from being published and are told apart.
    """
    match form:
        case Format.TEXT:
            return "\n".join(_told_apart(problems, elsewhere, str))
        case Format.JSON:
            apart = {"elsewhere": [_problem_data(each) for each in elsewhere]} if elsewhere else {}
            return json.dumps(_as_data(problems) | apart, indent=2, ensure_ascii=False)
        case Format.GITHUB:
            return "\n".join(_told_apart(problems, elsewhere, _annotation))
        case Format.SARIF:
            return json.dumps(_sarif([*problems, *elsewhere]), indent=2, ensure_ascii=False)


def _told_apart(
    problems: Sequence[Problem], elsewhere: Sequence[Problem], tell: Callable[[Problem], str]
) -> list[str]:
    own = [*map(tell, problems), summary(problems)] if problems or not elsewhere else []
    if not elsewhere:
        return own
    also = "the site cannot be published either, for errors elsewhere:"
    alone = "nothing wrong here, but the site cannot be published, for errors elsewhere:"
    heading = ["", also] if own else [alone]
    return [*own, *heading, *map(tell, elsewhere), f"{summary(elsewhere)} elsewhere"]


def summary(problems: Sequence[Problem]) -> str:
    """How many errors and warnings there are."""
    errors, warnings = _counts(problems)
    if not problems:
        return "no problems"
    said = [(errors, "error"), (warnings, "warning")]
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in said if count)


def _counts(problems: Sequence[Problem]) -> tuple[int, int]:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    return errors, len(problems) - errors


def _as_data(problems: Sequence[Problem]) -> dict[str, object]:
    errors, warnings = _counts(problems)
    return {
        "errors": errors,
        "warnings": warnings,
        "problems": [_problem_data(problem) for problem in problems],
    }


def _problem_data(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file.as_posix(),
        "line": problem.line,
        "column": problem.column,
        "length": problem.length,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "suggestion": problem.suggestion,
    }


def _annotation(problem: Problem) -> str:
    """A workflow command of GitHub Actions, which shows the problem at its line."""
    place = {
        "file": problem.file.as_posix(),
        "line": str(problem.line),
        "col": str(problem.column),
        "endColumn": str(problem.column + problem.length),
        "title": problem.code,
    }
    said = ",".join(f"{key}={_escaped(text, ':,')}" for key, text in place.items())
    return f"::{problem.severity} {said}::{_escaped(_told(problem))}"


def _escaped(text: str, more: str = "") -> str:
    for mark in f"%\r\n{more}":
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text


def _told(problem: Problem) -> str:
    return f"{problem.message}; {problem.suggestion}" if problem.suggestion else problem.message


def _sarif(problems: Sequence[Problem]) -> dict[str, object]:
    codes = sorted({problem.code for problem in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": EXPLANATIONS[code]},
            "defaultConfiguration": {"level": severity(code).value},
        }
        for code in codes
    ]
    driver = {"name": PRODUCT, "version": version(PRODUCT), "rules": rules}
    results = [_result(problem, codes) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF, "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, codes: Sequence[str]) -> dict[str, object]:
    region = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endColumn": problem.column + problem.length,
    }
    place = {"artifactLocation": {"uri": problem.file.as_posix()}, "region": region}
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity.value,
        "message": {"text": _told(problem)},
        "locations": [{"physicalLocation": place}],
    }
