"""`contactcenter doctor`: is everything here that calls need, and if not, what to do."""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.table import Table

from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.bootstrap.environment import APPLICATION
from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.postgres_process import running_dsn
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.machine.tool import dotted
from contactcenter_ari.machine.tool_root import installed_tools, require_space
from contactcenter_ari.postgres.connection import connect, shown_url
from contactcenter_ari.service.address import addresses

SPACE_NEEDED = 1_000_000_000
"""Bytes for a day's recordings and the database, at the least."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of one check; `detail` is a sentence with the remedy when it is not fine."""

    what: str
    fine: bool
    detail: str


@app.command()
@command
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Look at the settings, the flows, the tools, the database and Asterisk."""
    findings = run(_examine(load_settings()))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        _show(findings)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> list[Finding]:
    looks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "Python": _python,
        "flows": _flows,
        "tools": _tools,
        "disk": _disk,
        "database": _database,
        "Asterisk": _asterisk,
    }
    return [await _look(what, look(settings)) for what, look in looks.items()]


async def _look(what: str, looking: Awaitable[str]) -> Finding:
    try:
        return Finding(what, True, await looking)
    except ContactCenterError as error:
        return Finding(what, False, str(error))


async def _python(_settings: Settings) -> str:
    return sys.version.split()[0]


async def _flows(settings: Settings) -> str:
    site = load_site(settings.site)
    numbers = [number for flow in site.flows for number in flow.numbers]
    return f"{len(site.flows)} flows, {len(site.queues)} queues, numbers {', '.join(numbers)}"


async def _tools(_settings: Settings) -> str:
    tools = installed_tools(os.environ)
    if tools is None:
        return "not installed yet; `make setup` or the first start does it"
    return f"Asterisk {dotted(tools.switch.version)}, SIPp, espeak-ng, flite in {tools.root}"


async def _disk(settings: Settings) -> str:
    folder = settings.data.absolute()
    while not folder.exists():
        folder = folder.parent
    require_space(folder, SPACE_NEEDED)
    return f"enough space in {settings.data}"


async def _database(settings: Settings) -> str:
    url = settings.database_url or running_dsn(settings.data.absolute())
    if url is None:
        return "none is set; `contactcenter up` starts one of its own"
    connection = await connect(url)
    await connection.close()
    return f"{shown_url(url)} answers"


async def _asterisk(settings: Settings) -> str:
    data = settings.data.absolute()
    if settings.asterisk_http is None and running_dsn(data) is None:
        return "none is set; `contactcenter up` starts one of its own"
    login = Credentials(APPLICATION, SecretFolder(data).secret("ari"))
    async with SwitchHttp.opened(str(addresses(settings, data).asterisk_http), login) as http:
        return f"{await http.check()} answers"


def _show(findings: list[Finding]) -> None:
    table = Table("", "What", "Finding")
    for finding in findings:
        mark = "[green]fine[/]" if finding.fine else "[red]mend[/]"
        table.add_row(mark, finding.what, finding.detail)
    screen().print(table)
