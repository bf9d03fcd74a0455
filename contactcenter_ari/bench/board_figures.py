"""The figures of a center with very many agents, as plain data."""

import msgspec

from contactcenter_ari.bench.figures import Figures


class BoardCost(msgspec.Struct, frozen=True, kw_only=True):
    """One list for boards: the CPU time it takes to make, to write as JSON of so many bytes, and
    to answer a request for it over the API, which does both.
    """

    name: str
    rows: int
    made: Figures
    written: Figures
    read: Figures
    size: int


class BoardCosts(msgspec.Struct, frozen=True, kw_only=True):
    """Lists, turns, and rounds of the event loop with `agents` who all talk and as many callers
    who wait.
    """

    agents: int
    lists: tuple[BoardCost, ...]
    turns: Figures
    rounds: Figures
