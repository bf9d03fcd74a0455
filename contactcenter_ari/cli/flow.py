"""`contactcenter flow`: check call flows, explain what is told of them, and their JSON Schema.

Other commands on flows are modules of their own that register with `flow`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command import command, error_screen, load_settings
from contactcenter_ari.cli.flow_report import Format, report
from contactcenter_ari.config import verb_page
from contactcenter_ari.config.catalogue import EXPLANATIONS, severity
from contactcenter_ari.config.catalogue_example import EXAMPLES
from contactcenter_ari.config.document import shown
from contactcenter_ari.config.flow_schema import flow_schema
from contactcenter_ari.config.problem import Problem, Severity, did_you_mean, in_order
from contactcenter_ari.config.site import check_flow, check_site, flow_files, is_site
from contactcenter_ari.core.flow.verb.table import SPECS

USAGE = 2
"""Exit status of a command that cannot be carried out as it was given."""
ENDINGS = {".yaml", ".yml"}

flow = typer.Typer(help="Call flows: check, explain, schema, test, simulate, draw, compare.")
app.add_typer(flow, name="flow", no_args_is_help=True)


@flow.command()
@command
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Flow files, or folders of a site. Without: the site's folder."),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Warnings count as errors.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to tell.")] = Format.TEXT,
) -> None:
    """Show all problems at once, and of a single file also what else keeps its site from being
    published. Exit status: 0 none, 1 there are, 2 there is nothing to check.
    """
    chosen = paths or [load_settings().site]
    missing = [path for path in chosen if not path.exists()]
    for path in missing:
        refuse(f"{path} does not exist")
    folders = {path if path.is_dir() else path.parent for path in chosen}
    sites = {folder: check_site(folder)[1] for folder in folders if is_site(folder)}
    problems = in_order(_problems(chosen, sites))
    elsewhere = in_order(set(_in_the_way(chosen, sites)) - set(problems))
    typer.echo(report(problems, form, elsewhere))
    if elsewhere or any(strict or problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(1)


def _problems(paths: Sequence[Path], sites: Mapping[Path, list[Problem]]) -> Iterator[Problem]:
    """The problems of folders, and of single files as far as they are in them."""
    for folder in {path for path in paths if path.is_dir()}:
        yield from sites[folder] if folder in sites else check_site(folder)[1]
    files = {path for path in paths if not path.is_dir()}
    for folder in {file.parent for file in files}:
        chosen = {shown(file) for file in files if file.parent == folder}
        yield from (each for each in sites.get(folder, ()) if each.file in chosen)
        flows = set(flow_files(folder))
        for file in files:
            if file.parent == folder and (file in flows or file.suffix not in ENDINGS):
                yield from check_flow(file)[1]


def _in_the_way(paths: Sequence[Path], sites: Mapping[Path, list[Problem]]) -> Iterator[Problem]:
    """The errors that keep the sites of single files from being published."""
    for folder in {path.parent for path in paths if not path.is_dir()}:
        problems = sites.get(folder, ())
        yield from (each for each in problems if each.severity is Severity.ERROR)


@flow.command()
@command
def explain(
    word: Annotated[
        str,
        typer.Argument(help="A verb, such as queue, or a code, such as E501. Without: all verbs."),
    ] = "",
    page: Annotated[bool, typer.Option("--page", help="All verbs as Markdown.")] = False,
) -> None:
    """Explain a verb with its options and outcomes, or a code with wrong and right."""
    verb, code = word.lower().strip(), word.upper().strip()
    if page:
        typer.echo(verb_page.page())
    elif not word:
        typer.echo(verb_page.verb_list())
    elif verb in SPECS:
        typer.echo(verb_page.verb_text(SPECS[verb]))
    elif code in EXPLANATIONS:
        wrong, right = EXAMPLES[code]
        typer.echo(f"{code} ({severity(code)}): {EXPLANATIONS[code]}\n")
        typer.echo(f"wrong:\n{_indented(wrong)}\n\nright:\n{_indented(right)}")
    else:
        suggestion = did_you_mean(verb, SPECS) or did_you_mean(code, EXPLANATIONS)
        refuse(f'there is no verb and no code "{word}"', suggestion)


@flow.command()
@command
def schema() -> None:
    """Print the JSON Schema of flow files, for editors."""
    typer.echo(json.dumps(flow_schema(), indent=2))


def refuse(message: str, suggestion: str = "") -> None:
    """Print that a command cannot be carried out, and end with 2."""
    told = f"error: {message}" + (f"; {suggestion}" if suggestion else "")
    error_screen().print(told, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(USAGE)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
