"""`contactcenter up` and `contactcenter serve`: the center, once for each data folder."""

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, load_settings, run
from contactcenter_ari.config.settings import SettingInvalid, Settings
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held


@app.command()
@command
def up() -> None:
    """Start what is not configured (Postgres, Asterisk), then serve. Ctrl-C drains: no new
    calls are taken, those in progress go on for up to five minutes; a second one ends them.
    """
    settings = load_settings()
    roles = [ProgramRole.APPLICATION]
    if settings.asterisk_http is None:
        roles.append(ProgramRole.SWITCH)
    _serve(settings, "up", *roles)


@app.command()
@command
def serve() -> None:
    """Serve on a database and an Asterisk that run already (CC_DATABASE_URL,
    CC_ASTERISK_HTTP). Ctrl-C drains, as with `up`.
    """
    settings = load_settings()
    for name, value, example in (
        ("CC_DATABASE_URL", settings.database_url, "postgresql://user@127.0.0.1/contactcenter"),
        ("CC_ASTERISK_HTTP", settings.asterisk_http, "127.0.0.1:8088"),
    ):
        if value is None:
            raise SettingInvalid(f"{name} is not set; an example: {example}")
    _serve(settings, "serve", ProgramRole.APPLICATION)


def _serve(settings: Settings, name: str, *roles: ProgramRole) -> None:
    with roles_held(settings.data, f"contactcenter {name}", *roles):
        from contactcenter_ari.cli.center import serve_calls  # after the locks: it is heavy

        run(serve_calls(settings))
