"""The JSON Schema of flows, held to all good and all broken flows by an independent validator."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from contactcenter_ari.config.flow_schema import flow_schema
from contactcenter_ari.config.site import check_site, flow_files

CHECKOUT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("broken_flows.txt")
HEADER = "# yaml-language-server: $schema=flow.schema.json"
SHAPE = {"E101", "E102", "E103", "E106", "E107", "E109", "E208", "E212"}
"""Mistakes an editor must show by the schema alone."""
VALIDATOR = Draft7Validator(json.loads(json.dumps(flow_schema())))


PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


def as_in_editors(node: yaml.Node | None) -> object:
    """The content as YAML 1.2 has it, and so editors: 22:00 and `no` are texts."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: as_in_editors(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [as_in_editors(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    text = str(node.value)
    if node.style is None and text in PLAIN:
        return PLAIN[text]
    if node.style is None and re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    return text


def complaints(text: str) -> list[str]:
    """The problems that an editor would show."""
    content = as_in_editors(yaml.compose(text, Loader=yaml.BaseLoader))
    return [error.message for error in VALIDATOR.iter_errors(content)]


def variants() -> list[tuple[str, str, set[str]]]:
    """The broken flows that are YAML: what to put in place of what, and the codes told."""
    blocks = TABLE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    found = []
    for block in blocks:
        right, wrong, told = (
            "\n".join(line[2:] for line in block.split("\n") if line[:1] == mark) for mark in "-+!"
        )
        # how long a duration may be is for the checker
        shown = "\n".join(line for line in told.split("\n") if " must be from " not in line)
        codes = set(re.findall(r"^\S+ (E\d{3})", shown, re.MULTILINE))
        if not any(code.startswith("E0") and code != "E006" for code in codes):
            found.append((right, wrong, codes))
    return found


def test_the_schema_is_a_schema() -> None:
    """It agrees with the rules of its own dialect."""
    Draft7Validator.check_schema(json.loads(json.dumps(flow_schema())))


def test_the_schema_beside_the_flows_is_the_one_of_this_version() -> None:
    """`contactcenter flow schema > callflows/flow.schema.json` was run after the last change."""
    kept = (CHECKOUT / "callflows" / "flow.schema.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(json.dumps(flow_schema()))


@pytest.mark.parametrize("file", flow_files(CHECKOUT / "callflows"), ids=lambda file: file.stem)
def test_our_flows_name_the_schema_and_obey_it(file: Path) -> None:
    """An editor finds the schema by the first line, and has nothing to complain of."""
    text = file.read_text(encoding="utf-8")
    assert text.splitlines()[0] == HEADER
    assert complaints(text) == []


@pytest.mark.parametrize(("right", "wrong", "codes"), variants())
def test_the_schema_agrees_with_the_checker(
    right: str, wrong: str, codes: set[str], flow_text: str
) -> None:
    """The editor shows mistakes of shape, and nothing as one that the checker accepts."""
    told = complaints(flow_text.replace(right, wrong, 1))
    if codes & SHAPE:
        assert told
    elif not any(code.startswith(("E1", "E602")) for code in codes):
        assert told == []


def test_every_verb_and_option_passes(write_site: Callable[..., Path], full_flow: str) -> None:
    """One flow with all verbs and most options is right for the checker and for the schema."""
    assert [str(problem) for problem in check_site(write_site(desk=full_flow))[1]] == []
    assert complaints(full_flow) == []
