"""The one policy for outside numbers, used wherever a call is dialed out.

A number must be E.164, begin with an entry of `dial_allow`, and be an ordinary one by the
numbering plan of its country. Premium-rate, shared-cost, satellite and personal numbers, pagers,
and numbers that no plan knows are refused unless an entry names them: with the whole number, or
with a beginning that no ordinary number has. Emergency numbers are not E.164, and no flow dials
them.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
import phonenumbers
from phonenumbers import PhoneNumberType

MOST_DIGITS = 15
"""The most digits of a number in E.164 (ITU-T E.164, 6)."""


class NumberKind(StrEnum):
    """The kind of a number, in the words of a caller."""

    ORDINARY = "ordinary"
    PREMIUM_RATE = "premium-rate"
    SHARED_COST = "shared-cost"
    SATELLITE = "satellite"
    INTERNATIONAL_NETWORK = "international network"
    PERSONAL = "personal"
    PAGER = "pager"
    UNKNOWN = "unknown"


COUNTRY_CODES: Mapping[str, NumberKind] = {
    "808": NumberKind.SHARED_COST,
    "870": NumberKind.SATELLITE,
    "878": NumberKind.PERSONAL,
    "881": NumberKind.SATELLITE,
    "882": NumberKind.INTERNATIONAL_NETWORK,
    "883": NumberKind.INTERNATIONAL_NETWORK,
    "888": NumberKind.INTERNATIONAL_NETWORK,
    "979": NumberKind.PREMIUM_RATE,
}
"""Codes of no country whose numbers are all of one kind (ITU-T E.164, list of assigned codes)."""

_TYPES: Mapping[int, NumberKind] = {
    PhoneNumberType.FIXED_LINE: NumberKind.ORDINARY,
    PhoneNumberType.MOBILE: NumberKind.ORDINARY,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.ORDINARY,
    PhoneNumberType.TOLL_FREE: NumberKind.ORDINARY,
    PhoneNumberType.VOIP: NumberKind.ORDINARY,
    PhoneNumberType.UAN: NumberKind.ORDINARY,
    PhoneNumberType.VOICEMAIL: NumberKind.ORDINARY,
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PERSONAL,
    PhoneNumberType.PAGER: NumberKind.PAGER,
}


class OutsidePolicy(msgspec.Struct, frozen=True):
    """The numbers that a flow may dial: they begin with an entry of `allow`; those of `named` are
    the entries that no ordinary number begins with.
    """

    allow: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def refusal(self, number: str) -> str:
        """The reason why a number may not be dialed, in words without the number; empty when it
        may.
        """
        if not is_dialable(number):
            return "an outside number is not E.164"
        entries = [entry for entry in self.allow if number.startswith(entry)]
        if not entries:
            return "an outside number is not in dial_allow"
        kind = kind_of(number)
        named = number in entries or any(entry in self.named for entry in entries)
        if kind is NumberKind.ORDINARY or named:
            return ""
        return f"an outside number is of the kind {kind}, which dial_allow does not name"

    def permits(self, number: str) -> bool:
        """Whether a number may be dialed."""
        return not self.refusal(number)


def is_dialable(number: str) -> bool:
    """Whether this is a number with its plus and country code, and has digits alone."""
    plain = number[1:]
    digits = plain.isascii() and plain.isdecimal() and len(plain) <= MOST_DIGITS
    return number.startswith("+") and digits


def kind_of(number: str) -> NumberKind:
    """The kind of a number in E.164 by the numbering plans."""
    special = COUNTRY_CODES.get(number[1:4])
    if special is not None:
        return special
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberKind.UNKNOWN
    return _TYPES.get(phonenumbers.number_type(parsed), NumberKind.UNKNOWN)
