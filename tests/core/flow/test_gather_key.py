"""The keys that may be typed into a gather, those that spoil an entry, and those that lead out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.flow.language.graph import global_exits
from contactcenter_ari.core.flow.language.pattern import named_keys
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.spoken.value import DIGITS, INTEGER, PHONE, TEXT, ValueType
from contactcenter_ari.core.vocabulary.event import InputFailed, InputGathered, MenuChosen
from tests.core.flow.walking import say, to

if TYPE_CHECKING:
    from contactcenter_ari.core.flow.language.destination import Destination
    from tests.core.conftest import Caller, Floor

NEXT = 3
"""Seconds for each further digit."""
REST = Wait(timedelta(hours=1))
READING = Gather(
    "reading",
    InputRules(("ask",), no_input=("silence",), no_match=("wrong",), failed=to("failed")),
    1,
    6,
)


def call(
    floor: Floor,
    gather: Gather,
    *,
    keys: dict[str, Destination] | None = None,
    type_: ValueType = TEXT,
) -> Caller:
    """A caller who is asked for a number in a flow with these global keys."""
    flow = floor.write(
        {
            "start": [gather, say("goes on"), REST],
            "failed": [say("failed"), REST],
            "person": [say("a person"), REST],
            "other": [say("another section"), REST],
        }
    )
    variables = {gather.variable: type_}
    floor.open(msgspec.structs.replace(flow, global_keys=keys or {}, variables=variables))
    return floor.caller()


def changed(gather: Gather = READING, **fields: object) -> Gather:
    """A gather that differs in some fields."""
    return msgspec.structs.replace(gather, **fields)


def gathered(caller: Caller) -> list[str]:
    """The values that were stored."""
    return [event.value for event in caller.told(InputGathered)]


def failures(caller: Caller) -> list[str]:
    """The tries that were wasted."""
    return [event.outcome for event in caller.told(InputFailed)]


def chosen(caller: Caller) -> list[tuple[str, str]]:
    """The keys that led somewhere."""
    return [(event.menu, event.key) for event in caller.told(MenuChosen)]


# --- keys that cannot belong ----------------------------------------------------------------


@pytest.mark.parametrize("typed", ["12*4#", "*#", "*124567890#", "1A4#"])
def test_a_key_that_cannot_belong_spoils_the_entry(floor: Floor, typed: str) -> None:
    """It and all keys after it are ignored up to the terminator; that is one no_match."""
    caller = call(floor, READING)
    caller.presses(typed[:-1])
    assert (failures(caller), gathered(caller)) == ([], [])
    caller.presses(typed[-1])
    assert (failures(caller), caller.heard) == (["no_match"], ["ask", "wrong", "ask"])
    caller.presses("124#")
    assert gathered(caller) == ["124"]


def test_a_spoiled_entry_ends_when_no_further_key_comes(floor: Floor) -> None:
    """Each key restarts the time for the next, however many there are."""
    caller = call(floor, changed(terminator=""))
    caller.presses("1#")
    for _ in range(10):
        floor.wait(NEXT - 0.1)
        caller.presses("7")
    assert failures(caller) == []
    floor.wait(NEXT)
    assert (failures(caller), gathered(caller)) == (["no_match"], [])


def test_a_spoiled_entry_does_not_grow(floor: Floor) -> None:
    """Thousands of keys after it are dropped at once."""
    caller = call(floor, READING)
    for _ in range(1000):
        caller.presses("*")
    (run,) = [each.run for each in floor.center._calls.registry.by_id.values()]
    assert run.listening is not None
    assert run.listening.digits == "*"


@pytest.mark.parametrize(
    ("pattern", "keys"),
    [
        ("[0-9]+", ""),
        (r"[0-9]*", ""),
        (r"[0-9]+\*[0-9]+", "*"),
        ("[0-9*]+", "*"),
        ("[0-9*#]{4}", "*#"),
        ("#[0-9]+", "#"),
        ("[[:punct:]0-9]+", "*#"),
        ("[!-9]+", "*#"),
        (".+", ""),
        ("[^0].*", ""),
        ("", ""),
    ],
)
def test_keys_that_a_pattern_names(pattern: str, keys: str) -> None:
    """A star or hash belongs where the pattern asks for it by name."""
    assert named_keys(pattern) == frozenset(keys)


def test_a_pattern_may_take_a_star(floor: Floor) -> None:
    """It is stored then, and no key of the flow any more."""
    gather = changed(matches="[0-9]+[*][0-9]+", most_digits=8)
    caller = call(floor, gather, keys={"*": to("person")})
    caller.presses("12*4#")
    assert (gathered(caller), chosen(caller)) == (["12*4"], [])


def test_what_is_no_value_is_not_stored(floor: Floor) -> None:
    """A pattern may take more than the variable can hold: the variable decides."""
    caller = call(floor, changed(matches="[0-9*]+"), type_=INTEGER)
    caller.presses("1*2#")
    assert (gathered(caller), failures(caller)) == ([], ["no_match"])


def test_the_terminator_alone_is_no_input(floor: Floor) -> None:
    """No digit was typed, so the entry is not wrong, and nothing is stored."""
    caller = call(floor, READING)
    caller.presses("#")
    assert (failures(caller), caller.heard) == (["no_input"], ["ask", "silence", "ask"])


def test_a_hash_that_is_no_terminator_alone_is_no_match(floor: Floor) -> None:
    """A key was typed, and it is wrong."""
    caller = call(floor, changed(terminator="*"))
    caller.presses("#")
    floor.wait(NEXT)
    assert failures(caller) == ["no_match"]


def test_a_key_during_the_prompt_of_a_wasted_try(floor: Floor) -> None:
    """It cuts the prompt short and begins the next entry."""
    caller = call(floor, READING)
    caller.presses("1*#")
    assert caller.is_spoken_to()
    caller.presses("7#")
    assert gathered(caller) == ["7"]


FIXED = msgspec.structs.replace(READING, least_digits=4, most_digits=4)


@pytest.mark.parametrize("confirm", ["", "right"])
def test_the_terminator_after_the_last_digit_belongs_to_the_entry(
    floor: Floor, confirm: str
) -> None:
    """Many callers press it although it is not needed: it is no answer to the next question."""
    following = Gather("next", InputRules(("more",), tries=1, failed=to("failed")), 1, 4)
    flow = floor.write(
        {
            "start": [changed(FIXED, confirm=confirm), following, say("goes on"), REST],
            "failed": [say("failed"), REST],
        }
    )
    floor.open(flow)
    caller = floor.caller()
    caller.presses("4711")
    floor.wait(1)
    caller.presses("#")
    assert failures(caller) == []
    caller.presses("1" if confirm else "")
    assert (gathered(caller), caller.heard[-1]) == (["4711"], "more")
    assert caller.is_spoken_to()
    caller.presses("#")
    assert failures(caller) == ["no_input"]


@pytest.mark.parametrize("ahead", [True, False])
def test_the_terminator_after_wrong_digits_wastes_no_second_try(
    floor: Floor, *, ahead: bool
) -> None:
    """Typed ahead or not."""
    rules = msgspec.structs.replace(READING.rules, barge_in=not ahead)
    caller = call(floor, changed(FIXED, matches="[1-4]+", rules=rules))
    caller.presses("4719#")
    if ahead:
        caller.hears_out()
    assert (failures(caller), caller.heard) == (["no_match"], ["ask", "wrong", "ask"])
    assert caller.is_spoken_to()


@pytest.mark.parametrize(("waits", "then"), [(NEXT, "#"), (0, "7#")])
def test_a_terminator_belongs_to_the_last_entry_only_if_it_follows(
    floor: Floor, waits: float, then: str
) -> None:
    """At once, and as the next key."""
    following = Gather("next", InputRules(("more",)), 1, 4)
    floor.open(floor.write({"start": [FIXED, following, REST], "failed": [REST]}))
    caller = floor.caller()
    caller.presses("4711")
    floor.wait(waits)
    caller.presses(then)
    assert gathered(caller)[1:] == [key for key in "7" if key in then]
    assert failures(caller) == ["no_input" for _ in range(1) if then == "#"]


# --- keys that lead out ---------------------------------------------------------------------

OUT = {"*": to("person"), "0": to("other")}


@pytest.mark.parametrize("typed", ["*", "1*", "123*"])
@pytest.mark.parametrize("own", [True, False])
def test_a_star_leads_out_at_any_moment(floor: Floor, typed: str, *, own: bool) -> None:
    """A star of the gather or of the flow leads out; the keys typed before are dropped."""
    gather = changed(keys={"*": to("person")}) if own else READING
    caller = call(floor, gather, keys={} if own else OUT)
    caller.presses(typed)
    assert (caller.heard, chosen(caller)) == (["ask", "a person"], [("ask", "*")])
    assert (gathered(caller), failures(caller)) == ([], [])


def test_a_hash_leads_out_where_it_is_no_terminator(floor: Floor) -> None:
    """Whatever keys were typed before."""
    caller = call(floor, changed(terminator="*"), keys={"#": to("person")})
    caller.presses("12#")
    assert (chosen(caller), gathered(caller)) == ([("ask", "#")], [])


def test_the_terminator_leads_nowhere(floor: Floor) -> None:
    """Although it is a key of the flow."""
    caller = call(floor, READING, keys={"#": to("person")})
    caller.presses("12#")
    assert (chosen(caller), gathered(caller)) == ([], ["12"])


def test_an_own_key_goes_before_that_of_the_flow(floor: Floor) -> None:
    """As the choices of a menu do."""
    caller = call(floor, changed(keys={"*": to("other")}), keys=OUT)
    caller.presses("*")
    assert caller.heard[-1] == "another section"


def test_a_key_does_not_lead_out_of_a_spoiled_entry_only(floor: Floor) -> None:
    """A star acts after a hash that cannot belong, too."""
    caller = call(floor, changed(terminator=""), keys=OUT)
    caller.presses("12#4*")
    assert (chosen(caller), failures(caller)) == ([("ask", "*")], [])


@pytest.mark.parametrize("ended_by", ["#", ""])
def test_a_digit_leads_out_when_it_is_no_value(floor: Floor, ended_by: str) -> None:
    """Alone, and too short for the gather."""
    caller = call(floor, changed(least_digits=4), keys=OUT)
    caller.presses("0" + ended_by)
    if not ended_by:
        assert chosen(caller) == []
        floor.wait(NEXT)
    assert (caller.heard[-1], chosen(caller)) == ("another section", [("ask", "0")])
    assert failures(caller) == []


def test_a_digit_that_is_a_value_leads_nowhere(floor: Floor) -> None:
    """A reading of 0 is a reading."""
    caller = call(floor, READING, keys=OUT)
    caller.presses("0#")
    assert (gathered(caller), chosen(caller)) == (["0"], [])


def test_a_digit_among_others_leads_nowhere(floor: Floor) -> None:
    """The entry has to be exactly that key."""
    caller = call(floor, changed(least_digits=4), keys=OUT)
    caller.presses("00#")
    assert (failures(caller), chosen(caller)) == (["no_match"], [])


def test_a_digit_leads_out_of_a_survey_at_once(floor: Floor) -> None:
    """The gather asks for one key only, and this one does not match."""
    gather = changed(most_digits=1, matches="[1-5]")
    caller = call(floor, gather, keys=OUT)
    caller.presses("9")
    assert failures(caller) == ["no_match"]
    caller.presses("0")
    assert chosen(caller) == [("ask", "0")]


def test_a_digit_that_is_no_phone_number_leads_out(floor: Floor) -> None:
    """The gather may ask for any number of digits: one digit is no number."""
    caller = call(floor, changed(most_digits=15), keys=OUT, type_=PHONE)
    caller.presses("0#")
    assert chosen(caller) == [("ask", "0")]


def test_a_key_typed_ahead_of_the_prompt_leads_out(floor: Floor) -> None:
    """The key waits for the end of a prompt that must be heard."""
    rules = msgspec.structs.replace(READING.rules, barge_in=False)
    caller = call(floor, changed(rules=rules), keys=OUT)
    caller.presses("*")
    assert chosen(caller) == []
    caller.hears_out()
    assert chosen(caller) == [("ask", "*")]


def test_what_is_typed_after_a_key_is_for_the_next_input(floor: Floor) -> None:
    """As after a choice of a menu."""
    flow = floor.write(
        {
            "start": [Wait(timedelta(seconds=1)), READING],
            "person": [msgspec.structs.replace(READING, variable="next"), REST],
            "failed": [REST],
        }
    )
    floor.open(msgspec.structs.replace(flow, global_keys=OUT))
    caller = floor.caller()
    caller.presses("12*7#")
    floor.wait(1)
    assert (chosen(caller), gathered(caller)) == ([("ask", "*")], ["7"])


# --- confirmation ---------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "section"), [("*", "a person"), ("0", "another section")])
def test_a_key_leads_out_of_the_confirmation(floor: Floor, key: str, section: str) -> None:
    """The number to be confirmed is not kept."""
    caller = call(floor, changed(confirm="right"), keys=OUT)
    caller.presses("124#")
    assert caller.heard[-1] == "right"
    (run,) = [each.run for each in floor.center._calls.registry.by_id.values()]
    caller.presses(key)
    assert (caller.heard[-1], chosen(caller)) == (section, [("ask", key)])
    assert (run.variables, gathered(caller)) == ({}, [])


def test_silence_at_the_confirmation_is_no_input(floor: Floor) -> None:
    """A wrong key and a no are no match."""
    caller = call(floor, changed(confirm="right"))
    caller.presses("124#")
    caller.hears_out()
    floor.wait(5)
    caller.presses("124#2")
    caller.presses("124#9")
    assert failures(caller) == ["no_input", "no_match", "no_match"]


# --- sensitive ------------------------------------------------------------------------------


def test_a_star_leads_out_of_a_sensitive_gather(floor: Floor) -> None:
    """A digit does not: it may be the first of the secret."""
    gather = changed(least_digits=4, most_digits=4, sensitive=True)
    caller = call(floor, gather, keys=OUT)
    caller.presses("0")
    floor.wait(NEXT)
    assert (failures(caller), chosen(caller)) == (["no_match"], [])
    caller.presses("47*")
    assert chosen(caller) == [("ask", "*")]


# --- what the graph tells -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gather", "type_", "keys"),
    [
        (READING, TEXT, "*"),
        (changed(terminator="*"), TEXT, ""),
        (changed(least_digits=4), DIGITS, "*0"),
        (changed(matches="[1-5]", most_digits=1), DIGITS, "*0"),
        (changed(matches="[0-9*]+"), TEXT, ""),
        (READING, PHONE, "*0"),
        (changed(least_digits=4, sensitive=True), DIGITS, "*"),
        (changed(confirm="right"), DIGITS, "*0"),
        (changed(keys={"*": to("other")}), DIGITS, ""),
    ],
)
def test_the_graph_knows_the_keys_that_act(
    floor: Floor, gather: Gather, type_: ValueType, keys: str
) -> None:
    """Those of the flow lead out of a gather where a caller can press them to any effect."""
    flow = msgspec.structs.replace(
        floor.write({"start": [gather, Play("x")]}), global_keys=OUT, variables={"reading": type_}
    )
    assert {way.outcome for way in global_exits(gather, flow)} == set(keys)
