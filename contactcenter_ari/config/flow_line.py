"""Verbs that bring the caller to a person or a mailbox: queue, agent, callback, dial, transfer,
voicemail.
"""

import re
from datetime import timedelta

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.flow_option import SECOND, Fields
from contactcenter_ari.config.flow_scope import Scope
from contactcenter_ari.config.phone import read_phone
from contactcenter_ari.config.problem import suggest
from contactcenter_ari.config.reading import DAY
from contactcenter_ari.config.skill_file import read_skills
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.expression import Expression, Literal
from contactcenter_ari.core.flow.outside_policy import kind_of
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.spoken.value import (
    DIGITS,
    DURATION,
    INTEGER,
    PHONE,
    TEXT,
    ValueType,
)
from contactcenter_ari.core.vocabulary.ids import QueueName

TENTH = timedelta(milliseconds=100)
MINUTE = timedelta(minutes=1)
RING = timedelta(seconds=30)
PREFER = timedelta(seconds=30)


def read_queue(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Wait for an agent."""
    name = _queue_name(scope, node, "queue")
    leads = scope.outcomes(fields, "queue", path)
    settings = (scope.names.queues or {}).get(name)
    scope.need(leads, "queue", node, _turned_away(settings) if settings else ())
    options = scope.options
    max_wait = options.duration(fields, "max_wait", SECOND) if "max_wait" in fields else None
    limits = scope.names.limited_queues
    if max_wait is None and settings and limits is not None and name not in limits:
        message = f'queue "{name}" has no max_wait, neither here nor in queues.yaml'
        scope.reading.blame("E705", message, node)
    longest = max_wait or (settings.max_wait if settings else DAY)
    return Queue(
        queue=name,
        next=leads,
        priority=options.optional_expression(fields, "priority", INTEGER),
        head_start=options.optional_expression(fields, "head_start", DURATION),
        skills=read_skills(scope.reading, fields["skills"]) if "skills" in fields else (),
        prefer=_extension(scope, fields["prefer"], "prefer") if "prefer" in fields else None,
        prefer_for=_prefer_for(scope, fields, longest),
        greeting=options.greeting(fields),
        music=scope.reading.text(fields["music"], "music") if "music" in fields else None,
        announce=options.announcements(fields),
        keys=scope.keys(fields["keys"], "keys", f"{path}.keys") if "keys" in fields else {},
        max_wait=max_wait,
    )


def _turned_away(settings: QueueSettings) -> tuple[str, ...]:
    """The outcomes of a caller who is not let in, as far as the queue's settings bring them."""
    diverts = settings.divert_wait is not None or settings.divert_ratio is not None
    limited = settings.max_waiting is not None
    return (*(("full",) if limited else ()), *(("diverted",) if diverts else ()))


def _prefer_for(scope: Scope, fields: Fields, longest: timedelta) -> timedelta:
    prefer_for = scope.options.duration(fields, "prefer_for", PREFER, most=timedelta(hours=1))
    if "prefer_for" in fields and "prefer" not in fields:
        message = 'prefer_for needs "prefer", the agent to wait for'
        scope.reading.blame("E111", message, fields["prefer_for"])
    elif "prefer" in fields and prefer_for >= longest:
        message = "prefer_for must be shorter than max_wait, or nobody else is ever asked"
        scope.reading.blame("E111", message, fields.get("prefer_for", fields["prefer"]))
    return prefer_for


def read_agent(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Ring one agent, by extension or by an expression."""
    return RingAgent(
        agent=_extension(scope, node, "agent"),
        next=scope.outcomes(fields, "agent", path),
        ring=scope.options.duration(fields, "ring", timedelta(seconds=20)),
    )


def read_callback(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Book a callback."""
    options, before = scope.options, len(scope.reading.problems)
    attempts = options.integer(fields, "attempts", 3, most=10)
    retry_after = options.duration(fields, "retry_after", 15 * MINUTE, least=MINUTE)
    expires = options.duration(fields, "expires", DAY, least=MINUTE, most=7 * DAY)
    if len(scope.reading.problems) == before and (attempts - 1) * retry_after >= expires:
        given = [fields[key] for key in ("expires", "attempts", "retry_after") if key in fields]
        message = f"the callback expires before all {attempts} attempts can be made"
        scope.reading.blame("E111", message, given[0])
    return BookCallback(
        queue=_queue_name(scope, node, "callback"),
        next=scope.outcomes(fields, "callback", path),
        number=_outside(scope, fields["number"], "callback") if "number" in fields else None,
        hours=_hours(scope, fields),
        attempts=attempts,
        retry_after=retry_after,
        expires=expires,
    )


def read_dial(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Call an outside line and come back."""
    leads = scope.outcomes(fields, "dial", path)
    scope.need(leads, "dial", node, ("declined",) if "screen" in fields else ())
    caller_id = fields.get("caller_id")
    return DialOut(
        number=_outside(scope, node, "dial"),
        next=leads,
        ring=scope.options.duration(fields, "ring", RING),
        caller_id=_number(scope, caller_id, "caller_id") if caller_id else None,
        screen=scope.options.optional_prompt(fields, "screen"),
    )


def read_transfer(scope: Scope, node: Node, fields: Fields, _path: str) -> Verb:
    """Hand the caller to an outside line for good."""
    ring = scope.options.duration(fields, "ring", RING)
    return TransferOut(_outside(scope, node, "transfer"), ring)


def read_voicemail(scope: Scope, node: Node, fields: Fields, path: str) -> Verb:
    """Take a message."""
    box = scope.reading.scalar(node, "voicemail")
    if "prompt" not in fields:
        scope.reading.blame("E106", 'voicemail needs a "prompt"', node)
    options, before = scope.options, len(scope.reading.problems)
    verb = Voicemail(
        box=scope.reading.name(box, "a mailbox") if box else "",
        prompt=scope.options.optional_prompt(fields, "prompt"),
        next=scope.outcomes(fields, "voicemail", path),
        max_length=options.duration(fields, "max_length", 3 * MINUTE, most=timedelta(hours=1)),
        max_silence=options.duration(fields, "max_silence", SECOND)
        if "max_silence" in fields
        else None,
        min_speech=options.duration(fields, "min_speech", SECOND, least=TENTH),
        keys=scope.keys(fields["keys"], "keys", f"{path}.keys") if "keys" in fields else {},
    )
    if len(scope.reading.problems) == before:
        _check_lengths(scope, fields, verb)
    return verb


def _check_lengths(scope: Scope, fields: Fields, verb: Voicemail) -> None:
    for option in ("max_silence", "min_speech"):
        if option in fields and getattr(verb, option) >= verb.max_length:
            message = f"{option} must be shorter than max_length"
            scope.reading.blame("E111", message, fields[option])


def _queue_name(scope: Scope, node: Node, what: str) -> QueueName:
    scalar = scope.reading.scalar(node, what)
    if scalar and scope.names.lacks("queues", scalar.text):
        scope.reading.unknown("E203", "queue", scalar, scope.names.queues or ())
    return QueueName(scalar.text if scalar else "")


def _hours(scope: Scope, fields: Fields) -> str:
    scalar = scope.reading.scalar(fields["hours"], "hours") if "hours" in fields else None
    if scalar and scope.names.lacks("hours", scalar.text):
        message = f'there are no opening hours "{scalar.text[:60]}"'
        suggestion = suggest(scalar.text, scope.names.hours)
        scope.reading.blame("E214", message, scalar, suggestion=suggestion)
    return scalar.text if scalar else ""


def _extension(scope: Scope, node: Node, what: str) -> Expression:
    """An agent's extension written out, or an expression that gives one."""
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{1,10}", node.text):
        return _written(node.text, node.text, DIGITS)
    return scope.options.expression(node, what, TEXT)


def _number(scope: Scope, node: Node, what: str) -> Expression:
    """A phone number written out, or an expression that gives one."""
    if isinstance(node, Scalar) and re.fullmatch(r"[+0-9][0-9 ()./-]*", node.text):
        number = read_phone(scope.reading, node, what, scope.names.said_country)
        return _written(node.text, number, PHONE)
    return scope.options.expression(node, what, PHONE)


def _outside(scope: Scope, node: Node, what: str) -> Expression:
    """A number outside, which must be among those that may be dialed."""
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
