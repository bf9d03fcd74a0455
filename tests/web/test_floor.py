"""The views and actions for those who run the floor: calls, offers, queues, callbacks, numbers."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.command import BridgeLegs, DialLeg
from contactcenter_ari.core.vocabulary.event import OfferEnded, OfferMade, OfferResult
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, OfferId
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason, PassedAgent, PassedCaller
from contactcenter_ari.core.vocabulary.request import (
    AllowNumber,
    CancelCallback,
    ChangePriority,
    CloseQueue,
    DialCallback,
    ExtendWrapUp,
    ForbidNumber,
    MoveWaiting,
    OpenQueue,
    Request,
    RestoreCallback,
    RestoreLostCall,
    SetDisposition,
    WithdrawWaiting,
)
from contactcenter_ari.core.vocabulary.signal import LegAnswered, LegHungUp, LegsBridged
from contactcenter_ari.web.port import RecentOffer
from tests.web.conftest import ANNA, BERT, CALLER, SUPPORT

if TYPE_CHECKING:
    from tests.web.conftest import Answer, Api

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
OFFER_REASON = OfferReason(
    strategy="longest_idle",
    value=93.5,
    priority=5,
    waited=timedelta(seconds=12.5),
    head_start=timedelta(minutes=5),
    free_agents=2,
    callers_waiting=7,
    agents_passed=(PassedAgent(BERT, "later_choice", 20.0),),
    callers_passed=(PassedCaller(InteractionId("i-2"), "skills"),),
)
MADE = OfferMade(
    number=1,
    at=AT,
    interaction=InteractionId("i-1"),
    offer=OfferId("o-1"),
    agent=ANNA,
    queue=SUPPORT,
    reason=OFFER_REASON,
)
ENDED = OfferEnded(
    number=2,
    at=AT + timedelta(seconds=4),
    interaction=MADE.interaction,
    offer=MADE.offer,
    agent=ANNA,
    queue=SUPPORT,
    made_at=AT,
    rang_at=AT + timedelta(seconds=1),
    result=OfferResult.ACCEPTED,
)
CALLBACK = CallbackId("c-1")
LOST = RestoreLostCall(
    interaction=InteractionId("i-9"), queue=SUPPORT, caller_number=CALLER, opened_at=AT
)
QUEUE_CONTROL: list[tuple[str, str, object, Request]] = [
    ("POST", "/queues/support/close", None, CloseQueue(SUPPORT, "floor")),
    ("POST", "/queues/support/open", {}, OpenQueue(SUPPORT, "floor")),
    (
        "POST",
        "/interactions/i-1/priority",
        {"head_start_seconds": 90.5, "priority": 1},
        ChangePriority(MADE.interaction, "floor", timedelta(seconds=90.5), 1),
    ),
    (
        "POST",
        "/interactions/i-1/priority",
        {"head_start_seconds": 0},
        ChangePriority(MADE.interaction, "floor", timedelta()),
    ),
    (
        "POST",
        "/interactions/i-1/move",
        {"queue": "support"},
        MoveWaiting(MADE.interaction, SUPPORT, "floor"),
    ),
    ("POST", "/interactions/i-1/withdraw", None, WithdrawWaiting(MADE.interaction, "floor")),
    ("POST", "/callbacks/c-1/dial", None, DialCallback(CALLBACK, "floor")),
    ("POST", "/callbacks/c-1/cancel", {}, CancelCallback(CALLBACK, "floor")),
    ("PUT", f"/do-not-call/{CALLER}", None, ForbidNumber(CALLER, "floor")),
    ("DELETE", f"/do-not-call/{CALLER}", None, AllowNumber(CALLER, "floor")),
]


async def talking(api: "Api", caller: str = CALLER) -> str:
    """Anna logs in and talks to a caller; gives the interaction."""
    await api.set_state("100", "anna", state="logged_in")
    interaction = await api.call(caller)
    (dialed,) = (one for one in api.around.commands if isinstance(one, DialLeg))
    api.driver.put(LegAnswered(dialed.leg))
    await api.quiet()
    (joined,) = (one for one in api.around.commands if isinstance(one, BridgeLegs))
    api.driver.put(LegsBridged(joined.bridge))
    await api.quiet()
    return interaction


async def book_callback(api: "Api") -> None:
    """A callback was booked just now, and tried once."""
    now = api.clock.now()
    booked = RestoreCallback(
        callback=CALLBACK,
        interaction=InteractionId("i-1"),
        queue=SUPPORT,
        dialed=CALLER,
        waiting_since=now,
        head_start=timedelta(),
        priority=5,
        flow="direct",
        language="en",
        hours="",
        attempts=3,
        attempts_made=1,
        retry_after=timedelta(minutes=15),
        next_at=None,
        expires_at=now + timedelta(days=1),
        mode=CallbackMode.CUSTOMER_FIRST,
    )
    await api.driver.request(booked)


def calls_of(answer: "Answer") -> list[dict[str, object]]:
    """The calls of an answer."""
    return msgspec.convert(answer.json["calls"], list[dict[str, object]])


def call_of(answer: "Answer") -> dict[str, object]:
    """The one call of an answer."""
    return msgspec.convert(answer.json["call"], dict[str, object])


# What they see


async def test_calls_are_shown_where_they_are(api: "Api") -> None:
    """One talks, one waits; the number is for those who run the floor, agents see none of it."""
    first = await talking(api)
    second = await api.call("+31687654321")
    for who in ("floor", "root"):
        talks, waits = calls_of(await api.ask("GET", "/api/v1/calls", who))
        assert (talks["interaction"], talks["state"]) == (first, "talking")
        assert (talks["agent"], talks["queue"], talks["position"]) == ("100", "support", 0)
        assert (waits["interaction"], waits["state"]) == (second, "queued")
        assert (waits["agent"], waits["queue"], waits["position"]) == ("", "support", 1)
        assert waits["section"] == "start"
        assert waits["customer_number"] == "+31687654321"
    answer = await api.ask("GET", "/api/v1/calls", "wallboard")
    assert [call["customer_number"] for call in calls_of(answer)] == [None, None]
    assert b"+316" not in answer.body
    refused = await api.ask("GET", "/api/v1/calls", "anna")
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_offers_say_why(api: "Api") -> None:
    """The score is wait plus head start in seconds; one that still rings has no result."""
    ringing = msgspec.structs.replace(MADE, offer=OfferId("o-2"))
    api.offers.now = [RecentOffer(ringing), RecentOffer(MADE, ENDED)]
    answer = await api.ask("GET", "/api/v1/offers", "wallboard")
    second, first = msgspec.convert(answer.json["offers"], list[dict[str, object]])
    assert (second["offer"], second["result"], second["ended_at"]) == ("o-2", None, None)
    assert (first["result"], first["agent"]) == ("accepted", "100")
    assert first["reason"] == {
        "strategy": "longest_idle",
        "value": 93.5,
        "priority": 5,
        "waited_seconds": 12.5,
        "head_start_seconds": 300.0,
        "score_seconds": 312.5,
        "free_agents": 2,
        "callers_waiting": 7,
        "agents_passed": [{"agent": "101", "reason": "later_choice", "value": 20.0}],
        "callers_passed": [{"interaction": "i-2", "reason": "skills"}],
    }
    assert (await api.ask("GET", "/api/v1/offers", "anna")).code == "forbidden"


async def test_callbacks_are_shown(api: "Api") -> None:
    """As the center knows them; the number is for those who run the floor."""
    await book_callback(api)
    for who, number in (("floor", CALLER), ("root", CALLER), ("wallboard", None)):
        shown = await api.ask("GET", "/api/v1/callbacks", who)
        (callback,) = msgspec.convert(shown.json["callbacks"], list[dict[str, object]])
        assert (callback["callback"], callback["number"]) == ("c-1", number)
        assert (callback["state"], callback["position"]) == ("in_line", 1)
        assert (callback["attempts_made"], callback["attempts"]) == (1, 3)
    assert (await api.ask("GET", "/api/v1/callbacks", "anna")).code == "forbidden"


async def test_lost_calls_are_shown(api: "Api") -> None:
    """As the database knows them; the number is for those who run the floor."""
    api.callbacks.lost_calls = [LOST]
    for who, number in (("floor", CALLER), ("root", CALLER), ("wallboard", None)):
        shown = await api.ask("GET", "/api/v1/lost-calls", who)
        (lost,) = msgspec.convert(shown.json["lost_calls"], list[dict[str, object]])
        assert (lost["interaction"], lost["caller_number"]) == ("i-9", number)
    assert (await api.ask("GET", "/api/v1/lost-calls", "anna")).code == "forbidden"


async def test_lost_calls_and_numbers_need_the_database(api: "Api") -> None:
    """503 while it is away, and nothing is asked of the center."""
    api.callbacks.away = ContactCenterError("away")
    turns = api.driver.turns
    for method, path in (
        ("GET", "lost-calls"),
        ("PUT", f"do-not-call/{CALLER}"),
        ("DELETE", f"do-not-call/{CALLER}"),
    ):
        answer = await api.ask(method, f"/api/v1/{path}", "floor")
        assert (answer.status, answer.code) == (503, "database_away")
        assert CALLER not in answer.detail
    assert api.driver.turns == turns


# What they do


@pytest.mark.parametrize(("method", "path", "body", "wanted"), QUEUE_CONTROL)
async def test_the_floor_is_controlled_by_those_who_run_it(
    api: "Api", method: str, path: str, body: object, wanted: Request
) -> None:
    """A request of a supervisor is submitted under the name in the token; agents and engineers are
    turned away.
    """
    for who in ("anna", "nobody", "wallboard"):
        turns = api.driver.turns
        answer = await api.ask(method, f"/api/v1{path}", who, body=body)
        assert (answer.status, answer.code) == (403, "forbidden")
        assert api.driver.turns == turns
    await api.ask(method, f"/api/v1{path}", "floor", body=body)
    assert api.around.inputs[-1] == wanted


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/queues/support/close", {"now": True}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {"priority": 0}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {"priority": 11}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {"priority": 1.5}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {"head_start_seconds": -1}, (422, "bad_field")),
        ("POST", "/interactions/i-1/priority", {"head_start_seconds": 1e9}, (422, "bad_field")),
        ("POST", "/interactions/i-1/move", {}, (422, "bad_field")),
        ("POST", "/agents/100/disposition", {}, (422, "bad_field")),
        ("PUT", "/do-not-call/0612345678", None, (422, "bad_number")),
        ("PUT", "/do-not-call/+31612345678x", None, (422, "bad_number")),
        ("PUT", f"/do-not-call/{CALLER}", {"reason": "x" * 501}, (422, "bad_field")),
        ("DELETE", "/do-not-call/+0", None, (422, "bad_number")),
    ],
)
async def test_what_makes_no_sense_is_explained(
    api: "Api", method: str, path: str, body: object, expected: tuple[int, str]
) -> None:
    """And never gets to the center."""
    turns = api.driver.turns
    answer = await api.ask(method, f"/api/v1{path}", "floor", body=body)
    assert (answer.status, answer.code) == expected
    assert api.driver.turns == turns


async def test_a_number_is_forbidden_for_good(api: "Api") -> None:
    """It is kept with who asked and why, spaces or not, and no log line has it."""
    with capture_logs() as lines:
        path = "/api/v1/do-not-call/+31%206%2012345678"
        answer = await api.ask("PUT", path, "floor", body={"reason": "asked by letter"})
        assert (answer.status, answer.json) == (200, {"number": CALLER, "forbidden": True})
        assert api.callbacks.forbidden == {CALLER: ("floor", "asked by letter")}
        assert api.around.inputs[-1] == ForbidNumber(CALLER, "floor")
        answer = await api.ask("DELETE", path, "floor")
        assert (answer.status, answer.json) == (200, {"number": CALLER, "forbidden": False})
        assert api.callbacks.forbidden == {}
    assert "12345678" not in str(lines)


async def test_an_agent_wraps_up(api: "Api") -> None:
    """More time, then what came of the talk; each under the agent's own name, and refused
    with a reason when there is nothing to wrap up.
    """
    for path, body in (("extend-wrap-up", {}), ("disposition", {"disposition": "sold"})):
        answer = await api.ask("POST", f"/api/v1/agents/100/{path}", "anna", body=body)
        assert answer.status == 409
        answer = await api.ask("POST", f"/api/v1/agents/100/{path}", "bert", body=body)
        assert (answer.status, answer.code) == (403, "forbidden")
    await talking(api)
    (dialed,) = (one for one in api.around.commands if isinstance(one, DialLeg))
    api.driver.put(LegHungUp(dialed.leg, 16))
    await api.quiet()
    answer = await api.ask("POST", "/api/v1/agents/100/extend-wrap-up", "anna")
    assert (answer.status, answer.json["state"]) == (200, "wrap_up")
    answer = await api.ask(
        "POST", "/api/v1/agents/100/disposition", "anna", body={"disposition": "won"}
    )
    assert (answer.status, answer.code) == (422, "unknown_disposition")
    assert "no interest" in answer.detail
    answer = await api.ask(
        "POST", "/api/v1/agents/100/disposition", "floor", body={"disposition": "sold"}
    )
    assert answer.status == 200
    asked = [one for one in api.around.inputs if isinstance(one, ExtendWrapUp | SetDisposition)]
    assert [asked[-3], asked[-1]] == [
        ExtendWrapUp(ANNA, "100"),
        SetDisposition(ANNA, "sold", "floor"),
    ]


async def test_a_queue_is_closed_and_opened(api: "Api") -> None:
    """Waiting callers are sent on, new ones are not let in; an unknown queue is refused with a
    reason.
    """
    await api.call()
    answer = await api.ask("POST", "/api/v1/queues/support/close", "floor")
    assert (answer.status, answer.json["closed"], answer.json["waiting"]) == (200, True, 0)
    answer = await api.ask("POST", "/api/v1/queues/support/open", "floor")
    assert (answer.status, answer.json["closed"]) == (200, False)
    for queue in ("none", "@100", "%00"):
        answer = await api.ask("POST", f"/api/v1/queues/{queue}/close", "floor")
        assert (answer.status, answer.code) == (404, "unknown_queue")


async def test_a_waiting_caller_is_moved_up_on_and_out(api: "Api") -> None:
    """The answer shows the caller's new position; a caller who does not wait is refused with a
    reason.
    """
    await api.call()
    second = await api.call("+31687654321")
    path = f"/api/v1/interactions/{second}"
    answer = await api.ask("POST", f"{path}/priority", "floor", body={"priority": 1})
    assert (answer.status, call_of(answer)["position"]) == (200, 1)
    answer = await api.ask("POST", f"{path}/move", "floor", body={"queue": "sales"})
    assert (answer.status, call_of(answer)["queue"]) == (200, "sales")
    answer = await api.ask("POST", f"{path}/move", "floor", body={"queue": "none"})
    assert (answer.status, answer.code) == (404, "unknown_queue")
    answer = await api.ask("POST", f"{path}/withdraw", "floor")
    assert (answer.status, call_of(answer)["state"]) == (200, "in_flow")
    answer = await api.ask("POST", f"{path}/withdraw", "floor")
    assert (answer.status, answer.code) == (409, "not_waiting")


async def test_a_callback_is_dialed_or_taken_back(api: "Api") -> None:
    """It is dialed next, at any position; one that is not open is refused with a reason."""
    await book_callback(api)
    answer = await api.ask("POST", "/api/v1/callbacks/c-1/dial", "floor")
    assert (answer.status, answer.json) == (200, {"callback": "c-1"})
    (callback,) = api.driver.center.callbacks()
    assert callback.urgent
    assert (await api.ask("POST", "/api/v1/callbacks/c-1/cancel", "floor")).status == 200
    assert api.driver.center.callbacks() == ()
    for act in ("dial", "cancel"):
        answer = await api.ask("POST", f"/api/v1/callbacks/c-1/{act}", "floor")
        assert (answer.status, answer.code) == (404, "unknown_callback")
