"""A flow file into a flow of the core, with every problem in it."""

import hashlib
import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from contactcenter_ari.config.declaration import Declarations
from contactcenter_ari.config.document import NOT_GIVEN, Node, Scalar, Sequence
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.flow_graph import FlowGraph
from contactcenter_ari.config.flow_names import (
    Names,
    expression_types,
    saved_look_ups,
    sensitive_variables,
    waits_in,
)
from contactcenter_ari.config.flow_step import StepReader
from contactcenter_ari.config.hours_file import read_hours, read_zone
from contactcenter_ari.config.look_up_file import LookUpReach, read_look_up
from contactcenter_ari.config.outside_range import check_entry, names_kinds
from contactcenter_ari.config.phone import read_country, read_phone
from contactcenter_ari.config.problem import did_you_mean, suggest
from contactcenter_ari.config.prompt_text import PromptReader
from contactcenter_ari.config.reading import KEYS as KEYPAD
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.value_type import read_type
from contactcenter_ari.config.verb import RESERVED
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.outside_policy import OutsidePolicy
from contactcenter_ari.core.flow.run import START
from contactcenter_ari.core.flow.verb.table import SPECS
from contactcenter_ari.core.number import home_of
from contactcenter_ari.core.spoken.value import NO, YES, ValueType
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.runtime.clock import Clock

KEYS = (
    "flow",
    "numbers",
    "timezone",
    "country",
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
    "include",
)
ON_HANG_UP = "on_hangup"
AT_HANG_UP = sorted((name for name, spec in SPECS.items() if spec.at_hang_up), key=len)
"""The verbs that may still be done when the caller is gone."""
NEEDED = ("flow", "numbers", "languages", "sections")
UNSOUND = ("E0", "E1", "E201", "E202", "E203", "E204", "E208", "E210", "E212")
"""Codes of problems that leave the graph of a flow unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The surroundings of a flow: all it may refer to outside its file. `queues` is None when
    `queues.yaml` cannot be read, and the settings of a queue when they hold a mistake;
    `system_prompts` and `languages` (of these prompts) are None when `site.yaml` cannot be read;
    `system_waits` are the system prompts that tell the estimated wait; `timezone` and `country`
    are the site's, or empty; `limited_queues` say how long one may wait; `look_ups` is what
    look-ups may reach; `now` is when it is read.
    """

    queues: Mapping[QueueName, QueueSettings | None] | None
    prompts_folder: Path
    system_prompts: Collection[str] | None
    languages: Collection[str] | None = None
    system_waits: AbstractSet[str] = frozenset()
    timezone: str = ""
    country: str = ""
    limited_queues: Collection[str] | None = None
    look_ups: LookUpReach = field(default_factory=LookUpReach)
    now: datetime = field(default_factory=lambda: Clock().now())


def read_flow(reading: Reading, around: Surroundings) -> Flow | None:
    """The flow of a file; None when it cannot be made out at all. Problems are in `reading`."""
    if reading.document.root is None:
        return None
    root = reading.mapping(reading.document.root, "a flow file")
    fields = reading.fields(root, "a flow", KEYS, needed=NEEDED)
    return _FlowReader(reading, fields, around).flow()


