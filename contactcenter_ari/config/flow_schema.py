"""The language of call flows as a JSON Schema, for editors that complete and check as one types.

Flat on purpose: a step is one object that knows all keys, and `if: required [menu] then ...`
says what goes with which verb, so that an editor's complaint names the key to blame. Names
(sections, prompts, queues) and expressions are for the checker, not for the schema.
"""

from collections.abc import Mapping

from contactcenter_ari.config.include_file import SHARED
from contactcenter_ari.config.skill_file import MOST_LEVEL, MOST_STEPS
from contactcenter_ari.config.verb import (
    BARE,
    COMMON,
    NEEDED_OUTCOMES,
    OPTIONS,
    OUTCOMES,
    WASTED,
)
from contactcenter_ari.core.flow.language.pattern import MOST_CHARACTERS
from contactcenter_ari.core.flow.verb.recording import RecordingAct
from contactcenter_ari.core.hours.calendar import DAYS

Schema = Mapping[str, object]
DIALECT = "http://json-schema.org/draft-07/schema#"
NEEDED = ("flow", "numbers", "languages", "sections")
NEEDED_OPTIONS = {
    "menu": ("choices",),
    "gather": ("prompt",),
    "if": ("then",),
    "switch": ("cases",),
    "voicemail": ("prompt",),
}
"""Options without which a verb makes no sense."""
TEXT: Schema = {"type": ["string", "number", "boolean"]}
NAME: Schema = {"type": "string"}
DURATION: Schema = {
    "type": "string",
    "pattern": r"^(0|(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$",
    "description": "a duration: 20s, 2m, 1h30m",
}
BOOLEAN: Schema = {"enum": [True, False, "yes", "no", "on", "off"]}
STEPS: Schema = {"$ref": "#/definitions/steps"}
DESTINATION: Schema = {"$ref": "#/definitions/destination"}
NAMES: Schema = {"anyOf": [NAME, {"type": "array", "items": NAME}]}
MATCHES: Schema = {
    **TEXT,
    "maxLength": MOST_CHARACTERS,
    "description": "A regular expression (RE2) for the whole input: no look-around, no back"
    " references.",
}
TERMINATOR: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": "string", "pattern": "^([0-9*#]|none)$"},
    ]
}
COUNT: Schema = {"type": "integer", "minimum": 1, "maximum": 10}
TRIES: Schema = {
    "description": "how many tries: for all that goes wrong, or for each kind of it",
    "anyOf": [
        COUNT,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(WASTED, COUNT),
        },
    ],
}
ALIKE: tuple[tuple[tuple[str, ...], Schema], ...] = (
    (("then", "else", "failed", "default"), DESTINATION),
    (("attempts",), COUNT),
    (("timeout", "inter_digit_timeout", "max_wait", "ring", "retry_after"), DURATION),
    (("max_length", "max_silence", "min_speech", "expires", "prefer_for"), DURATION),
    (("barge_in", "sensitive"), BOOLEAN),
    (("prompt", "no_input", "no_match"), NAMES),
)
"""Options that take the same."""
_DAY = "([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
"""A date, or a day of each year."""
EXPRESSIONS: Schema = {"type": "object", "additionalProperties": TEXT}


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
            "step": {"anyOf": [{"enum": sorted(BARE)}, {"$ref": "#/definitions/verb"}]},
            "verb": _step(),
        },
    }


def _flow_keys() -> dict[str, Schema]:
    phone: Schema = {"type": ["string", "integer"], "description": "E.164: +31201234567"}
    country: Schema = {
        "type": ["string", "boolean"],
        "pattern": "^[A-Z]{2}$",
        "description": "ISO 3166, as NL: whose national numbers callers type and carriers send",
    }
    keys: dict[str, Schema] = {
        "flow": NAME,
        "numbers": {"anyOf": [phone, {"type": "array", "items": phone}]},
        "timezone": NAME,
        "country": country,
        "languages": NAMES,
        "include": NAMES,
        "global_keys": _keys(DESTINATION),
        "dial_allow": {"anyOf": [phone, {"type": "array", "items": phone}]},
        "on_error": DESTINATION,
        "on_hangup": DESTINATION,
        "sections": {"type": "object", "additionalProperties": STEPS},
    }
    return keys | {name: _map(_shared(name)) for name in SHARED}


