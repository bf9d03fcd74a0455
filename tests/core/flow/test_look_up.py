"""Look-ups of a flow: found, not found, in error, late, or of no use any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.declaration import (
    Blank,
    HttpLookUp,
    Prompt,
    SqlLookUp,
    Text,
    Words,
)
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.spoken.value import PHONE, TEXT, Kind, ValueType
from contactcenter_ari.core.vocabulary.command import AnswerLeg, LookUp
from contactcenter_ari.core.vocabulary.event import LookUpDone
from contactcenter_ari.core.vocabulary.ids import LookUpId
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LookUpFailed,
    LookUpFinished,
)

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

SQL = "SELECT name, status, balance FROM customer WHERE phone = :number"
STATUS = ValueType(Kind.CHOICE, choices=("standard", "gold"))
OUTCOMES = ("found", "not_found", "error")
Row = dict[str, str | None] | None


def asks(floor: Floor, *handled: str) -> Caller:
    """A caller whose flow asks a look-up and plays the outcome; if not handled, it goes on."""
    leads = {outcome: Destination(Way.SECTION, outcome) for outcome in handled}
    number = {"number": parse("caller.number")}
    flow = floor.write(
        {
            "start": [LookUpStep("customer", number, "who", leads), Play("went on")],
            "found": [
                If(parse('who.status == "gold"'), Destination(Way.SECTION, "gold")),
                Play("found"),
            ],
            "gold": [Play("gold")],
            "not_found": [Play("not found")],
            "error": [Play("error"), Wait(timedelta(hours=1))],
        }
    )
    customer = SqlLookUp(
        SQL,
        inputs={"number": PHONE},
        returns={"name": TEXT, "status": STATUS, "balance": ValueType(Kind.MONEY, currency="EUR")},
    )
    name, balance = Blank(parse("who.name"), "text"), Blank(parse("who.balance"), "money")
    gold = Prompt({"en": (Text((Words("Hello "), name, Words(", you have "), balance)),)})
    floor.open(
        msgspec.structs.replace(
            flow, look_ups={"customer": customer}, prompts={**flow.prompts, "gold": gold}
        )
    )
    return floor.caller()


def asked(floor: Floor) -> LookUpId:
    """The last look-up of the flow."""
    return floor.done(LookUp)[-1].look_up


def outcomes(caller: Caller) -> list[tuple[str, str]]:
    """The outcomes of the look-ups."""
    return [(e.name, e.outcome) for e in caller.told(LookUpDone)]


def test_what_is_asked(floor: Floor) -> None:
    """The query, its parameters as text, the columns in the order of the declaration."""
    caller = asks(floor, *OUTCOMES)
    (look_up,) = floor.done(LookUp)
    assert (look_up.name, look_up.sql) == ("customer", SQL)
    assert look_up.inputs == {"number": "+31612345678"}
    assert look_up.returns == ("name", "status", "balance")
    assert look_up.limit == timedelta(seconds=2)
    assert look_up.look_up.startswith(caller.interaction)


def test_found(floor: Floor) -> None:
    """The found values are available to expressions and prompts."""
    caller = asks(floor, *OUTCOMES)
    row: Row = {"name": "Jansen", "status": "gold", "balance": "12.50"}
    floor.take(LookUpFinished(asked(floor), row))
    assert caller.heard == ["Hello Jansen, you have 12 euros and 50 cents"]
    assert outcomes(caller) == [("customer", "found")]


def test_found_with_empty_columns(floor: Floor) -> None:
    """A column without a value is unset, and that is no error."""
    caller = asks(floor, *OUTCOMES)
    floor.take(LookUpFinished(asked(floor), {"name": None, "status": None, "balance": None}))
    assert caller.heard == ["found"]


def test_not_found(floor: Floor) -> None:
    """No row is an outcome of its own."""
    caller = asks(floor, *OUTCOMES)
    floor.take(LookUpFinished(asked(floor), None))
    assert (caller.heard, outcomes(caller)) == (["not found"], [("customer", "not_found")])


@pytest.mark.parametrize(
    "row",
    [
        {"status": "platinum"},
        {"balance": "plenty"},
        {"balance": "12.50 USD"},
        {"surprise": "1"},
    ],
)
def test_an_answer_of_another_type(floor: Floor, row: dict[str, str | None]) -> None:
    """A value that does not fit the declaration is an error, and the whole answer is dropped."""
    caller = asks(floor, *OUTCOMES)
    floor.take(LookUpFinished(asked(floor), {"name": "Jansen", **row}))
    assert (caller.heard, outcomes(caller)) == (["error"], [("customer", "error")])


def test_a_look_up_that_fails(floor: Floor) -> None:
    """Too late at the source, or refused by it."""
    caller = asks(floor, *OUTCOMES)
    floor.take(LookUpFailed(asked(floor), "connection refused"))
    assert caller.heard == ["error"]


def test_a_look_up_that_cannot_be_begun(floor: Floor) -> None:
    """A failed command is a failed look-up."""
    caller = asks(floor, *OUTCOMES)
    floor.take(CommandFailed(floor.done(LookUp)[0], 0, "no pool"))
    assert caller.heard == ["error"]


def test_a_look_up_that_is_never_answered(floor: Floor) -> None:
    """A second after its limit the flow goes on without it."""
    caller = asks(floor, *OUTCOMES)
    floor.wait(2.9)
    assert caller.heard == []
    floor.wait(0.1)
    assert caller.heard == ["error"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_that_is_not_handled(floor: Floor, outcome: str) -> None:
    """It goes on with the next step."""
    caller = asks(floor)
    match outcome:
        case "found":
            floor.take(LookUpFinished(asked(floor), {"name": "Jansen"}))
        case "not_found":
            floor.take(LookUpFinished(asked(floor), None))
        case _:
            floor.take(LookUpFailed(asked(floor), "late"))
    assert (caller.heard, outcomes(caller)) == (["went on"], [("customer", outcome)])


@pytest.mark.parametrize("answer", ["row", "failure"])
def test_an_answer_that_comes_late(floor: Floor, answer: str) -> None:
    """The flow has gone on: the answer changes nothing, nor does a second one."""
    caller = asks(floor, *OUTCOMES)
    floor.wait(3)
    told, done = len(floor.events), len(floor.commands)
    for _ in range(2):
        if answer == "row":
            floor.take(LookUpFinished(asked(floor), {"name": "Jansen", "status": "gold"}))
        else:
            floor.take(LookUpFailed(asked(floor), "late"))
    assert (len(floor.events), len(floor.commands)) == (told, done)
    assert caller.heard == ["error"]


@pytest.mark.parametrize("answer", ["row", "failure"])
def test_an_answer_after_the_hang_up(floor: Floor, answer: str) -> None:
    """The caller is gone: the answer changes nothing."""
    caller = asks(floor, *OUTCOMES)
    caller.hangs_up()
    told = len(floor.events)
    if answer == "row":
        outcome = floor.take(LookUpFinished(asked(floor), {"name": "Jansen"}))
    else:
        outcome = floor.take(LookUpFailed(asked(floor), "late"))
    assert (outcome.commands, len(floor.events)) == ((), told)


def test_keys_during_a_look_up(floor: Floor) -> None:
    """They are kept and stop nothing."""
    caller = asks(floor, *OUTCOMES)
    caller.presses("1")
    floor.take(LookUpFinished(asked(floor), None))
    assert outcomes(caller) == [("customer", "not_found")]


# --- filler music and web services ----------------------------------------------------------


def asks_the_web(floor: Floor, *, filler: str = "jazz") -> Caller:
    """A caller who hears music while a web service is asked."""
    step = LookUpStep("crm", {"number": parse("caller.number")}, "crm", {}, filler=filler)
    flow = floor.write({"start": [step, Play("went on"), Wait(timedelta(hours=1))]})
    source = HttpLookUp(
        "https://crm.example/{number}", {"number": PHONE}, {"name": TEXT}, timedelta(seconds=4)
    )
    floor.open(msgspec.structs.replace(flow, look_ups={"crm": source}))
    return floor.caller()


def test_what_a_web_service_is_asked(floor: Floor) -> None:
    """Its address, with the inputs beside it, and no query."""
    asks_the_web(floor)
    (look_up,) = floor.done(LookUp)
    assert (look_up.url, look_up.sql) == ("https://crm.example/{number}", "")
    assert (look_up.inputs, look_up.returns) == ({"number": "+31612345678"}, ("name",))
    assert look_up.limit == timedelta(seconds=4)


@pytest.mark.parametrize("answers", ["row", "none", "failure", "never"])
def test_music_until_the_answer(floor: Floor, answers: str) -> None:
    """The call is picked up, the music plays, and it stops at any outcome."""
    caller = asks_the_web(floor)
    assert (caller.music, len(floor.done(AnswerLeg))) == ("jazz", 1)
    match answers:
        case "row":
            floor.take(LookUpFinished(asked(floor), {"name": "Jansen"}))
        case "none":
            floor.take(LookUpFinished(asked(floor), None))
        case "failure":
            floor.take(LookUpFailed(asked(floor), "refused"))
        case _:
            floor.wait(5)
    assert (caller.music, caller.heard) == (None, ["went on"])


def test_no_music_where_none_is_wanted(floor: Floor) -> None:
    """The caller hears silence, and the call is not picked up for it."""
    caller = asks_the_web(floor, filler="")
    assert (caller.music, floor.done(AnswerLeg)) == (None, [])


def test_the_caller_hangs_up_during_the_music(floor: Floor) -> None:
    """The late answer changes nothing."""
    caller = asks_the_web(floor)
    caller.hangs_up()
    floor.take(LookUpFinished(asked(floor), {"name": "Jansen"}))
    assert (caller.heard, outcomes(caller)) == ([], [])


def test_keys_pressed_during_the_music(floor: Floor) -> None:
    """They are kept for the next input, and do not stop the look-up."""
    caller = asks_the_web(floor)
    caller.presses("5")
    assert caller.music == "jazz"
    floor.take(LookUpFinished(asked(floor), None))
    assert caller.music is None
