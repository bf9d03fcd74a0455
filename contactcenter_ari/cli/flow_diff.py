"""`contactcenter flow diff`: what an edit changes for callers."""

from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.command import command, error_screen
from contactcenter_ari.cli.flow import USAGE, flow
from contactcenter_ari.cli.flow_reading import read_flow_or_site
from contactcenter_ari.core.errors import CallFlowInvalid
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.drawing.difference import flow_difference, site_difference


@flow.command()
@command
def diff(
    old: Annotated[Path, typer.Argument(help="A flow file, a site's folder, a published site.")],
    new: Annotated[Path, typer.Argument(help="The same, to compare with it.")],
) -> None:
    """Show what differs by meaning. Exit status: 0 nothing, 1 something, 2 cannot compare."""
    try:
        sentences = _difference(read_flow_or_site(old), read_flow_or_site(new))
    except CallFlowInvalid as error:
        error_screen().print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(USAGE) from None
    for sentence in sentences:
        typer.echo(sentence)
    if sentences:
        raise typer.Exit(1)


def _difference(old: Flow | Site, new: Flow | Site) -> list[str]:
    match old, new:
        case Flow(), Flow():
            return flow_difference(old, new)
        case Site(), Site():
            return site_difference(old, new)
        case _:
            raise CallFlowInvalid("a flow file and a whole site cannot be compared")
