"""The state machine over the whole center: people, phones, switch and time in any order.

Several things may happen in one instant, before or after the center is woken for what is due
(`come_to`), so that both orders of whatever meets are tried.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.property.center_world import World
from tests.property.incident import INCIDENTS, Incident
from tests.property.made_site import AGENTS

picks = st.integers(0, 127)


class CenterMachine(RuleBasedStateMachine):
    """One rule with a weighted choice: of several rules half are switched off in most runs, and
    a center without callers or answers is not worth a try. `silent` ends with nobody saying
    anything for long.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.silent = False

    @initialize(silent=st.booleans())
    def open(self, *, silent: bool) -> None:
        """Most agents are there; the others may come."""
        self.silent = silent
        for agent in AGENTS[:-1]:
            self.world.arrive(agent)

    @rule(what=st.sampled_from(INCIDENTS), pick=picks, how=picks)
    def happen(self, what: Incident, pick: int, how: int) -> None:
        """Something happens, in the same instant as what happened before or later."""
        what(self.world, pick, how)

    def teardown(self) -> None:
        """Time runs out for those in line, or everybody hangs up: nothing may be left."""
        if not self.world.sound:
            return
        if self.silent:
            self.world.fall_silent()
        self.world.end()
