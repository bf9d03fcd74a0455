"""The README: each command in it exists with its options, and each link leads to a file."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.app import app

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ \.venv/bin/contactcenter (.+)$", README, re.MULTILINE)
TARGETS = set(re.findall(r"^(?:\$ |.*`)make (\w+)", README, re.MULTILINE))
LINKS = re.findall(r"\]\(([^)#:]+)\)", README)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_exists(command: str) -> None:
    """The program knows the command and its options."""
    words = shlex.split(command, comments=True)
    options = {word for word in words if word.startswith("--")}
    names = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
    shown = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert options <= set(re.findall(r"--[a-z-]+", shown.output))


def test_targets_of_make_exist() -> None:
    """The Makefile has each target that is named."""
    known = re.findall(
        r"^(\w+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {"demo", "test", "clean"} <= TARGETS <= set(known)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_file(link: str) -> None:
    """Links inside the repository are paths from its top."""
    assert (CHECKOUT / link).is_file()
