"""Phone numbers: the one place where a number as somebody wrote it becomes E.164.

Carriers, callers' keys, engineers' files and programs write one number in many ways
(`0611112222`, `0031611112222`, `31611112222`, `tel:+31-6-11112222`); everything behind this module
compares the one form `+31611112222` (ITU-T E.164). What no numbering plan knows stays as it was
written, and so do the short numbers of an in-house PBX (`1001`). Countries are ISO 3166 codes of
two letters (`NL`); a calling code (`31`), as older input logs have, stands for its main country.
The numbering plans are those of `phonenumbers`. Nothing here raises, whatever the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumber, PhoneNumberType, ValidationResult

SHORTEST_NATIONAL = 6
"""Fewer digits without a prefix are a number of an in-house PBX or a service, not of the plan."""
NOWHERE = "001"
"""The country code that `phonenumbers` gives for numbers of no country, such as +800."""
_AROUND = re.compile(r"^.*<|>.*$|^\s*(?:tel|sips?|callto):(?://)?", re.IGNORECASE)
_ENDING = re.compile(r"[;?@,].*|(?:ext(?:ension|n)?|x)\.?\s*[0-9]+\s*$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[^0-9+*#]")
_CLEAN = re.compile(r"[0-9+*#]*", re.ASCII)
_FORM = re.compile(r"\+[1-9][0-9]{5,14}")
_PREFIXES = frozenset(
    {
        CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN,
        CountryCodeSource.FROM_NUMBER_WITH_IDD,
        CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN,
    }
)


def is_e164(number: str) -> bool:
    """Whether this is a number as ITU-T E.164 writes it, with its plus."""
    return _FORM.fullmatch(number) is not None


def is_possible(number: str) -> bool:
    """Whether a numbering plan has numbers of this length; of a number in E.164."""
    return any(phonenumbers.is_possible_number(parsed) for parsed in _parsed((number, None)))


def is_country(code: str) -> bool:
    """Whether this is a country of two letters (ISO 3166) that has a numbering plan."""
    return code in phonenumbers.SUPPORTED_REGIONS


def cleaned(text: str) -> str:
    """The digits, `+`, `*` and `#` of a number as received: without the scheme, host and
    parameters of a URI, punctuation, letters or an extension; so a name such as `anonymous` is
    empty.
    """
    if _CLEAN.fullmatch(text):
        return text
    plain = unquote(unicodedata.normalize("NFKC", text))
    plain = _ENDING.sub("", _AROUND.sub("", _AROUND.sub("", plain)))
    return _PUNCTUATION.sub("", re.sub(r"\d", lambda digit: str(int(digit[0])), plain))


@lru_cache(maxsize=4096)
def e164(written: str, country: str = "") -> str:
    """A number as received, in E.164; as it came if no plan knows it. `country` is the one in
    which it is a national number.
    """
    number = cleaned(written)
    if "*" in number or "#" in number:
        return written
    unknown: list[PhoneNumber] = []
    for reading in _readings(number, country):
        if phonenumbers.is_valid_number(reading):
            return _written(reading)
        unknown.append(reading)
    for reading in unknown:
        if _says_prefix(reading) and _has_usual_length(reading):
            return _written(reading)
    return written


def typed(digits: str, country: str) -> str | None:
    """A number that a caller typed, in E.164; None for what is no number there. The national
    prefix is needed where people of that country write it; of numbers abroad, `0044...`, the
    length must be usual.
    """
    if not (digits.isascii() and digits.isdecimal()):
        return None
    for reading in _parsed((digits, _region(country))):
        if phonenumbers.is_valid_number(reading) and _says_prefix(reading):
            return _written(reading)
    for reading in _parsed((f"+{digits[2:]}", None)) if digits.startswith("00") else ():
        if _has_usual_length(reading):
            return _written(reading)
    return None


def beginning(written: str, country: str) -> str:
    """The first digits of numbers in E.164, of what is written nationally or with 00."""
    digits = cleaned(written)
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    code = calling_code(country)
    if not digits.startswith("0") or not code:
        return digits
    return f"+{code}{digits.removeprefix(national_prefix(country))}"


def country_of(number: str) -> str:
    """The country of a number in E.164, such as `NL`; empty when it has none."""
    for parsed in _parsed((number, None)) if is_e164(number) else ():
        region = phonenumbers.region_code_for_number(parsed)
        return region if region and region != NOWHERE else ""
    return ""


def area_of(number: str) -> str:
    """The area code of a number in E.164, without the national prefix (`20` of +31201234567);
    empty for mobiles and other numbers of no area.
    """
    for parsed in _parsed((number, None)) if is_e164(number) else ():
        size = phonenumbers.length_of_geographical_area_code(parsed)
        if not size and phonenumbers.number_type(parsed) == PhoneNumberType.FIXED_LINE:
            size = phonenumbers.length_of_national_destination_code(parsed)
        return phonenumbers.national_significant_number(parsed)[:size]
    return ""


def home_of(numbers: Iterable[str]) -> str:
    """The country of the first number in E.164 that has one; empty without one."""
    return next((country for number in numbers if (country := country_of(number))), "")


def spellings(number: str) -> tuple[str, ...]:
    """The digits that a carrier may send for a number in E.164, beside its plus: with the calling
    code, with the national prefix, with neither; for another number itself.
    """
    for parsed in _parsed((number, None)) if is_e164(number) else ():
        national = phonenumbers.national_significant_number(parsed)
        prefix = national_prefix(country_of(number) or str(parsed.country_code))
        return tuple(dict.fromkeys((number[1:], f"{prefix}{national}", national)))
    return (number,)


def dialed_in(country: str, number: str) -> str:
    """A number in E.164 as people of a country dial it, national or abroad; any other one as it
    is.
    """
    for parsed in _parsed((number, None)) if is_e164(number) and country else ():
        shown = phonenumbers.format_out_of_country_calling_number(parsed, country)
        return re.sub(r"[^0-9+]", "", shown)
    return number


def national_prefix(country: str) -> str:
    """The prefix dialed before a national number, such as `0`; empty where there is none."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(_region(country) or "", None)
    return (plan.national_prefix or "") if plan else ""


