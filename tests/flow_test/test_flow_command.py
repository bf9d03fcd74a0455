"""`flow test`, `simulate` and `trace`, and the tests under pytest, as people run them."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET  # it reads our own file

import pytest
from typer.testing import CliRunner, Result

from contactcenter_ari.cli.app import app
from contactcenter_ari.flow_test.suite import story_files
from tests.flow_test.conftest import HEAD
from tests.flow_test.test_retelling import GIVEN, played

GOOD = "  - {name: Sales, script: [presses: 1, queued: sales, hears: bye]}\n"
BAD = "  - {name: Claims, script: [hears: claims]}\n"


@pytest.fixture
def site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings name the small site, and a folder for its data."""
    monkeypatch.setenv("CC_SITE", str(folder))
    monkeypatch.setenv("CC_DATA_DIR", str(folder.parent / "data"))
    return folder


def ran(*words: str, typed: str = "") -> Result:
    """One command of `contactcenter flow`."""
    return CliRunner().invoke(app, ["flow", *words], input=typed)


def test_tests_that_hold(site: Path) -> None:
    """Exit status 0, and a line for each file."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD)
    done = ran("test")
    assert (done.exit_code, done.output) == (0, "desk.test.yaml: 1 passed\n")


def test_a_test_that_fails(site: Path) -> None:
    """Exit status 1, and where it stands."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD + BAD)
    done = ran("test")
    assert done.exit_code == 1
    first = (
        'desk.test.yaml:5:29: failed: test "Claims": expected to hear claims, but the flow waits'
    )
    assert done.output.startswith(first)
    assert done.output.endswith("desk.test.yaml: 1 passed, 1 failed\n")


def test_tests_by_name(site: Path) -> None:
    """`--run` takes those whose name holds the word; none at all is bad usage."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD + BAD)
    assert ran("test", "--run", "sal").exit_code == 0
    assert ran("test", "--run", "claims").exit_code == 1
    nothing = ran("test", "--run", "nothing")
    assert (nothing.exit_code, nothing.stderr) == (2, 'error: no test has "nothing" in its name\n')


def test_bad_usage(site: Path) -> None:
    """A file that is not there, or is no test file, is exit status 2."""
    assert ran("test", "missing.test.yaml").exit_code == 2
    assert ran("test", str(site / "desk.yaml")).exit_code == 2
    assert ran("simulate", "missing.yaml").exit_code == 2


def test_a_broken_test_file(site: Path) -> None:
    """Its problems are told as those of flows, with exit status 1."""
    (site / "desk.test.yaml").write_text("flow: desk.yaml\ntest: []\n")
    done = ran("test")
    assert done.exit_code == 1
    assert 'desk.test.yaml:2:1: error[E101]: key "test" is not known in a test file' in done.stderr


def test_coverage(site: Path) -> None:
    """Sections and steps that no test came by are listed; too few fail."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD)
    done = ran("test", "--coverage", "--fail-under", "90")
    assert done.exit_code == 1
    rows = [[cell.strip() for cell in line.split("│")[2:6]] for line in done.output.splitlines()]
    assert ["start", "yes", "3/4", "39"] in rows
    assert ["boss", "no", "0/1", "77"] in rows
    assert "31 % of 13 sections, 23 % of 30 steps" in done.output
    assert "31 % of the sections were entered, wanted are 90 %" in done.output
    assert ran("test", "--fail-under", "30").exit_code == 0


