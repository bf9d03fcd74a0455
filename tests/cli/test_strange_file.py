"""Strange things in place of a file: they are refused in words, and nothing hangs."""

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.app import app
from contactcenter_ari.postgres.agent_file import read_agent_file
from contactcenter_ari.postgres.errors import AgentFileInvalid

LIMIT = 60
SITE = Path(__file__).parents[1] / "e2e/site"
PIPE = "it is a pipe, no file"
MAKE = Callable[[Path], object]


def _room(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return path


def pipe(path: Path) -> None:
    """Nobody will ever write to it."""
    os.mkfifo(_room(path))


def a_socket(path: Path) -> None:
    """One that a program left."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))


def link(target: str) -> MAKE:
    """A link to something."""

    def make(path: Path) -> None:
        _room(path).symlink_to(target)

    return make


def text(content: str) -> MAKE:
    """A file with this content."""
    return lambda path: path.write_text(content)


def gap(path: Path) -> None:
    """A file of a hundred gigabytes, nearly none of them on disk."""
    with _room(path).open("wb") as file:
        file.truncate(100_000_000_000)


FLOW = (SITE / "longest.yaml").read_text()
IN_SITE: list[tuple[str, MAKE, str]] = [
    ("new.yaml", pipe, PIPE),
    ("site.yaml", pipe, PIPE),
    ("queues.yaml", pipe, PIPE),
    ("new.yaml", a_socket, "it is a socket, no file"),
    ("new.yaml", Path.mkdir, "Is a directory"),
    ("new.yaml", link("/dev/zero"), "is a link out of the folder"),
    ("site.yaml", link("/dev/zero"), "is a link out of the folder"),
    ("new.yaml", link("/etc/passwd"), "is a link out of the folder"),
    ("new.yaml", link("../../outside.yaml"), "No such file or directory"),
    ("new.yaml", link("new.yaml"), "Too many levels of symbolic links"),
    ("new.yaml", gap, "the file is larger than 1000000 bytes"),
    ("new.yaml", text("[" * 500_000), "nested deeper than 30 levels"),
    ("new.yaml", text("{a: " * 200_000), "nested deeper than 30 levels"),
    ("new.yaml", text("- " * 400_000), "nested deeper than 30 levels"),
    ("new.yaml", text("? " * 400_000), "nested deeper than 30 levels"),
    ("new.yaml", text("- a\n" * 200_000), "error[E"),
    ("new.yaml", text("a: &b [*b]\n" + "c: *b\n" * 9), "an anchor is not allowed"),
    ("new.yaml", text('flow: "a\\0b"\n'), "a text holds a control character"),
    ("new.yaml", text("flow: a\0b\n"), "a character that YAML does not allow"),
    ("new.yaml", lambda path: path.write_bytes(b"flow: \xff\n"), "is not UTF-8 text"),
    ("new.yaml", text('flow: new\ninclude: "part.yaml"\n'), PIPE),
    ("new.yaml", text('flow: new\ninclude: "new.yaml"\n'), "error[E"),
    ("new.yaml", text(f'flow: new\ninclude: "{"x" * 300}.yaml"\n'), "File name too long"),
    ("longest.yaml", text(FLOW.replace('"Nobody', f'"sound:{"x" * 300}" #')), "error[E"),
]


class Hung(BaseException):
    """The attempt did not come to an end."""


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """Whatever hangs is interrupted, and fails."""

    def interrupt(_number: int, _frame: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the commands of the test."""
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CC_SITE", str(site))
    return tmp_path / "data"


def _run(*words: str) -> tuple[int, str]:
    """The status of a command and what it said; a fault of ours is raised."""
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that is fine."""
    return Path(shutil.copytree(SITE, tmp_path / "callflows"))


@pytest.mark.parametrize(("name", "make", "told"), IN_SITE)
def test_in_the_folder_of_a_site(site: Path, name: str, make: MAKE, told: str) -> None:
    """It is a problem of its file, told with all others."""
    pipe(site / "part.yaml")
    make(site / name)
    status, said = _run("flow", "check", str(site))
    assert status == 1
    assert any(name in line for line in said.splitlines()), said
    assert told in said


def test_links_within_a_site_are_fine(site: Path) -> None:
    """Mounted configuration is full of them; the folder itself may be one."""
    (site / "..data").mkdir()
    (site / "desk.yaml").rename(site / "..data/desk.yaml")
    (site / "desk.yaml").symlink_to("..data/desk.yaml")
    (site.parent / "link").symlink_to(site)
    status, said = _run("flow", "check", str(site.parent / "link"))
    assert status == 0, said


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("flow", "check"), 1),
        (("flow", "graph"), 1),
        (("flow", "simulate"), 1),
        (("flow", "test"), 1),
        (("flow", "diff", str(SITE / "desk.yaml")), 2),
        (("replay",), 1),
        (("acd", "simulate", "--scenario"), 1),
    ],
)
@pytest.mark.parametrize("make", [pipe, link("/dev/zero"), link("named"), text("[" * 100_000)])
def test_named_on_the_command_line(
    tmp_path: Path, words: tuple[str, ...], status: int, make: MAKE
) -> None:
    """A sentence and the usual status."""
    named = tmp_path / "named"
    make(named)
    found, said = _run(*words, str(named))
    assert found in {status, 2}, said
    assert "named" in said


DEEP = "[" * 100_000
IN_DATA: list[tuple[str, MAKE]] = [
    ("addresses.json", pipe),
    ("addresses.json", text(DEEP)),
    ("addresses.json", text('{"more": ' + DEEP)),
    ("addresses.json", text("{}")),
    ("addresses.json", link("/dev/zero")),
    ("addresses.json", gap),
    ("secrets/ari", pipe),
    ("secrets/ari", text("")),
    ("secrets/ari", text("two words\n")),
    ("secrets/ari", lambda path: path.write_bytes(b"\xff\0")),
    ("secrets/ari", Path.mkdir),
    ("secrets/ari", link("ari")),
]


@pytest.mark.parametrize(("name", "make"), IN_DATA)
def test_in_the_data_folder(data: Path, name: str, make: MAKE) -> None:
    """The line names the file; nothing was chosen again over what could not be read."""
    (data / "secrets").mkdir(parents=True)
    make(data / name)
    status, said = _run("asterisk", "config")
    assert status == 1
    assert said.startswith("error: ")
    assert len(said.splitlines()) == 1
    assert str(data / name) in said


def test_a_list_of_agents(tmp_path: Path) -> None:
    """No pipe is waited for, and no device read to its end."""
    for make in (pipe, link("/dev/zero"), gap):
        make(tmp_path / "agents.csv")
        with pytest.raises(AgentFileInvalid, match=r"agents.csv: cannot be read: "):
            read_agent_file(tmp_path / "agents.csv")
