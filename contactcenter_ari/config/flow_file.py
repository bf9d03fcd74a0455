"""A flow file into a flow of the core, with every problem in it."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.flow_names import (
    Names,
    expression_types,
    saved_look_ups,
    sensitive_variables,
)
from contactcenter_ari.config.flow_step import StepReader
from contactcenter_ari.config.hours_file import read_hours, read_zone
from contactcenter_ari.config.look_up_file import read_look_up
from contactcenter_ari.config.phone import read_phone
from contactcenter_ari.config.prompt_text import PromptReader
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.value_type import read_type
from contactcenter_ari.config.verb import AT_HANG_UP, RESERVED
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.flow import Flow, HttpLookUp, SqlLookUp
from contactcenter_ari.core.flow.graph import falls_through
from contactcenter_ari.core.flow.step import Destination
from contactcenter_ari.core.flow.value import NO, YES
from contactcenter_ari.core.vocabulary.ids import QueueName

Declared = TypeVar("Declared")
NOTHING = Scalar("", 1, 1, 1, 1)
START = "start"
KEYS = (
    "flow",
    "numbers",
    "timezone",
    "languages",
    "global_keys",
    "flags",
    "variables",
    "hours",
    "lookups",
    "prompts",
    "sections",
    "on_error",
    "on_hangup",
    "dial_allow",
)
PLANNED = ("include",)
ON_HANG_UP = "on_hangup"
NEEDED = ("flow", "numbers", "languages", "sections")
RESERVED_NAMES = ("caller", "called", "language", "hours", "flag", "queue", "true", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a flow may refer to outside its file. `queues` is None when `queues.yaml` cannot be
    read; `timezone` is the site's, or empty.
    """

    queues: Mapping[QueueName, QueueSettings] | None
    prompts_folder: Path
    system_prompts: Collection[str]
    timezone: str = ""


def read_flow(reading: Reading, around: Surroundings) -> Flow | None:
    """The flow of a file; None when it cannot be made out at all. Problems are in `reading`."""
    if reading.document.root is None:
        return None
    root = reading.mapping(reading.document.root, "a flow file")
    for planned in PLANNED:
        if (key := root.key(planned)) is not None:
            reading.blame("E104", f'"{planned}" is not supported yet', key)
    fields = reading.fields(root, "a flow", (*KEYS, *PLANNED), needed=NEEDED)
    return _FlowReader(reading, fields, around).flow()


