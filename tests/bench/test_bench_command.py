"""The options of `contactcenter bench`: each changes what is measured, or is refused."""

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.bench import CPU, FLOOR, HELD, Part, changed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("calls --samples 5", "means nothing to calls; it is for floor, held"),
        ("boards --agents 5", "means nothing to boards; it is for floor, calls, held"),
        ("rate held --rounds 2", "means nothing to rate, held; it is for calls"),
        ("held --days 3", "means nothing to held; it is for floor"),
        ("--rounds 2", "means nothing to floor; it is for calls"),
        ("calls --without-asterisk", "is for the part floor alone"),
        ("--without-asterisk --samples 5", "means nothing to --without-asterisk"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(words: str, told: str) -> None:
    """Before anything is started, with the parts that it is for."""
    refused = CliRunner().invoke(app, ["bench", *words.split()], env={"COLUMNS": "200"})
    assert refused.exit_code == 2
    assert told in refused.output


def test_an_option_changes_the_plan_of_each_part_that_knows_it() -> None:
    """Calls are those of each way of a part; what a part does not know leaves its plan alone."""
    given = {"calls": 7, "agents": 3, "rounds": 2, "samples": 9}
    cpu = changed(CPU, Part.CALLS, given)
    assert (cpu.calls, cpu.agents, cpu.rounds, cpu.talks) == (7, 3, 2, CPU.talks)
    floor = changed(FLOOR, Part.FLOOR, given)
    assert (floor.full_calls, floor.agents, floor.samples) == (7, 3, 9)
    held = changed(HELD, Part.HELD, given)
    assert (held.agents, held.samples, held.talks) == (3, 9, HELD.talks)
    assert changed(CPU, Part.CALLS, {}) == CPU
