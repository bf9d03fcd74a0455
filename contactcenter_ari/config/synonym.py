"""The words of other systems for those of the language, so that the right one is offered."""

from collections.abc import Iterable, Mapping

from contactcenter_ari.core.flow.verb.table import SPECS

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    **{name: spec.also for name, spec in SPECS.items()},
    "choices": ("options", "entries", "branches"),
    "digits": ("max_digits", "num_digits", "numdigits", "length"),
    "terminator": ("finish_on_key", "end_key"),
    "tries": ("retries", "attempts", "max_tries", "loops"),
    "timeout": ("wait_for", "digit_timeout"),
    "then": ("do", "true", "yes"),
    "else": ("otherwise", "false"),
    "next": ("outcomes", "on", "exits", "results"),
    "default": ("else", "otherwise"),
    "when": ("condition", "only_if"),
    "sections": (
        "states",
        "steps",
        "nodes",
        "contexts",
        "menus",
        "extensions",
        "blocks",
        "actions",
    ),
    "flow": ("name", "id", "title"),
    "numbers": ("phone", "phones", "did", "dids", "extension"),
    "prompts": ("sounds", "messages", "texts"),
    "lookups": ("queries", "data", "datasources"),
    "variables": ("vars", "fields", "attributes"),
    "hours": ("schedule", "schedules", "opening_hours", "business_hours", "calendars"),
    "timezone": ("tz", "zone"),
    "zone": ("tz", "timezone"),
    "dates": ("exceptions", "special", "overrides", "closures", "special_days"),
    "mon-fri": ("weekdays", "workdays", "weekday", "business_days"),
    "sat-sun": ("weekend", "weekends"),
    "text": ("string", "str", "varchar"),
    "integer": ("number", "int", "long", "float", "decimal"),
    "bool": ("boolean", "flag"),
    "datetime": ("timestamp",),
    "phone": ("tel", "e164", "msisdn"),
    "closed": ("close", "none", "off", "holiday"),
}
"""Other names by the word that is meant."""


def meant_by(word: str, candidates: Iterable[str]) -> str:
    """The candidate that other systems call so, in lower case; empty if there is none."""
    return next((right for right in candidates if word in SYNONYMS.get(right, ())), "")
