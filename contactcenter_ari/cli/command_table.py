"""All commands of the program: what each is for, and the modules that hold it.

A module is imported when its command is asked for: help is there at once, and a program that
must not run finds out before it loads what it would need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as the overview tells it; its modules, which are of `cli`, register it. One with
    commands of its own may name the module of each in `parts`, beside the one they belong to.
    """

    help: str
    module: str
    parts: Mapping[str, str] = field(default_factory=dict)

    def load(self, words: Sequence[str]) -> None:
        """Import what the words after the command ask for: of its parts one, or else all."""
        part = self.parts.get(words[0]) if words else None
        for module in (self.module, *({part} if part else self.parts.values())):
            import_module(f"contactcenter_ari.cli.{module}")


FLOW_PARTS = {
    "check": "flow",
    "explain": "flow",
    "schema": "flow",
    "diff": "flow_diff",
    "graph": "flow_graph",
    "publish": "flow_publish",
    "versions": "flow_publish",
    "rollback": "flow_publish",
    "flag": "flow_publish",
    "simulate": "flow_simulate",
    "test": "flow_test",
    "trace": "flow_trace",
}
TABLE = {
    "up": Entry("Start what is not configured (Postgres, Asterisk), then serve.", "start"),
    "serve": Entry("Serve on a database and an Asterisk that run already.", "start"),
    "demo": Entry("Start everything, place real SIP calls, read the result back.", "demo"),
    "doctor": Entry("Look at all that calls need, and say what to do.", "doctor"),
    "metrics": Entry("Metrics by name, alert rules, and a dashboard.", "metrics"),
    "show": Entry("The running center on the terminal.", "show"),
    "agent": Entry("The people who take calls.", "agent"),
    "token": Entry("Who may use the HTTP API.", "token"),
    "flow": Entry(
        "Call flows: check, explain, schema, test, simulate, draw, compare.", "flow", FLOW_PARTS
    ),
    "acd": Entry("The queues: what a staffing would do.", "acd"),
    "call": Entry("Place a test call, and tell what was heard.", "call"),
    "sip": Entry("What Asterisk, carriers and phones say to each other.", "sip"),
    "asterisk": Entry("The switch.", "asterisk"),
    "db": Entry("The database.", "database"),
    "replay": Entry("Replay an input log and prove that it gives the same.", "replay"),
    "tools": Entry("The native tools: Asterisk, SIPp, espeak-ng, flite.", "tools"),
    "bench": Entry("Measure what the center costs, beside Asterisk's `Queue()`.", "bench"),
}
