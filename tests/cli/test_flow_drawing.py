"""`flow graph` and `flow diff` as people call them."""

from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from typer.testing import CliRunner, Result

from contactcenter_ari.cli import flow_diff, flow_graph
from contactcenter_ari.cli.flow import flow
from contactcenter_ari.config.site import load_site

COMMANDS = (flow_diff, flow_graph)
"""Importing a command's module registers it."""

DESK = """\
flow: desk
numbers: ["+31201234567"]
timezone: Europe/Amsterdam
languages: [en]
prompts:
  hello: {en: Hello.}
sections:
  start:
    - answer
    - menu: hello
      choices: {"1": sales}
      failed: sales
  sales:
    - queue: sales
      max_wait: 5m
      next: {timeout: hangup, no_agents: hangup}
"""


def call(*words: str | Path) -> Result:
    """Call the command."""
    return CliRunner().invoke(flow, [str(word) for word in words])


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A flow file."""
    file = tmp_path / "desk.yaml"
    file.write_text(DESK, encoding="utf-8")
    return file


def test_graph(desk: Path) -> None:
    """Mermaid on the screen, SVG into a file that is named so."""
    shown = call("graph", desk, "--from", "sales")
    assert shown.exit_code == 0
    assert shown.stdout == (
        'flowchart TD\n    b0["sales<br/>queue sales"]\n    b1(["hang up"])\n'
        '    b0 -->|"timeout, no_agents, answered"| b1\n'
    )
    picture = desk.with_name("desk.svg")
    assert call("graph", desk, "-o", picture).exit_code == 0
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  # our own
    assert call("graph", desk, "--format", "svg").stdout == picture.read_text("utf-8")


def test_what_cannot_be_drawn(desk: Path) -> None:
    """It says why, in status 1."""
    for words, complaint in (
        ((desk.with_name("none.yaml"),), "does not exist"),
        ((desk, "--to", "nowhere"), 'no section "nowhere"'),
        ((desk, "-o", desk / "x.svg"), "cannot be written"),
    ):
        done = call("graph", *words)
        assert (done.exit_code, complaint in done.stderr) == (1, True)
    desk.write_text(DESK.replace("failed: sales", "failed: nowhere"), encoding="utf-8")
    assert "error[E201]" in call("graph", desk).stderr


def test_diff(desk: Path) -> None:
    """Comments and the order of keys are nothing; 1 when callers would notice."""
    same = desk.with_name("same.yaml")
    head, body = DESK.split("sections:")
    lines = head.splitlines()
    same.write_text("\n".join(["# moved", *lines[1:], lines[0]]) + f"\nsections:{body}")
    done = call("diff", desk, same)
    assert (done.exit_code, done.stdout) == (0, "")
    same.write_text(DESK.replace("failed: sales", "tries: 2\n      failed: hangup"))
    done = call("diff", desk, same)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        'section "start", step 2 (menu hello): tries was 3, is 2',
        'section "start", step 2 (menu hello): failed led to section "sales", leads to hangup',
    ]


def test_diff_of_sites(tmp_path: Path) -> None:
    """A folder with what was published earlier."""
    folder = Path(__file__).parents[2] / "callflows"
    site = load_site(folder)
    published = tmp_path / "published.json"
    published.write_bytes(msgspec.json.encode(site))
    assert call("diff", published, folder).exit_code == 0
    published.write_bytes(msgspec.json.encode(msgspec.structs.replace(site, pause_reasons={})))
    done = call("diff", published, folder)
    assert (done.exit_code, 'pause reason "1" added' in done.stdout) == (1, True)


def test_what_cannot_be_compared(desk: Path) -> None:
    """In status 2, for 1 means that they differ."""
    bad = desk.with_name("bad.json")
    bad.write_text("{}")
    for other, complaint in (
        (desk.with_name("none.yaml"), "does not exist"),
        (bad, "no published site"),
        (Path(__file__).parents[2] / "callflows", "cannot be compared"),
    ):
        done = call("diff", desk, other)
        assert (done.exit_code, complaint in done.stderr) == (2, True)
