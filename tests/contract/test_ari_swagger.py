"""Every operation, parameter and model field in use is in the installed Asterisk's Swagger.

The files are read where Asterisk has them; a misspelled name fails here, not in a call.
"""

import inspect
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from rich.console import Console

from contactcenter_ari.ari import connection, messages, operation
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.machine.tool_root import ensure_tools

Parameter = Mapping[str, Any]  # Swagger's JSON, read by name below
SIMPLE = {"string": str, "int": int, "boolean": bool, "Date": str}
OURS = {"Unknown", "Malformed"}

EXAMPLES: dict[str, Operation] = {
    "answer": operation.answer("c"),
    "play": operation.play("c", playback="p", media=["sound:x", "sound:y"]),
    "stop_playback": operation.stop_playback("p"),
    "start_music": operation.start_music("c", music="default"),
    "stop_music": operation.stop_music("c"),
    "dial": operation.dial(
        "c",
        endpoint="PJSIP/x",
        app="a",
        app_args="agent",
        caller_id="x <1>",
        ring_limit=timedelta(seconds=20),
        originator="d",
        variables={"X": "y"},
    ),
    "hang_up": operation.hang_up("c", reason="answered_elsewhere"),
    "create_bridge": operation.create_bridge("b"),
    "add_channels": operation.add_channels("b", ["c", "d"]),
    "reload_module": operation.reload_module("res_pjsip.so"),
    "remove_channel": operation.remove_channel("b", "c"),
    "destroy_bridge": operation.destroy_bridge("b"),
    "snoop": operation.snoop("c", snoop_leg="s", app="a", app_args="snoop,r"),
    "record_channel": operation.record_channel("c", recording="r", limit=timedelta(minutes=3)),
    "send_on": operation.send_on("c", context="agent-leg", extension="r"),
    "stop_recording": operation.stop_recording("r"),
    "rtp_statistics": operation.rtp_statistics("c"),
    "is_on_hold": operation.is_on_hold("c"),
    "audio_address": operation.audio_address("c"),
    "refresh_session": operation.refresh_session("c"),
    "get_global": operation.get_global("CC_REFUSED"),
    "list_channels": operation.list_channels(),
    "list_bridges": operation.list_bridges(),
    "list_endpoints": operation.list_endpoints(),
    "put_object": operation.put_object("aor", "x", {"max_contacts": "2"}),
    "delete_object": operation.delete_object("aor", "x"),
    "ping": operation.ping(),
    "get_channel": operation.get_channel("c"),
    "get_bridge": operation.get_bridge("b"),
    "set_global": operation.set_global("CC_BEAT", "1"),
    "get_application": operation.get_application("a"),
    "watch_phones": operation.watch_phones("a"),
    "filter_events": operation.filter_events("a", ["StasisStart"]),
    "asterisk_info": operation.asterisk_info(),
}


