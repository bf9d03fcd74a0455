"""The outside numbers that may be dialed, by any way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.outside_policy import NumberKind, OutsidePolicy, kind_of
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import CallbackBooked, FlowFailed
from contactcenter_ari.core.vocabulary.ids import QueueName
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from tests.core.conftest import Floor

SUPPORT = QueueName("support")
PREMIUM = "+31900123456"
KINDS = [
    ("+31612345678", NumberKind.ORDINARY),
    ("+31201234567", NumberKind.ORDINARY),
    ("+31881234567", NumberKind.ORDINARY),
    ("+318001234", NumberKind.ORDINARY),
    ("+12015550123", NumberKind.ORDINARY),
    ("+37061234567", NumberKind.ORDINARY),
    ("+80012345678", NumberKind.ORDINARY),
    (PREMIUM, NumberKind.PREMIUM_RATE),
    ("+19002345678", NumberKind.PREMIUM_RATE),
    ("+449012345678", NumberKind.PREMIUM_RATE),
    ("+979123456789", NumberKind.PREMIUM_RATE),
    ("+491801234567", NumberKind.SHARED_COST),
    ("+80812345678", NumberKind.SHARED_COST),
    ("+870773111632", NumberKind.SATELLITE),
    ("+881612345678", NumberKind.SATELLITE),
    ("+882161234567", NumberKind.INTERNATIONAL_NETWORK),
    ("+883510012345", NumberKind.INTERNATIONAL_NETWORK),
    ("+447012345678", NumberKind.PERSONAL),
    ("+31662345678", NumberKind.PAGER),
    ("+31112", NumberKind.UNKNOWN),
    ("+3100", NumberKind.UNKNOWN),
    ("+999123456789", NumberKind.UNKNOWN),
    ("+1", NumberKind.UNKNOWN),
]


@pytest.mark.parametrize(("number", "kind"), KINDS)
def test_a_number_is_of_a_kind(number: str, kind: NumberKind) -> None:
    """By the numbering plans, and by the codes of no country."""
    assert kind_of(number) is kind


@pytest.mark.parametrize(("number", "kind"), KINDS)
def test_only_ordinary_numbers_are_dialed_unless_named(number: str, kind: NumberKind) -> None:
    """The beginning alone allows ordinary ones; the whole number, or a named one, all."""
    beginning = OutsidePolicy((number[:2],))
    ordinary = kind is NumberKind.ORDINARY
    named_by_itself = number == number[:2]
    assert beginning.permits(number) == (ordinary or named_by_itself)
    assert ordinary or named_by_itself or str(kind) in beginning.refusal(number)
    assert number not in beginning.refusal(number)
    assert OutsidePolicy((number[:2], number)).permits(number)
    assert OutsidePolicy((number[:2], number[:3]), (number[:3],)).permits(number)
    assert not OutsidePolicy((), (number,)).permits(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "+",
        "112",
        "0031612345678",
        "31612345678",
        "+31 612345678",
        "+316\u0661\u0662345678",
        "+31612345678x",
    ],
)
def test_what_is_no_number_is_never_dialed(number: str) -> None:
    """Text, too many digits for E.164, and an emergency number, which is not E.164."""
    assert not OutsidePolicy(("+", "+31", number)).permits(number)
    assert not OutsidePolicy(("+316",)).permits("+316" + "1" * 13)


def given(number: str) -> Expression:
    """A number that the flow computed, so that no checker saw it."""
    return parse(f'"{number}"')


OUT = {"answered": to("over"), "failed": to("refused")}
WAYS: list[tuple[str, Verb]] = [
    ("dial", DialOut(given(PREMIUM), OUT)),
    ("transfer", TransferOut(given(PREMIUM))),
    ("callback", BookCallback(SUPPORT, {"refused": to("refused")}, number=given(PREMIUM))),
    ("callback of the caller", BookCallback(SUPPORT, {"refused": to("refused")})),
]


@pytest.mark.parametrize(("way", "verb"), WAYS, ids=[way for way, _ in WAYS])
def test_every_way_out_asks_the_policy(floor: Floor, way: str, verb: Verb) -> None:
    """A premium-rate number under an allowed beginning is dialed by none of them."""
    flow = floor.write({"start": [verb], "refused": [Play("refused", barge_in=False)]})
    floor.open(msgspec.structs.replace(flow, dial_allow=("+31",)))
    caller = floor.caller(PREMIUM)
    assert floor.done(DialOutside) == []
    assert floor.told(CallbackBooked) == []
    assert ("refused" in caller.heard) == (way != "transfer")
    if way in {"dial", "transfer"}:
        (failed,) = caller.told(FlowFailed)
        assert "premium-rate" in failed.reason
        assert PREMIUM not in failed.reason
