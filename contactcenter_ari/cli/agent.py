"""`contactcenter agent`: the people who take calls, and their phones."""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_queues
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.skill import Skills
from contactcenter_ari.postgres.agent_file import AgentEntry
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory, NewAgent
from contactcenter_ari.service.address import Addresses, addresses
from contactcenter_ari.service.own_database import open_database

agent = typer.Typer(help="The people who take calls.")
app.add_typer(agent, name="agent", no_args_is_help=True)

Queues = Annotated[list[str] | None, typer.Option("--queue", "-q", help="May be repeated.")]
SkillTexts = Annotated[
    list[str] | None,
    typer.Option("--skill", "-s", help="NAME=LEVEL, 1 to 9 (best): dutch=7. May be repeated."),
]


@agent.command()
@command
def add(
    extension: Annotated[str, typer.Argument(help="2 to 6 digits, for example 101.")],
    name: Annotated[str, typer.Argument(help="As colleagues know the agent.")],
    queue: Queues = None,
    language: Annotated[str, typer.Option(help="What the phone speaks.")] = "en",
    skill: SkillTexts = None,
) -> None:
    """Add an agent; prints what the phone registers with. The token is shown only now."""
    entry = AgentEntry(extension, name, tuple(queue or ()), language, tuple(skill or ()))
    run(_add(load_settings(), entry))


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
    file: Annotated[Path, typer.Argument(help="CSV: extension,name,queues[,language][,skills].")],
) -> None:
    """Add all agents of a CSV file, or none when a line is wrong."""
    run(_import(load_settings(), file))


@agent.command(name="skill")
@command
def change_skills(
    extension: str,
    skills: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=LEVEL", help="For example dutch=7.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Take it away. May be repeated.")
    ] = None,
) -> None:
    """Give an agent skills, or other levels in them; a running center follows at once."""
    run(_change_skills(load_settings(), AgentId(extension), skills or [], drop or []))


@agent.command()
@command
def edit(
    extension: str,
    name: Annotated[str | None, typer.Option(help="As colleagues know the agent.")] = None,
    language: Annotated[str | None, typer.Option(help="What the phone speaks.")] = None,
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", "-q", help="In place of those before. May be repeated."),
    ] = None,
    no_queues: Annotated[bool, typer.Option("--no-queues", help="No queue any more.")] = False,
) -> None:
    """Change name, language or queues; the phone stays as it is, a running center follows."""
    if name is None and language is None and not queue and not no_queues:
        raise typer.BadParameter("say what is to change: --name, --language, --queue, --no-queues")
    if queue and no_queues:
        raise typer.BadParameter("--queue and --no-queues contradict one another")
    queues = () if no_queues else tuple(queue) if queue else None
    run(_edit(load_settings(), AgentId(extension), name, language, queues))


@agent.command()
@command
def secret(extension: str) -> None:
    """Give an agent's phone another SIP secret; it is shown only now, the user stays."""
    run(_renew_secret(load_settings(), AgentId(extension)))


@agent.command()
@command
def token(extension: str) -> None:
    """Give an agent another API token; it is shown only now, the one before is revoked."""
    run(_renew_token(load_settings(), AgentId(extension)))


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


async def _add(settings: Settings, entry: AgentEntry) -> None:
    _check_queues(settings, entry.queues)
    where = addresses(settings, settings.data.absolute())  # first: secrets are shown only once
    async with _directory(settings) as directory:
        new = await directory.add_agent(
            entry.extension, entry.name, entry.queues, entry.language, entry.skills
        )
    _show_secrets([new], where)


async def _import(settings: Settings, file: Path) -> None:
    where = addresses(settings, settings.data.absolute())
    async with _directory(settings) as directory:
        new = await directory.import_agents(file)
    _show_secrets(new, where)


async def _change_skills(
    settings: Settings, extension: AgentId, put: list[str], drop: list[str]
) -> None:
    async with _directory(settings) as directory:
        await directory.change_skills(extension, put, drop)
        profiles = {profile.agent: profile for profile in await directory.load_profiles()}
    skills = _told(profiles[extension].skills) or "no skills"
    screen().print(f"Agent {extension} has {skills}.", highlight=False)


async def _edit(
    settings: Settings,
    extension: AgentId,
    name: str | None,
    language: str | None,
    queues: tuple[str, ...] | None,
) -> None:
    _check_queues(settings, queues or ())
    async with _directory(settings) as directory:
        await directory.edit_agent(extension, name=name, language=language, queues=queues)
        profiles = {profile.agent: profile for profile in await directory.load_profiles()}
    now = profiles[extension]
    served = ", ".join(now.queues) or "no queues"
    told = f"Agent {extension} is {now.name}, speaks {now.language} and serves {served}."
    screen().print(told, highlight=False, markup=False)


async def _renew_secret(settings: Settings, extension: AgentId) -> None:
    async with _directory(settings) as directory:
        credential = await directory.renew_secret(extension)
    typer.echo(f"Agent {extension}")
    typer.echo(f"  SIP user    {credential.phone}")
    typer.echo(f"  SIP secret  {credential.secret}")


async def _renew_token(settings: Settings, extension: AgentId) -> None:
    async with _directory(settings) as directory:
        renewed = await directory.renew_token(extension)
    typer.echo(f"Agent {extension}")
    typer.echo(f"  API token   {renewed}")


async def _remove(settings: Settings, extension: str) -> None:
    async with _directory(settings) as directory:
        await directory.remove_agent(AgentId(extension))
    screen().print(f"Agent {extension} is removed.")


async def _list(settings: Settings, *, as_json: bool) -> None:
    async with _directory(settings) as directory:
        profiles = await directory.load_profiles()
    if as_json:
        rows = [
            {
                "agent": profile.agent,
                "name": profile.name,
                "phone": profile.phone,
                "queues": list(profile.queues),
                "skills": profile.skills,
            }
            for profile in profiles
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Agent", "Name", "Phone", "Queues", "Skills")
    for profile in profiles:
        queues, skills = ", ".join(profile.queues), _told(profile.skills)
        table.add_row(profile.agent, profile.name, profile.phone, queues, skills)
    screen().print(table)


def _told(skills: Skills) -> str:
    return ", ".join(f"{name}={level}" for name, level in sorted(skills.items()))


def _check_queues(settings: Settings, queues: Collection[str]) -> None:
    known = load_queues(settings.site) if queues else {}
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
    typer.echo(f"Register the phone at {where.sip} (UDP); then dial *11 to log in.")