def calling_code(country: str) -> str:
    """The calling code of a country, such as `31`; empty for an unknown one."""
    code = phonenumbers.country_code_for_region(_region(country) or "")
    return str(code) if code else ""


def _readings(number: str, country: str) -> Iterator[PhoneNumber]:
    """The readings of a number, the likeliest first: as people of the country write it, as one of
    the world without its plus, as a national one with a plus too many.
    """
    if not number.startswith(("+", "0")) and len(number) < SHORTEST_NATIONAL:
        return iter(())
    plain, region = number.removeprefix("+"), _region(country)
    return _parsed((number, region), (f"+{plain.removeprefix('00')}", None), (plain, region))


def _parsed(*readings: tuple[str, str | None]) -> Iterator[PhoneNumber]:
    """The readings that may be numbers: a text, and the country it is written in."""
    for text, region in readings:
        if text.startswith("+") or region:
            with suppress(phonenumbers.NumberParseException):
                yield phonenumbers.parse(text, region, keep_raw_input=True)


def _says_prefix(reading: PhoneNumber) -> bool:
    """Whether a prefix was written, national or international, or people write none there."""
    if reading.country_code_source in _PREFIXES:
        return True
    national = phonenumbers.national_significant_number(reading)
    usual = phonenumbers.format_number(reading, phonenumbers.PhoneNumberFormat.NATIONAL)
    return reading.raw_input != national or re.sub(r"[^0-9]", "", usual) == national


def _has_usual_length(reading: PhoneNumber) -> bool:
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    found = [phonenumbers.is_possible_number_for_type_with_reason(reading, k) for k in kinds]
    return ValidationResult.IS_POSSIBLE in found and not reading.italian_leading_zero


def _written(reading: PhoneNumber) -> str:
    return str(phonenumbers.format_number(reading, phonenumbers.PhoneNumberFormat.E164))


def _region(country: str) -> str | None:
    if country.isdecimal():
        return str(phonenumbers.region_code_for_country_code(int(country)))
    return country or None
