"""The program is killed with calls in progress and started again: no call is lost, and none is
written twice.

Asterisk, Postgres and all phones live in this process, the program in its own.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from baresip import Runtime

from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.site.site import CenterResumed
from contactcenter_ari.core.vocabulary.event import EndReason, OfferResult, Party
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import InteractionRow
from contactcenter_ari.runtime.input_log import read_input_log
from contactcenter_ari.runtime.log_folder import pieces_after
from contactcenter_ari.runtime.replay import replay, replay_onward
from contactcenter_ari.service.secret import snapshot_key
from tests.e2e.phone import Conversation
from tests.e2e.separate_program import AgentEntry, SeparateProgram, separate_program
from tests.e2e.world import DESK, LONGEST
from tests.hearing import tone_heard
from tests.recorded import sides_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "longest"
AGENT, TALKER, WAITER = 620, 440, 500
"""The voices of the two parties, in hertz."""
TALKS, PAUSES = "201", "202"
"""Two agents."""
STAFF = (
    AgentEntry(TALKS, (QUEUE,), frequency=AGENT),
    AgentEntry(PAUSES, (QUEUE,)),
)
MENU = "Press one for help, three for your balance, four for visits."
CLOSED = "Our door is closed today."
WHOLE = {"CC_WHOLE_LOGS": "on"}
"""Input logs are kept from the first input on."""
SLACK = 1.5
"""Seconds by which the length of a recording may differ from the talk as the test timed it."""


async def test_killed_with_calls_in_progress(
    data_folder: Path, tools: Tools, runtime: Runtime
) -> None:
    """One caller talks, one waits, one is in a menu, and one who waits hangs up while the program
    is away. Then all goes on as if it had never been away.
    """
    loop = asyncio.get_running_loop()
    async with separate_program(data_folder / "data", tools, runtime, STAFF, WHOLE) as center:
        talk = await _begin_talk(center)
        talked_at = loop.time()
        await _fill_queue_and_menu(center)
        before, queued_at = await center.program.agents(), loop.time()
        age = (await center.program.queue(QUEUE)).oldest_wait_seconds
        await _be_away(center)
        assert _kept(await center.program.agents()) == _kept(before)
        status = await center.program.queue(QUEUE)
        assert status.waiting == 1
        assert status.oldest_wait_seconds >= age + loop.time() - queued_at - 0.2
        await _choose_again(center)
        await _end_talk(center, talk)
        talked = loop.time() - talked_at
        await center.phones[TALKS].rings(2)
        waited = age + loop.time() - queued_at - 0.2
        await _serve_the_waiting_caller(center)
        await center.until_nothing_is_left()
        await _all_is_written(center, talked=talked, waited=waited)
        await _log_replays(center)


async def _begin_talk(center: SeparateProgram) -> Conversation:
    """Two agents log in, one of them is at lunch; a caller talks to the other."""
    program = center.program
    await program.until_reachable(TALKS)
    await program.change_state(TALKS, "logged_in")
    await program.change_state(PAUSES, "logged_in")
    await program.change_state(PAUSES, "not_ready", "lunch")
    talker = await center.call("talker", LONGEST, TALKER)
    talk = await center.phones[TALKS].talks()
    await talker.until_hears_tone(AGENT)
    return talk


async def _fill_queue_and_menu(center: SeparateProgram) -> None:
    """Two callers wait, and one has heard the menu but pressed nothing."""
    chooser = await center.call("chooser", DESK)
    for place, who in enumerate(("waiter", "quitter"), start=1):
        await center.call(who, LONGEST, WAITER)
        await center.program.until_waiting(QUEUE, place)
    await chooser.until_hears(await center.sound(MENU))


async def _be_away(center: SeparateProgram) -> None:
    """The program is killed; after a second of talk it is started."""
    await center.program.kill()
    for caller in center.callers.values():
        caller.rtp.heard.clear()
    quitter, talker = center.callers["quitter"], center.callers["talker"]
    quitter.hang_up()
    await quitter.until_over()
    await talker.until_hears_tone(AGENT, 1.0)
    await center.program.start()


def _kept(agents: dict[str, AgentView]) -> list[AgentView]:
    """The facts that must be the same: all but the share of time, which goes on."""
    return [msgspec.structs.replace(view, occupancy=0.0) for view in agents.values()]


async def _choose_again(center: SeparateProgram) -> None:
    """The caller in the menu hears it again, chooses, and hears the answer."""
    chooser = center.callers["chooser"]
    await chooser.until_hears(await center.sound(MENU))
    await chooser.press("4")
    await chooser.until_hears(await center.sound(CLOSED))
    await chooser.until_over()
    assert chooser.center_hung_up


async def _end_talk(center: SeparateProgram, talk: Conversation) -> None:
    """They still hear each other; then the caller hangs up."""
    talker = center.callers["talker"]
    talker.rtp.heard.clear()
    await talker.until_hears_tone(AGENT, 0.5)
    talker.hang_up()
    await talk.until_over()


async def _serve_the_waiting_caller(center: SeparateProgram) -> None:
    """The agent is called for the caller who waited all the time, and for no other."""
    talk = await center.phones[TALKS].talks(2)
    waiter = center.callers["waiter"]
    await talk.until_hears_tone(WAITER)
    await waiter.until_hears_tone(AGENT)
    waiter.hang_up()
    await talk.until_over()
    await center.program.until_agent(TALKS, "ready")
    assert len(center.phones[TALKS].calls) == 2
    assert (await center.program.agents())[PAUSES].reason == "lunch"


async def _all_is_written(center: SeparateProgram, *, talked: float, waited: float) -> None:
    """One row each, with the times of the whole call."""
    rows = await center.rows()
    assert {who: (row.reason, row.ended_by) for who, row in rows.items()} == {
        "talker": (EndReason.COMPLETED, Party.CALLER),
        "waiter": (EndReason.COMPLETED, Party.CALLER),
        "quitter": (EndReason.ABANDONED, Party.CALLER),  # Asterisk keeps the news for us
        "chooser": (EndReason.CONTAINED, Party.SYSTEM),
    }
    assert abs(rows["talker"].talked.total_seconds() - talked) < SLACK
    assert rows["waiter"].waited >= timedelta(seconds=waited)
    offers = await Report(center.database).offers(center.since)
    assert [(offer.agent, offer.result) for offer in offers] == [(TALKS, OfferResult.ACCEPTED)] * 2
    for row in rows.values():
        numbers = [event.number for event in await Report(center.database).events(row.interaction)]
        assert len(numbers) == len(set(numbers)) > 1
    await _recording_is_whole(center, rows["talker"], talked)


async def _recording_is_whole(center: SeparateProgram, row: InteractionRow, talked: float) -> None:
    """Both voices are in it from the first second to the last, those while the program was away as
    well.
    """
    recordings = await Report(center.database).recordings(center.since)
    (recording,) = [each for each in recordings if each.interaction == row.interaction]
    assert not recording.failed
    for frequency, recorded in zip((AGENT, TALKER), sides_of(recording.path), strict=True):
        assert abs(len(recorded) / 8000 - talked) < SLACK
        heard = tone_heard(recorded, frequency).total_seconds()
        assert heard > talked - SLACK, f"{frequency} Hz for {heard} of {talked} seconds"


async def _log_replays(center: SeparateProgram) -> None:
    """Both lives of the program are in its logs, which replay to the same from the first input on
    and from each snapshot.
    """
    assert await center.program.stop() == 0
    assert "[error" not in (center.environment.data / "program.log").read_text()
    (start,) = (
        p for p in (center.environment.data / "input").glob("*.jsonl") if "." not in p.stem
    )
    logs = [start, *pieces_after(start)]
    assert len(logs) > 1, "a snapshot was taken at the orderly stop"
    inputs = [entry.input for log in logs for entry in read_input_log(log)]
    assert (inputs.count(CenterResumed()), inputs[-1]) == (1, None)
    done = replay_onward(start)
    assert done.center.calls_in_progress() == 0
    key = snapshot_key(center.environment.data)
    assert replay(logs[-1], key=key).digest.text == done.digest.text
