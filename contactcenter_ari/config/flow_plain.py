"""Verbs that do one thing and go on: answer, play, wait, look up, set, tag, language, record."""

import re
from datetime import timedelta

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import Fields
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.value_type import NOTHING
from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.language import Language
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.spoken.value import TEXT, Kind, ValueType


def read_answer(_scope: Scope, _node: Node, _fields: Fields, _path: str) -> Verb:
    """Pick up."""
    return Answer()


def read_hangup(_scope: Scope, _node: Node, _fields: Fields, _path: str) -> Verb:
    """End the call."""
    return HangUp()


def read_wait(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """Let time pass."""
    least = timedelta(milliseconds=100)
    return Wait(scope.reading.duration(node, "wait", least=least, most=timedelta(hours=1)))


def read_play(scope: Scope, node: Node, fields: Fields, _path: str) -> Verb:
    """Say something."""
    barge_in = scope.options.boolean(fields, "barge_in", default=True)
    return Play(scope.options.prompt(node), barge_in=barge_in)


def read_recording(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """Start, pause, resume or stop the recording."""
    return Record(scope.reading.choice(node, "recording", RecordingAct))


def read_look_up_step(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Ask a look-up."""
    scalar = scope.reading.scalar(node, "lookup")
    name = scalar.text if scalar else ""
    if scalar and scope.names.lacks("look_ups", name):
        scope.reading.unknown("E204", "look-up", scalar, scope.names.look_ups)
    save_as = name
    if "save_as" in fields and (place := scope.reading.scalar(fields["save_as"], "save_as")):
        save_as = scope.reading.name(place, "an answer")
    return LookUpStep(
        name=name,
        inputs=_inputs(scope, node, fields, name),
        save_as=save_as,
        next=scope.outcomes(fields, "lookup", path),
        filler=scope.reading.text(fields["filler"], "filler") if "filler" in fields else "",
    )


def _inputs(scope: Scope, node: Node, fields: Fields, name: str) -> dict[str, Expression]:
    look_up = None if name in scope.names.broken else scope.names.look_ups.get(name)
    given: dict[str, Expression] = {}
    wrong = False
    entries = scope.reading.mapping(fields["with"], "with").entries if "with" in fields else ()
    for key, value in entries:
        wanted = None
        if look_up is not None and key.text not in look_up.inputs:
            scope.reading.unknown("E213", f'input of "{name}"', key, look_up.inputs)
            wrong = True
        elif look_up is not None:
            wanted = look_up.inputs[key.text]
        given[key.text] = scope.options.expression(value, key.text, wanted, secret=True)
    for missing in sorted(look_up.inputs.keys() - given.keys()) if look_up and not wrong else ():
        message = f'look-up "{name}" needs "{missing}", as in with: {{{missing}: ...}}'
        scope.reading.blame("E213", message, node)
    return given


def read_set(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """Assign variables."""
    assignable = {**scope.names.variables, "caller.status": TEXT}
    assignments: list[tuple[str, Expression]] = []
    for key, value in scope.reading.mapping(node, "set").entries:
        if key.text not in assignable and "variables" not in scope.names.doubt:
            scope.reading.unknown("E205", "variable", key, assignable)
        wanted = assignable.get(key.text)
        assignments.append((key.text, scope.options.expression(value, key.text, wanted)))
    return SetVariables(tuple(assignments))


def read_tag(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """Note something about the interaction."""
    entries = scope.reading.mapping(node, "tag").entries
    return Tag(
        tuple(
            (scope.reading.name(key, "a tag"), scope.options.expression(value, key.text))
            for key, value in entries
        )
    )


def read_language(scope: Scope, node: Node, _fields: Fields, _path: str) -> Verb:
    """Speak another language."""
    languages = ValueType(Kind.CHOICE, choices=scope.names.languages)
    scalar = node if isinstance(node, Scalar) else None
    if scalar and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", scalar.text):
        known = scalar.text in scope.names.languages or scalar.text in scope.names.types
        if not known:
            scope.reading.unknown("E206", "language", scalar, scope.names.languages)
            return Language(NOTHING)
    return Language(scope.options.expression(node, "language", languages))
