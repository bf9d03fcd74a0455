"""The problems of call flows as people, programs, GitHub and code scanners read them."""

import json
from collections.abc import Sequence
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


def report(problems: Sequence[Problem], form: Format) -> str:
    """The problems in one of the formats."""
    match form:
        case Format.TEXT:
            return "\n".join([*map(str, problems), summary(problems)])
        case Format.JSON:
            return json.dumps(_as_data(problems), indent=2, ensure_ascii=False)
        case Format.GITHUB:
            return "\n".join([*map(_annotation, problems), summary(problems)])
        case Format.SARIF:
            return json.dumps(_sarif(problems), indent=2, ensure_ascii=False)


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
        "problems": [
            {
                "file": problem.file.as_posix(),
                "line": problem.line,
                "column": problem.column,
                "length": problem.length,
                "code": problem.code,
                "severity": problem.severity.value,
                "message": problem.message,
                "suggestion": problem.suggestion,
            }
            for problem in problems
        ],
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
