"""Calls that got an apology while the application was away are recorded, once each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center import apology
from contactcenter_ari.core.center.apology import Apologies
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary import event
from contactcenter_ari.core.vocabulary.ids import InteractionId, RecordingId
from contactcenter_ari.core.vocabulary.request import (
    LeftMessage,
    RecordApology,
    RestoreLostCall,
)
from tests.core.conftest import NUMBER
from tests.core.outbound.callback import ANN, BOB, SALES, open_shop, waits

if TYPE_CHECKING:
    from tests.core.conftest import Floor

CALL = InteractionId("n1-1764447557.12")
MESSAGE = LeftMessage(
    recording=RecordingId(f"{CALL}.message"), path="/kept.wav", duration=timedelta(seconds=7)
)


def apologized(
    floor: Floor,
    call: str = CALL,
    *,
    number: str = "",
    caller: str = ANN,
    message: LeftMessage | None = None,
) -> RecordApology:
    """A call of a minute ago."""
    return RecordApology(
        interaction=InteractionId(call),
        called_number=NUMBER,
        caller_number=caller,
        language="en",
        started_at=floor.now - timedelta(seconds=60),
        ended_at=floor.now - timedelta(seconds=40),
        number=number,
        message=message,
    )


def tasks(floor: Floor) -> list[tuple[str, str]]:
    """The tasks that were opened: the reason, and the number."""
    opened = floor.told(event.LostCallOpened)
    return [(each.reason.value, each.caller_number) for each in opened]


def test_an_apology_is_an_interaction_with_its_own_times(floor: Floor) -> None:
    """It has caller, callee and times, and ends for a reason that reports can name."""
    open_shop(floor)
    call = apologized(floor)
    floor.take(call)
    (started,) = floor.told(event.InteractionStarted)
    (told,) = floor.told(event.CallerApologized)
    (ended,) = floor.told(event.InteractionEnded)
    assert (started.interaction, started.at, started.flow) == (CALL, call.started_at, ended.flow)
    assert (told.number_left, told.message_left) == (False, False)
    assert (ended.started_at, ended.at) == (call.started_at, call.ended_at)
    assert (ended.called_number, ended.caller_number) == (NUMBER, ANN)
    assert (ended.reason, ended.direction) == (event.EndReason.APOLOGIZED, event.INBOUND)
    assert ended.flow
    assert tasks(floor) == []


def test_a_number_that_was_left_is_a_task(floor: Floor) -> None:
    """In E.164 by the country of the flow, with the queue the flow leads to."""
    open_shop(floor, flow={"country_code": "31"})
    floor.take(apologized(floor, number="0687654321"))
    (opened,) = floor.told(event.LostCallOpened)
    assert (opened.caller_number, opened.queue, opened.interaction) == (BOB, SALES, CALL)
    assert opened.reason == "number_left"
    assert floor.center.open_lost_calls() == 1


def test_a_message_is_a_task_and_a_recording(floor: Floor) -> None:
    """Also of a caller whose number is withheld."""
    open_shop(floor)
    floor.take(apologized(floor, caller="", message=MESSAGE))
    (recording,) = floor.told(event.RecordingEnded)
    assert (recording.interaction, recording.path) == (CALL, MESSAGE.path)
    assert recording.at - recording.started_at == recording.duration == MESSAGE.duration
    assert tasks(floor) == [("message_left", "")]


@pytest.mark.parametrize("again", [1, 2, 5])
def test_reported_again_it_changes_nothing(floor: Floor, again: int) -> None:
    """We may have been killed before the file was removed."""
    open_shop(floor)
    call = apologized(floor, number=BOB)
    floor.take(call)
    for _ in range(again):
        outcome = floor.take(call)
        assert (outcome.commands, outcome.events) == ((), ())
    assert floor.center.open_lost_calls() == 1


def test_of_two_numbers_one_is_a_task(floor: Floor) -> None:
    """A number has one task, each message has its own; all are closed by a talk."""
    open_shop(floor)
    floor.take(apologized(floor, "n1-1.1", number=ANN))
    floor.take(apologized(floor, "n1-1.2", number=ANN))
    floor.take(apologized(floor, "n1-1.3", message=MESSAGE))
    floor.take(apologized(floor, "n1-1.4", message=MESSAGE))
    assert [why for why, _ in tasks(floor)] == ["number_left", "message_left", "message_left"]
    agent = floor.agent()
    waits(floor)
    agent.picks_up()
    closed = [(each.interaction, each.result) for each in floor.told(event.LostCallClosed)]
    assert closed == [(f"n1-1.{number}", "called_again") for number in (1, 3, 4)]
    assert floor.center.open_lost_calls() == 0


def test_messages_are_told_apart_after_a_restart(floor: Floor) -> None:
    """The restored tasks are the tasks that were open."""
    open_shop(floor)
    call = apologized(floor, message=MESSAGE)
    floor.take(call)
    (opened,) = floor.told(event.LostCallOpened)
    for interaction in ("n1-1.1", CALL):
        restored = RestoreLostCall(
            interaction=InteractionId(interaction),
            queue=SALES,
            caller_number=ANN,
            opened_at=call.ended_at,
            reason=opened.reason,
        )
        floor.take(restored)
    assert floor.center.open_lost_calls() == 2
    assert floor.told(event.LostCallClosed) == []


def test_a_call_of_an_agents_phone_is_told_as_such(floor: Floor) -> None:
    """It is no caller of a flow, even if a flow had the number."""
    open_shop(floor)
    floor.take(msgspec.structs.replace(apologized(floor), internal=True))
    (ended,) = floor.told(event.InteractionEnded)
    assert (ended.direction, ended.flow, ended.reason) == ("internal", "", "apologized")


def test_a_number_without_a_flow_is_apologized_to_as_well(floor: Floor) -> None:
    """The script cannot know that nobody answers it."""
    open_shop(floor)
    floor.take(msgspec.structs.replace(apologized(floor, number=BOB), called_number="999"))
    assert floor.told(event.InteractionEnded)[0].flow == ""
    assert tasks(floor) == [("number_left", BOB)]


def test_a_task_expires_a_week_after_the_call(floor: Floor) -> None:
    """Counted from then, whenever it was taken up; a message of a number leaves nothing behind."""
    open_shop(floor)
    floor.take(apologized(floor, message=MESSAGE))
    floor.wait(timedelta(days=7).total_seconds() - 40)
    assert [each.result for each in floor.told(event.LostCallClosed)] == ["expired"]
    assert floor.center.open_lost_calls() == 0


def test_only_so_many_are_remembered(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory does not grow; the database knows each by its key anyway."""
    monkeypatch.setattr(apology, "REMEMBERED", 2)
    open_shop(floor)
    apologies = Apologies(floor.center._calls)
    turn = Turn(floor.center._clockwork, floor.now)
    for number in range(3):
        apologies.record(apologized(floor, f"n1-1.{number}"), turn)
    assert "2 remembered" in repr(apologies)
