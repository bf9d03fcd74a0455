"""`contactcenter agent`: people and their skills, from the command line to the database."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.agent import agent

SITE = Path(__file__).parents[2] / "callflows"


@pytest.fixture(autouse=True)
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database, and data of its own."""
    monkeypatch.setenv("CC_DATABASE_URL", database_url)
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CC_SITE", str(SITE))


def run(*words: str) -> tuple[int, str, str]:
    """The exit status, what was written, and what was complained about."""
    result = CliRunner().invoke(agent, words)
    return result.exit_code, result.stdout, result.stderr


def listed() -> dict[str, dict[str, int]]:
    """The skills of all agents."""
    status, out, _ = run("list", "--json")
    assert status == 0
    return {one["agent"]: one["skills"] for one in json.loads(out)}


def test_skills_are_given_changed_and_taken_away() -> None:
    """And the list shows them."""
    status, out, _ = run("add", "101", "Ann", "--skill", "dutch=7", "-s", "billing=3")
    assert (status, "API token" in out) == (0, True)
    assert listed() == {"101": {"dutch": 7, "billing": 3}}
    assert "billing=3, dutch=7" in run("list")[1]
    status, out, _ = run("skill", "101", "dutch=8", "legal=1", "--drop", "billing")
    assert (status, out) == (0, "Agent 101 has dutch=8, legal=1.\n")
    status, out, _ = run("skill", "101", "--drop", "dutch", "--drop", "legal")
    assert (status, out) == (0, "Agent 101 has no skills.\n")
    assert listed() == {"101": {}}


def test_an_agent_is_edited_without_a_new_phone() -> None:
    """Name, language and queues; what the phone registers with stays, until it is renewed."""
    status, out, err = run("add", "101", "Ann", "--queue", "claims")
    assert status == 0, err
    user, secret, token = re.findall(r"(?:user|secret|token) +(\S+)", out)
    status, out, err = run("edit", "101", "--name", "Anna", "--language", "nl", "-q", "sales")
    assert (status, out) == (0, "Agent 101 is Anna, speaks nl and serves sales.\n"), err
    (one,) = json.loads(run("list", "--json")[1])
    assert (one["name"], one["phone"], one["queues"]) == ("Anna", user, ["sales"])
    assert run("edit", "101", "--no-queues")[1].endswith("serves no queues.\n")
    renewed = run("secret", "101")[1]
    assert re.findall(r"user +(\S+)", renewed) == [user]
    assert secret not in renewed
    assert token not in run("token", "101")[1]


def test_a_file_tells_skills(tmp_path: Path) -> None:
    """In a column of its own."""
    file = tmp_path / "agents.csv"
    file.write_text("extension,name,queues,skills\n101,Ann,claims,dutch=7;billing=3\n")
    status, _, err = run("import", str(file))
    assert status == 0, err
    assert listed() == {"101": {"dutch": 7, "billing": 3}}


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (("add", "101", "Ann", "--skill", "dutch=best"), 1, '"dutch=best" is not a skill'),
        (("add", "101", "Ann", "--queue", "none"), 1, 'queue "none" does not exist'),
        (("skill", "109", "dutch=7"), 1, "There is no agent 109"),
        (("edit", "109", "--name", "Ann"), 1, "There is no agent 109"),
        (("edit", "101"), 2, "say what is to change"),
        (("edit", "101", "-q", "claims", "--no-queues"), 2, "contradict"),
        (("edit", "101", "-q", "none"), 1, 'queue "none" does not exist'),
        (("secret", "109"), 1, "There is no agent 109"),
        (("token", "109"), 1, "There is no agent 109"),
        (("skill", "101", "dutch=0"), 1, "a level of 1 (a little) to 9 (best)"),
        (("add", "101"), 2, "Missing argument"),
    ],
)
def test_a_mistake_is_told(words: tuple[str, ...], status: int, complaint: str) -> None:
    """The mistake, with 1; wrong usage, with 2. Nobody is added."""
    found, _, err = run(*words)
    assert (found, complaint in err) == (status, True)
    assert listed() == {}


def test_a_broken_flow_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People are added whatever somebody does to a flow; only the queues must be readable."""
    site = Path(shutil.copytree(SITE, tmp_path / "callflows"))
    monkeypatch.setenv("CC_SITE", str(site))
    (site / "insurance.yaml").write_text("flow: [\n")
    (site / "new.yaml").write_text("nothing: here\n")
    status, _, err = run("add", "101", "Ann", "--queue", "claims")
    assert status == 0, err
    (site / "queues.yaml").write_text("claims: [\n")
    status, _, err = run("add", "102", "Bob", "--queue", "claims")
    assert (status, "queues.yaml:" in err) == (1, True)
    status, _, err = run("add", "102", "Bob")
    assert status == 0, err
    assert run("skill", "102", "dutch=7")[0] == 0
    assert run("remove", "102")[0] == 0
    assert listed() == {"101": {}}
