"""The meaning of the names of a flow in a prompt or an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.spoken.value import INTEGER

if TYPE_CHECKING:
    from tests.core.conftest import Floor

DAY = (TimeRange(9 * 60, 17 * 60),)
OFFICE = Calendar("Europe/Amsterdam", (DAY,) * 7)


def saying(floor: Floor, expression: str, kind: str) -> Flow:
    """A flow that plays the value of an expression."""
    flow = floor.write(
        {
            "start": [
                SetVariables((("count", parse('"many"')), ("name", parse('"Ann"')))),
                Play("value", barge_in=False),
            ]
        }
    )
    value = Prompt({"en": (Text((Words("["), Blank(parse(expression), kind), Words("]"))),)})
    return msgspec.structs.replace(
        flow,
        prompts={"value": value},
        variables={"count": INTEGER},
        hours={"office": OFFICE},
        flags={"storm": "on", "strike": "off"},
    )


@pytest.mark.parametrize(
    ("expression", "kind", "said"),
    [
        ("called.number", "text", "+31201234567"),
        ("caller.number", "text", "+31612345678"),
        ("caller.name", "text", "Jansen"),
        ("caller.status", "text", ""),
        ("language", "text", "en"),
        ("name", "text", "Ann"),
        ("count", "text", ""),
        ("unknown", "text", ""),
        ("who.name", "text", ""),
        ("who.found", "text", "no"),
        ("flag.storm", "text", "yes"),
        ("flag.strike", "text", "no"),
        ("queue.position", "number", ""),
        ("hours.office.open", "text", "yes"),
        ("hours.office.next_open", "time", "11 AM"),
        ("hours.factory.open", "text", ""),
        ("weekday", "text", "mon"),
        ("today", "date", "November 23rd, 2026"),
        ("now", "time", "11 AM"),
        ('"early" if now < "11:30" else "late"', "text", "early"),
        ('"autumn" if today >= "09-23" and today < "12-21" else "other"', "text", "autumn"),
        ('"a" if hours.office.open else "b"', "text", "a"),
    ],
)
def test_names(floor: Floor, expression: str, kind: str, said: str) -> None:
    """An unset value has no words; one that does not fit its type is unset; times are in the
    flow's zone.
    """
    floor.open(saying(floor, expression, kind))
    assert floor.caller(name="Jansen").heard == [f"[{said}]"]


def test_a_prompt_in_neither_language(floor: Floor) -> None:
    """A prompt in a foreign language is better than none."""
    flow = floor.write({"start": [Play("hello")]})
    hello = Prompt({"lt": (Text((Words("labas"),)),)})
    floor.open(msgspec.structs.replace(flow, prompts={"hello": hello}))
    assert floor.caller().heard == ["labas"]