class _FlowReader:
    """Reads the keys of one flow file, declarations first."""

    def __init__(self, reading: Reading, fields: dict[str, Node], around: Surroundings) -> None:
        self.reading = reading
        self.fields = fields
        self.around = around
        self.zone = read_zone(reading, zone) if (zone := fields.get("timezone")) else ""
        self.languages = self.read_languages()

    def flow(self) -> Flow:
        zone = self.zone or self.around.timezone
        variables = self.declared(
            "variables", "a variable", lambda key, node: read_type(self.reading, node, key.text)
        )
        look_ups: dict[str, SqlLookUp | HttpLookUp] = self.declared(
            "lookups", "a look-up", lambda key, node: read_look_up(self.reading, key, node)
        )
        hours = self.declared(
            "hours",
            "opening hours",
            lambda key, node: read_hours(self.reading, key, node, timezone=zone),
        )
        flags = self.declared("flags", "a flag", self.flag)
        sections = self.reading.mapping(self.fields.get("sections", NOTHING), "sections")
        types = expression_types(
            languages=self.languages,
            variables=variables,
            hours=hours,
            flags=flags,
            look_ups=look_ups,
            saved=saved_look_ups(sections),
        )
        prompts = PromptReader(
            self.reading,
            languages=self.languages,
            folder=self.around.prompts_folder,
            types=types,
        ).prompts(self.fields.get("prompts", NOTHING))
        names = Names(
            types=types,
            languages=self.languages,
            sections=[key.text for key, _ in sections.entries],
            prompts={*prompts, *self.around.system_prompts},
            queues=self.around.queues,
            look_ups=look_ups,
            variables=variables,
            hours=hours,
            sensitive=sensitive_variables(sections),
            dial_allow=self.dial_allow(),
        )
        steps = self.steps(sections, names)
        return Flow(
            name=self.name(),
            version=hashlib.sha256("\n".join(self.reading.document.lines).encode()).hexdigest(),
            numbers=self.numbers(),
            timezone=zone or "UTC",
            languages=self.languages,
            sections=steps.sections,
            prompts=prompts,
            look_ups=look_ups,
            hours=hours,
            variables=variables,
            flags=flags,
            global_keys=self.global_keys(steps),
            on_error=self.on_error(steps),
            on_hangup=self.on_hangup(steps),
            dial_allow=names.dial_allow,
        )

    def name(self) -> str:
        node = self.fields.get("flow")
        scalar = self.reading.scalar(node, "flow") if node else None
        return self.reading.name(scalar, "a flow") if scalar else ""

    def numbers(self) -> tuple[str, ...]:
        node = self.fields.get("numbers", NOTHING)
        items = self.reading.items(node, "numbers")
        return tuple(read_phone(self.reading, item, "a number") for item in items)

    def read_languages(self) -> tuple[str, ...]:
        node = self.fields.get("languages", NOTHING)
        items = self.reading.items(node, "languages")
        scalars = [self.reading.scalar(item, "a language") for item in items]
        if "languages" in self.fields and not items:
            self.reading.blame("E105", "languages must be a list, like [en, nl]", node)
        return tuple(scalar.text for scalar in scalars if scalar) or ("en",)

    def dial_allow(self) -> tuple[str, ...]:
        """What numbers outside must begin with."""
        items = self.reading.items(self.fields.get("dial_allow", NOTHING), "dial_allow")
        scalars = [self.reading.scalar(item, "dial_allow") for item in items]
        for scalar in scalars:
            if scalar and not re.fullmatch(r"\+[1-9][0-9]{0,14}", scalar.text):
                message = 'dial_allow must hold beginnings of numbers, for example "+316"'
                self.reading.blame("E108", message, scalar)
        return tuple(scalar.text for scalar in scalars if scalar)

    def flag(self, key: Scalar, node: Node) -> str:
        text = self.reading.text(node, key.text).lower()
        if text not in YES | NO:
            message = f'flag "{key.text}" must be "on" or "off", not "{text[:60]}"'
            self.reading.blame("E105", message, node)
        return "on" if text in YES else "off"

    def declared(
        self, section: str, what: str, read: Callable[[Scalar, Node], Declared]
    ) -> dict[str, Declared]:
        """What one key declares, by name."""
        entries = self.reading.mapping(self.fields.get(section, NOTHING), section).entries
        return {
            self.reading.name(key, what, reserved=RESERVED_NAMES): read(key, node)
            for key, node in entries
        }

    def steps(self, sections: Map, names: Names) -> StepReader:
        reader = StepReader(self.reading, names)
        for key, node in sections.entries:
            reader.section(self.reading.name(key, "a section", reserved=RESERVED), node)
        if "sections" in self.fields and START not in reader.sections:
            where = self.fields["sections"]
            self.reading.blame("E210", f'section "{START}" is missing', where)
        at_hang_up = self.fields.get(ON_HANG_UP)
        for key, node in sections.entries:
            if isinstance(at_hang_up, Scalar) and key.text == at_hang_up.text:
                continue
            if falls_through(key.text, reader.sections):
                message = f'section "{key.text}" ends here and leads nowhere'
                suggestion = "end it with goto, queue or hangup"
                self.reading.blame("E207", message, _last(key, node), suggestion=suggestion)
        return reader

    def global_keys(self, steps: StepReader) -> dict[str, Destination]:
        if "global_keys" not in self.fields:
            return {}
        entries = self.reading.mapping(self.fields["global_keys"], "global_keys").entries
        return {
            self.reading.key(key, "a global key"): steps.destination(
                node, f"global_keys.{key.text}"
            )
            for key, node in entries
        }

    def on_error(self, steps: StepReader) -> Destination | None:
        node = self.fields.get("on_error")
        return steps.destination(node, "on_error") if node else None

    def on_hangup(self, steps: StepReader) -> str:
        """The section that is run when the call is over."""
        node = self.fields.get(ON_HANG_UP)
        if node is None:
            return ""
        destination = steps.destination(node, ON_HANG_UP)
        if not destination.section:
            self.reading.blame("E105", "on_hangup must be a section or a list of steps", node)
        section = steps.sections.get(destination.section)
        for index in range(len(section.steps)) if section else ():
            verb = steps.places.get((destination.section, index))
            if verb and verb.text not in AT_HANG_UP:
                message = f'"{verb.text}" cannot be done after the hang-up; only set, tag, lookup'
                self.reading.blame("E215", message, verb)
        return destination.section


def _last(key: Scalar, node: Node) -> Node:
    """The word to blame for the end of a section: its last verb, or else its name."""
    if not isinstance(node, Sequence) or not node.items:
        return key
    last = node.items[-1]
    if isinstance(last, Map) and last.entries:
        return last.entries[0][0]
    return last
