"""Everything one run of the benchmark found."""

import msgspec

from contactcenter_ari.bench.board_figures import BoardCosts
from contactcenter_ari.bench.call_figures import CallCpu, CallRate, HeldGaps
from contactcenter_ari.bench.figures import DecisionCost, OnAsterisk, WaitFigures


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """All parts; empty is what was not asked for."""

    waits: tuple[WaitFigures, ...] = ()
    decisions: tuple[DecisionCost, ...] = ()
    on_asterisk: OnAsterisk | None = None
    call_cpu: CallCpu | None = None
    call_rate: CallRate | None = None
    held: HeldGaps | None = None
    boards: BoardCosts | None = None
