"""A phone number that a caller types, national or international, becomes E.164."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.input import phone_number
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.spoken.value import PHONE
from contactcenter_ari.core.vocabulary.event import InputFailed, InputGathered

if TYPE_CHECKING:
    from tests.core.conftest import Floor


@pytest.mark.parametrize(
    ("digits", "country_code", "number"),
    [
        ("0201234567", "31", "+31201234567"),
        ("0031201234567", "31", "+31201234567"),
        ("0037060000000", "31", "+37060000000"),
        ("0037060000000", "", "+37060000000"),
        ("0201234567", "", None),
        ("201234567", "31", None),
        ("00123", "31", None),
        ("000000000000", "31", None),
        ("0*20#", "31", None),
        ("003120123456789012", "31", None),
    ],
)
def test_what_is_typed_as_a_number(digits: str, country_code: str, number: str | None) -> None:
    """A zero stands for the country, two for abroad; all else is no number."""
    assert phone_number(digits, country_code) == number


def test_a_number_is_asked_for_until_it_is_one(floor: Floor) -> None:
    """An entry that is no number costs a try; a number is kept as E.164."""
    ask = Gather("number", InputRules(("ask",)), least_digits=3, most_digits=15)
    flow = msgspec.structs.replace(
        floor.write({"start": [ask]}), variables={"number": PHONE}, country_code="31"
    )
    floor.open(flow)
    caller = floor.caller()
    caller.presses("4711#")
    assert [event.outcome for event in caller.told(InputFailed)] == ["no_match"]
    caller.presses("0201234567#")
    assert [event.value for event in caller.told(InputGathered)] == ["+31201234567"]
