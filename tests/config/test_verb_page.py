"""The words for verbs: the reference page, the examples, and a table entry for each kind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.flow_kind import FORMS
from contactcenter_ari.config.site import check_site
from contactcenter_ari.config.verb_page import page, verb_list, verb_text
from contactcenter_ari.core.flow.verb.spec import Kind
from contactcenter_ari.core.flow.verb.table import SPECS, VERBS

CHECKOUT = Path(__file__).parents[2]
UNKNOWN_NAMES = {"E201", "E202", "E203", "E204", "E205", "E206", "E302", "E804"}
"""Codes of names that a flow would declare; every other problem is a mistake of the example."""
FOLLOWING = {"E207", "E701", "E702", "E703", "E505", "E803"}
"""Codes of what leads nowhere because the rest of a flow is not there."""


def test_the_page_is_the_one_of_this_version() -> None:
    """`contactcenter flow explain --page > docs/flow-reference.md` was run after the change."""
    kept = (CHECKOUT / "docs" / "flow-reference.md").read_text(encoding="utf-8")
    assert kept == page() + "\n"


@pytest.mark.parametrize("verb", SPECS)
def test_an_example_is_written_as_the_checker_wants_it(
    verb: str, write_site: Callable[..., Path], flow_text: str
) -> None:
    """Except for names that its flow would declare, the checker has nothing against it."""
    example = SPECS[verb].example.replace("\n", "\n    ")
    text = flow_text.replace("- play: hello", f"- play: hello\n    {example}", 1)
    _, problems = check_site(write_site(desk=text))
    told = [str(each) for each in problems if each.code not in UNKNOWN_NAMES | FOLLOWING]
    assert told == []
    assert example.startswith(f"- {verb}")


@pytest.mark.parametrize("verb", SPECS)
def test_all_of_a_verb_is_explained(verb: str) -> None:
    """Each option and outcome has its meaning; the help of the verb is made of sentences."""
    spec = SPECS[verb]
    told = verb_text(spec)
    options = [(option.name, option.help) for option in spec.options]
    outcomes = [(outcome.name, outcome.help) for outcome in spec.outcomes]
    for name, text in options + outcomes:
        assert f"  {name}: {text}" in told
        assert text
        assert not text.endswith(".")
    assert spec.help.endswith(".")
    assert f"\n{verb} " in f"\n{verb_list()}"


def test_every_kind_of_value_can_be_read_and_has_a_schema() -> None:
    """A kind without either would fail in the hands of an engineer."""
    assert {*FORMS, Kind.NOTHING} == set(Kind)


def test_a_word_gives_a_verb_that_knows_it() -> None:
    """The table of words and that of verbs agree."""
    assert [word for word, verb in VERBS.items() if SPECS[word] not in verb.specs] == []


def test_what_is_needed_has_no_default() -> None:
    """A default that nobody can have would be told on the page."""
    needed = [
        (verb, each) for verb, spec in SPECS.items() for each in spec.options if each.missing
    ]
    assert needed
    assert [each.name for verb, each in needed if VERBS[verb].default_of(each) is not None] == []
