"""Entry point of the `contactcenter` command."""

from contactcenter_ari.cli import (
    acd,
    agent,
    asterisk,
    bench,
    database,
    demo,
    doctor,
    flow,
    flow_diff,
    flow_graph,
    flow_publish,
    flow_simulate,
    flow_test,
    flow_trace,
    replay,
    serving,
    show,
    token,
    tools,
)
from contactcenter_ari.cli.app import app

COMMANDS = (
    acd,
    agent,
    asterisk,
    bench,
    database,
    demo,
    doctor,
    flow,
    flow_diff,
    flow_graph,
    flow_publish,
    flow_simulate,
    flow_test,
    flow_trace,
    replay,
    serving,
    show,
    token,
    tools,
)
"""Importing a command's module registers it."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
