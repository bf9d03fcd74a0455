"""Simulated callers on a real Asterisk: they arrive, press keys, leave; strangers do not."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contactcenter_ari.loadtest.caller import Caller, Story
from contactcenter_ari.loadtest.sipp import SippFailed, SippJob, SippRun, Verdict

if TYPE_CHECKING:
    from tests.loadtest.conftest import Bench

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = timedelta(milliseconds=200)


def caller(bench: "Bench", name: str, /, **changes: object) -> Caller:
    """A caller who is quick about everything."""
    given: dict[str, object] = {
        "story": Story.THROUGH_MENU,
        "number": "1000",
        "caller": name,
        "audio": bench.audio,
        "listen": SHORT,
        "patience": SHORT,
    }
    return Caller(**(given | changes))  # type: ignore[arg-type]  # a test's shorthand


async def test_keys_arrive_as_pressed(bench: "Bench") -> None:
    """Every key arrives once, the same key twice as two; nothing needs root."""
    outcome = await caller(bench, "+15550001", keys="2,2255#*0").call(bench.sipp)
    assert outcome.passed, outcome
    assert await bench.keys_of("+15550001", count=8) == "22255#*0"


async def test_callers_at_once_do_not_disturb_each_other(bench: "Bench") -> None:
    """Several SIPp processes on one address keep their ports and keys apart."""
    keys = {f"+1555001{number}": str(number) * 2 for number in range(4)}
    outcomes = await asyncio.gather(
        *(caller(bench, number, keys=pressed).call(bench.sipp) for number, pressed in keys.items())
    )
    assert [str(outcome) for outcome in outcomes] == ["passed"] * 4
    assert {number: await bench.keys_of(number, count=2) for number in keys} == keys


async def test_the_dialplan_passes_what_was_dialed(bench: "Bench") -> None:
    """The application learns from the arguments which number is called over which trunk, and on
    which node.
    """
    await caller(bench, "+15550020", number="+49*12#").call(bench.sipp)
    arguments = ["caller", "+49*12#", "", "carrier"]
    event = await bench.application.event(
        lambda event: event.type == "StasisStart" and event.args == arguments
    )
    assert event.channel.id.startswith("node1-")


async def test_nobody_is_told_of_variables(bench: "Bench") -> None:
    """Asterisk sets dozens in a call, and an application gets all its events that it does not
    filter.
    """
    await caller(bench, "+15550025", keys="1").call(bench.sipp)
    assert await bench.keys_of("+15550025", count=1) == "1"
    kinds = {event.type for event in bench.application.events}
    assert {"ChannelDtmfReceived", "ChannelHangupRequest"} < kinds
    assert "ChannelVarset" not in kinds


async def test_a_caller_who_means_to_leave_first_fails_when_the_center_does(
    bench: "Bench",
) -> None:
    """The story fails when the other side ends the call."""
    waiting = caller(
        bench, "+15550030", story=Story.HANGS_UP_WAITING, patience=timedelta(seconds=9)
    )
    call = asyncio.ensure_future(waiting.call(bench.sipp))
    event = await bench.application.event(
        lambda event: (
            event.type == "ChannelStateChange" and event.channel.caller.number == "+15550030"
        )
    )
    await bench.application.send("DELETE", f"channels/{event.channel.id}")
    assert (await call).verdict is Verdict.CALL_FAILED


async def test_load_callers_share_one_process(bench: "Bench") -> None:
    """Ten calls from numbers of their own, five a second."""
    load = caller(bench, "+1555004", story=Story.LOAD, keys="1")
    outcome = await load.call_often(bench.sipp, calls=5, per_second=5, at_once=5)
    assert outcome.passed, outcome
    numbers = [f"+1555004{number}" for number in range(1, 6)]
    assert [await bench.keys_of(number, count=1) for number in numbers] == ["1"] * 5


@pytest.mark.parametrize("name", ["+15550050", "trunk", "anonymous"])
async def test_a_stranger_is_turned_away(bench: "Bench", name: str) -> None:
    """A caller from another address than the trunk's is asked for a secret, whatever the name."""
    outcome = await caller(bench, name, address="127.0.0.3").call(bench.sipp)
    assert outcome.verdict is Verdict.CALL_FAILED
    assert "401" in str(outcome)


async def test_a_name_is_not_a_number(bench: "Bench") -> None:
    """A caller who dials letters is refused with 404."""
    outcome = await caller(bench, "+15550060", number="sales").call(bench.sipp)
    assert "404" in str(outcome)


async def test_a_dead_heart_sends_callers_to_the_apology(bench: "Bench") -> None:
    """With a beat older than 5 s the caller is answered, told so, and hung up; no Stasis. Here
    the script of the fall-back has no plan, so the dialplan itself speaks.
    """
    await bench.application.beat(at=1.0)
    try:
        outcome = await caller(bench, "+15550070", patience=timedelta(seconds=9)).call(bench.sipp)
    finally:
        await bench.application.beat(at=9e9)
    log = bench.asterisk.log_file.read_text()
    assert outcome.passed, outcome
    assert "fall-back for PJSIP/trunk" in log
    assert "does not exist" not in log
    arrived = [event for event in bench.application.events if event.type == "StasisStart"]
    assert "+15550070" not in str(arrived)


async def test_a_run_out_of_time_says_so(bench: "Bench") -> None:
    """The limit of a run ends it, with a verdict of its own."""
    job = caller(bench, "+15550080", patience=timedelta(seconds=30)).job()
    short = SippJob(
        scenario=job.scenario,
        number=job.number,
        address=job.address,
        keywords=job.keywords,
        durations=job.durations,
        limit=timedelta(seconds=1),
    )
    assert (await SippRun(bench.sipp, short).run()).verdict is Verdict.OUT_OF_TIME


async def test_a_stopped_run_says_so(bench: "Bench") -> None:
    """A run that we stop is neither passed nor failed."""
    run = SippRun(bench.sipp, caller(bench, "+15550090", patience=timedelta(seconds=30)).job())
    await run.start()
    run.stop()
    assert (await run.wait()).verdict is Verdict.STOPPED


async def test_a_bad_scenario_is_our_mistake(bench: "Bench") -> None:
    """A scenario that SIPp cannot load is an error, not a failed call."""
    with pytest.raises(SippFailed, match="no_such"):
        await SippRun(bench.sipp, SippJob(scenario="no_such.xml")).run()
