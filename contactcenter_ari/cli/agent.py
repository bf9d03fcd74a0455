"""`contactcenter agent`: the people who take calls, and their phones."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from contactcenter_ari.bootstrap.address import Addresses, addresses
from contactcenter_ari.bootstrap.ground import open_database
from contactcenter_ari.cli.app import app, command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory, NewAgent

agent = typer.Typer(help="The people who take calls.")
app.add_typer(agent, name="agent", no_args_is_help=True)

Queues = Annotated[list[str] | None, typer.Option("--queue", "-q", help="May be repeated.")]


@agent.command()
@command
def add(
    extension: Annotated[str, typer.Argument(help="2 to 6 digits, for example 101.")],
    name: Annotated[str, typer.Argument(help="As colleagues know the agent.")],
    queue: Queues = None,
    language: Annotated[str, typer.Option(help="What the phone speaks.")] = "en",
) -> None:
    """Add an agent; prints what the phone registers with. The token is shown only now."""
    run(_add(load_settings(), extension, name, queue or [], language))


@agent.command(name="list")
@command
def list_agents(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the agents."""
    run(_list(load_settings(), as_json=as_json))


@agent.command(name="import")
@command
def import_agents(
    file: Annotated[Path, typer.Argument(help="CSV: extension,name,queues,language.")],
) -> None:
    """Add all agents of a CSV file, or none when a line is wrong."""
    run(_import(load_settings(), file))


@agent.command()
@command
def remove(extension: str) -> None:
    """Take an agent out; a talk in progress is finished first."""
    run(_remove(load_settings(), extension))


@asynccontextmanager
async def _directory(settings: Settings) -> AsyncIterator[Directory]:
    async with AsyncExitStack() as stack:
        url = await open_database(settings, stack, error_screen())
        yield Directory(await stack.enter_async_context(Database(url)))


async def _add(
    settings: Settings, extension: str, name: str, queues: list[str], language: str
) -> None:
    _check_queues(settings, queues)
    async with _directory(settings) as directory:
        new = await directory.add_agent(extension, name, queues, language)
    _show_secrets([new], addresses(settings, settings.data.absolute()))


async def _import(settings: Settings, file: Path) -> None:
    async with _directory(settings) as directory:
        new = await directory.import_agents(file)
    _show_secrets(new, addresses(settings, settings.data.absolute()))


async def _remove(settings: Settings, extension: str) -> None:
    async with _directory(settings) as directory:
        await directory.remove_agent(AgentId(extension))
    screen().print(f"Agent {extension} is removed.")


async def _list(settings: Settings, *, as_json: bool) -> None:
    async with _directory(settings) as directory:
        profiles = await directory.load_profiles()
    if as_json:
        rows = [
            {"agent": p.agent, "name": p.name, "phone": p.phone, "queues": list(p.queues)}
            for p in profiles
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Agent", "Name", "Phone", "Queues")
    for profile in profiles:
        table.add_row(profile.agent, profile.name, profile.phone, ", ".join(profile.queues))
    screen().print(table)


def _check_queues(settings: Settings, queues: list[str]) -> None:
    known = load_site(settings.site).queues
    for queue in queues:
        if queue not in known:
            names = ", ".join(known)
            raise RequestRefused("unknown_queue", f'queue "{queue}" does not exist: {names}')


def _show_secrets(agents: list[NewAgent], where: Addresses) -> None:
    for new in agents:
        typer.echo(f"Agent {new.profile.agent}, {new.profile.name}")
        typer.echo(f"  SIP user    {new.credential.phone}")
        typer.echo(f"  SIP secret  {new.credential.secret}")
        typer.echo(f"  API token   {new.token}")
    typer.echo(f"Register the phone at {where.sip} (UDP); then dial *11 to sign in.")
