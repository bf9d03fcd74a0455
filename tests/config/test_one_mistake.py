"""One mistake is one message, in the file where it is, whatever else depends on what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import in_order
from contactcenter_ari.config.site import check_site

WriteSite = Callable[..., Path]
USES = """\
    - lookup: account
      with: {pin: pin}
    - play: hello
    - play: goodbye
    - if: account.balance > 5 and size > 3 and hours.office.open and flag.storm
      then: sales
    - callback: sales
      hours: office
"""
"""Steps that use all that is declared."""


@dataclass(frozen=True)
class Mistake:
    """In a file, what is put in place of what, and the one message."""

    file: str
    right: str
    wrong: str
    told: str


PROMPTS = '  hello: {en: Hello.}\n  bye: {en: "Goodbye {pin | digits}."}\n'
ALL = ""
"""The whole file."""
NEVER = "while parsing a flow"
MISTAKES = {
    "queues: no YAML": Mistake("queues", "10m}", "10m", f"queues.yaml:2 E002 {NEVER}"),
    "queues: a list": Mistake(
        "queues",
        "sales: {max_wait: 10m}",
        "- sales",
        "queues.yaml:1 E105 queues.yaml",
    ),
    "queues: a key": Mistake("queues", "max_wait", "max_wiat", "queues.yaml:1 E101 key"),
    "queues: a value": Mistake(
        "queues", "10m", "10m, max_waiting: -1", "queues.yaml:1 E105 max_waiting must be"
    ),
    "queues: no map": Mistake(
        "queues", "{max_wait: 10m}", "10m", 'queues.yaml:1 E105 queue "sales" must be a map'
    ),
    "queues: twice": Mistake(
        "queues", "10m}", "10m}\nsales: {}", 'queues.yaml:2 E003 key "sales" stands twice'
    ),
    "site: no YAML": Mistake("site", "name: test", "name: [", "site.yaml:3 E002 "),
    "site: prompts misspelled": Mistake("site", "prompts:", "promts:", "site.yaml:4 E101 key"),
    "site: tables misspelled": Mistake("site", "tables:", "table:", "site.yaml:3 E101 key"),
    "site: tables a map": Mistake(
        "site", "[account, customer]", "{account: x}", "site.yaml:3 E105 lookup_tables must be"
    ),
    "another flow: empty": Mistake("other", ALL, "", "other.yaml:1 E106 a flow needs the keys"),
    "variables: a list": Mistake(
        "desk",
        "{pin: digits, size: integer, level: [low, high]}",
        "[pin, size]",
        "desk.yaml:6 E105 variables must be a map",
    ),
    "variables: a type": Mistake("desk", "integer", "integr", "desk.yaml:6 E105 size"),
    "variables: misspelled": Mistake("desk", "variables", "variable", "desk.yaml:6 E101 key"),
    "look-up: a key": Mistake("desk", "returns", "retruns", 'desk.yaml:14 E101 key "retruns"'),
    "look-up: a list": Mistake(
        "desk", "{balance: money EUR}", "[balance]", "desk.yaml:14 E105 returns must be a map"
    ),
    "look-up: a type": Mistake("desk", "money EUR", "money", "desk.yaml:14 E105 balance must be"),
    "look-up: inputs": Mistake("desk", "{pin: digits}\n", "[pin]\n", "desk.yaml:13 E105"),
    "look-up: the name": Mistake("desk", "  account:", "  acount:", "desk.yaml:21 E204 look-up"),
    "look-up: the verb": Mistake("desk", "- lookup:", "- lokup:", "desk.yaml:21 E102"),
    "hours: no map": Mistake(
        "desk",
        "hours:\n  office:\n    mon-fri: 08:30-17:30",
        "hours: [office]",
        "desk.yaml:7 E105 hours must be a map",
    ),
    "hours: a day": Mistake("desk", "mon-fri", "mon-fry", 'desk.yaml:9 E101 "mon-fry"'),
    "flags: a list": Mistake("desk", '{storm: "off"}', "[storm]", "desk.yaml:5 E105 flags"),
    "prompts: a list": Mistake("desk", PROMPTS, "  - hello\n", "desk.yaml:16 E105"),
    "prompts: misspelled": Mistake("desk", "prompts:", "promtps:", "desk.yaml:15 E101 key"),
    "include: missing": Mistake(
        "desk", "prompts:\n" + PROMPTS, "include: x.yaml\n", 'desk.yaml:15 E001 file "x.yaml"'
    ),
    "include: no YAML": Mistake(
        "desk", "prompts:\n" + PROMPTS, "include: shared.yaml\n", f"shared.yaml:2 E002 {NEVER}"
    ),
    "sections: misspelled": Mistake("desk", "sections:", "section:", "desk.yaml:18 E101 key"),
    "sections: no start": Mistake("desk", "  start:", "  strat:", "desk.yaml:19 E210 section"),
    "languages: misspelled": Mistake("desk", "languages", "langauges", "desk.yaml:4 E101 key"),
    "languages: a map": Mistake("desk", "[en]", "{en: x}", "desk.yaml:4 E105 languages must be"),
    "languages: a wrong one": Mistake("desk", "[en]", "[eng]", "desk.yaml:4 E401 no prompt has"),
    "a step: an option": Mistake("desk", "choices:", "choises:", "desk.yaml:30 E101 key"),
    "a step: next": Mistake("desk", "next:", "nxet:", 'desk.yaml:34 E101 key "nxet"'),
    "a step: an outcome": Mistake("desk", "no_agents:", "no_agent:", "desk.yaml:34 E212 outcome"),
    "a step: a section": Mistake("desk", "failed: sales", "failed: slaes", "desk.yaml:31 E201"),
    "a step: no way out": Mistake(
        "desk", "- play: hello", "- goto: start", "desk.yaml:20 E703 the"
    ),
    "a step: an end too early": Mistake("desk", "- play: hello", "- hangup", "desk.yaml:24 E701"),
    "a step: no next at all": Mistake(
        "desk", "      next: {timeout: hangup, no_agents: hangup}\n", "", "desk.yaml:33 E208 queue"
    ),
    "another flow: no YAML": Mistake("other", "sections:", "sections: [", "other.yaml:"),
    "another flow: a section": Mistake(
        "other", "failed: sales", "failed: slaes", "other.yaml:24 E2"
    ),
    "another flow: its number": Mistake("other", "234568", "234567", "other.yaml:2 E209 number"),
    "another flow: its name": Mistake(
        "other", "flow: other", "flow: desk", "other.yaml:1 E211 two"
    ),
    "another flow: a language": Mistake(
        "other", "[en]", "[de]", 'other.yaml:4 E401 no prompt has the language "de"'
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_one_mistake_is_one_message(
    mistake: Mistake, write_site: WriteSite, flow_text: str, site_text: str
) -> None:
    """Nothing that only follows from it, and nothing of another file."""
    desk = flow_text.replace("    - play: hello\n", USES, 1)
    other = flow_text.replace("flow: desk", "flow: other").replace("234567", "234568")
    files = {
        "desk": desk,
        "other": other,
        "site": site_text,
        "queues": "sales: {max_wait: 10m}\n",
        "shared": "prompts: {hello: {en: x}\n" if "shared" in mistake.wrong else None,
    }
    text = files[mistake.file] or ""
    assert mistake.right in text
    files[mistake.file] = mistake.wrong
    if mistake.right is not ALL:
        files[mistake.file] = text.replace(mistake.right, mistake.wrong, 1)
    folder = write_site(**files)
    told = [
        f"{problem.file.name}:{problem.line} {problem.code} {problem.message}"
        for problem in in_order(check_site(folder)[1])
    ]
    assert len(told) == 1, told
    assert told[0].startswith(mistake.told), told


def test_a_zone_that_is_missing_is_missed_once(write_site: WriteSite, flow_text: str) -> None:
    """However many opening hours there are."""
    text = flow_text.replace("timezone: Europe/Amsterdam\n", "").replace(
        "hours:\n", "hours:\n  night: {mon-sun: 22:00-06:00}\n"
    )
    (problem,) = check_site(write_site(desk=text))[1]
    assert (problem.line, problem.code) == (7, "E601")


SHARED = "prompts:\n  two: {en: 'x {size}', nl: 'y {size}'}\n"


def test_a_shared_file_is_not_blamed_for_one_flow(write_site: WriteSite, flow_text: str) -> None:
    """A name that one of two flows lacks is missed where that flow includes the file."""
    desk = "include: shared.yaml\n" + flow_text.replace("[en]", "[en, nl]").replace(
        "{en: Hello.}", "{en: a, nl: b}"
    ).replace("{en: ", "{nl: x, en: ").replace("{nl: x, en: a,", "{en: a,")
    other = flow_text.replace("flow: desk", "flow: other").replace("234567", "234568")
    other = other.replace("size: integer, ", "").replace("flags", "include: [shared.yaml]\nflags")
    (problem,) = check_site(write_site(desk=desk, other=other, shared=SHARED))[1]
    assert (problem.file.name, problem.line, problem.column) == ("other.yaml", 5, 11)
    assert problem.message == 'shared.yaml:2 does not fit this flow: name "size" does not exist'


def test_a_language_the_system_does_not_speak_is_told_of_the_flow(
    write_site: WriteSite, flow_text: str
) -> None:
    """It is the flow that cannot be published, not the site."""
    text = flow_text.replace("[en]", "[en, de]").replace("{en: ", "{de: x, en: ")
    (problem,) = check_site(write_site(desk=text))[1]
    assert (problem.file.name, problem.line, problem.column) == ("desk.yaml", 4, 17)
    assert problem.message == 'flow "desk" speaks "de", the system prompts do not'


@pytest.mark.parametrize("name", ["queues", "site"])
def test_an_empty_file_is_no_trap(name: str, write_site: WriteSite) -> None:
    """The parts that it should hold are missed."""
    codes = {problem.code for problem in check_site(write_site(**{name: ""}))[1]}
    assert codes == {"queues": {"E203"}, "site": {"E106", "E811"}}[name]
