"""All commands of the program: what each is for, and the modules that hold it.

A module is imported when its command is asked for: help is there at once, and a program that
must not run finds out before it loads what it would need.
"""

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as the overview tells it; its modules, which are of `cli`, register it."""

    help: str
    modules: tuple[str, ...]

    def load(self) -> None:
        """Import the modules."""
        for module in self.modules:
            import_module(f"contactcenter_ari.cli.{module}")


FLOW_MODULES = (
    "flow",
    "flow_diff",
    "flow_graph",
    "flow_publish",
    "flow_simulate",
    "flow_test",
    "flow_trace",
)
TABLE = {
    "up": Entry("Start what is not configured (Postgres, Asterisk), then serve.", ("start",)),
    "serve": Entry("Serve on a database and an Asterisk that run already.", ("start",)),
    "demo": Entry("Start everything, place real SIP calls, read the result back.", ("demo",)),
    "doctor": Entry("Look at settings, flows, tools, database and Asterisk.", ("doctor",)),
    "show": Entry("The running center on the terminal.", ("show",)),
    "agent": Entry("The people who take calls.", ("agent",)),
    "token": Entry("Who may use the HTTP API.", ("token",)),
    "flow": Entry(
        "Call flows: check, explain, schema, test, simulate, draw, compare.", FLOW_MODULES
    ),
    "acd": Entry("The queues: what a staffing would do.", ("acd",)),
    "asterisk": Entry("The switch.", ("asterisk",)),
    "db": Entry("The database.", ("database",)),
    "replay": Entry("Replay an input log and prove that it gives the same.", ("replay",)),
    "tools": Entry("The native tools: Asterisk, SIPp, espeak-ng, flite.", ("tools",)),
    "bench": Entry("Measure what the center costs, beside Asterisk's `Queue()`.", ("bench",)),
}