def test_junit(site: Path) -> None:
    """The XML holds a case for each test, and the whole message of a failure."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD + BAD)
    ran("test", "--junit", str(site / "results.xml"))
    suite = ET.parse(site / "results.xml").getroot()[0]  # noqa: S314  # as above
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "1")
    assert [case.attrib["name"] for case in suite] == ["Sales", "Claims"]
    assert "last events:" in (suite[1][0].text or "")


def test_a_caller_played_by_hand(site: Path) -> None:
    """Keys, time skips, an agent and a hang-up come in by a pipe."""
    done = ran(
        *("simulate", str(site / "desk.yaml"), "--at", "2026-03-10 10:00", "--from", "+316"),
        typed="what\n1\n+25s\n+x\na\n+1m\na\n",
    )
    assert done.exit_code == 0
    assert done.output.splitlines()[1:] == [
        "10:00:00 entered start",
        '10:00:00 heard hello: "Hello there."',
        "10:00:00 entered choosing",
        '10:00:00 heard menu: "For sales, press 1."',
        "10:00:02 (the flow waits for a key in choosing)",
        done.output.splitlines()[0].removeprefix("desk.yaml: "),
        "10:00:02 chose 1 in menu",
        "10:00:02 entered sales",
        "10:00:02 queued sales as number 1",
        "10:00:02 (the caller waits in queue sales)",
        '10:00:22 heard position: "You are number 1."',
        "10:00:27 (the caller waits in queue sales)",
        "a time to skip is written like +5s or +2m",
        "10:00:27 (the caller waits in queue sales)",
        "10:00:27 left queue sales answered after 25s",
        "10:00:27 agent joined sales-agent",
        "10:00:27 recording start",
        "10:00:27 (the caller talks to somebody)",
        "10:01:27 (the caller talks to somebody)",
        "10:01:27 recording stop",
        "10:01:27 entered bye",
        '10:01:27 heard bye: "Goodbye."',
        "10:01:27 ended: agent completed",
    ]


def test_a_caller_like_one_of_a_test(site: Path) -> None:
    """Look-ups may be answered as a test has them; another name is bad usage."""
    text = "  - {name: Rich, given: {lookups: {account: {balance: 99}}}}\n"
    (site / "desk.test.yaml").write_text(HEAD + text)
    done = ran("simulate", "desk.yaml", "--like", "rich", typed="2\n7391\n")
    assert 'heard balance: "You have 99 euros."' in done.output
    assert ran("simulate", "desk.yaml", "--like", "ritch").exit_code == 2


def test_the_trace_of_a_call(site: Path) -> None:
    """The log is found by the id of the call; `--as-test` prints a test that holds."""
    simulated = played(site, GIVEN, "1", "+25s", "a", "+1m", "a")
    simulated.log(site.parent / "data" / "input" / "flow-test.log")
    done = ran("trace", simulated.interaction)
    assert done.exit_code == 0
    assert "desk.yaml:39" in done.output
    test = ran("trace", simulated.interaction, "--as-test")
    (site / "again.test.yaml").write_text(test.output)
    assert ran("test", "again.test.yaml").exit_code == 0


def test_the_trace_of_an_unknown_call(site: Path) -> None:
    """It is said in a sentence."""
    done = ran("trace", "n1-1-1")
    assert done.exit_code == 1
    assert "no input log holds call n1-1-1" in done.stderr
    assert site.is_dir()


def test_the_tests_under_pytest(site: Path) -> None:
    """`pytest callflows/` runs them, and tells failures in our words."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD + BAD)
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "."]
    done = subprocess.run(words, cwd=site, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'desk.test.yaml:5:29: failed: test "Claims"' in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_files_and_folders(site: Path) -> None:
    """A folder stands for the test files in it."""
    (site / "desk.test.yaml").write_text(HEAD)
    assert story_files([site]) == [site / "desk.test.yaml"]


BROKEN = {
    "other.yaml": "flow: other\nsections: [\n",
    "late.yaml": "flow: late\nlanguages: [en]\nsections: {start: [goto: x]}\n",
    "more.test.yaml": "flow: other.yaml\n",
}
"""Neighbors of the flow that cannot be published, and one that cannot be tested."""


def test_a_flow_is_tested_beside_broken_ones(site: Path) -> None:
    """Only what the flow uses must be right; test files that cannot be played are told."""
    for name, text in BROKEN.items():
        (site / name).write_text(text)
    for name, line in (("queues", "unused: {max_wait: x}"), ("site", "occupancy_window: x")):
        file = site / f"{name}.yaml"
        file.write_text(f"{file.read_text()}{line}\n")
    (site / "desk.test.yaml").write_text(HEAD + GOOD)
    done = ran("test", str(site / "desk.test.yaml"))
    assert (done.exit_code, done.output) == (0, "desk.test.yaml: 1 passed\n")
    done = ran("test")
    assert done.exit_code == 1
    assert "desk.test.yaml: 1 passed\n" in done.output
    assert "other.yaml:3:1: error[E002]" in done.stderr
    assert "late.yaml" not in done.output + done.stderr


def test_a_flow_is_not_tested_with_what_is_wrong_for_it(site: Path) -> None:
    """A queue it uses, its own mistakes, and files that cannot be read."""
    (site / "desk.test.yaml").write_text(HEAD + GOOD)
    queues, flow = (site / "queues.yaml").read_text(), (site / "desk.yaml").read_text()
    for name, text, told in (
        ("queues.yaml", queues.replace("sales:", "sales: {max_wait: x}\nother:", 1), "E107"),
        ("queues.yaml", "sales: [", "E002"),
        ("desk.yaml", flow.replace("- play: hello", "- play: helo", 1), "E202"),
    ):
        (site / name).write_text(text)
        done = ran("test")
        assert (done.exit_code, told in done.stderr) == (1, True), done.stderr
        (site / name).write_text(queues if name == "queues.yaml" else flow)
