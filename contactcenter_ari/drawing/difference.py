"""The difference of two flows, or two sites, by meaning and in plain sentences.

Comments, the order of keys, spaces and line numbers are no differences. Sentences come in the
order of the files: numbers, hours, prompts, sections, and so on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

import msgspec

from contactcenter_ari.core.flow.language.declaration import HttpLookUp, Prompt, SqlLookUp
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.flow import Flow, fault_section
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.spec import Kind
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.hours.calendar import Calendar
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.drawing.calendar import calendar_difference
from contactcenter_ari.drawing.meaning import (
    Meaning,
    meaning,
    prompt_text,
    said,
)

Sentences = Iterator[str]
Key = TypeVar("Key", bound=str)
LOOSE: Mapping[str, Section] = {}
"""For what refers to no section."""
WAYS = (Kind.CHOICES, Kind.OUTCOMES, Kind.WASTED, Kind.KEYS, Kind.CASES, Kind.DESTINATION)
"""Options that are told of as ways, not as values."""
ITS_WORDS = (Kind.DESTINATION, Kind.SHARES)
"""The kinds of options that the words of a verb tell whole."""


def flow_difference(old: Flow, new: Flow) -> list[str]:
    """The differences of the new flow; nothing when both mean the same."""
    return list(_flow_sentences(old, new))


def site_difference(old: Site, new: Site) -> list[str]:
    """The differences of the new site: its flows, queues, prompts and the rest."""
    return list(_site_sentences(old, new))


def _site_sentences(old: Site, new: Site) -> Sentences:
    yield from _value("name", old.name, new.name)
    old_flows = {flow.name: flow for flow in old.flows}
    new_flows = {flow.name: flow for flow in new.flows}
    yield from _named("flow", old_flows, new_flows, _told_flow)
    yield from _named("queue", old.queues, new.queues, _fields)
    yield from _named("pause reason", old.pause_reasons, new.pause_reasons, _changed)
    yield from _named("system prompt", old.prompts, new.prompts, _prompt)
    yield from _fields("feature codes", old.feature_codes, new.feature_codes)


def _told_flow(what: str, old: Flow, new: Flow) -> Sentences:
    return (f"{what}: {sentence}" for sentence in _flow_sentences(old, new))


def _flow_sentences(old: Flow, new: Flow) -> Sentences:
    yield from _value("flow", old.name, new.name)
    yield from _members("number", old.numbers, new.numbers)
    yield from _value("timezone", old.timezone, new.timezone)
    yield from _languages(old, new)
    yield from _members("dial_allow", old.dial_allow, new.dial_allow)
    yield from _named("flag", old.flags, new.flags, _changed)
    yield from _named("variable", old.variables, new.variables, _changed)
    yield from _zones(old, new)
    yield from _named("hours", old.hours, new.hours, _hours)
    yield from _named("lookup", old.look_ups, new.look_ups, _look_up)
    yield from _named("prompt", old.prompts, new.prompts, _prompt)
    yield from _ways("", "global key ", old.global_keys, new.global_keys, (old, new))
    yield from _sections(old, new)
    yield from _after_fault(old, new)
    yield from _value("on_hangup", old.on_hangup, new.on_hangup)


def _named(
    what: str,
    old: Mapping[Key, object],
    new: Mapping[Key, object],
    compare: Callable[..., Sentences],
) -> Sentences:
    """Things by name: what was added, removed, and what changed in the others."""
    for name in old:
        if name not in new:
            yield f'{what} "{name}" removed'
    for name, thing in new.items():
        if name not in old:
            yield f'{what} "{name}" added'
        else:
            yield from compare(f'{what} "{name}"', old[name], thing)


def _members(what: str, old: Sequence[str], new: Sequence[str]) -> Sentences:
    yield from (f'{what} "{member}" removed' for member in old if member not in new)
    yield from (f'{what} "{member}" added' for member in new if member not in old)


def _value(what: str, old: object, new: object) -> Sentences:
    if old != new:
        yield f"{what} was {said(old)}, is {said(new)}"


def _changed(what: str, old: object, new: object) -> Sentences:
    return _value(what, old, new)


def _fields(what: str, old: msgspec.Struct, new: msgspec.Struct) -> Sentences:
    for name in old.__struct_fields__:
        yield from _value(f"{what}: {name}", getattr(old, name), getattr(new, name))


def _languages(old: Flow, new: Flow) -> Sentences:
    yield from _members("language", old.languages, new.languages)
    if old.languages[:1] != new.languages[:1]:
        yield from _value("the default language", old.languages[0], new.languages[0])


def _hours(what: str, old: Calendar, new: Calendar) -> Sentences:
    yield from (f"{what}: {sentence}" for sentence in calendar_difference(old, new))


def _zones(old: Flow, new: Flow) -> Sentences:
    """The zones of hours that do not follow the flow's own."""
    for name in (each for each in new.hours if each in old.hours):
        before, after = old.hours[name].zone, new.hours[name].zone
        if (before, after) != (old.timezone, new.timezone):
            yield from _value(f'hours "{name}": zone', before, after)


def _look_up(what: str, old: SqlLookUp | HttpLookUp, new: SqlLookUp | HttpLookUp) -> Sentences:
    if type(old) is not type(new):
        yield f"{what}: asks in another way, {said(_source(new))}"
        return
    if _source(old).split() != _source(new).split():
        yield f"{what}: what it asks changed"
    yield from _named(f"{what}: input", old.inputs, new.inputs, _changed)
    yield from _named(f"{what}: result", old.returns, new.returns, _changed)
    yield from _value(f"{what}: timeout", old.limit, new.limit)


