"""The rules for the SQL of a look-up: it reads the tables that the site lists, and nothing else.

The database holds it to that by the rights of a role of its own; problems that the text shows are
told here, before a caller meets them.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from contactcenter_ari.config.document import Scalar
from contactcenter_ari.config.problem import suggest
from contactcenter_ari.config.reading import Reading

_TOKEN = re.compile(
    r"""
      (?P<skip> --[^\n]* | /\*.*?\*/ | \b[eE]'(?:[^'\\]|''|\\.)*' | '(?:[^']|'')*'
        | \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ | ::\s*[\w."]+ | \s+ )
    | (?P<coded> [uU]& )(?=["'])
    | (?P<name> (?:"(?:[^"]|"")*"|[A-Za-z_]\w*) (?:\s*\.\s*(?:"(?:[^"]|"")*"|[A-Za-z_]\w*))* )
    | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_BEGINNINGS = frozenset({"select", "with", "values", "(", ""})
_HARMLESS = frozenset({"pg_sleep", "pg_typeof", "pg_input_is_valid", "pg_column_size"})
_FORBIDDEN = re.compile(
    r"pg_\w+ | lo_\w+ | loread | lowrite | dblink\w* | information_schema | set_config"
    r" | (query|cursor|table|schema|database)_to_xml\w* | nextval | setval | txid_\w+"
    r" | ts_stat | ts_rewrite | into | insert | delete | copy",
    re.VERBOSE,
)
_LOCKS = frozenset({"update", "share", "no", "key"})
_FROM_INSIDE = frozenset({"extract", "substring", "trim", "overlay", "position"})
"""Functions whose arguments are parted by `from`."""
_BEFORE_TABLE = frozenset({"from", "join"})
_IN_BETWEEN = frozenset({"only", "lateral"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A name or mark of a query in lower case, where it stands, and the text there."""

    text: str
    offset: int
    written: str

    @property
    def parts(self) -> list[str]:
        """The parts of a qualified name."""
        return [part.strip().strip('"') for part in self.text.split(".")]


_NONE = _Word("", 0, "")


def check_reach(reading: Reading, sql: Scalar, tables: Collection[str] | None) -> None:
    """Blame what look-ups may not do, and tables that are not among those listed; without a
    `site.yaml` nothing is known of them.
    """
    words = list(_words(sql.text))
    first = words[0].text if words else ""
    if first not in _BEGINNINGS:
        _blame(reading, sql, words[0], "a look-up is one SELECT")
        return
    forbidden = [
        word
        for before, word, after in zip([_NONE, *words], words, [*words[1:], _NONE], strict=False)
        if _forbidden(before.text, word, after.text)
    ]
    for word in forbidden:
        _blame(reading, sql, word, f"a look-up only reads listed tables: no {word.written}")
    for word in _tables(words) if tables is not None else ():
        if word not in forbidden:
            _check_listed(reading, sql, word, tables or ())


def _forbidden(before: str, word: _Word, after: str) -> bool:
    """Whether a word writes, locks, begins another statement, or reaches beyond tables."""
    if (before == ";" and word.text != ";") or (word.text == "for" and after in _LOCKS):
        return True
    return any(part not in _HARMLESS and _FORBIDDEN.fullmatch(part) for part in word.parts)


def _check_listed(reading: Reading, sql: Scalar, word: _Word, tables: Collection[str]) -> None:
    name = ".".join(part for part in word.parts if part != "public")
    if name in {table.removeprefix("public.") for table in tables}:
        return
    if not tables:
        message = f'site.yaml lists no lookup_tables, so "{name}" cannot be read'
        reading.blame("E811", message, sql, offset=word.offset, length=len(word.written))
        return
    message = f'table "{name}" is not listed under lookup_tables in site.yaml'
    suggestion = suggest(name, tables)
    _blame(reading, sql, word, message, suggestion)


def _blame(reading: Reading, sql: Scalar, word: _Word, message: str, suggestion: str = "") -> None:
    length = len(word.written)
    reading.blame("E810", message, sql, offset=word.offset, length=length, suggestion=suggestion)


def _words(sql: str) -> Iterator[_Word]:
    for token in _TOKEN.finditer(sql):
        if token["skip"] is None:
            yield _Word(_folded(token[0]), token.start(), token[0])


def _folded(text: str) -> str:
    """The name as the database reads it: in lower case unless quoted."""
    parts = [part.strip() for part in text.split(".")] if "." in text and text != "." else [text]
    return ".".join(part if part.startswith('"') else part.lower() for part in parts)


def _tables(words: list[_Word]) -> Iterator[_Word]:
    """The names after FROM and JOIN that are no function, sub-query or part of the query."""
    own = {
        word.text
        for word, after in pairwise(words)
        if after.text == "as" and _opens_query(words, word)
    }
    around: list[str] = []
    awaited = [False]
    before = _Word("", 0, "")
    for number, word in enumerate(words):
        after = words[number + 1].text if number + 1 < len(words) else ""
        if word.text == "(":
            around.append(before.text)
            awaited.append(False)
        elif word.text == ")" and around:
            around.pop()
            awaited.pop()
            awaited[-1] = False
        elif word.text in _BEFORE_TABLE:
            inside = bool(around) and around[-1] in _FROM_INSIDE
            awaited[-1] = not inside and before.text != "distinct"
        elif awaited[-1] and word.text not in _IN_BETWEEN:
            awaited[-1] = False
            if after != "(" and word.text not in own and word.written[:1] not in ":;,":
                yield word
        elif word.text == "," and _in_from(words, number):
            awaited[-1] = True
        before = word


def _opens_query(words: list[_Word], name: _Word) -> bool:
    """Whether a name is that of a part: `name as (`, `name as materialized (`."""
    at = words.index(name)
    following = [word.text for word in words[at + 2 : at + 5]]
    texts = [word for word in following if word not in {"not", "materialized"}]
    return texts[:1] == ["("] and words[0].text == "with"


def _in_from(words: list[_Word], comma: int) -> bool:
    """Whether a comma stands in the list of a FROM of the same level."""
    depth = 0
    for word in reversed(words[:comma]):
        depth += {")": 1, "(": -1}.get(word.text, 0)
        if depth < 0:
            return False
        if depth == 0 and word.text in _CLAUSES:
            return word.text in _BEFORE_TABLE
    return False


_CLAUSES = frozenset(
    {"select", "where", "group", "having", "window", "order", "limit", "offset", "on", "with"}
    | _BEFORE_TABLE
)
