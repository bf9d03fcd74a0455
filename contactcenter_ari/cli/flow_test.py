"""`contactcenter flow test`: play the stories of callers beside the flows."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from contactcenter_ari.cli.command import command, load_settings, screen
from contactcenter_ari.cli.flow import USAGE, flow
from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.flow_test.junit import junit
from contactcenter_ari.flow_test.suite import (
    Covered,
    FileResult,
    NoTests,
    coverage,
    covered_percent,
    run_files,
    story_files,
)

SHOWN_LINES = 8


@flow.command("test")
@command
def play_tests(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Test files or folders; the site's if none.")
    ] = None,
    run: Annotated[str, typer.Option("--run", help="Only tests whose name holds this.")] = "",
    show_coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which sections and steps were reached.")
    ] = False,
    fail_under: Annotated[
        float, typer.Option(min=0, max=100, help="Fail if fewer % of the sections were entered.")
    ] = 0,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="Write the results as JUnit XML.")
    ] = None,
) -> None:
    """Run the tests of call flows on the virtual clock."""
    try:
        paths = story_files(files or [load_settings().site])
    except NoTests as nothing:
        _refuse(str(nothing))
    done, invalid = _played(paths, run)
    if run and not invalid and not any(each.results for each in done):
        _refuse(f'no test has "{run}" in its name')
    _tell(done)
    for each in invalid:
        typer.echo(f"{each}\n", err=True)
    if junit_file is not None:
        junit_file.write_text(junit(done), encoding="utf-8")
    covered = coverage(done)
    if show_coverage:
        _show_coverage(covered)
    percent = covered_percent(covered)
    if percent < fail_under:
        typer.echo(f"{percent:.0f} % of the sections were entered, wanted are {fail_under:g} %")
    if percent < fail_under or invalid or any(each.failed for each in done):
        raise typer.Exit(1)


def _played(paths: list[Path], run: str) -> tuple[list[FileResult], list[SiteInvalid]]:
    """How the test files went, and the mistakes that keep some of them from being played."""
    done: list[FileResult] = []
    invalid: list[SiteInvalid] = []
    for path in paths:
        try:
            done += run_files([path], run)
        except SiteInvalid as mistakes:
            invalid.append(mistakes)
    return done, invalid


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"error: {reason}", err=True)
    raise typer.Exit(USAGE)


def _tell(done: list[FileResult]) -> None:
    for each in done:
        for test_ in each.failed:
            typer.echo(f"{test_.failure}\n")
        fine = len(each.results) - len(each.failed)
        failed = f", {len(each.failed)} failed" if each.failed else ""
        typer.echo(f"{each.story_file.file}: {fine} passed{failed}")


def _show_coverage(covered: list[Covered]) -> None:
    table = Table("Flow", "Section", "Entered", "Steps", "Lines missed")
    for each in covered:
        missed = ", ".join(map(str, each.missed_lines[:SHOWN_LINES]))
        more = ", ..." if len(each.missed_lines) > SHOWN_LINES else ""
        entered = "yes" if each.entered else "no"
        of_all = f"{each.taken}/{each.steps}"
        table.add_row(each.flow, each.section, entered, of_all, f"{missed}{more}")
    screen().print(table)
    steps, taken = sum(c.steps for c in covered), sum(c.taken for c in covered)
    typer.echo(
        f"{covered_percent(covered):.0f} % of {len(covered)} sections, "
        f"{100 * taken / steps if steps else 100:.0f} % of {steps} steps"
    )