@dataclass
class Swagger:
    """The operations and models that the installed Asterisk describes."""

    operations: dict[tuple[str, str], list[Parameter]] = field(default_factory=dict)
    models: dict[str, dict[str, Parameter]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    def properties(self, model: str) -> dict[str, Parameter]:
        """The fields of a model, those of its ancestors included."""
        parent = self.parents.get(model)
        return (self.properties(parent) if parent else {}) | self.models[model]


@pytest.fixture(scope="session")
def swagger() -> Swagger:
    """The Swagger files of the Asterisk that the tests run."""
    folder = ensure_tools(Console(), os.environ).switch.swagger
    read = Swagger()
    for path in sorted(folder.glob("*.json")):
        _read(path, read)
    assert read.operations
    return read


def _read(path: Path, into: Swagger) -> None:
    content = json.loads(path.read_text("utf-8"))
    for api in content.get("apis", []):
        for entry in api.get("operations", []):
            key = (entry["httpMethod"], api["path"].removeprefix("/"))
            into.operations[key] = entry.get("parameters", [])
    for name, model in content.get("models", {}).items():
        into.models[name] = model["properties"]
        into.parents |= dict.fromkeys(model.get("subTypes", ()), name)


def operation_problems(wanted: Operation, swagger: Swagger) -> Iterator[str]:
    """The parts of an operation that Asterisk would not understand."""
    parameters = swagger.operations.get((wanted.method, wanted.template))
    if parameters is None:
        yield f"no operation {wanted.method} {wanted.template}"
        return
    placeholders = set(re.findall(r"{(\w+)}", wanted.template))
    if placeholders != set(wanted.path):
        yield f"path parameters {sorted(wanted.path)}"
    for place, given in (("query", wanted.query), ("body", wanted.body or {})):
        known = {p["name"]: p for p in parameters if p["paramType"] == place}
        whole = place == "body" and set(known) == {"filter"}
        yield from (f"unknown {place} {name}" for name in given if name not in known and not whole)
        required = {name for name, p in known.items() if p.get("required")}
        yield from (f"missing {place} {name}" for name in sorted(required - set(given)))
        for name in set(given) & set(known):
            yield from _value_problems(known[name], given[name])


def _value_problems(parameter: Parameter, value: object) -> Iterator[str]:
    """A value outside of those that Asterisk lists."""
    allowed = parameter.get("allowableValues", {}).get("values")
    if allowed is not None and value not in allowed:
        yield f"{parameter['name']} may not be {value!r}"


def model_problems(
    model: type[msgspec.Struct], swagger: Swagger, name: str | None = None
) -> Iterator[str]:
    """The parts of a model that Asterisk's model of that name lacks, or has with another type."""
    name = name or model.__name__
    if name not in swagger.models:
        yield f"no model {name}"
        return
    properties = swagger.properties(name)
    hints = get_type_hints(model)
    for entry in msgspec.structs.fields(model):
        known = properties.get(entry.encode_name)
        if known is None:
            yield f"{name} has no {entry.name}"
        elif not _matches(hints[entry.name], known["type"]):
            yield f"{name}.{entry.name} is {known['type']}"
        elif entry.required and not known.get("required"):
            yield f"{name}.{entry.name} may be absent"


def _matches(ours: object, theirs: str) -> bool:
    """Whether our type can hold Swagger's."""
    if get_origin(ours) in {UnionType, Union}:
        return any(_matches(option, theirs) for option in get_args(ours))
    if listed := re.fullmatch(r"List\[(\w+)\]", theirs):
        return get_origin(ours) in {tuple, list} and _matches(get_args(ours)[0], listed[1])
    if theirs in SIMPLE:
        return ours is SIMPLE[theirs]
    return getattr(ours, "__name__", "") == theirs


def our_models() -> list[type[msgspec.Struct]]:
    """Every Struct of `messages` that stands for something of Asterisk's."""
    return [
        thing
        for name, thing in vars(messages).items()
        if inspect.isclass(thing)
        and issubclass(thing, msgspec.Struct)
        and thing.__module__ == messages.__name__
        and not name.startswith("_")
        and name not in OURS
    ]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_asterisk_knows_the_operation(name: str, swagger: Swagger) -> None:
    """Method, path, parameters and fixed values are as Asterisk declares them."""
    assert list(operation_problems(EXAMPLES[name], swagger)) == []


def test_every_operation_has_an_example() -> None:
    """So that none escapes the comparison."""
    functions = {
        name
        for name, thing in inspect.getmembers(operation, inspect.isfunction)
        if thing.__module__ == operation.__name__ and not name.startswith("_")
    }
    assert set(EXAMPLES) == functions


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
def test_asterisk_sends_the_model(model: type[msgspec.Struct], swagger: Swagger) -> None:
    """Each field exists under this name and of this type; required only where Asterisk says."""
    assert list(model_problems(model, swagger)) == []


def test_every_event_kind_is_an_event(swagger: Swagger) -> None:
    """The filter would silently let nothing through for a kind that is not one."""
    ancestors = {kind: _ancestors(kind, swagger) for kind in messages.EVENT_KINDS}
    assert [kind for kind, above in ancestors.items() if "Event" not in above] == []


def _ancestors(kind: str, swagger: Swagger) -> list[str]:
    parent = swagger.parents.get(kind)
    return [parent, *_ancestors(parent, swagger)] if parent else []


def test_the_request_frame_is_known(swagger: Swagger) -> None:
    """A request over the socket has the fields of Asterisk's RESTRequest."""
    known = swagger.properties("RESTRequest")
    ours = {entry.encode_name for entry in msgspec.structs.fields(connection._RESTRequest)}
    assert ours - set(known) == set()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (replace(EXAMPLES["hang_up"], query={"reson": "normal"}), "unknown query reson"),
        (replace(EXAMPLES["hang_up"], query={"reason": "bored"}), "reason may not be 'bored'"),
        (replace(EXAMPLES["play"], query={}), "missing query media"),
        (replace(EXAMPLES["play"], path={"channelId": "c"}), "path parameters ['channelId']"),
        (replace(EXAMPLES["answer"], method="GET"), "no operation GET channels"),
        (replace(EXAMPLES["put_object"], body={"field": []}), "unknown body field"),
    ],
)
def test_a_wrong_operation_is_noticed(wrong: Operation, complaint: str, swagger: Swagger) -> None:
    """The comparison is worth something only if it fails."""
    assert any(found.startswith(complaint) for found in operation_problems(wrong, swagger))


class WrongName(msgspec.Struct):
    """A field that Asterisk does not have."""

    idd: str


class WrongType(msgspec.Struct):
    """A field that Asterisk has as text."""

    id: int


class NeedsOptional(msgspec.Struct):
    """A field that Asterisk may leave out."""

    caller_rdnis: str


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (WrongName, "Channel has no idd"),
        (WrongType, "Channel.id is string"),
        (NeedsOptional, "Channel.caller_rdnis may be absent"),
    ],
)
def test_a_wrong_model_is_noticed(
    wrong: type[msgspec.Struct], complaint: str, swagger: Swagger
) -> None:
    """As above, for what Asterisk sends."""
    assert list(model_problems(wrong, swagger, "Channel")) == [complaint]
