"""The meaning of a piece of a flow, without where it stands or how it is laid out.

Two pieces mean the same when their meanings are equal: line numbers, spaces within expressions,
the order of keys and the names of inline lists make no difference.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.declaration import Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.expression import Expression, Literal
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.spoken.value import ValueType, write_value
from contactcenter_ari.core.vocabulary.prompt import SoundFile

Meaning = object
"""Compared with others for equality only."""
PLACES = ("line", "offset", "length")
"""Fields that tell where something stands."""


def meaning(value: object, sections: Mapping[str, Section]) -> Meaning:
    """The meaning of a value of a flow; `sections` hold the inline lists it refers to."""
    match value:
        case Expression(root=root):
            return meaning(root, sections)
        case Literal(text=text, value_type=kind):
            return ("literal", text, kind.kind, kind.currency)  # of a choice its words alone
        case Destination(way=Way.INLINE, section=name):
            return ("inline", meaning(sections[name].steps, sections))
        case Step():  # its name is for traces
            return (meaning(value.when, sections), meaning(value.verb, sections))
        case msgspec.Struct():
            fields = [
                (name, meaning(getattr(value, name), sections))
                for name in value.__struct_fields__
                if name not in PLACES
            ]
            return (type(value).__name__, tuple(fields))
        case dict():
            return {key: meaning(item, sections) for key, item in value.items()}
        case tuple():
            return tuple(meaning(item, sections) for item in value)
        case _:
            return value


def said(value: object) -> str:
    """A value of a flow in words, as an engineer would write it."""
    match value:
        case Expression(text=text):
            return " ".join(text.split())
        case Destination():
            return _destination(value)
        case Prompt():
            return str(value)
        case timedelta():
            return f"{write_value(value)}s"
        case True | False:
            return "on" if value else "off"
        case None:
            return "not set"
        case ValueType() | int() | float():
            return str(value)
        case tuple():
            return ", ".join(said(item) for item in value) or "nothing"
        case dict():
            return ", ".join(f"{name} {said(item)}" for name, item in value.items()) or "nothing"
        case _:
            return f'"{value}"' if value != "" else "nothing"


def prompt_text(parts: tuple[SoundFile | Text, ...]) -> str:
    """The text of a prompt in one language, as it stands in the file."""
    return "".join(_part_text(part) for part in parts)


def _destination(destination: Destination) -> str:
    match destination.way:
        case Way.SECTION:
            return f'section "{destination.section}"'
        case Way.CALL:
            return f'a call of section "{destination.section}"'
        case Way.INLINE:
            return "a list of steps"
        case _:
            return str(destination.way)


def _part_text(part: SoundFile | Text) -> str:
    if isinstance(part, SoundFile):
        return f"sound:{part.path}"
    return "".join(
        p.text if isinstance(p, Words) else f"{{{p.expression.text} | {p.kind}}}"
        for p in part.pieces
    )
