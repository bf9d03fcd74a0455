"""Reads a CSV file of agents; every problem is told with its line and column.

Columns: `extension`, `name`, `queues` (separated by `;` or spaces) and, if wanted, `language`
and `skills` (like queues; one is `NAME=LEVEL`).
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from contactcenter_ari.core.vocabulary.skill import Skills
from contactcenter_ari.postgres.errors import AgentFileInvalid
from contactcenter_ari.runtime.regular_file import read_regular

_EXTENSION = re.compile(r"[0-9]{2,6}")
_QUEUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME_LENGTH = 100
SIZE_LIMIT = 10_000_000
_REQUIRED = ("extension", "name", "queues")
_KNOWN = (*_REQUIRED, "language", "skills")
_SKILL = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,64})=(?P<level>[1-9])")


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An agent as someone wants it in the directory; a skill is `NAME=LEVEL`."""

    extension: str
    name: str
    queues: tuple[str, ...]
    language: str = "en"
    skills: tuple[str, ...] = ()


def read_skills(skills: Iterable[str]) -> Skills:
    """Levels by skill; those with problems are left out."""
    found = [_SKILL.fullmatch(skill) for skill in skills]
    return {match["name"]: int(match["level"]) for match in found if match}


def skill_problems(skills: Iterable[str]) -> list[str]:
    """The mistakes in skills as someone wrote them, in sentences; empty when all are fine."""
    problems = []
    seen: set[str] = set()
    for skill in skills:
        name = skill.partition("=")[0]
        if _SKILL.fullmatch(skill) is None:
            problems.append(
                f'"{skill[:40]}" is not a skill with a level of 1 (a little) to 9 (best) '
                "such as dutch=7"
            )
        elif name in seen:
            problems.append(f'skill "{name}" is given twice')
        seen.add(name)
    return problems


def entry_problems(entry: AgentEntry) -> list[tuple[str, str]]:
    """The mistakes in an entry, as pairs of column and sentence; empty when it is fine."""
    problems = []
    if _EXTENSION.fullmatch(entry.extension) is None:
        problems.append(("extension", f'"{entry.extension[:40]}" is not 2 to 6 digits'))
    if not 0 < len(entry.name) <= _NAME_LENGTH or not entry.name.isprintable():
        problems.append(("name", f"a name is 1 to {_NAME_LENGTH} printable characters"))
    problems += [
        ("queues", f'"{queue[:40]}" is not the name of a queue')
        for queue in entry.queues
        if _QUEUE.fullmatch(queue) is None
    ]
    if _LANGUAGE.fullmatch(entry.language) is None:
        problems.append(("language", f'"{entry.language[:40]}" is not a language such as en'))
    problems += [("skills", sentence) for sentence in skill_problems(entry.skills)]
    return problems


def read_agent_file(path: Path) -> list[tuple[int, AgentEntry]]:
    """The entries with their lines; raises AgentFileInvalid with all problems. Blocks."""
    try:
        text = read_regular(path, SIZE_LIMIT).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AgentFileInvalid([f"{path}: cannot be read: {_why(error)}"]) from error
    entries: list[tuple[int, AgentEntry]] = []
    rows = csv.DictReader(text.splitlines(), strict=True)
    try:
        _check_header(path, rows.fieldnames or ())
        entries.extend((rows.line_num, _entry(row)) for row in _complete(path, rows))
    except csv.Error as error:
        line = entries[-1][0] + 1 if entries else 2
        raise AgentFileInvalid([f"{path}:{line}: {error}"]) from error
    if problems := _problems(path, entries):
        raise AgentFileInvalid(problems)
    return entries


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def _check_header(path: Path, header: Iterable[str]) -> None:
    names = [name.strip() for name in header]
    problems = [f'{path}:1: column "{name}" is missing' for name in _REQUIRED if name not in names]
    problems += [
        f'{path}:1: column "{name}" is unknown; known are {", ".join(_KNOWN)}'
        for name in names
        if name not in _KNOWN
    ]
    if problems:
        raise AgentFileInvalid(problems)


def _complete(path: Path, rows: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    for row in rows:
        if None in row or None in row.values():
            raise AgentFileInvalid([f"{path}:{rows.line_num}: as many values as columns needed"])
        yield {name.strip(): value.strip() for name, value in row.items()}


def _entry(fields: dict[str, str]) -> AgentEntry:
    return AgentEntry(
        extension=fields["extension"],
        name=fields["name"],
        queues=tuple(dict.fromkeys(_listed(fields["queues"]))),
        language=fields.get("language") or "en",
        skills=tuple(_listed(fields.get("skills", ""))),
    )


def _listed(text: str) -> list[str]:
    return re.findall(r"[^;\s]+", text)


def _problems(path: Path, entries: list[tuple[int, AgentEntry]]) -> list[str]:
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, entry in entries:
        problems += [
            f'{path}:{line}: column "{column}": {sentence}'
            for column, sentence in entry_problems(entry)
        ]
        first = seen.setdefault(entry.extension, line)
        if first != line:
            problems.append(
                f'{path}:{line}: column "extension": {entry.extension} is on line {first} already'
            )
    return problems
