"""JSON Schemas of the values in a flow file."""

from collections.abc import Mapping

from contactcenter_ari.config.skill_file import MOST_LEVEL, MOST_STEPS
from contactcenter_ari.core.flow.language.pattern import MOST_CHARACTERS
from contactcenter_ari.core.flow.verb.input_rules import MOST_TRIES, WASTED

Schema = Mapping[str, object]
TEXT: Schema = {"type": ["string", "number", "boolean"]}
NAME: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
NOTHING: Schema = {"type": "null"}
DURATION: Schema = {
    "type": "string",
    "pattern": r"^(0|(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$",
    "description": "a duration: 20s, 2m, 1h30m",
}
BOOLEAN: Schema = {"enum": [True, False, "yes", "no", "on", "off"]}
STEPS: Schema = {"$ref": "#/definitions/steps"}
DESTINATION: Schema = {"$ref": "#/definitions/destination"}
NAMES: Schema = {"anyOf": [NAME, {"type": "array", "items": NAME}]}


def schema_of_keys(value: Schema) -> Schema:
    """A map from single keys."""
    names: Schema = {"pattern": "^[0-9*#]$"}
    return {"type": "object", "propertyNames": names, "additionalProperties": value}


def schema_of_map(value: Schema) -> Schema:
    """A map from anything."""
    return {"type": "object", "additionalProperties": value}


EXPRESSIONS = schema_of_map(TEXT)
_COUNT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_TRIES}
_LEVELS = schema_of_map({"type": "integer", "minimum": 1, "maximum": MOST_LEVEL})
_SKILL_STEP: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["skills"],
    "properties": {"after": DURATION, "skills": _LEVELS},
}
_ANNOUNCEMENT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["prompt"],
    "properties": {"prompt": NAME, "after": DURATION, "every": DURATION, "longer": NAME},
}
ANNOUNCEMENTS: Schema = {"type": "array", "items": _ANNOUNCEMENT}
CHOICES: Schema = {
    "type": "object",
    "propertyNames": {"pattern": "^[0-9*#]+$"},
    "additionalProperties": DESTINATION,
}
DESTINATIONS = schema_of_map(DESTINATION)
SHARES = schema_of_map({"type": "integer", "minimum": 0, "maximum": 100})
TRIES: Schema = {
    "description": "how many tries: for all that goes wrong, or for each kind of it",
    "anyOf": [
        _COUNT,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(WASTED, _COUNT),
        },
    ],
}
KEY: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": "string", "pattern": "^([0-9*#]|none)$"},
    ]
}
PATTERN: Schema = {
    **TEXT,
    "maxLength": MOST_CHARACTERS,
    "description": "A regular expression (RE2) for the whole input: no look-around, no back"
    " references.",
}
SKILLS: Schema = {
    "anyOf": [_LEVELS, {"type": "array", "items": _SKILL_STEP, "maxItems": MOST_STEPS}]
}
