"""`contactcenter flow trace`: what a call did, step by step, or as a test that does it again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from contactcenter_ari.cli.command import command, load_settings, run, screen
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.flow_test.history import find_in_logs, flow_file_of, read_from_database
from contactcenter_ari.flow_test.recorded_call import retell
from contactcenter_ari.flow_test.trace import CallUnknown, Traced, trace_log
from contactcenter_ari.machine.postgres_process import running_dsn
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.service.secret import snapshot_key


@flow.command("trace")
@command
def trace(
    call: Annotated[str, typer.Argument(help="The id of an interaction.")],
    log: Annotated[
        Path | None, typer.Option(help="An input log; otherwise it is looked for.")
    ] = None,
    as_test: Annotated[
        bool, typer.Option("--as-test", help="Print a test that goes the same way.")
    ] = False,
) -> None:
    """Show each step of a call: time, section, place, verb, outcome, changed variables."""
    settings = load_settings()
    key = snapshot_key(settings.data)
    traced = trace_log(log, call, key=key) if log is not None else _looked_for(settings, call)
    file = flow_file_of(settings.site, traced.call.flow.name)
    if as_test:
        typer.echo(retell(traced.call, file.name), nl=False)
    else:
        _show(traced, file)


def _looked_for(settings: Settings, call: str) -> Traced:
    found = find_in_logs(settings.data / "input", call, key=snapshot_key(settings.data))
    if found is not None:
        return found
    url = settings.database_url or running_dsn(settings.data.absolute())
    if url is None:
        raise CallUnknown(f"no input log holds call {call}, and no database is there to ask")
    return run(_from_database(settings.site, url, call))


async def _from_database(site: Path, url: str, call: str) -> Traced:
    async with Database(url) as database:
        return await read_from_database(database, site, call)


def _show(traced: Traced, file: Path) -> None:
    headings = ("Time (UTC)", "Section", "Line", "Verb", "Outcome", "Changed")
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for step in traced.steps:
        place = f"{file.name}:{step.line}" if step.line else ""
        verb = f"{step.verb} ({step.name})" if step.name else step.verb
        changed = ", ".join(f"{name}={text}" for name, text in step.changed.items())
        row = (f"{step.at:%H:%M:%S}", step.section, place, verb, ", ".join(step.outcomes), changed)
        table.add_row(*(text.replace("[", r"\[") for text in row))
    screen().print(table)
