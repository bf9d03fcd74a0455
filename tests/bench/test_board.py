"""Lists for boards and turns of a center that is crowded: that all are there and counted."""

from io import StringIO

from rich.console import Console

from contactcenter_ari.bench.board import measure_boards
from contactcenter_ari.bench.findings import Findings
from contactcenter_ari.bench.plan import SITE
from contactcenter_ari.bench.tables import tables
from contactcenter_ari.config.site import load_site


async def test_all_agents_talk_and_as_many_callers_wait() -> None:
    """The lists have all of them. A talk that ends has six turns: its end, for agent and caller,
    the next offer rung, answered and joined, and another caller who comes.
    """
    found = await measure_boards(load_site(SITE), agents=10, talks=20, samples=3)
    rows = {each.name: each.rows for each in found.lists}
    assert rows == {"agents": 10, "queues": 3, "calls": 20}
    assert all(
        each.made.samples == each.written.samples == each.read.samples == 3 for each in found.lists
    )
    assert found.turns.samples == 20 * 6
    assert found.rounds.samples > 20, "each talk that ends takes some rounds of the event loop"
    console = Console(record=True, width=140, file=StringIO())
    console.print(tables(Findings(boards=found)))
    shown = console.export_text()
    assert "10 agents talk" in shown
    assert "Worst" in shown
