"""`contactcenter tools`: the native tools in a folder of the user's own."""

import os

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings, screen
from contactcenter_ari.machine.tool import dotted
from contactcenter_ari.machine.tool_root import ensure_tools

tools = typer.Typer(help="The native tools: Asterisk, SIPp, espeak-ng, flite.")
app.add_typer(tools, name="tools", no_args_is_help=True)


@tools.command()
@command
def install() -> None:
    """Install what is missing, without root; a second run needs no network."""
    load_settings()
    found = ensure_tools(error_screen(), os.environ)
    screen().print(f"Asterisk {dotted(found.switch.version)} and tools: {found.root}")
