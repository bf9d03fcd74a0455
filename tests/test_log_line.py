"""Each line of the log has a static name, and fields of which none is of a person.

The fields are listed: a new one is looked at by a person before it is let in.
"""

import ast
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "_log"}
IDS = {"interaction", "leg", "bridge", "recording", "offer"}
"""Fields by which a line says which call it is about."""
FIELDS = IDS | {
    "at", "calls", "column", "count", "dated", "end", "error", "exc_info", "failures", "file",
    "flow", "input", "inputs", "kind", "limit", "line", "list", "log", "lost", "lost_in_all",
    "method", "part", "path", "peer", "problems", "reason", "reasons", "section",
    "served", "silent_seconds", "snapshot", "spooled", "sql", "sqlstate", "status", "table",
    "times", "told", "trunks", "turn", "version", "why",
}  # fmt: skip
ABOUT_CALLS = re.compile(r"^(call|leg|channel|recording|flow|offer|bridge|turn)\.")
"""Lines about one call."""
WITHOUT_CALL = {"recording.closings_missed", "leg.not_looked_at", "turn.failed"}
"""The first two are about all of them; `turn.failed` names what its input does."""


def lines() -> list[tuple[str, ast.Call]]:
    """Each place at which a line is written, and where that is."""
    return [
        (f"{file.relative_to(CHECKOUT)}:{node.lineno}", node)
        for file in sorted(CHECKOUT.glob("contactcenter_ari/**/*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and _is_log(node.func)
    ]


def _is_log(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in LEVELS
        and isinstance(function.value, ast.Name)
        and function.value.id in LOGGERS
    )


@pytest.mark.parametrize("written", lines(), ids=lambda written: written[0])
def test_a_line_names_no_person(written: tuple[str, ast.Call]) -> None:
    """Its name is a noun and a verb, its fields are known; one about a call has an id of it."""
    place, line = written
    (name,) = line.args
    assert isinstance(name, ast.Constant), place
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", str(name.value)), place
    fields = {keyword.arg for keyword in line.keywords}
    assert fields - FIELDS - {None} == set(), place
    if ABOUT_CALLS.match(str(name.value)) and name.value not in WITHOUT_CALL:
        assert fields & IDS, place