class _FlowReader:
    """Reads the keys of one flow file, declarations first."""

    def __init__(self, reading: Reading, fields: dict[str, Node], around: Surroundings) -> None:
        self.reading = reading
        self.fields = fields
        self.around = around
        self.declarations = Declarations(reading, fields)
        zone = fields.get("timezone")
        self.zone = (read_zone(reading, zone) if zone else "") or around.timezone
        land = fields.get("country")
        self.said_country = (read_country(reading, land) if land else "") or around.country
        """The country that the files declare; numbers in them may be national ones of it."""
        self.numbers = self.read_numbers()
        own = "" if land else home_of(self.numbers)
        self.country = own or self.said_country
        self.written_languages = self.read_languages()
        self.languages = tuple(scalar.text for scalar in self.written_languages)

    def flow(self) -> Flow:
        sections = self.reading.mapping(self.fields.get("sections", NOT_GIVEN), "sections")
        names = self.names(sections)
        prompts = self.prompts(names)
        names = replace(
            names,
            prompts=dict.fromkeys((*prompts, *(self.around.system_prompts or ()))),
            doubt=names.doubt | self.declarations.doubt,
            waits={*waits_in(prompts), *(self.around.system_waits - prompts.keys())},
        )
        steps = self.steps(sections, names)
        flow = Flow(
            name=self.name(),
            version=self.version(),
            numbers=self.numbers,
            timezone=self.zone or "UTC",
            languages=self.languages or ("en",),
            sections=steps.sections,
            prompts=prompts,
            look_ups=dict(names.look_ups),
            hours=dict(names.hours),
            variables=dict(names.variables),
            flags=dict(names.flags),
            global_keys=self.global_keys(steps),
            on_error=self.on_error(steps),
            on_hangup=self.on_hangup(steps),
            dial_allow=names.outside.allow,
            dial_named=names.outside.named,
            country_code=self.country,
        )
        self.check_graph(flow, steps, sections)
        return flow

    def names(self, sections: Map) -> Names:
        """All that the steps may refer to, except for the prompts."""
        declared = self.declarations
        variables = declared.read("variables", "a variable", _variable)
        read = partial(read_look_up, reach=self.around.look_ups)
        look_ups = declared.read("lookups", "a look-up", read)
        today = self.around.now.astimezone(ZoneInfo(self.zone or "UTC")).date()
        read_calendar = partial(read_hours, timezone=self.zone, today=today, told=set())
        hours = declared.read("hours", "opening hours", read_calendar)
        flags = declared.read("flags", "a flag", _flag)
        outside = self.outside()
        types = expression_types(
            languages=self.languages or ("en",),
            variables=variables,
            hours=hours,
            flags=flags,
            look_ups=look_ups,
            saved=saved_look_ups(sections),
            broken=declared.broken,
            doubt=declared.doubt,
        )
        return Names(
            types=types,
            languages=self.languages,
            sections=[key.text for key, _ in sections.entries],
            prompts=(),
            queues=self.around.queues,
            look_ups=look_ups,
            variables=variables,
            hours=hours,
            flags=flags,
            sensitive=sensitive_variables(sections),
            country=self.country,
            said_country=self.said_country,
            outside=outside,
            limited_queues=self.around.limited_queues,
            global_keys=self.shared_keys(),
            doubt=frozenset(declared.doubt | self.doubt()),
            broken=frozenset(declared.broken),
        )

    def doubt(self) -> set[str]:
        """The kinds of names that are not all known: those that the site declares, and the
        sections.
        """
        found = set()
        if self.around.queues is None:
            found.add("queues")
        if self.around.system_prompts is None:
            found.add("prompts")
        if not isinstance(self.fields.get("sections"), Map):
            found.add("sections")
        return found

    def prompts(self, names: Names) -> dict[str, Prompt]:
        """The prompts of the flow and of what it includes."""
        spoken = self.spoken_languages()
        told: set[str] = set()

        def read(reading: Reading, key: Scalar, node: Node) -> Prompt:
            return PromptReader(
                reading,
                languages=spoken,
                folder=self.around.prompts_folder,
                types=names.types,
                sensitive=names.sensitive,
                told=told,
            ).prompt(key, node)

        return self.declarations.read("prompts", "a prompt", read, reserved=())

    def spoken_languages(self) -> tuple[str, ...]:
        """The languages that prompts must have: those of the flow. One that no prompt has is told
        here, once, and so is one that the system does not speak.
        """
        system, found = self.around.languages, self.declarations.languages()
        spoken: list[str] = []
        for scalar in self.written_languages:
            if found and scalar.text not in found:
                others = sorted(found - {*self.languages})
                message = f'no prompt has the language "{scalar.text[:60]}"'
                suggestion = suggest(scalar.text, others or sorted(found))
                self.reading.blame("E401", message, scalar, suggestion=suggestion)
                spoken += others
                continue
            spoken.append(scalar.text)
            if system is not None and scalar.text not in system:
                message = f'{self.who()} speaks "{scalar.text[:60]}", the system prompts do not'
                self.reading.blame("E401", message, scalar)
        return tuple(spoken)

    def who(self) -> str:
        """The flow in words, for messages."""
        node = self.fields.get("flow")
        return f'flow "{node.text[:60]}"' if isinstance(node, Scalar) else "the flow"

    def version(self) -> str:
        """The hash of the content, with all that is included."""
        lines = [line for each in self.reading.documents for line in each.lines]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def check_graph(self, flow: Flow, steps: StepReader, sections: Map) -> None:
        """Look over the ways through the flow, once the steps are right by themselves."""
        if any(problem.code.startswith(UNSOUND) for problem in self.reading.problems):
            return
        graph = FlowGraph(flow, steps, sections)
        nowhere = set(graph.ends_nowhere())
        for key, node in sections.entries:
            if key.text in nowhere:
                message = f'section "{key.text}" ends here and leads nowhere'
                if left_open := graph.left_open(key.text):
                    message += f" after {', '.join(left_open)}"
                suggestion = "end it with goto, queue or hangup"
                self.reading.blame("E207", message, _last(key, node), suggestion=suggestion)
        graph.check(whole=not nowhere)

    def name(self) -> str:
        node = self.fields.get("flow")
        scalar = self.reading.scalar(node, "flow") if node else None
        return self.reading.name(scalar, "a flow") if scalar else ""

    def read_numbers(self) -> tuple[str, ...]:
        node = self.fields.get("numbers", NOT_GIVEN)
        numbers = []
        for item in self.reading.items(node, "numbers"):
            before = len(self.reading.problems)
            number = read_phone(self.reading, item, "a number", self.said_country, short=True)
            if len(self.reading.problems) == before:
                numbers.append(number)
        return tuple(numbers)

    def read_languages(self) -> tuple[Scalar, ...]:
        """The languages as written; none when that is a mistake, which is told."""
        node = self.fields.get("languages", NOT_GIVEN)
        items = self.reading.items(node, "languages")
        scalars = [self.reading.scalar(item, "a language") for item in items]
        if "languages" in self.fields and not items and not isinstance(node, Map):
            self.reading.blame("E105", "languages must be a list, like [en, nl]", node)
        return tuple(scalar for scalar in scalars if scalar)

    def outside(self) -> OutsidePolicy:
        """The numbers that may be dialed; a warning for an entry that allows less than it seems
        to.
        """
        items = self.reading.items(self.fields.get("dial_allow", NOT_GIVEN), "dial_allow")
        scalars = [self.reading.scalar(item, "dial_allow") for item in items]
        for scalar in scalars:
            if scalar and not re.fullmatch(r"\+[1-9][0-9]{0,14}", scalar.text):
                message = 'dial_allow must hold beginnings of numbers, for example "+316"'
                self.reading.blame("E108", message, scalar)
                self.declarations.doubt.add("outside")
            elif scalar:
                check_entry(self.reading, scalar)
        allow = tuple(scalar.text for scalar in scalars if scalar)
        return OutsidePolicy(allow, tuple(filter(names_kinds, allow)))

    def steps(self, sections: Map, names: Names) -> StepReader:
        reader = StepReader(self.reading, names)
        for key, node in sections.entries:
            reader.section(self.reading.name(key, "a section", reserved=RESERVED), node)
        if isinstance(self.fields.get("sections"), Map) and START not in reader.sections:
            where = self.fields["sections"]
            known = [key.text for key, _ in sections.entries]
            suggestion = did_you_mean(START, known)
            self.reading.blame(
                "E210", f'section "{START}" is missing', where, suggestion=suggestion
            )
        return reader

    def shared_keys(self) -> frozenset[str]:
        """The keys that lead somewhere in every menu."""
        node = self.fields.get("global_keys")
        entries = node.entries if isinstance(node, Map) else ()
        return frozenset(key.text for key, _ in entries if key.text in KEYPAD)

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
                only = ", ".join(AT_HANG_UP)
                message = f'"{verb.text}" cannot be done after the hang-up; only {only}'
                self.reading.blame("E215", message, verb)
        return destination.section


def _variable(reading: Reading, key: Scalar, node: Node) -> ValueType:
    return read_type(reading, node, key.text)


def _flag(reading: Reading, key: Scalar, node: Node) -> str:
    text = reading.text(node, key.text).lower()
    if text not in YES | NO:
        message = f'flag "{key.text}" must be "on" or "off", not "{text[:60]}"'
        reading.blame("E105", message, node)
    return "on" if text in YES else "off"


def _last(key: Scalar, node: Node) -> Node:
    """The word to blame for the end of a section: its last verb, or else its name."""
    if not isinstance(node, Sequence) or not node.items:
        return key
    last = node.items[-1]
    if isinstance(last, Map) and last.entries:
        return last.entries[0][0]
    return last
