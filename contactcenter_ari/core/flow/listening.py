"""What the digits of a menu or a gather amount to: pure functions, no timers.

The input rules: done at a key that no other key starts with, at the most digits, at the
terminator, or when the caller takes too long for the next digit.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from contactcenter_ari.core.flow.pattern import fits
from contactcenter_ari.core.flow.stand_in import stands_in, stood_in_fits
from contactcenter_ari.core.flow.step import Gather


class Verdict(StrEnum):
    """What to do with the digits typed so far."""

    MORE = "more"
    DONE = "done"
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"


class Judgment(msgspec.Struct, frozen=True):
    """The verdict, and with DONE the key or the digits."""

    verdict: Verdict
    digits: str = ""


MORE = Judgment(Verdict.MORE)
NO_INPUT = Judgment(Verdict.NO_INPUT)
NO_MATCH = Judgment(Verdict.NO_MATCH)


def judge_choice(keys: Sequence[str], digits: str) -> Judgment:
    """A menu after another digit."""
    if any(key.startswith(digits) and key != digits for key in keys):
        return MORE
    return Judgment(Verdict.DONE, digits) if digits in keys else NO_MATCH


def judge_late_choice(keys: Sequence[str], digits: str) -> Judgment:
    """A menu when no further digit came in time."""
    if not digits:
        return NO_INPUT
    return Judgment(Verdict.DONE, digits) if digits in keys else NO_MATCH


def judge_digits(gather: Gather, digits: str) -> Judgment:
    """A gather after another digit, which may be the terminator."""
    if gather.terminator and digits.endswith(gather.terminator):
        return judge_late_digits(gather, digits.removesuffix(gather.terminator))
    return judge_late_digits(gather, digits) if len(digits) >= gather.most_digits else MORE


def judge_late_digits(gather: Gather, digits: str) -> Judgment:
    """A gather when no further digit came in time."""
    if not digits:
        return NO_INPUT
    long_enough = gather.least_digits <= len(digits) <= gather.most_digits
    if stands_in(digits):
        as_wanted = stood_in_fits(digits)
    else:
        as_wanted = not gather.matches or fits(gather.matches, digits)
    return Judgment(Verdict.DONE, digits) if long_enough and as_wanted else NO_MATCH


def phone_number(digits: str, country_code: str) -> str | None:
    """A typed phone number as E.164: `0031...` or, in the country, `020...`; None for what is
    no number (ITU-T E.164: at most 15 digits).
    """
    if digits.startswith("00"):
        plain = digits[2:]
    elif digits.startswith("0") and country_code:
        plain = country_code + digits[1:]
    else:
        return None
    return f"+{plain}" if re.fullmatch(r"[1-9][0-9]{5,14}", plain) else None


def nth(prompts: Sequence[str], number: int) -> tuple[str, ...]:
    """The nth of a list of prompts, from 1, or the last; none of an empty list."""
    return (prompts[min(number, len(prompts)) - 1],) if prompts else ()
