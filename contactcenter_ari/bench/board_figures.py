"""What the benchmark found out about a center with very many agents, as plain data."""

import msgspec

from contactcenter_ari.bench.figures import Figures


class BoardCost(msgspec.Struct, frozen=True, kw_only=True):
    """One list for boards: how long it takes to make, and to write as JSON of so many bytes."""

    name: str
    rows: int
    made: Figures
    written: Figures
    size: int


class BoardCosts(msgspec.Struct, frozen=True, kw_only=True):
    """Lists and turns with `agents` who all talk and as many callers who wait."""

    agents: int
    lists: tuple[BoardCost, ...]
    turns: Figures
