"""The moves of a state machine: a table of those allowed stands beside its states."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from contactcenter_ari.core.errors import IllegalMove

State = TypeVar("State", bound=StrEnum)


def move(moves: Mapping[State, Collection[State]], before: State, after: State) -> State:
    """The state `after` an allowed move.

    Raises:
        IllegalMove: the table does not allow it.
    """
    if after not in moves[before]:
        raise IllegalMove(f"{type(before).__name__} cannot go from {before} to {after}")
    return after
