"""The language of call flows as a JSON Schema, for editors that complete and check as one types.

Flat on purpose: a step is one object that knows all keys, and `if: required [menu] then ...`
says what goes with which verb, so that an editor's complaint names the key to blame. Names
(sections, prompts, queues) and expressions are for the checker, not for the schema.
"""

from collections.abc import Sequence

from contactcenter_ari.config.flow_kind import schema_of_option
from contactcenter_ari.config.include_file import SHARED
from contactcenter_ari.config.value_schema import (
    BOOLEAN,
    DESTINATION,
    DURATION,
    NAME,
    NAMES,
    STEPS,
    TEXT,
    Schema,
    schema_of_keys,
    schema_of_map,
)
from contactcenter_ari.config.verb import COMMON
from contactcenter_ari.core.flow.verb.spec import Option, VerbSpec
from contactcenter_ari.core.flow.verb.table import SPECS
from contactcenter_ari.core.hours.calendar import DAYS

DIALECT = "http://json-schema.org/draft-07/schema#"
NEEDED = ("flow", "numbers", "languages", "sections")
_DAY = "([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
"""A date, or a day of each year."""


def flow_schema() -> Schema:
    """The whole schema of a flow file."""
    return {
        "$schema": DIALECT,
        "title": "Call flow",
        "type": "object",
        "additionalProperties": False,
        "required": list(NEEDED),
        "properties": _flow_keys(),
        "definitions": {
            "destination": {
                "description": "a section, repeat, back, continue, return, hangup, or steps",
                "anyOf": [NAME, STEPS],
            },
            "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/step"}},
            "step": {
                "anyOf": [
                    {"enum": [name for name, spec in SPECS.items() if spec.is_bare]},
                    {"$ref": "#/definitions/verb"},
                ]
            },
            "verb": _step(),
        },
    }


def _flow_keys() -> dict[str, Schema]:
    phone: Schema = {"type": ["string", "integer"], "description": "E.164: +31201234567"}
    phones: Schema = {"anyOf": [phone, {"type": "array", "items": phone}]}
    country: Schema = {
        "type": ["string", "boolean"],
        "pattern": "^[A-Z]{2}$",
        "description": "ISO 3166, as NL: whose national numbers callers type and carriers send",
    }
    keys: dict[str, Schema] = {
        "flow": NAME,
        "numbers": phones,
        "timezone": NAME,
        "country": country,
        "languages": NAMES,
        "include": NAMES,
        "global_keys": schema_of_keys(DESTINATION),
        "dial_allow": phones,
        "on_error": DESTINATION,
        "on_hangup": DESTINATION,
        "sections": {"type": "object", "additionalProperties": STEPS},
    }
    return keys | {name: schema_of_map(_shared(name)) for name in SHARED}


def _shared(name: str) -> Schema:
    """The keys that included files may have too."""
    match name:
        case "flags":
            return BOOLEAN
        case "variables":
            return _type()
        case "hours":
            return _hours()
        case "lookups":
            return _look_up()
        case _:
            return {
                "anyOf": [
                    TEXT,
                    {"type": "array"},
                    schema_of_map({"anyOf": [TEXT, {"type": "array"}]}),
                ]
            }


def _type() -> Schema:
    kinds = "text|digits|phone|integer|money [A-Z]{3}|date|time|datetime|duration|bool"
    return {
        "anyOf": [
            {"type": "string", "pattern": f"^({kinds})$"},
            {"type": "array", "minItems": 1, "items": TEXT},
        ]
    }


def _hours() -> Schema:
    day = f"({'|'.join(map(_in_any_case, DAYS))})"
    days = f"^{day}(-{day})?(, *{day}(-{day})?)*$"
    return {
        "type": "object",
        "properties": {
            "zone": NAME,
            "holidays": {
                "type": "object",
                "additionalProperties": False,
                "required": ["country"],
                "properties": {
                    "country": NAME,
                    "region": NAME,
                    "except": NAMES,
                    "hours": schema_of_map(NAMES),
                },
            },
            "dates": {
                "type": "object",
                "description": "by date: 2026-12-24, 12-24 (each year), 2026-12-24..2027-01-02,"
                " 12-24..01-02",
                "propertyNames": {"pattern": f"^{_DAY}([.][.]{_DAY})?$"},
                "additionalProperties": NAMES,
            },
        },
        "patternProperties": {days: NAMES},
        "additionalProperties": False,
    }


def _in_any_case(word: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in word)


def _look_up() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "sql": NAME,
            "http": NAME,
            "timeout": DURATION,
            "inputs": schema_of_map(_type()),
            "returns": schema_of_map(_type()),
        },
        "required": ["returns"],
        "oneOf": [{"required": ["sql"]}, {"required": ["http"]}],
    }


def _step() -> Schema:
    """One object with all keys; which go together is said verb by verb."""
    options: dict[str, list[Option]] = {}
    for spec in SPECS.values():
        for option in spec.options:
            options.setdefault(option.name, []).append(option)
    return {
        "type": "object",
        "properties": {
            "when": {**TEXT, "description": "an expression; without it holding, the step is not"},
            "name": {**TEXT, "description": "what the step is called in traces"},
            **{name: _option(options[name]) for name in sorted(options)},
            **{name: _value(spec) for name, spec in SPECS.items()},
        },
        "additionalProperties": False,
        "oneOf": [{"required": [verb]} for verb in SPECS],
        "allOf": [
            {"if": {"required": [name]}, "then": _rule(spec)} for name, spec in SPECS.items()
        ],
    }


def _rule(spec: VerbSpec) -> Schema:
    rule: dict[str, object] = {
        "propertyNames": {"enum": [spec.name, *spec.option_names, *COMMON]},
    }
    needed = [option.name for option in spec.options if option.missing]
    properties: dict[str, Schema] = {
        option.name: {"description": option.help} for option in spec.options
    }
    if spec.outcomes and "next" in properties:
        always = [outcome.name for outcome in spec.outcomes if outcome.needed]
        leads: dict[str, object] = {"propertyNames": {"enum": list(spec.outcome_names)}}
        if always:
            leads["required"] = always
            needed.append("next")
        properties["next"] = {**properties["next"], **leads}
    if properties:
        rule["properties"] = properties
    if needed:
        rule["required"] = needed
    return rule


def _value(spec: VerbSpec) -> Schema:
    """The schema of the value after a verb."""
    return {**schema_of_option(spec.value), "description": spec.help}


def _option(options: Sequence[Option]) -> Schema:
    """The schema of the value after an option, whatever the verb."""
    found: list[Schema] = []
    for option in options:
        schema = schema_of_option(option)
        schema = TEXT if schema == NAME else schema  # that no such name exists is told elsewhere
        if schema not in found:
            found.append(schema)
    return found[0] if len(found) == 1 else {"anyOf": found}
