"""Phone numbers in E.164, as engineers write them."""

import re

import phonenumbers

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.reading import Reading

EXAMPLE = "+31201234567"


def parse_phone(text: str) -> str:
    """A number in E.164; spaces, dashes and brackets are dropped.

    Raises:
        ValueError: it is none, or no numbering plan has numbers of this length.
    """
    plain = re.sub(r"[\s()./-]", "", text)
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", plain):
        raise ValueError(f'"{text[:60]}" is no phone number; an example: {EXAMPLE}')
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(plain))
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise ValueError(f'"{text[:60]}" is no possible phone number; an example: {EXAMPLE}')
    return plain


def country_code(numbers: tuple[str, ...]) -> str:
    """The country code of the first number, such as `31`; empty without one."""
    for number in numbers:
        try:
            return str(phonenumbers.parse(number).country_code)
        except phonenumbers.NumberParseException:
            continue
    return ""


def read_phone(reading: Reading, node: Node, what: str) -> str:
    """A number in E.164."""
    text = node.text if isinstance(node, Scalar) else ""
    try:
        return parse_phone(text)
    except ValueError:
        given = f', not "{text[:60]}"' if text else ""
        message = f"{what} must be a phone number in E.164, for example {EXAMPLE}{given}"
        reading.blame("E108", message, node)
        return EXAMPLE
