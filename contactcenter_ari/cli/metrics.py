"""`contactcenter metrics`: all metrics by name, alert rules, a dashboard."""

from pathlib import Path

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command
from contactcenter_ari.web import metric_table

metrics = typer.Typer(help="What `/metrics` has, and what to make of it.")
app.add_typer(metrics, name="metrics", invoke_without_command=True)

WEB = Path(metric_table.__file__).parent


@metrics.callback()
@command
def all_metrics(context: typer.Context) -> None:
    """Print all metrics, in Markdown; without a command."""
    if context.invoked_subcommand is None:
        typer.echo(metric_table.page(), nl=False)


@metrics.command()
@command
def alerts() -> None:
    """Print alert rules for Prometheus."""
    typer.echo((WEB / "alerts.yaml").read_text("utf-8"), nl=False)


@metrics.command()
@command
def dashboard() -> None:
    """Print a dashboard for Grafana."""
    typer.echo((WEB / "dashboard.json").read_text("utf-8"), nl=False)
