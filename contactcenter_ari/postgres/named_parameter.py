"""Turns the `:name` parameters of an engineer's SQL into the driver's, and touches nothing else.

A colon inside a literal, a quoted name, a dollar-quoted text or a comment is no parameter, nor
is a `::` cast or an array's slice. Per cent signs are doubled, as the driver wants it.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<escaped> \b[eE]'(?:[^'\\]|''|\\.)*' )           # E'it\'s'
    | (?P<literal> '(?:[^']|'')*' )
    | (?P<identifier> "(?:[^"]|"")*" )
    | (?P<dollar> \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<cast> :: )
    | (?<![\w\]]) :(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class DriverQuery:
    """The text for the driver, and the names it has parameters for."""

    text: bytes
    names: frozenset[str]


def driver_query(sql: str) -> DriverQuery:
    """The same query with `%(name)s` in place of `:name`, and without a semicolon at its end."""
    sql = _without_end(sql)
    names: set[str] = set()
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(sql):
        parts.append(_doubled(sql[end : token.start()]))
        end = token.end()
        if name := token["name"]:
            names.add(name)
            parts.append(f"%({name})s")
        else:
            parts.append(_doubled(token[0]))
    parts.append(_doubled(sql[end:]))
    return DriverQuery("".join(parts).encode(), frozenset(names))


def _without_end(sql: str) -> str:
    """The query without the semicolon that may end it, and what comes after that."""
    code = _TOKEN.sub(_blanked, sql).rstrip()
    return sql[: len(code.rstrip("; \t\r\n"))] if code.endswith(";") else sql


def _blanked(token: re.Match[str]) -> str:
    return (" " if token["comment"] else "x") * len(token[0])


def _doubled(text: str) -> str:
    return text.replace("%", "%%")
