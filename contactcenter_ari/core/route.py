"""Tables of what is done with inputs and deadlines; each room exports its own.

A granted request is an input like any other. The center merges the tables once, and merging
asserts that each kind of input and each kind of deadline has exactly one owner.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, cast

from contactcenter_ari.core.turn import Turn, Wake

Kind = TypeVar("Kind")
Id = TypeVar("Id", bound=str)
Key = TypeVar("Key")
Value = TypeVar("Value")

Routes = Mapping[type[object], Callable[[object, Turn], None]]
"""The route of an input, by its class; only an input of that class is passed on to it."""


class Due(NamedTuple):
    """The route of a deadline that has come, and whether its owner still needs it."""

    come: Callable[[str, Turn], None]
    is_needed: Callable[[str], bool]


Deadlines = Mapping[Wake, Due]
"""The route of a deadline, by its purpose; both functions take the owner's id."""


def route(kind: type[Kind], work: Callable[[Kind, Turn], None]) -> Routes:
    """A table of one kind of input."""
    return {kind: cast("Callable[[object, Turn], None]", work)}


def due(
    wake: Wake, come: Callable[[Id, Turn], None], is_needed: Callable[[Id], bool]
) -> Deadlines:
    """A table of one kind of deadline, whose owners have ids of one type."""
    needed = cast("Callable[[str], bool]", is_needed)
    return {wake: Due(cast("Callable[[str, Turn], None]", come), needed)}


def merged(*tables: Mapping[Key, Value]) -> dict[Key, Value]:
    """One table of all, in which nothing has two owners."""
    whole: dict[Key, Value] = {}
    for table in tables:
        twice = whole.keys() & table.keys()
        assert not twice, f"{twice} have two owners"
        whole |= table
    return whole
