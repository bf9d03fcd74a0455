"""The meaning of the keys typed in a menu or a gather: pure functions, no timers.

The input is done at a key that no other key starts with, at the most digits, at the terminator, or
when the caller takes too long for the next digit.

A gather takes the digits, and `*` or `#` where its pattern names them. Another key spoils the
entry: all keys after it are ignored up to the terminator or the time limit. A `*` or `#` that
leads out of the gather does so at any moment. A digit leads out when it is the only key typed and
is no value by itself.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from contactcenter_ari.core.flow.language.pattern import fits, named_keys
from contactcenter_ari.core.flow.stand_in import stands_in, stood_in_fits
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.number import typed
from contactcenter_ari.core.spoken.value import PHONE, ValueType, read_value

DIGITS = frozenset("0123456789")
ACCEPT, AGAIN = "1", "2"
"""The keys that the caller presses when asked whether the input was understood right."""


class Verdict(StrEnum):
    """The decision about the digits typed so far."""

    MORE = "more"
    DONE = "done"
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"


class Judgment(msgspec.Struct, frozen=True):
    """The verdict, and the key or the digits it is about."""

    verdict: Verdict
    digits: str = ""


MORE = Judgment(Verdict.MORE)
NO_INPUT = Judgment(Verdict.NO_INPUT)


def judge_choice(keys: Sequence[str], digits: str) -> Judgment:
    """A menu after another digit."""
    if any(key.startswith(digits) and key != digits for key in keys):
        return MORE
    return judge_late_choice(keys, digits)


def judge_late_choice(keys: Sequence[str], digits: str) -> Judgment:
    """A menu after no further digit came in time."""
    if not digits:
        return NO_INPUT
    return Judgment(Verdict.DONE if digits in keys else Verdict.NO_MATCH, digits)


def takes(gather: Gather, key: str) -> bool:
    """Whether a key may be part of what is typed."""
    return key in DIGITS or stands_in(key) or key in named_keys(gather.matches)


def is_spoiled(gather: Gather, digits: str) -> bool:
    """Whether a key was typed that cannot belong."""
    return not all(takes(gather, key) for key in digits)


def leads_at_once(gather: Gather, key: str) -> bool:
    """Whether a key that leads out of a gather does so whatever keys were typed before."""
    return key not in DIGITS and key != gather.terminator and not takes(gather, key)


def may_lead(gather: Gather, key: str, type_: ValueType) -> bool:
    """Whether a key may ever lead out of a gather into a variable of this type. A digit never does
    where the input is sensitive, for it may be the first digit of the secret.
    """
    if gather.confirm and key not in {ACCEPT, AGAIN}:
        return True
    if leads_at_once(gather, key):
        return True
    if gather.sensitive or key == gather.terminator:
        return False
    judgment = judge_late_digits(gather, key)
    return judgment.verdict is not Verdict.DONE or typed_value(type_, key) is None


def typed_value(type_: ValueType, digits: str, country_code: str = "") -> str | None:
    """The value of typed digits in a variable; None when they are no value of its type."""
    if stands_in(digits):
        return digits
    if type_ == PHONE:
        return phone_number(digits, country_code)
    try:
        read_value(digits, type_)
    except ValueError:
        return None
    return digits


def extended(gather: Gather, digits: str, key: str) -> str:
    """The digits after another key; a spoiled entry grows no further."""
    swallowed = is_spoiled(gather, digits) and key != gather.terminator
    return digits if swallowed else digits + key


def judge_digits(gather: Gather, digits: str) -> Judgment:
    """A gather after another key, which may be the terminator."""
    if gather.terminator and digits.endswith(gather.terminator):
        return judge_late_digits(gather, digits.removesuffix(gather.terminator))
    if is_spoiled(gather, digits) or len(digits) < gather.most_digits:
        return MORE
    return judge_late_digits(gather, digits)


def judge_late_digits(gather: Gather, digits: str) -> Judgment:
    """A gather after no further digit came in time."""
    if not digits:
        return NO_INPUT
    long_enough = gather.least_digits <= len(digits) <= gather.most_digits
    done = long_enough and not is_spoiled(gather, digits) and _as_wanted(gather, digits)
    return Judgment(Verdict.DONE if done else Verdict.NO_MATCH, digits)


def _as_wanted(gather: Gather, digits: str) -> bool:
    if stands_in(digits):
        return stood_in_fits(digits)
    return not gather.matches or fits(gather.matches, digits)


def phone_number(digits: str, country_code: str) -> str | None:
    """A typed phone number in E.164, national or international; None when it is no number."""
    return typed(digits, country_code)


def nth(prompts: Sequence[str], number: int) -> tuple[str, ...]:
    """The nth of a list of prompts, from 1, or the last; none of an empty list."""
    return (prompts[min(number, len(prompts)) - 1],) if prompts else ()
