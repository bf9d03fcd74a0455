"""The input rules of menu and gather, one by one, on the virtual clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.vocabulary.command import StopPlayback
from contactcenter_ari.core.vocabulary.event import InputFailed, InputGathered, MenuChosen
from tests.core.flow.walking import to

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor

FIRST, NEXT = 5, 3
"""Seconds for the first digit and for each further one."""


def rules(
    *prompts: str,
    no_input: tuple[str, ...] = (),
    no_match: tuple[str, ...] = (),
    tries: int = 3,
    barge_in: bool = True,
) -> InputRules:
    """The input rules; a caller who fails goes to the section `failed`."""
    return InputRules(
        prompts or ("main",),
        no_input=no_input,
        no_match=no_match,
        tries=tries,
        timeout=timedelta(seconds=FIRST),
        inter_digit_timeout=timedelta(seconds=NEXT),
        barge_in=barge_in,
        failed=to("failed"),
    )


def menu(*keys: str, how: InputRules | None = None) -> Menu:
    """A menu in which each key leads to the section of its name."""
    return Menu(how or rules(), {key: to(key) for key in keys})


def gather(
    *, least: int = 4, most: int = 6, how: InputRules | None = None, matches: str = ""
) -> Gather:
    """Ask for a number with this many digits."""
    return Gather("number", how or rules(), least, most, matches=matches)


def call(floor: Floor, *steps: Verb | Step, keys: tuple[str, ...] = ()) -> Caller:
    """A caller in a flow of these steps; the section of each key plays the key and waits."""
    rest = Wait(timedelta(hours=1))
    sections: dict[str, list[Verb | Step]] = {
        key: [Play(f"chose {key}", barge_in=False), rest] for key in keys
    }
    sections["start"] = [*steps, Play("goes on"), rest]
    sections["failed"] = [Play("failed"), rest]
    floor.open(floor.write(sections))
    return floor.caller()


def chosen(caller: Caller) -> list[str]:
    """The keys that were chosen."""
    return [event.key for event in caller.told(MenuChosen)]


def gathered(caller: Caller) -> list[str]:
    """The values that were typed."""
    return [event.value for event in caller.told(InputGathered)]


def failures(caller: Caller) -> list[str]:
    """The tries that were wasted."""
    return [event.outcome for event in caller.told(InputFailed)]


# --- 1: the prompt, and barge-in ------------------------------------------------------------


def test_a_digit_stops_the_prompt(floor: Floor) -> None:
    """With barge-in the first digit cuts the prompt short."""
    caller = call(floor, menu("1", "2"), keys=("1", "2"))
    assert caller.heard == ["main"]
    caller.presses("2")
    assert len(floor.done(StopPlayback)) == 1
    assert (chosen(caller), caller.heard) == (["2"], ["main", "chose 2"])


def test_a_digit_stops_the_prompt_though_more_are_needed(floor: Floor) -> None:
    """The first digit of many cuts it short just as well."""
    caller = call(floor, gather())
    caller.presses("1")
    assert (len(floor.done(StopPlayback)), gathered(caller)) == (1, [])


def test_without_barge_in_the_prompt_is_heard_out(floor: Floor) -> None:
    """Digits typed early are kept and count when the prompt ends."""
    caller = call(floor, menu("1", "2", how=rules(barge_in=False)), keys=("1", "2"))
    caller.presses("2")
    assert (floor.done(StopPlayback), chosen(caller)) == ([], [])
    caller.hears_out()
    assert chosen(caller) == ["2"]


# --- 2: timers ------------------------------------------------------------------------------


def test_the_timer_for_the_first_digit_starts_at_the_end_of_the_prompt(floor: Floor) -> None:
    """The time to answer is not shortened by a long prompt."""
    caller = call(floor, menu("1"), keys=("1",))
    floor.wait(60)
    caller.hears_out()
    floor.wait(FIRST - 0.1)
    assert failures(caller) == []
    floor.wait(0.1)
    assert failures(caller) == ["no_input"]


def test_the_first_digit_cancels_its_timer_and_starts_that_of_the_next(floor: Floor) -> None:
    """From then on each further digit has its own time."""
    caller = call(floor, gather())
    caller.hears_out()
    floor.wait(FIRST - 1)
    caller.presses("1")
    for _ in range(3):
        floor.wait(NEXT - 0.1)
        caller.presses("2")
    assert gathered(caller) == []
    floor.wait(NEXT)
    assert gathered(caller) == ["1222"]


def test_the_inter_digit_timer_runs_when_the_prompt_was_cut_short(floor: Floor) -> None:
    """It does not wait for the end of a prompt that was cut short."""
    caller = call(floor, gather())
    caller.presses("1234")
    floor.wait(NEXT - 0.1)
    assert gathered(caller) == []
    floor.wait(0.1)
    assert gathered(caller) == ["1234"]


def test_the_end_of_a_prompt_that_was_cut_short_changes_nothing(floor: Floor) -> None:
    """It comes late and must not start the timer for the first digit."""
    caller = call(floor, gather())
    caller.presses("12")
    floor.settle()
    floor.wait(NEXT)
    assert failures(caller) == ["no_match"]


def test_digits_typed_before_the_end_of_the_prompt_start_the_next_timer(floor: Floor) -> None:
    """Without barge-in the inter-digit timer starts when they are taken."""
    caller = call(floor, gather(how=rules(barge_in=False)))
    caller.presses("1234")
    floor.wait(60)
    caller.hears_out()
    floor.wait(NEXT)
    assert gathered(caller) == ["1234"]


# --- 3: when input is done ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "typed", "at_once", "later"),
    [
        (("1", "2"), "1", ["1"], ["1"]),
        (("1", "12"), "1", [], ["1"]),
        (("1", "12"), "12", ["12"], ["12"]),
        (("11", "12"), "1", [], []),
        (("11", "12"), "12", ["12"], ["12"]),
        (("1", "123"), "12", [], []),
        (("*", "#"), "#", ["#"], ["#"]),
        (("0", "00", "000"), "00", [], ["00"]),
    ],
)
def test_choices_of_several_keys(
    floor: Floor, keys: tuple[str, ...], typed: str, at_once: list[str], later: list[str]
) -> None:
    """Done at a key that no other key starts with, or when no further one comes in time."""
    caller = call(floor, menu(*keys), keys=keys)
    caller.presses(typed)
    assert chosen(caller) == at_once
    floor.wait(NEXT)
    assert chosen(caller) == later


@pytest.mark.parametrize(
    ("typed", "at_once", "later", "wasted"),
    [
        ("123456", ["123456"], ["123456"], []),
        ("1234", [], ["1234"], []),
        ("1234#", ["1234"], ["1234"], []),
        ("123456#", ["123456"], ["123456"], []),
        ("123", [], [], ["no_match"]),
        ("123#", [], [], ["no_match"]),
        ("#", [], [], ["no_input"]),
    ],
)
def test_digits(
    floor: Floor, typed: str, at_once: list[str], later: list[str], wasted: list[str]
) -> None:
    """Done at the most digits, at the terminator, which is not stored, or by the timer."""
    caller = call(floor, gather())
    caller.presses(typed)
    assert gathered(caller) == at_once
    floor.wait(NEXT)
    assert (gathered(caller), failures(caller)) == (later, wasted)


def test_digits_of_a_pattern(floor: Floor) -> None:
    """`matches` is for the whole input."""
    caller = call(floor, gather(least=4, most=4, matches="[12][0-9]{3}"))
    caller.presses("3124")
    caller.presses("1239")
    assert (failures(caller), gathered(caller)) == (["no_match"], ["1239"])


def test_another_terminator(floor: Floor) -> None:
    """The flow names the terminator; `#` is a key that cannot belong then."""
    caller = call(floor, msgspec.structs.replace(gather(matches="[0-9]+"), terminator="*"))
    caller.presses("1234*")
    assert gathered(caller) == ["1234"]


# --- 4: no input, no match, tries -----------------------------------------------------------


def test_no_input_and_no_match_have_their_own_prompts(floor: Floor) -> None:
    """Each wasted try is answered by its own prompt, then by the prompt again."""
    how = rules(no_input=("silence",), no_match=("wrong key",))
    caller = call(floor, menu("1", how=how), keys=("1",))
    caller.hears_out()
    floor.wait(FIRST)
    assert caller.heard == ["main", "silence", "main"]
    caller.presses("9")
    assert caller.heard[3:] == ["wrong key", "main"]
    caller.presses("1")
    assert (failures(caller), chosen(caller)) == (["no_input", "no_match"], ["1"])


def test_after_the_last_try_no_prompt(floor: Floor) -> None:
    """After any kind of wasted last try the caller goes to `failed` without a prompt."""
    how = rules(no_input=("silence",), no_match=("wrong key",), tries=2)
    caller = call(floor, menu("1", how=how), keys=("1",))
    caller.presses("9")
    caller.presses("8")
    assert caller.heard == ["main", "wrong key", "main", "failed"]
    assert failures(caller) == ["no_match", "no_match"]


def test_one_try(floor: Floor) -> None:
    """A gather may have a single try."""
    caller = call(floor, menu("1", how=rules(tries=1)), keys=("1",))
    caller.hears_out()
    floor.wait(FIRST)
    assert caller.heard == ["main", "failed"]


def test_the_nth_try_takes_the_nth_prompt(floor: Floor) -> None:
    """The tries take the prompts of a list, then the last again; so do wasted tries."""
    how = rules("hello", "again", no_input=("first", "second"), tries=5)
    caller = call(floor, menu("1", how=how), keys=("1",))
    for _ in range(4):
        caller.hears_out()
        floor.wait(FIRST)
    assert caller.heard == [
        "hello",
        *("first", "again"),
        *("second", "again"),
        *("second", "again"),
        *("second", "again"),
    ]


def test_a_failed_gather_stores_nothing(floor: Floor) -> None:
    """The digits of wasted tries are not kept."""
    caller = call(floor, gather(how=rules(tries=1)))
    caller.presses("12#")
    assert (gathered(caller), caller.heard) == ([], ["main", "failed"])


def test_digits_of_a_wasted_try_do_not_count_for_the_next(floor: Floor) -> None:
    """A wrong key and the keys typed after it are dropped."""
    caller = call(floor, menu("12", how=rules(barge_in=False)), keys=("12",))
    caller.presses("9212")
    caller.hears_out()
    assert (failures(caller), chosen(caller)) == (["no_match"], [])
    caller.hears_out()
    caller.presses("12")
    assert chosen(caller) == ["12"]


def test_a_menu_without_prompts(floor: Floor) -> None:
    """A menu may be silent: the timer starts at once."""
    silent = msgspec.structs.replace(rules(tries=1), prompts=())
    caller = call(floor, menu("1", how=silent), keys=("1",))
    floor.wait(FIRST)
    assert (caller.heard, failures(caller)) == (["failed"], ["no_input"])


# --- 5: type-ahead --------------------------------------------------------------------------


def test_an_expert_types_ahead(floor: Floor) -> None:
    """Digits after a choice are for the menus that follow; their prompts are not played."""
    floor.open(
        floor.write(
            {
                "start": [menu("1")],
                "1": [Play("about claims"), menu("2", how=rules("second menu"))],
                "2": [Play("chose 2", barge_in=False)],
                "failed": [Play("failed")],
            }
        )
    )
    caller = floor.caller()
    caller.presses("12")
    assert chosen(caller) == ["1", "2"]
    assert caller.heard == ["main", "about claims", "chose 2"]


def test_a_key_during_a_plain_prompt_is_kept(floor: Floor) -> None:
    """With barge-in it cuts the prompt short, too, and counts for the next menu."""
    caller = call(floor, Play("welcome"), menu("1"), keys=("1",))
    caller.presses("1")
    assert (caller.heard, chosen(caller)) == (["welcome", "chose 1"], ["1"])


def test_a_key_during_a_notice_that_must_be_heard(floor: Floor) -> None:
    """Without barge-in the notice is played to its end, and the key counts for the next menu."""
    caller = call(floor, Play("recorded", barge_in=False), menu("1"), keys=("1",))
    caller.presses("1")
    assert caller.heard == ["recorded"]
    caller.hears_out()
    assert (caller.heard, chosen(caller)) == (["recorded", "chose 1"], ["1"])


def test_a_prompt_is_skipped_by_digits_typed_ahead(floor: Floor) -> None:
    """A caller who has typed ahead hears no prompt that a key could have cut short."""
    caller = call(floor, Play("recorded", barge_in=False), Play("news"), menu("1"), keys=("1",))
    caller.presses("1")
    caller.hears_out()
    assert caller.heard == ["recorded", "chose 1"]


def test_digits_during_a_pause_are_kept(floor: Floor) -> None:
    """A step `wait` drops none."""
    caller = call(floor, Wait(timedelta(seconds=2)), menu("1"), keys=("1",))
    caller.presses("1")
    floor.wait(2)
    assert chosen(caller) == ["1"]


def test_thousands_of_digits(floor: Floor) -> None:
    """The keys typed ahead have a limit; thousands of them break nothing."""
    caller = call(floor, Wait(timedelta(seconds=2)), gather(least=1, most=100))
    caller.presses("7" * 5000)
    floor.wait(2 + NEXT)
    assert gathered(caller) == ["7" * 32]


# --- sensitive input ------------------------------------------------------------------------


def sensitive(*, barge_in: bool = True) -> Gather:
    """Ask for a PIN."""
    return Gather("pin", rules("your pin", barge_in=barge_in), 4, 4, sensitive=True)


def test_a_sensitive_value_is_not_told(floor: Floor) -> None:
    """The event names the variable and has no digit; nor has any other event."""
    caller = call(floor, sensitive())
    caller.presses("4711")
    assert [(e.variable, e.value) for e in caller.told(InputGathered)] == [("pin", "")]
    assert b"4711" not in msgspec.json.encode(floor.events)


def test_type_ahead_is_dropped_before_a_sensitive_input(floor: Floor) -> None:
    """Digits typed for another input must not be taken for the PIN."""
    caller = call(floor, Play("notice", barge_in=False), sensitive())
    caller.presses("4711")
    caller.hears_out()
    assert caller.heard == ["notice", "your pin"]
    caller.presses("4712")
    assert caller.heard[-1] == "goes on"


def test_digits_during_a_sensitive_prompt_that_must_be_heard(floor: Floor) -> None:
    """They are dropped as well."""
    caller = call(floor, sensitive(barge_in=False))
    caller.presses("4711")
    caller.hears_out()
    assert gathered(caller) == []
    caller.presses("4712")
    assert caller.heard[-1] == "goes on"


# --- global keys ----------------------------------------------------------------------------


def with_global_keys(floor: Floor) -> Caller:
    """`0` leads to a person from every menu, `*` back; the sub-menu has a `0` of its own."""
    flow = floor.write(
        {
            "start": [menu("1", "2")],
            "1": [menu("3", how=rules("first"))],
            "2": [menu("0", how=rules("second"))],
            "0": [Play("own", barge_in=False)],
            "3": [Play("three", barge_in=False)],
            "person": [Play("a person", barge_in=False)],
            "failed": [Play("failed")],
        }
    )
    keys = {"0": to("person"), "*": Destination(Way.BACK)}
    floor.open(msgspec.structs.replace(flow, global_keys=keys))
    return floor.caller()


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("0", ["main", "a person"]),
        ("10", ["main", "first", "a person"]),
        ("1*", ["main", "first", "main"]),
        ("1*20", ["main", "first", "main", "second", "own"]),
        ("*", ["main", "main"]),
    ],
)
def test_global_keys(floor: Floor, typed: str, heard: list[str]) -> None:
    """They work in every menu; a menu's own choice for the same key goes first."""
    caller = with_global_keys(floor)
    for key in typed:
        caller.presses(key)
    assert caller.heard == heard


def test_keys_of_no_use(floor: Floor) -> None:
    """Keys outside any menu change nothing."""
    caller = call(floor)
    caller.hears_out()
    told, done = len(floor.events), len(floor.commands)
    caller.presses("1*#ABCD")
    assert (len(floor.events), len(floor.commands)) == (told, done)