def _shared(name: str) -> Schema:
    """What is declared under a key that included files may have too."""
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
            return {"anyOf": [TEXT, {"type": "array"}, _map({"anyOf": [TEXT, {"type": "array"}]})]}


def _type() -> Schema:
    kinds = "text|digits|phone|integer|money [A-Z]{3}|date|time|datetime|duration|bool"
    return {
        "anyOf": [
            {"type": "string", "pattern": f"^({kinds})$"},
            {"type": "array", "minItems": 1, "items": TEXT},
        ]
    }


def _hours() -> Schema:
    hours: Schema = {"anyOf": [NAME, {"type": "array", "items": NAME}]}
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
                    "hours": _map(hours),
                },
            },
            "dates": {
                "type": "object",
                "description": "by date: 2026-12-24, 12-24 (each year), 2026-12-24..2027-01-02,"
                " 12-24..01-02",
                "propertyNames": {"pattern": f"^{_DAY}([.][.]{_DAY})?$"},
                "additionalProperties": hours,
            },
        },
        "patternProperties": {days: hours},
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
            "inputs": _map(_type()),
            "returns": _map(_type()),
        },
        "required": ["returns"],
        "oneOf": [{"required": ["sql"]}, {"required": ["http"]}],
    }


def _step() -> Schema:
    """One object with all keys; which go together is said verb by verb."""
    options = {name for each in OPTIONS.values() for name in each}
    return {
        "type": "object",
        "properties": {
            **{name: _option(name) for name in sorted({*options, *COMMON} - {"next"})},
            "next": _map(DESTINATION),
            **{verb: _value(verb) for verb in OPTIONS},
        },
        "additionalProperties": False,
        "oneOf": [{"required": [verb]} for verb in OPTIONS],
        "allOf": [{"if": {"required": [verb]}, "then": _rule(verb)} for verb in OPTIONS],
    }


def _rule(verb: str) -> Schema:
    rule: dict[str, object] = {"propertyNames": {"enum": [verb, *OPTIONS[verb], *COMMON]}}
    needed = [*NEEDED_OPTIONS.get(verb, ())]
    if verb in OUTCOMES:
        leads: dict[str, object] = {"propertyNames": {"enum": list(OUTCOMES[verb])}}
        if verb in NEEDED_OUTCOMES:
            leads["required"] = list(NEEDED_OUTCOMES[verb])
            needed.append("next")
        rule["properties"] = {"next": leads}
    if needed:
        rule["required"] = needed
    return rule


def _value(verb: str) -> Schema:
    """What stands after a verb."""
    match verb:
        case "answer" | "hangup" | "return":
            return {"type": "null"}
        case "wait":
            return DURATION
        case "menu":
            return NAMES
        case "set" | "tag":
            return EXPRESSIONS
        case "goto":
            return DESTINATION
        case "split":
            return _map({"type": "integer", "minimum": 0, "maximum": 100})
        case "recording":
            return {"enum": [act.value for act in RecordingAct]}
        case "if" | "switch" | "language" | "agent" | "dial" | "transfer":
            return TEXT
        case _:
            return NAME


def _option(name: str) -> Schema:
    """What stands after an option."""
    choices: Schema = {"pattern": "^[0-9*#]+$"}
    of_its_own: dict[str, Schema] = {
        "choices": {
            "type": "object",
            "propertyNames": choices,
            "additionalProperties": DESTINATION,
        },
        "keys": _keys(DESTINATION),
        "cases": _map(DESTINATION),
        "with": EXPRESSIONS,
        "announce": {"type": "array", "items": _announcement()},
        "terminator": TERMINATOR,
        "tries": TRIES,
        "matches": MATCHES,
        "skills": _skills(),
    }
    if name in of_its_own:
        return of_its_own[name]
    return next((schema for names, schema in ALIKE if name in names), TEXT)


def _announcement() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["prompt"],
        "properties": {"prompt": NAME, "after": DURATION, "every": DURATION, "longer": NAME},
    }


def _skills() -> Schema:
    levels = _map({"type": "integer", "minimum": 1, "maximum": MOST_LEVEL})
    step: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["skills"],
        "properties": {"after": DURATION, "skills": levels},
    }
    return {"anyOf": [levels, {"type": "array", "items": step, "maxItems": MOST_STEPS}]}


def _keys(value: Schema) -> Schema:
    names: Schema = {"pattern": "^[0-9*#]$"}
    return {"type": "object", "propertyNames": names, "additionalProperties": value}


def _map(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}
