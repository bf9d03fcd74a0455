"""`contactcenter db`: the database and its tables."""

from contextlib import AsyncExitStack

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import site_lookup_tables
from contactcenter_ari.postgres.connection import shown_url
from contactcenter_ari.service.look_up import LookUpAccess
from contactcenter_ari.service.own_database import open_database

database = typer.Typer(help="The database.")
app.add_typer(database, name="db", no_args_is_help=True)


@database.command()
@command
def migrate() -> None:
    """Bring the tables up to date, and the role that look-ups read them by; safe while calls are
    running.
    """
    run(_migrate(load_settings()))


async def _migrate(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        url = await open_database(settings, stack, error_screen())
        await LookUpAccess(settings, site_lookup_tables(settings.site)).grant(url)
        screen().print(f"The tables in {shown_url(url)} are up to date.")
