"""`contactcenter flow publish`, `versions`, `rollback`, `flag`: what the running center serves."""

from typing import Annotated

import typer
from rich.table import Table

from contactcenter_ari.cli.command import command, load_settings, run, screen
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.client.running_center import RunningCenter
from contactcenter_ari.web.flow import FlowList
from contactcenter_ari.web.port import FlowProblem, FlowsRefused


@flow.command()
@command
def publish() -> None:
    """Check, test and publish the files now, also after a rollback."""
    center = RunningCenter.of(load_settings())
    try:
        served = run(center.publish())
    except FlowsRefused as refused:
        for problem in refused.problems:
            typer.echo(_told(problem))
        typer.echo("nothing was published; the version before is still served")
        raise typer.Exit(1) from None
    _tell(served)


@flow.command()
@command
def versions() -> None:
    """List the published versions, the latest first; * is the one that new calls get."""
    served = run(RunningCenter.of(load_settings()).flows())
    table = Table("", "Version", "Published (UTC)")
    marked = False
    for kept in served.kept:
        mark = "*" if kept.version == served.version and not marked else ""
        marked = marked or bool(mark)
        table.add_row(mark, kept.version, f"{kept.published_at:%Y-%m-%d %H:%M:%S}")
    screen().print(table)
    _tell(served)
    for problem in served.problems:
        typer.echo(_told(problem))


@flow.command()
@command
def rollback(
    version: Annotated[
        str, typer.Argument(help="The first letters of a version; without: the one before.")
    ] = "",
) -> None:
    """Serve an earlier version to new calls, until the files change or `flow publish`."""
    _tell(run(RunningCenter.of(load_settings()).rollback(version)))


@flow.command()
@command
def flag(
    flow_name: Annotated[str, typer.Argument(metavar="FLOW", help="For example insurance.")],
    name: Annotated[str, typer.Argument(metavar="FLAG", help="For example always_open.")],
    value: Annotated[str, typer.Argument(help="on or off")],
) -> None:
    """Switch a flag of a running flow, for calls in progress, too."""
    run(RunningCenter.of(load_settings()).switch_flag(flow_name, name, value))
    typer.echo(f"{name} of {flow_name} is {value}.")


def _tell(served: FlowList) -> None:
    pinned = ", pinned until the files change" if served.pinned else ""
    typer.echo(f"New calls get version {served.version}{pinned}.")


def _told(problem: FlowProblem) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}"
    return f"{place}: {problem.code}: {problem.message}"
