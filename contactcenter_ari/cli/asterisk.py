"""`contactcenter asterisk`: the switch alone, for sites that run it apart from `serve`."""

import os
from typing import Annotated

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, run, screen
from contactcenter_ari.machine.folder_lock import ProgramRole, roles_held

asterisk = typer.Typer(help="The switch.")
app.add_typer(asterisk, name="asterisk", no_args_is_help=True)


@asterisk.command()
@command
def install() -> None:
    """Install Asterisk and the other native tools, without root."""
    from contactcenter_ari.machine.tool import dotted
    from contactcenter_ari.machine.tool_root import ensure_tools

    load_settings()
    found = ensure_tools(error_screen(), os.environ)
    screen().print(f"Asterisk {dotted(found.switch.version)}", highlight=False)


@asterisk.command()
@command
def config() -> None:
    """Write Asterisk's configuration files for this site; says where they are."""
    settings = load_settings()
    with roles_held(settings.data, "contactcenter asterisk config", ProgramRole.SWITCH):
        from contactcenter_ari.cli.switch import write_configuration  # after the lock: heavy

        run(write_configuration(settings))


@asterisk.command()
@command
def reload() -> None:
    """Have a running `contactcenter asterisk run` take up the trunks of `site.yaml`; calls go on.
    `contactcenter up` and `serve` do this by themselves when a site is published.
    """
    settings = load_settings()
    from contactcenter_ari.cli.switch import reload_trunks  # heavy

    run(reload_trunks(settings))


@asterisk.command(name="run")
@command
def run_asterisk() -> None:
    """Run Asterisk until Ctrl-C, and again when it crashes; `contactcenter serve` with the same
    CC_DATA_DIR uses it.
    """
    settings = load_settings()
    with roles_held(settings.data, "contactcenter asterisk run", ProgramRole.SWITCH):
        from contactcenter_ari.cli.switch import run_switch  # after the lock: heavy

        run(run_switch(settings))


@asterisk.command()
@command
def console(
    words: Annotated[list[str] | None, typer.Argument(help="A command; none for all.")] = None,
) -> None:
    """Give Asterisk a command, or have its console until `exit`; noted in `audit.jsonl`."""
    from contactcenter_ari.machine.asterisk_console import AsteriskConsole
    from contactcenter_ari.machine.audit_log import note_use
    from contactcenter_ari.machine.tool_root import ensure_tools

    data, asked = load_settings().data.absolute(), " ".join(words or ())
    running = AsteriskConsole.of(ensure_tools(error_screen(), os.environ), data)
    note_use(data, "asterisk console", command=asked)
    if asked:
        typer.echo(run(running.rx(asked)), nl=False)
        return
    line = running.command_line("-r")
    os.execvpe(line[0], line, running.environment)  # noqa: S606  # becomes the console
