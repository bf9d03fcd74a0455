"""`contactcenter flow graph`: a call flow as a picture."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.command import command
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.cli.flow_reading import read_flow_file
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.drawing.graph import flow_graph, mermaid
from contactcenter_ari.drawing.svg import svg


class Picture(StrEnum):
    """How a flow is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


class NotWritten(ContactCenterError):
    """The file for the picture cannot be written; the message names it."""


@flow.command()
@command
def graph(
    file: Annotated[Path, typer.Argument(help="A flow file.")],
    since: Annotated[str, typer.Option("--from", help="Only what follows this section.")] = "",
    until: Annotated[str, typer.Option("--to", help="Only what leads to this section.")] = "",
    form: Annotated[
        Picture | None,
        typer.Option("--format", help="Without: as the output's name ends, else mermaid."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into a file.")] = None,
) -> None:
    """Draw a call flow: sections as boxes, keys and outcomes at the arrows."""
    drawn = flow_graph(read_flow_file(file), since=since, until=until)
    picture = svg(drawn) if _form(form, output) is Picture.SVG else mermaid(drawn)
    if output is None:
        typer.echo(picture, nl=False)
        return
    try:
        output.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise NotWritten(f"{output} cannot be written: {error.strerror}") from error


def _form(form: Picture | None, output: Path | None) -> Picture:
    if form is not None:
        return form
    return Picture.SVG if output is not None and output.suffix == ".svg" else Picture.MERMAID
