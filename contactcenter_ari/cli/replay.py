"""`contactcenter replay`: an input log through the core again, turn by turn the same."""

from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, screen
from contactcenter_ari.runtime.replay import needed_snapshot
from contactcenter_ari.runtime.replay import replay as replay_log
from contactcenter_ari.service.secret import snapshot_key


@app.command()
@command
def replay(file: Annotated[Path, typer.Argument(help="A log of <data>/input.")]) -> None:
    """Replay an input log and prove that it gives the same commands and events. A log that goes
    on from a snapshot needs that file beside it, and the key it was signed with, which is in the
    data folder.
    """
    needed = needed_snapshot(file)
    if needed:
        screen().print(f"{file.name} goes on from the snapshot {needed}")
    done = replay_log(file, key=snapshot_key(file.absolute().parent.parent))
    screen().print(
        f"{done.inputs} inputs gave the same {done.commands} commands and {done.events} events "
        f"(digest {done.digest.text})"
    )
