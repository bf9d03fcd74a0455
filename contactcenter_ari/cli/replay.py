"""`contactcenter replay`: an input log through the core again, turn by turn the same."""

from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.app import app, command, screen
from contactcenter_ari.runtime.replay import replay as replay_log


@app.command()
@command
def replay(file: Annotated[Path, typer.Argument(help="A log of <data>/input.")]) -> None:
    """Replay an input log and prove that it gives the same commands and events."""
    done = replay_log(file)
    screen().print(
        f"{done.inputs} inputs gave the same {done.commands} commands and {done.events} events "
        f"(digest {done.digest.text})"
    )
