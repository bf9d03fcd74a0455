"""`contactcenter token`: who may use the HTTP API, by role and for how long."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer
from rich.table import Table

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.token import ApiTokens, TokenRecord
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.service.own_database import open_database

token = typer.Typer(help="Who may use the HTTP API.")
app.add_typer(token, name="token", no_args_is_help=True)

_SPAN = re.compile(r"([1-9][0-9]{0,3})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_EXAMPLE = "12h, 90d, 52w, or the last day such as 2027-12-31"


@token.command()
@command
def add(
    name: Annotated[str, typer.Argument(help="What or whom it is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    expires: Annotated[str | None, typer.Option(help=f"{_EXAMPLE} (UTC).")] = None,
) -> None:
    """Make a token; it is shown only now."""
    now = Clock().now()
    expires_at = read_expiry(expires, now) if expires is not None else None
    run(_add(load_settings(), name, role, expires_at))


@token.command(name="list")
@command
def list_tokens(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List all tokens there have been; the tokens themselves are kept nowhere."""
    run(_list(load_settings(), as_json=as_json))


@token.command()
@command
def revoke(
    which: Annotated[str, typer.Argument(metavar="ID|NAME", help="As the list shows it.")],
) -> None:
    """Make a token worthless; a running center follows within seconds."""
    run(_revoke(load_settings(), which))


def read_expiry(text: str, now: datetime) -> datetime:
    """When a token expires; raises RequestRefused `expiry_invalid`."""
    expires_at = now
    if found := _SPAN.fullmatch(text):
        expires_at = now + int(found[1]) * _UNITS[found[2]]
    else:
        try:
            expires_at = datetime.combine(date.fromisoformat(text), time.max, UTC)
        except ValueError:
            message = f'"{text[:40]}" is no expiry; write {_EXAMPLE}'
            raise RequestRefused("expiry_invalid", message) from None
    if expires_at <= now:
        raise RequestRefused("expiry_invalid", f'"{text}" is over already; write {_EXAMPLE}')
    return expires_at


@asynccontextmanager
async def _tokens(settings: Settings) -> AsyncIterator[ApiTokens]:
    async with AsyncExitStack() as stack:
        url = await open_database(settings, stack, error_screen())
        yield ApiTokens(await stack.enter_async_context(Database(url)))


async def _add(settings: Settings, name: str, role: Role, expires_at: datetime | None) -> None:
    async with _tokens(settings) as tokens:
        made = await tokens.add(name, role, expires_at)
    typer.echo(f"Token of {name}, {role}, {_expiry(expires_at)}")
    typer.echo(f"  API token   {made}")


async def _list(settings: Settings, *, as_json: bool) -> None:
    now = Clock().now()
    async with _tokens(settings) as tokens:
        records = await tokens.all()
    if as_json:
        rows = [
            {
                "id": record.id,
                "name": record.name,
                "role": record.role,
                "agent": record.agent,
                "created_at": record.created_at.isoformat(),
                "expires_at": _instant(record.expires_at),
                "revoked_at": _instant(record.revoked_at),
                "valid": record.is_valid(now),
            }
            for record in records
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Id", "Name", "Role", "Agent", "Made", "State")
    for record in records:
        made = f"{record.created_at:%Y-%m-%d}"
        state = _state(record, now)
        table.add_row(record.id, record.name, record.role, record.agent, made, state)
    screen().print(table)


async def _revoke(settings: Settings, which: str) -> None:
    async with _tokens(settings) as tokens:
        record = await tokens.revoke(which)
    told = f"Token {record.id} of {record.name} is revoked."
    screen().print(told, highlight=False, markup=False)


def _state(record: TokenRecord, now: datetime) -> str:
    if record.revoked_at is not None:
        return f"revoked on {record.revoked_at:%Y-%m-%d}"
    if not record.is_valid(now):
        return f"expired on {record.expires_at:%Y-%m-%d}"
    return _expiry(record.expires_at)


def _expiry(expires_at: datetime | None) -> str:
    return (
        "valid until revoked"
        if expires_at is None
        else f"valid until {expires_at:%Y-%m-%d %H:%M} UTC"
    )


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
