"""A second program on a data folder is refused at once, in a line, before it loads anything."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.app import app
from contactcenter_ari.cli.command_table import TABLE
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.machine.folder_lock import AlreadyRuns, ProgramRole, roles_held
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port, reserved
from contactcenter_ari.runtime.address import Address
from tests.cli.program import HOLDER, LIMIT, contactcenter, holder

APPLICATION, SWITCH = ProgramRole.APPLICATION, ProgramRole.SWITCH
ADDRESSES = {
    "CC_ASTERISK_HTTP": "127.0.0.1:8088",
    "CC_DATABASE_URL": "postgresql://user@127.0.0.1:1/none",
}
HEAVY = ("aiohttp", "numpy", "psycopg", "holidays", "contactcenter_ari.core.center.center")
UNUSED_BY_FLOWS = (
    "aiohttp",
    "asyncio",
    "numpy",
    "matplotlib",
    "psycopg",
    "playwright",
    "structlog",
)
UNUSED_BY_HELP = (*HEAVY, *UNUSED_BY_FLOWS, "yaml", "phonenumbers")
LOADED = """
import contextlib, json, sys
from contactcenter_ari.cli.app import app

with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
    app(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ((APPLICATION, SWITCH), ("up",)),
        ((APPLICATION, SWITCH), ("serve",)),
        ((APPLICATION, SWITCH), ("asterisk", "run")),
        ((APPLICATION, SWITCH), ("asterisk", "config")),
        ((APPLICATION,), ("up",)),
        ((APPLICATION,), ("serve",)),
        ((SWITCH,), ("up",)),
        ((SWITCH,), ("asterisk", "run")),
    ],
)
def test_a_role_is_had_once(
    tmp_path: Path, roles: tuple[ProgramRole, ...], words: tuple[str]
) -> None:
    """One line names the program that has it, its process and since when; status 1."""
    settings = ADDRESSES if words == ("serve",) else {}
    with holder(tmp_path, *roles) as (pid, _):
        done = contactcenter(tmp_path, *words, **settings)
    assert (done.returncode, done.stdout) == (1, "")
    line = rf"error: contactcenter up already runs on {re.escape(str(tmp_path))}"
    since = rf" \(pid {pid}, since \d\d:\d\d:\d\d\); stop it first\n"
    assert re.fullmatch(line + since, done.stderr), done.stderr


@pytest.mark.parametrize(("role", "other"), [(APPLICATION, SWITCH), (SWITCH, APPLICATION)])
def test_roles_go_together(tmp_path: Path, role: ProgramRole, other: ProgramRole) -> None:
    """The application and the switch may be two programs on one folder."""
    with holder(tmp_path, role), roles_held(tmp_path, "contactcenter", other):
        pass


def test_another_folder_is_another_installation(tmp_path: Path) -> None:
    """It has locks of its own; the same folder by another name has not."""
    with holder(tmp_path / "one", APPLICATION):
        with roles_held(tmp_path / "two", "contactcenter", APPLICATION):
            pass
        (tmp_path / "link").symlink_to(tmp_path / "one")
        with pytest.raises(AlreadyRuns), roles_held(tmp_path / "link", "other", APPLICATION):
            pass


@pytest.mark.parametrize("child", ["", "program", "copy"])
def test_a_killed_program_leaves_no_lock(tmp_path: Path, child: str) -> None:
    """Whatever it had started goes on without the lock, and its line in the file is history."""
    with holder(tmp_path, APPLICATION, child=child) as (pid, started):
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        if started is not None:
            os.kill(started, 0)
        with roles_held(tmp_path, "contactcenter serve", APPLICATION):
            text = (tmp_path / "application.lock").read_text()
        if started is not None:
            os.kill(started, signal.SIGKILL)
    assert text.startswith(f"{os.getpid()} ")
    assert text.endswith(" contactcenter serve\n")


def test_a_copy_may_end_like_its_original(tmp_path: Path) -> None:
    """It comes to the end of the lock, too, and closes nothing that is not its own."""
    done = subprocess.run(
        [sys.executable, "-c", HOLDER, str(tmp_path), "copy", APPLICATION, SWITCH],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_holder_that_wrote_no_line_is_still_a_holder(tmp_path: Path) -> None:
    """The lock decides, not what stands in the file."""
    with holder(tmp_path, APPLICATION):
        (tmp_path / "application.lock").write_text("what is this?\n")
        with (
            pytest.raises(AlreadyRuns, match="another program already runs on"),
            roles_held(tmp_path, "contactcenter", APPLICATION),
        ):
            pass


def _loaded(*words: str, **settings: str) -> set[str]:
    """The modules that a command has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    """It is there at once."""
    assert not _loaded("--help") & set(UNUSED_BY_HELP)


@pytest.mark.parametrize("words", [("flow", "check", "callflows"), ("flow", "explain", "E501")])
def test_flows_are_looked_at_with_little(words: tuple[str, ...]) -> None:
    """Engineers wait for it many times a day: only the part that is asked for is there."""
    loaded = _loaded(*words)
    assert not loaded & set(UNUSED_BY_FLOWS)
    parts = {module for module in loaded if module.startswith("contactcenter_ari.cli.flow_")}
    assert parts == {"contactcenter_ari.cli.flow_report"}


def test_the_table_has_the_parts_of_flow() -> None:
    """Each with the module that holds it, so that it is found when it is asked for alone."""
    TABLE["flow"].load(())
    held = {
        each.name or each.callback.__name__: each.callback.__module__
        for each in flow.registered_commands
        if each.callback is not None
    }
    assert held == {
        part: f"contactcenter_ari.cli.{module}" for part, module in TABLE["flow"].parts.items()
    }


@pytest.mark.parametrize("words", [("up",), ("serve",), ("asterisk", "run"), ("up", "--help")])
def test_the_locks_come_first(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A program that must not run has loaded nothing of what it would need."""
    settings = {"CC_DATA_DIR": str(tmp_path), **(ADDRESSES if words == ("serve",) else {})}
    with holder(tmp_path, APPLICATION, SWITCH):
        assert not _loaded(*words, **settings) & set(HEAVY)


@pytest.mark.parametrize("name", TABLE)
def test_the_table_has_what_there_is(name: str) -> None:
    """Each command of the table is one, with a help of its own."""
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f" {name} " in result.stdout.splitlines()[1]


@pytest.mark.parametrize("protocol", Protocol)
def test_an_address_is_had_once(protocol: Protocol) -> None:
    """Also in the seconds before anything listens there, and by programs on other folders."""
    address = Address(LOOPBACK, free_port(protocol))
    with reserved(address, protocol):
        with pytest.raises(OSError, match="Address already in use"), reserved(address, protocol):
            pass
        with socket.socket(socket.AF_INET, protocol.value) as asterisk:
            asterisk.bind((LOOPBACK, address.port))
    with socket.socket(socket.AF_INET, protocol.value) as stranger:
        stranger.bind((LOOPBACK, address.port))
        with pytest.raises(OSError, match="Address already in use"), reserved(address, protocol):
            pass
    with reserved(address, protocol):
        pass


def test_what_the_machine_refuses_is_told() -> None:
    """A full disk is no fault of ours: a sentence, status 1, no traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "contactcenter_ari", "flow", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")
