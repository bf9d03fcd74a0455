"""Phone numbers and countries, as engineers write them."""

import re

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.number import e164, is_country, is_e164, is_possible

EXAMPLE = "+31201234567"
SHORT = re.compile(r"[0-9]{2,6}")
"""A number of an in-house PBX, or of a service."""
MISTAKEN = {"UK": "GB", "EN": "GB", "EL": "GR"}
"""Other words that are often written for a country."""


def parse_phone(text: str, country: str = "") -> str:
    """A number in E.164; spaces, dashes and brackets are dropped. Of a `country` that the file
    names, a national number is one, too.

    Raises:
        ValueError: it is none, or no numbering plan has numbers of this length.
    """
    plain = re.sub(r"[\s()./-]", "", text)
    if country and re.fullmatch(r"[0-9]+", plain):
        plain = e164(plain, country)
    if not is_e164(plain):
        raise ValueError(f'"{text[:60]}" is no phone number; an example: {EXAMPLE}')
    if not is_possible(plain):
        raise ValueError(f'"{text[:60]}" is no possible phone number; an example: {EXAMPLE}')
    return plain


def read_phone(
    reading: Reading, node: Node, what: str, country: str = "", *, short: bool = False
) -> str:
    """A number in E.164; `short` ones of an in-house PBX stay as they are, where they may be."""
    text = node.text if isinstance(node, Scalar) else ""
    if short and SHORT.fullmatch(text):
        return text
    try:
        return parse_phone(text, country)
    except ValueError:
        given = f', not "{text[:60]}"' if text else ""
        message = f"{what} must be a phone number in E.164, for example {EXAMPLE}{given}"
        reading.blame("E108", message, node)
        return EXAMPLE


def read_country(reading: Reading, node: Node) -> str:
    """A country by its two letters (ISO 3166); empty when it is none, which is told."""
    text = reading.text(node, "country")
    if is_country(text):
        return text
    meant = MISTAKEN.get(text.upper(), text.upper())
    message = f'country must be two letters of ISO 3166, for example NL, not "{text[:60]}"'
    suggestion = did_you_mean(meant, [meant]) if is_country(meant) else ""
    reading.blame("E105", message, node, suggestion=suggestion)
    return ""
