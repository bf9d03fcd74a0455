"""Each kind of value of a verb as a JSON Schema."""

from collections.abc import Mapping

from contactcenter_ari.config.skill_file import MOST_LEVEL, MOST_STEPS
from contactcenter_ari.core.flow.language.pattern import MOST_CHARACTERS
from contactcenter_ari.core.flow.verb.input_rules import MOST_TRIES, WASTED
from contactcenter_ari.core.flow.verb.spec import Kind, Option

Schema = Mapping[str, object]
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
KINDS: Mapping[Kind, Schema] = {
    Kind.NOTHING: {"type": "null"},
    Kind.TEXT: TEXT,
    Kind.NAME: NAME,
    Kind.YES_NO: BOOLEAN,
    Kind.DURATION: DURATION,
    Kind.EXPRESSION: TEXT,
    Kind.PROMPT: NAME,
    Kind.PROMPTS: NAMES,
    Kind.GREETING: NAME,
    Kind.ANNOUNCEMENTS: {"type": "array", "items": _ANNOUNCEMENT},
    Kind.SECTION: NAME,
    Kind.DESTINATION: DESTINATION,
    Kind.CHOICES: {
        "type": "object",
        "propertyNames": {"pattern": "^[0-9*#]+$"},
        "additionalProperties": DESTINATION,
    },
    Kind.KEYS: schema_of_keys(DESTINATION),
    Kind.CASES: schema_of_map(DESTINATION),
    Kind.SHARES: schema_of_map({"type": "integer", "minimum": 0, "maximum": 100}),
    Kind.OUTCOMES: schema_of_map(DESTINATION),
    Kind.WASTED: schema_of_map(DESTINATION),
    Kind.TRIES: {
        "description": "how many tries: for all that goes wrong, or for each kind of it",
        "anyOf": [
            _COUNT,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(WASTED, _COUNT),
            },
        ],
    },
    Kind.DIGITS: TEXT,
    Kind.KEY: {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": 9},
            {"type": "string", "pattern": "^([0-9*#]|none)$"},
        ]
    },
    Kind.PATTERN: {
        **TEXT,
        "maxLength": MOST_CHARACTERS,
        "description": "A regular expression (RE2) for the whole input: no look-around, no back"
        " references.",
    },
    Kind.VARIABLE: NAME,
    Kind.ASSIGNMENTS: EXPRESSIONS,
    Kind.TAGS: EXPRESSIONS,
    Kind.LANGUAGE: TEXT,
    Kind.LOOK_UP: NAME,
    Kind.INPUTS: EXPRESSIONS,
    Kind.QUEUE: NAME,
    Kind.SKILLS: {
        "anyOf": [_LEVELS, {"type": "array", "items": _SKILL_STEP, "maxItems": MOST_STEPS}]
    },
    Kind.EXTENSION: TEXT,
    Kind.PHONE: TEXT,
    Kind.OUTSIDE: TEXT,
    Kind.HOURS: NAME,
}
"""The kinds that are alike wherever they stand."""


def kind_schema(option: Option) -> Schema:
    """The schema of the value of an option."""
    if option.kind is Kind.CHOICE and option.choices is not None:
        return {"enum": [choice.value for choice in option.choices]}
    if option.kind is Kind.NUMBER:
        return {"type": "integer", "minimum": option.least or 1, "maximum": option.most}
    return KINDS[option.kind]
