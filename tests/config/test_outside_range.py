"""The kinds of numbers that begin with an entry of `dial_allow`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.outside_range import COSTLY, kinds_under, names_kinds
from contactcenter_ari.config.site import check_site, load_site
from contactcenter_ari.core.flow.outside_policy import NumberKind, kind_of

ORDINARY_ALONE = ["+3120", "+3161", "+312", "+3706", "+443", "+3247", "+31800", "+31612345678"]
COSTLY_TOO = {
    "+31": {NumberKind.PREMIUM_RATE},
    "+319": {NumberKind.PREMIUM_RATE},
    "+44": {NumberKind.PREMIUM_RATE, NumberKind.PERSONAL},
    "+49": {NumberKind.PREMIUM_RATE, NumberKind.SHARED_COST, NumberKind.PERSONAL},
    "+1": {NumberKind.PREMIUM_RATE, NumberKind.PERSONAL},
    "+338": {NumberKind.PREMIUM_RATE, NumberKind.SHARED_COST},
    "+88": {
        NumberKind.SATELLITE,
        NumberKind.INTERNATIONAL_NETWORK,
        NumberKind.PREMIUM_RATE,
        NumberKind.PERSONAL,
    },
}
NAMED = [
    "+31900",
    "+3190",
    "+31900123456",
    "+870",
    "+881",
    "+8816",
    "+882",
    "+979",
    "+4470",
    "+1900",
]


@pytest.mark.parametrize("entry", ORDINARY_ALONE)
def test_an_entry_of_ordinary_numbers(entry: str) -> None:
    """It names nothing else, and nobody is warned."""
    kinds = kinds_under(entry)
    assert NumberKind.ORDINARY in kinds
    assert not COSTLY & set(kinds)
    assert not names_kinds(entry)


@pytest.mark.parametrize("entry", COSTLY_TOO)
def test_an_entry_with_costly_numbers(entry: str) -> None:
    """Each is told with an example, which is of that kind and begins with the entry."""
    kinds = kinds_under(entry)
    assert COSTLY & set(kinds) == COSTLY_TOO[entry]
    assert not names_kinds(entry)
    for kind, example in kinds.items():
        assert example.startswith(entry)
        assert kind_of(example) is kind


@pytest.mark.parametrize("entry", NAMED)
def test_an_entry_that_names_what_is_not_ordinary(entry: str) -> None:
    """No ordinary number begins with it, so nothing else can be meant."""
    assert names_kinds(entry)


def test_a_flow_dials_what_it_names(flow_text: str, write_site: Callable[..., Path]) -> None:
    """And is warned of what it only seems to allow; a comment silences that."""
    before = 'flags: {storm: "off"}'
    entries = 'dial_allow: ["+31", "+31900"]'
    folder = write_site(desk=flow_text.replace(before, entries))
    told = [(problem.code, str(problem.severity)) for problem in check_site(folder)[1]]
    assert told == [("E805", "warning")]
    silenced = flow_text.replace(before, f"{entries}  # callflow: ignore E805")
    (folder / "desk.yaml").write_text(silenced)
    assert check_site(folder)[1] == []
    (flow,) = load_site(folder).flows
    assert flow.outside.permits("+31201234567")
    assert flow.outside.permits("+31900123456")
    assert not flow.outside.permits("+319061234")
