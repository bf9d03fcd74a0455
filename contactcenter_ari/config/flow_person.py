"""Values of verbs that bring the caller to a person or a mailbox: queues, skills, extensions,
numbers.
"""

import re

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.phone import read_phone
from contactcenter_ari.config.problem import suggest
from contactcenter_ari.config.reading import DAY
from contactcenter_ari.config.skill_file import read_skills
from contactcenter_ari.config.verb_reading import VerbReading
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.expression import Expression, Literal
from contactcenter_ari.core.flow.outside_policy import kind_of
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Option
from contactcenter_ari.core.spoken.value import DIGITS, PHONE, TEXT, ValueType
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


def read_queue_name(verb: VerbReading, option: Option, node: Node) -> QueueName:
    """A queue there is."""
    names = verb.scope.names
    scalar = verb.reading.scalar(node, option.name)
    if scalar and names.lacks("queues", scalar.text):
        verb.reading.unknown("E203", "queue", scalar, names.queues or ())
    return QueueName(scalar.text if scalar else "")


def turned_away(verb: VerbReading) -> tuple[str, ...]:
    """The outcomes of a caller who is not let in, as far as the queue's settings bring them."""
    settings = _settings(verb)
    if settings is None:
        return ()
    diverts = settings.divert_wait is not None or settings.divert_ratio is not None
    limited = settings.max_waiting is not None
    return (*(("full",) if limited else ()), *(("diverted",) if diverts else ()))


def check_queue(verb: VerbReading, step: FlowVerb) -> None:
    """A wait has an end, and one for a preferred agent ends before it."""
    assert isinstance(step, Queue), step
    settings, limits = _settings(verb), verb.scope.names.limited_queues
    unlimited = step.max_wait is None and limits is not None and step.queue not in limits
    if settings and unlimited:
        message = f'queue "{step.queue}" has no max_wait, neither here nor in queues.yaml'
        verb.reading.blame("E705", message, verb.node)
    longest = step.max_wait or (settings.max_wait if settings else DAY)
    fields = verb.fields
    if "prefer_for" in fields and "prefer" not in fields:
        message = 'prefer_for needs "prefer", the agent to wait for'
        verb.reading.blame("E111", message, fields["prefer_for"])
    elif "prefer" in fields and step.prefer_for >= longest:
        message = "prefer_for must be shorter than max_wait, or nobody else is ever asked"
        verb.reading.blame("E111", message, fields.get("prefer_for", fields["prefer"]))


def _settings(verb: VerbReading) -> QueueSettings | None:
    return (verb.scope.names.queues or {}).get(QueueName(str(verb.values["queue"])))


def read_skill_steps(verb: VerbReading, _option: Option, node: Node) -> tuple[SkillStep, ...]:
    """The skills that an agent must have, step by step."""
    return read_skills(verb.reading, node)


def read_hours(verb: VerbReading, option: Option, node: Node) -> str:
    """Opening hours there are."""
    names = verb.scope.names
    scalar = verb.reading.scalar(node, option.name)
    if scalar and names.lacks("hours", scalar.text):
        message = f'there are no opening hours "{scalar.text[:60]}"'
        suggestion = suggest(scalar.text, names.hours)
        verb.reading.blame("E214", message, scalar, suggestion=suggestion)
    return scalar.text if scalar else ""


def read_extension(verb: VerbReading, option: Option, node: Node) -> Expression:
    """An agent's extension written out, or an expression that gives one."""
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{1,10}", node.text):
        return _written(node.text, node.text, DIGITS)
    return verb.options.expression(node, option.name, TEXT)


def read_number(verb: VerbReading, option: Option, node: Node) -> Expression:
    """A phone number written out, or an expression that gives one."""
    return _number(verb.scope, node, option.name)


def _number(scope: Scope, node: Node, what: str) -> Expression:
    if isinstance(node, Scalar) and re.fullmatch(r"[+0-9][0-9 ()./-]*", node.text):
        number = read_phone(scope.reading, node, what, scope.names.said_country)
        return _written(node.text, number, PHONE)
    return scope.options.expression(node, what, PHONE)


def read_outside(verb: VerbReading, _option: Option, node: Node) -> Expression:
    """A number outside, which must be among those that may be dialed."""
    scope, what = verb.scope, verb.spec.name
    before = len(scope.reading.problems)
    number = _number(scope, node, what)
    outside, wrong = scope.names.outside, len(scope.reading.problems) > before
    if "outside" in scope.names.doubt:
        return number
    if not outside.allow and wrong:
        return number
    if not outside.allow:
        message = f'{what} reaches nobody: "dial_allow" names no number that may be dialed'
        scope.reading.blame("E804", message, node)
    elif isinstance(number.root, Literal) and not wrong:
        _check_written(scope, node, number.text[:60], number.root.text)
    return number


def _check_written(scope: Scope, node: Node, text: str, number: str) -> None:
    outside = scope.names.outside
    if not number.startswith(outside.allow):
        message = f'"{text}" begins with none of dial_allow: {", ".join(outside.allow)}'
        scope.reading.blame("E804", message, node)
    elif not outside.permits(number):
        kind = kind_of(number)
        message = f'"{text}" is a number of the kind {kind}, which no entry of dial_allow names'
        scope.reading.blame("E806", message, node)


def _written(text: str, canonical: str, type_: ValueType) -> Expression:
    return Expression(text, Literal(text=canonical, value_type=type_, offset=0, length=len(text)))