def _source(look_up: SqlLookUp | HttpLookUp) -> str:
    return look_up.sql if isinstance(look_up, SqlLookUp) else look_up.url


def _prompt(what: str, old: Prompt, new: Prompt) -> Sentences:
    texts = {name: prompt_text(parts) for name, parts in old.parts.items()}
    others = {name: prompt_text(parts) for name, parts in new.parts.items()}
    yield from _named(f"{what}: language", texts, others, _changed)


def _after_fault(old: Flow, new: Flow) -> Sentences:
    """Without `on_error` it is the first queue in the file: there, the order does count."""
    before, after = (fault_section(flow).steps[-1] for flow in (old, new))
    if before.words() != after.words():
        yield f"after a fault: was {before.words()}, is {after.words()}"
    elif old.on_error is not None and new.on_error is not None:
        ways = ({"": old.on_error}, {"": new.on_error})
        yield from _ways("after a fault", "", *ways, (old, new))


def _sections(old: Flow, new: Flow) -> Sentences:
    before = {name: part for name, part in old.sections.items() if not part.inline}
    after = {name: part for name, part in new.sections.items() if not part.inline}

    def compare(what: str, one: Section, other: Section) -> Sentences:
        return _steps(what, (one.steps, other.steps), (old, new))

    return _named("section", before, after, compare)


def _steps(
    what: str, steps: tuple[Sequence[Step], Sequence[Step]], flows: tuple[Flow, Flow]
) -> Sentences:
    """Two lists of steps; those with the same verb at the same place are one that changed."""
    old, new = ([_comparable(s, f) for s in some] for some, f in zip(steps, flows, strict=True))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, low, high in matcher.get_opcodes():
        if kind == "equal":
            continue
        before, after = list(steps[0][first:last]), list(steps[1][low:high])
        number, place = first + 1, low + 1
        while before or after:
            if before and after and type(before[0].verb) is type(after[0].verb):
                yield from _step(f"{what}, step {place}", (before.pop(0), after.pop(0)), flows)
                number, place = number + 1, place + 1
            elif len(before) >= len(after):
                yield f"{what}: step {number} removed: {before.pop(0).words()}"
                number += 1
            else:
                yield f"{what}: step {place} added: {after.pop(0).words()}"
                place += 1


def _comparable(step: Step, flow: Flow) -> str:
    """The meaning of a step as text, for it must be hashable."""
    return repr(_in_order(meaning(step, flow.sections)))


def _in_order(value: Meaning) -> Meaning:
    match value:
        case dict():
            return tuple(sorted((key, _in_order(item)) for key, item in value.items()))
        case tuple():
            return tuple(_in_order(item) for item in value)
        case _:
            return value


def _step(what: str, pair: tuple[Step, Step], flows: tuple[Flow, Flow]) -> Sentences:
    old, new = pair
    before, after = old.words(), new.words()
    told = [] if before == after else [f"{what}: was {before}, is {after}"]
    named = f"{what} ({after})"
    told += _options(named, old.verb, new.verb)
    if not (told and new.verb.spec.value.kind in ITS_WORDS):  # told by its words
        told += _ways(named, "", dict(old.verb.leads()), dict(new.verb.leads()), flows)
    yield from told or [f"{named} changed"]


def _options(what: str, old: Verb, new: Verb) -> Sentences:
    """The options that are plain values; the verb's own value is told by its words."""
    shown_old, shown_new = _shown(old), _shown(new)
    for name in dict.fromkeys((*shown_old, *shown_new)):
        before, after = shown_old.get(name), shown_new.get(name)
        if meaning(before, LOOSE) != meaning(after, LOOSE):
            yield from _value(f"{what}: {name}", _readable(before), _readable(after))


def _shown(verb: Verb) -> dict[str, object]:
    """The options of a verb by name, except for the value that its words tell, and the ways."""
    spec = verb.spec
    ways = (option for option in spec.options if option.kind in WAYS)
    told = {field for option in (spec.value, *ways) for field in option.filled}
    shown: dict[str, object] = {}
    for name, value in _values(verb):
        if isinstance(value, dict) and name not in told:
            option = "tries" if name == "own_tries" else name
            shown |= {f"{option}.{key}": item for key, item in value.items()}
        elif name not in told:
            shown[name] = value
    return shown


def _values(struct: msgspec.Struct) -> Iterator[tuple[str, object]]:
    """The fields of a verb, those of its rules among them."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, InputRules):
            yield from _values(value)
        else:
            yield name, value


def _readable(value: object) -> object:
    """Announcements and the like, field by field."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, Expression | Destination):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return " ".join(f"{name} {said(each)}" for name, each in fields.items() if each != "")
    if isinstance(value, tuple):
        return tuple(_readable(item) for item in value)
    return value


def _ways(
    what: str,
    noun: str,
    old: Mapping[str, Destination],
    new: Mapping[str, Destination],
    flows: tuple[Flow, Flow],
) -> Sentences:
    """The destinations of keys and outcomes, those in lists of steps included."""
    start = f"{what}: " if what else ""
    for label in dict.fromkeys((*old, *new)):
        name = f"{start}{noun}{label}".rstrip(": ") if label else start.rstrip(": ")
        before, after = old.get(label), new.get(label)
        if before is None or after is None:
            verb = "is gone" if after is None else f"leads to {said(after)}"
            yield f"{name} {verb}"
        elif before.way is after.way and before.way is Way.INLINE:
            lists = (flows[0].sections[before.section], flows[1].sections[after.section])
            yield from _steps(name, (lists[0].steps, lists[1].steps), flows)
        elif before != after:
            yield f"{name} led to {said(before)}, leads to {said(after)}"
