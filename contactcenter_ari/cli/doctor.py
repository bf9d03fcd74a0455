"""`contactcenter doctor`: is everything here that calls need, and if not, what to do."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contactcenter_ari.cli import check_machine, check_service
from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.check import Check, Finding, Installation, findings
from contactcenter_ari.cli.command import command, load_settings, run, screen

CHECKS = (
    Check("Python", check_machine.python, "Install Python 3.11 or newer."),
    Check(
        "flows",
        check_service.flows,
        "Run `contactcenter flow check`; put a missing prompt into `prompts/`, or have it spoken"
        " by writing its text into the flow.",
    ),
    Check("tools", check_machine.tools, "Run `contactcenter tools install`."),
    Check(
        "disk",
        check_machine.disk,
        "Move old recordings away, or set CC_DATA_DIR to a folder on a larger disk.",
    ),
    Check(
        "owner",
        check_machine.owner,
        "Run this as the account that the program runs as; else `chown -R` the data folder to that"
        " account, and `chmod -R go-rwx` its secrets.",
    ),
    Check(
        "clock",
        check_machine.clock,
        "Set the clock by NTP on both machines (`timedatectl set-ntp true`), then restart.",
    ),
    Check(
        "names",
        check_machine.names,
        "Look at /etc/resolv.conf and at the spelling of the name, or write the IP address into"
        " the setting.",
    ),
    Check(
        "interface",
        check_machine.interface,
        "Set CC_ASTERISK_SIP and CC_HTTP to an address that `ip address` shows, and bring its"
        " interface up.",
    ),
    Check(
        "ports",
        check_machine.ports,
        "See who has the port (`ss -lnptu`) and stop it, or choose another in that setting.",
    ),
    Check(
        "audio ports",
        check_machine.audio_ports,
        "Set CC_RTP_PORTS to more ports below those of the kernel, four an agent and a few to"
        " spare (`10000-13999`), and let them through the firewall.",
    ),
    Check(
        "database",
        check_service.database,
        "See that Postgres runs and lets this machine in, and that CC_DATABASE_URL is right. Calls"
        " go on meanwhile; what happens is kept on disk.",
    ),
    Check(
        "Asterisk",
        check_service.asterisk,
        "Look at asterisk.log in the data folder, and start it again by `contactcenter asterisk"
        " run`, or `contactcenter up`.",
    ),
    Check(
        "carrier",
        check_service.carrier,
        "See that CC_CARRIER is right and that the firewall lets SIP out and its replies in; then"
        " ask the carrier. `contactcenter sip trace` shows what it answers to a call.",
    ),
    Check(
        "registrations",
        check_service.registrations,
        "Set CC_TRUNK_SECRET_ and the name of the trunk, or its file in `secrets`, to the secret"
        " that the carrier gave; `contactcenter sip trace` shows its answer.",
    ),
)
"""All that is looked at, in the order in which it is told."""


@app.command()
@command
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Look at the settings, the flows, this machine, the database, Asterisk and the carrier."""
    found = run(findings(CHECKS, Installation(load_settings())))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found]))
    else:
        _show(found)
    if not all(finding.fine for finding in found):
        raise typer.Exit(1)


def _show(found: list[Finding]) -> None:
    table = Table("", "What", "Finding")
    for finding in found:
        mark = "[green]fine[/]" if finding.fine else "[red]mend[/]"
        advice = f"\n[bold]{escape(finding.advice)}[/]" if finding.advice else ""
        table.add_row(mark, finding.what, escape(finding.detail) + advice)
    screen().print(table)
