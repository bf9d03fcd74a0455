"""`site.yaml`: what is true of the whole site: its name, pause reasons, the system's prompts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.config.document import NOT_GIVEN, Node
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.flow_names import ALWAYS
from contactcenter_ari.config.hours_file import read_zone
from contactcenter_ari.config.phone import read_country
from contactcenter_ari.config.prompt_text import PromptReader
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.trunk_file import read_trunks, read_via
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.site.catalog import SYSTEM_PROMPTS
from contactcenter_ari.core.site.site import OCCUPANCY_WINDOW, FeatureCodes
from contactcenter_ari.core.spoken.value import DURATION, TEXT
from contactcenter_ari.core.telephony.trunk import Trunk

KEYS = (
    "name",
    "timezone",
    "country",
    "languages",
    "pause_reasons",
    "pause_reason_required",
    "feature_codes",
    "occupancy_window",
    "prompts",
    "lookup_tables",
    "lookup_hosts",
    "trunks",
    "via",
    "settings",
)
NEEDED_PROMPTS = (*SYSTEM_PROMPTS, "goodbye")
"""The prompts of the system itself, and a farewell for flows that have none of their own."""
NAMES = {"reason": TEXT, "queue": TEXT, "waited": DURATION, **ALWAYS}
"""The names in prompts of the site: `agent_not_ready` has the reason, an agent prompt the queue
and how long the caller waited, and those that flows use have the names every flow knows.
"""
_TABLE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")
_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
CODES = ("log_in", "log_out", "not_ready", "ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """The content of `site.yaml`; `settings` still as text, by key, see `settings.py`."""

    name: str = "contactcenter"
    timezone: str = ""
    country: str = ""
    languages: tuple[str, ...] = ("en",)
    pause_reasons: Mapping[str, str] = field(default_factory=dict)
    pause_reason_required: bool = True
    feature_codes: FeatureCodes = field(default_factory=FeatureCodes)
    occupancy_window: timedelta = OCCUPANCY_WINDOW
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    lookup_tables: tuple[str, ...] = ()
    lookup_hosts: tuple[str, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    via: tuple[str, ...] = ()


def read_site_file(
    reading: Reading, *, prompts_folder: Path, settings: Collection[str]
) -> SiteFile:
    """All of `site.yaml`; `settings` are the keys that may stand under `settings`."""
    if reading.document.root is None:
        return SiteFile()
    root = reading.mapping(reading.document.root, "site.yaml")
    if not isinstance(reading.document.root, Map):
        return SiteFile()
    fields = reading.fields(root, "site.yaml", KEYS, needed=("name", "prompts"))
    languages = _languages(reading, fields)
    prompts = PromptReader(
        reading, languages=languages, folder=prompts_folder, types=NAMES
    ).prompts(fields.get("prompts", NOT_GIVEN))
    for name in NEEDED_PROMPTS if isinstance(fields.get("prompts"), Map) else ():
        if name not in prompts:
            message = f'the system prompt "{name}" is missing'
            reading.blame("E202", message, root.key("prompts") or root)
    if "settings" in fields:
        reading.fields(
            reading.mapping(fields["settings"], "settings"), "settings", tuple(settings)
        )
    trunks = read_trunks(reading, fields)
    return SiteFile(
        name=reading.text(fields["name"], "name") if "name" in fields else "",
        timezone=read_zone(reading, fields["timezone"]) if "timezone" in fields else "",
        country=read_country(reading, fields["country"]) if "country" in fields else "",
        languages=languages,
        pause_reasons=_pause_reasons(reading, fields),
        pause_reason_required=_pause_reason_required(reading, fields),
        feature_codes=_feature_codes(reading, fields),
        occupancy_window=_occupancy_window(reading, fields),
        prompts=prompts,
        lookup_tables=_listed(reading, fields, "lookup_tables", _TABLE, "customer"),
        lookup_hosts=_listed(reading, fields, "lookup_hosts", _HOST, "crm.internal:8443"),
        trunks=trunks,
        via=read_via(reading, fields, trunks),
    )


def _listed(
    reading: Reading, fields: Mapping[str, Node], key: str, form: re.Pattern[str], example: str
) -> tuple[str, ...]:
    """A list of names of one form."""
    found: dict[str, None] = {}
    for item in reading.items(fields[key], key) if key in fields else ():
        text = reading.text(item, key)
        if form.fullmatch(text) is None:
            message = f'{key} cannot hold "{text[:60]}"; an example: {example}'
            reading.blame("E105", message, item)
        elif text in found:
            reading.blame("E211", f'"{text}" stands twice under {key}', item)
        found[text] = None
    return tuple(found)


def _languages(reading: Reading, fields: Mapping[str, Node]) -> tuple[str, ...]:
    if "languages" not in fields:
        return ("en",)
    items = reading.items(fields["languages"], "languages")
    return tuple(reading.text(item, "a language") for item in items) or ("en",)


def _pause_reasons(reading: Reading, fields: Mapping[str, Node]) -> dict[str, str]:
    if "pause_reasons" not in fields:
        return {}
    entries = reading.mapping(fields["pause_reasons"], "pause_reasons").entries
    reasons = {
        reading.key(key, "the key of a pause reason"): reading.text(node, "a pause reason")
        for key, node in entries
    }
    seen: set[str] = set()
    for key, node in entries:
        text = reading.text(node, "a pause reason")
        if text in seen:
            reading.blame("E211", f'pause reason "{text}" stands twice', key)
        seen.add(text)
    return reasons


def _pause_reason_required(reading: Reading, fields: Mapping[str, Node]) -> bool:
    node = fields.get("pause_reason_required")
    return node is None or reading.boolean(node, "pause_reason_required")


def _feature_codes(reading: Reading, fields: Mapping[str, Node]) -> FeatureCodes:
    if "feature_codes" not in fields:
        return FeatureCodes()
    mapping = reading.mapping(fields["feature_codes"], "feature_codes")
    codes = reading.fields(mapping, "feature_codes", CODES)
    chosen = {name: _code(reading, node) for name, node in codes.items()}
    found = FeatureCodes(**chosen)
    every = [found.log_in, found.log_out, found.not_ready, found.ready]
    for first in every:
        for other in every:
            if first is not other and other.startswith(first):
                message = f'code "{first}" is the beginning of "{other}"'
                reading.blame("E501", message, mapping)
    return found


def _occupancy_window(reading: Reading, fields: Mapping[str, Node]) -> timedelta:
    if "occupancy_window" not in fields:
        return OCCUPANCY_WINDOW
    least = timedelta(minutes=3)
    return reading.duration(fields["occupancy_window"], "occupancy_window", least=least)


def _code(reading: Reading, node: Node) -> str:
    text = reading.text(node, "a feature code")
    if not (text[:1] in {"*", "#"} and text[1:].isdecimal() and text.isascii()):
        message = f'a feature code must begin with * and hold digits, like *11, not "{text[:60]}"'
        reading.blame("E109", message, node)
    return text
