"""`contactcenter flow check`, `explain` and `schema`: what is written, and the exit status."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.flow import flow
from contactcenter_ari.cli.flow_report import Format, report
from contactcenter_ari.config.catalogue import EXPLANATIONS
from contactcenter_ari.config.problem import Problem, Severity
from contactcenter_ari.config.site_file import NEEDED_PROMPTS

CHECKOUT = Path(__file__).parents[2]
FLOW = """\
flow: desk
numbers: ["+31201234567"]
timezone: Europe/Amsterdam
languages: [en]
sections:
  start:
    - play: goodbye
    - FIRST
  never: [hangup]
"""
TEXT = """\
callflows/desk.yaml:8:7: error[E102]: verb "hangpu" does not exist
        - hangpu
          ^^^^^^
  did you mean "hangup"?
1 error
"""
PROBLEMS = [
    Problem(
        file=Path("callflows/desk.yaml"),
        line=7,
        column=13,
        code="E202",
        message='prompt "a,b:100%" does not exist',
        length=8,
        suggestion='did you mean "ab"?',
    ),
    Problem(
        file=Path("callflows/desk.yaml"),
        line=8,
        column=3,
        code="E701",
        message='section "never" is never come to',
        length=5,
        severity=Severity.WARNING,
    ),
]


def run(*words: str) -> tuple[int, str]:
    """The exit status and what was written."""
    result = CliRunner().invoke(flow, words)
    return result.exit_code, result.stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A flow without a site around it, with a word to be replaced."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "callflows").mkdir()
    return Path("callflows/desk.yaml")


def write(file: Path, first: str) -> str:
    """Write the flow with this step; its name."""
    file.write_text(FLOW.replace("FIRST", first), encoding="utf-8")
    return str(file)


def test_errors_give_one(desk: Path) -> None:
    """The whole text: the problem with its line, and how many there are."""
    assert run("check", write(desk, "hangpu")) == (1, TEXT)


def test_warnings_give_zero_unless_strict(desk: Path) -> None:
    """A problem that does not stop publishing does not stop a check, but a strict one."""
    file = write(desk, "hangup")
    status, told = run("check", file)
    assert status == 0
    assert told.endswith("1 warning\n")
    assert run("check", file, "--strict") == (1, told)


def test_nothing_wrong_gives_zero(desk: Path) -> None:
    """A silenced warning is none, not even strictly."""
    write(desk, "hangup")
    text = desk.read_text(encoding="utf-8").replace("[hangup]", "[hangup] # callflow: ignore E701")
    desk.write_text(text, encoding="utf-8")
    assert run("check", str(desk), "--strict") == (0, "no problems\n")


def test_what_does_not_exist_gives_two() -> None:
    """A wrong path, a wrong code, and a wrong format are mistakes of who types."""
    assert run("check", "nowhere.yaml")[0] == 2
    assert run("explain", "E999")[0] == 2
    assert run("check", "--format", "xml")[0] == 2


def test_the_flows_of_this_repository_are_right_strictly() -> None:
    """The folder, and each file of it by itself, as a shell gives them."""
    files = [str(file) for file in (CHECKOUT / "callflows").glob("*.yaml")]
    assert run("check", str(CHECKOUT / "callflows"), "--strict") == (0, "no problems\n")
    assert run("check", *files, "--strict") == (0, "no problems\n")


def test_json_holds_every_field(desk: Path) -> None:
    """For programs: place, code, severity, message, suggestion, and the counts."""
    status, told = run("check", write(desk, "hangpu"), "--format", "json")
    assert (status, json.loads(told)) == (
        1,
        {
            "errors": 1,
            "warnings": 0,
            "problems": [
                {
                    "file": "callflows/desk.yaml",
                    "line": 8,
                    "column": 7,
                    "length": 6,
                    "code": "E102",
                    "severity": "error",
                    "message": 'verb "hangpu" does not exist',
                    "suggestion": 'did you mean "hangup"?',
                }
            ],
        },
    )


def test_github_annotates_the_line() -> None:
    """Workflow commands; what has a meaning there is escaped."""
    assert report(PROBLEMS, Format.GITHUB) == (
        "::error file=callflows/desk.yaml,line=7,col=13,endColumn=21,title=E202::"
        'prompt "a,b:100%25" does not exist; did you mean "ab"?\n'
        "::warning file=callflows/desk.yaml,line=8,col=3,endColumn=8,title=E701::"
        'section "never" is never come to\n'
        "1 error, 1 warning"
    )


def test_sarif_names_rules_and_places() -> None:
    """For code scanners: each rule once, each result at its region."""
    (run_,) = json.loads(report(PROBLEMS, Format.SARIF))["runs"]
    assert [rule["id"] for rule in run_["tool"]["driver"]["rules"]] == ["E202", "E701"]
    first, second = run_["results"]
    assert (first["ruleIndex"], first["level"]) == (0, "error")
    assert (second["ruleIndex"], second["level"]) == (1, "warning")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "callflows/desk.yaml"},
        "region": {"startLine": 7, "startColumn": 13, "endColumn": 21},
    }


def test_every_code_is_explained_with_an_example() -> None:
    """The meaning, a wrong example and a right one."""
    for code in EXPLANATIONS:
        status, told = run("explain", code.lower())
        assert status == 0
        assert told.startswith(f"{code} (")
        assert "\nwrong:\n  " in told
        assert "\nright:\n  " in told


def test_a_verb_is_explained() -> None:
    """Its help, an example, the options with their defaults, and the outcomes."""
    status, told = run("explain", "Voicemail")
    assert status == 0
    assert told.startswith("voicemail: Takes a message")
    assert "\n  - voicemail: sales\n" in told
    assert "\n      a duration, at most 1h, default 3m\n" in told
    assert "\n  saved: there is a message\n" in told


def test_all_verbs_are_listed() -> None:
    """One line a verb; the page has all of each."""
    status, told = run("explain")
    assert status == 0
    assert "\nplay       Says a prompt, then goes on\n" in told
    assert run("explain", "--page")[1].startswith("# The verbs of the call-flow language\n")


@pytest.mark.parametrize(("word", "meant"), [("quue", "queue"), ("sleep", "wait")])
def test_a_word_that_is_neither_verb_nor_code_is_refused(word: str, meant: str) -> None:
    """With what was probably meant, also by the word of another system."""
    result = CliRunner().invoke(flow, ["explain", word])
    assert result.exit_code == 2
    assert f'no verb and no code "{word}"; did you mean "{meant}"?' in result.stderr


def test_the_schema_is_printed() -> None:
    """The schema of a flow file as JSON."""
    status, told = run("schema")
    assert status == 0
    assert json.loads(told)["title"] == "Call flow"


SITE = "name: test\nlanguages: [en]\nprompts:\n" + "".join(
    f"  {name}: {{en: x}}\n" for name in NEEDED_PROMPTS
)
NEXT = "the site cannot be published"


@pytest.fixture
def site(desk: Path) -> Path:
    """The flow in a site that is right; its folder."""
    write(desk, "hangup")
    text = desk.read_text(encoding="utf-8").replace("  never: [hangup]\n", "")
    desk.write_text(text, encoding="utf-8")
    (desk.parent / "site.yaml").write_text(SITE, encoding="utf-8")
    (desk.parent / "queues.yaml").write_text("sales: {max_wait: 10m}\n", encoding="utf-8")
    return desk.parent


ELSEWHERE = [
    ("other.yaml", FLOW.replace("desk", "other").replace("FIRST", "hangup"), "E209"),
    ("other.yaml", "flow: [", "E002"),
    ("queues.yaml", "sales: {max_wait: soon}\n", "E107"),
    ("site.yaml", SITE + "timezone: Mars\n", "E601"),
]


@pytest.mark.parametrize(("name", "text", "code"), ELSEWHERE)
def test_what_keeps_the_site_from_being_published_is_told_apart(
    name: str, text: str, code: str, site: Path
) -> None:
    """A right flow in a site that is not: neither "no problems" nor its own."""
    assert run("check", "callflows/desk.yaml") == (0, "no problems\n")
    (site / name).write_text(text, encoding="utf-8")
    status, told = run("check", "callflows/desk.yaml")
    lines = told.splitlines()
    assert status == 1
    assert lines[0] == f"nothing wrong here, but {NEXT}, for errors elsewhere:"
    assert lines[1].startswith(f"callflows/{name}:")
    assert f"[{code}]" in lines[1]
    assert lines[-1] == "1 error elsewhere"
    data = json.loads(run("check", "callflows/desk.yaml", "--format", "json")[1])
    assert (data["errors"], data["problems"]) == (0, [])
    assert [each["code"] for each in data["elsewhere"]] == [code]


def test_own_problems_come_first(site: Path) -> None:
    """Then, under a heading, those of others; a warning elsewhere is not told."""
    desk = site / "desk.yaml"
    desk.write_text(desk.read_text(encoding="utf-8").replace("hangup", "hangpu"), encoding="utf-8")
    (site / "queues.yaml").write_text("sales: {max_wait: soon}\n", encoding="utf-8")
    status, told = run("check", "callflows/desk.yaml")
    assert status == 1
    own, _, others = told.partition(f"\n\n{NEXT} either, for errors elsewhere:\n")
    assert own.endswith("\n1 error")
    assert "queues.yaml" not in own
    assert others.startswith("callflows/queues.yaml:1:19: error[E107]")
    assert run("check", "callflows")[1].endswith("2 errors\n")
