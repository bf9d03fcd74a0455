"""Look-ups: a query with `:name` parameters, or a web address with `{name}` in it, and the types
of what goes in and comes out.

The SQL itself is the database's business; that parameters and columns agree with what is
declared is checked here, as far as a plain SELECT tells its columns.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.look_up_rule import check_reach
from contactcenter_ari.config.problem import suggest
from contactcenter_ari.config.reading import NAME, Reading
from contactcenter_ari.config.value_type import read_type
from contactcenter_ari.core.flow.language.declaration import HttpLookUp, SqlLookUp
from contactcenter_ari.core.spoken.value import ValueType

_NO_CODE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::", re.DOTALL)
_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_][A-Za-z0-9_]*)")
_SELECT = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(.*?)\s+FROM\s", re.DOTALL | re.IGNORECASE)
_COLUMN = re.compile(r"(?:.*[\s.])?([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[^\s{}]*(\{[^{}]*\}[^\s{}]*)*)?")
_BLANK = re.compile(r"\{([^{}]*)\}")
_PORTS = {"http": 80, "https": 443}
_MOST_TIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class LookUpReach:
    """The reach of look-ups of the site: tables (None when that is unknown), and hosts that may be
    private, as `host` or `host:port` (None when that is unknown).
    """

    tables: Collection[str] | None = None
    hosts: Collection[str] | None = ()


def read_look_up(
    reading: Reading, name: Scalar, node: Node, *, reach: LookUpReach
) -> SqlLookUp | HttpLookUp:
    """One look-up under the key `lookups`."""
    what = f'look-up "{name.text}"'
    mapping = reading.mapping(node, what)
    source = "http" if mapping.key("http") else "sql"
    known = (source, "timeout", "inputs", "returns")
    fields = reading.fields(mapping, what, known, needed=(source, "returns"))
    text = reading.scalar(fields[source], source) if source in fields else None
    inputs = _types(reading, fields.get("inputs"), "inputs")
    returns = _types(reading, fields.get("returns"), "returns")
    limit = timedelta(seconds=2)
    if "timeout" in fields:
        least = timedelta(milliseconds=100)
        limit = reading.duration(fields["timeout"], "timeout", least=least, most=_MOST_TIME)
    if source == "http":
        private = False
        if text is not None:
            _check_address(reading, text, inputs, fields.get("inputs"))
            private = _is_private(reading, text, reach.hosts)
        return HttpLookUp(text.text if text else "", inputs, returns, limit, private)
    if text is not None:
        check_reach(reading, text, reach.tables)
        _check_parameters(reading, text, inputs, fields.get("inputs"))
        _check_columns(reading, text, returns, fields.get("returns"))
        order = columns(text.text)  # a row answers in the order of its columns
        returns = {name: returns[name] for name in order if name in returns} or returns
    return SqlLookUp(text.text if text else "", inputs, returns, limit)


def _types(reading: Reading, node: Node | None, what: str) -> dict[str, ValueType]:
    if node is None:
        return {}
    entries = reading.mapping(node, what).entries
    return {
        reading.name(key, "a value", reserved=("found",)): read_type(reading, value, key.text)
        for key, value in entries
    }


def parameters(sql: str) -> dict[str, int]:
    """The `:name` parameters of a query and where each first stands."""
    found: dict[str, int] = {}
    for match in _PARAMETER.finditer(_code(sql)):
        found.setdefault(match[1], match.start())
    return found


def columns(sql: str) -> list[str]:
    """The column names of a plain SELECT; none when they cannot be told."""
    select = _SELECT.match(_code(sql))
    if select is None:
        return []
    names = []
    for item in _split(select[1]):
        column = _COLUMN.fullmatch(item.strip())
        if column is None:
            return []
        names.append(column[1])
    return names


def _code(sql: str) -> str:
    """The query with strings and comments blanked out."""
    return _NO_CODE.sub(lambda found: " " * len(found[0]), sql)


def _split(text: str) -> list[str]:
    items, depth = [""], 0
    for mark in text:
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if mark == "," and depth == 0:
            items.append("")
        else:
            items[-1] += mark
    return items


def _check_parameters(
    reading: Reading, sql: Scalar, inputs: dict[str, ValueType], node: Node | None
) -> None:
    used = parameters(sql.text) if node is None or isinstance(node, Map) else {}
    for name, offset in used.items():
        _refuse_undeclared(reading, sql, f":{name}", offset, inputs)
    if used.keys() <= inputs.keys():  # else one of them may be what was meant
        _refuse_unused(reading, node, used, "the SQL")


def _check_address(
    reading: Reading, address: Scalar, inputs: dict[str, ValueType], node: Node | None
) -> None:
    if _ADDRESS.fullmatch(address.text) is None:
        message = (
            "http must be an address, for example https://crm.example/customers?phone={number}"
        )
        reading.blame("E213", message, address)
        return
    used = {found[1]: found.start() for found in _BLANK.finditer(address.text)}
    for name, offset in used.items():
        _refuse_undeclared(reading, address, f"{{{name}}}", offset, inputs)
    if used.keys() <= inputs.keys():
        _refuse_unused(reading, node, used, "the address")


def _is_private(reading: Reading, address: Scalar, hosts: Collection[str] | None) -> bool:
    """Whether the host is one that may be private; blame one that is and is not listed."""
    try:
        parts = urlsplit(address.text.partition("{")[0])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False  # told already
    if hosts is None:
        return False
    written = f"[{host}]" if ":" in host else host
    names = {written, f"{written}:{port or _PORTS.get(parts.scheme)}"}
    if names & {text.lower() for text in hosts}:
        return True
    if host == "localhost" or host.endswith(".localhost") or _is_private_address(host):
        message = f'"{host}" is private: list it under lookup_hosts in site.yaml'
        reading.blame("E812", message, address, offset=address.text.find(host), length=len(host))
    return False


def _is_private_address(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _refuse_undeclared(
    reading: Reading, scalar: Scalar, parameter: str, offset: int, inputs: dict[str, ValueType]
) -> None:
    name = parameter.strip(":{}")
    if name in inputs:
        return
    message = f'parameter "{parameter}" is not declared under inputs'
    suggestion = suggest(name, inputs)
    length = len(parameter)
    reading.blame("E213", message, scalar, offset=offset, length=length, suggestion=suggestion)


def _refuse_unused(reading: Reading, node: Node | None, used: Collection[str], where: str) -> None:
    for key in _keys(node):
        if key.text not in used and NAME.fullmatch(key.text):
            reading.blame("E213", f'input "{key.text}" is not used in {where}', key)


def _check_columns(
    reading: Reading, sql: Scalar, returns: dict[str, ValueType], node: Node | None
) -> None:
    given = columns(sql.text)
    if not given or not returns:
        return
    for key in _keys(node):
        if key.text not in given:
            message = f'the SQL gives no column "{key.text}"'
            reading.blame("E213", message, key, suggestion=suggest(key.text, given))
    for name in given if returns.keys() <= set(given) else ():
        if name not in returns:
            message = f'column "{name}" has no type under returns'
            found = re.search(rf"\b{name}\b", sql.text)
            offset = found.start() if found else 0
            reading.blame("E213", message, sql, offset=offset, length=len(name))


def _keys(node: Node | None) -> list[Scalar]:
    return [key for key, _ in node.entries] if isinstance(node, Map) else []
