"""A whole call: from the trunk through menus and a queue to an agent, recorded and written."""

import gc
import hashlib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    OfferResult,
    Party,
    SegmentKind,
)
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.runtime.garbage import THRESHOLDS
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.phone import Conversation
from tests.e2e.polling import until
from tests.e2e.world import DESK, LONGEST, Record, Worker, World
from tests.hearing import HEARD, find, level_of, tone_heard
from tests.recorded import sides_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER, AGENT = 440, 620
WELCOME = "Welcome to the test of the contact center."
ENOUGH = timedelta(seconds=0.4)
MUCH = 100_000
"""Objects."""


async def test_a_caller_reaches_an_agent(world: World) -> None:
    """The caller hears prompts, menus, music and the agent; both ends are checked, and recording
    and rows are complete.
    """
    await world.engage("longest", LONGEST)
    worker = await world.hire("longest", frequency=AGENT)
    await worker.pause()
    caller = await _through_the_menus(world)
    await _hears_music(caller)
    await worker.resume()
    talk = await worker.phone.talks()
    await talk.until_hears_tone(CALLER, 1.0)
    await caller.until_hears_tone(AGENT, 1.0)
    caller.hang_up()
    await talk.until_over()
    await worker.until(AgentState.READY)
    await _audio_is_right(world, caller, talk)
    record = await world.record(caller)
    await _rows_are_right(record, worker)
    _recording_is_right(record)
    await _states_are_right(world, worker)


@pytest.mark.usefixtures("world")
async def test_the_start_is_kept_from_the_garbage_collector() -> None:
    """A collection that looks at all loaded objects would hold up every call."""
    assert gc.get_freeze_count() > MUCH
    assert gc.get_threshold() == THRESHOLDS


async def _through_the_menus(world: World) -> Caller:
    caller = await world.call(DESK, frequency=CALLER)
    await caller.until_answered()
    await caller.until_hears(await world.sound(WELCOME))
    await caller.press("1")
    await caller.until_hears(await world.sound("Press one to speak to a person."))
    await caller.press("1")
    await caller.until_hears(await world.sound("We connect you."))
    await world.until_waiting("longest", 1)
    return caller


async def _hears_music(caller: Caller) -> None:
    """The caller hears something after the greeting that is not silence."""
    before = len(caller.heard)

    def plays() -> bool:
        new = caller.heard[before:]
        return len(new) > 4000 and level_of(new[-2000:]) > -50

    await until(plays, "no music")


async def _audio_is_right(world: World, caller: Caller, talk: Conversation) -> None:
    """The prompt comes first, the other party's tone after it, and never one's own."""
    welcome = find(await world.sound(WELCOME), caller.heard)
    assert welcome.score > HEARD
    end_of_prompt = round(welcome.offset.total_seconds() * 8000)
    assert tone_heard(caller.heard[end_of_prompt:], AGENT) >= timedelta(seconds=0.3)
    assert tone_heard(caller.heard[:end_of_prompt], AGENT) == timedelta()
    assert _hardly(caller.heard, CALLER)
    assert _hardly(talk.heard, AGENT)


def _hardly(heard: Samples, frequency: float) -> bool:
    return tone_heard(heard, frequency) <= timedelta(seconds=0.1)


async def _rows_are_right(record: Record, worker: Worker) -> None:
    row = record.interaction
    assert (row.reason, row.ended_by) == (EndReason.COMPLETED, Party.CALLER)
    assert (row.flow, row.called_number, row.queue) == ("desk", DESK, "longest")
    assert (row.agent, row.tags) == (worker.id, {"topic": "help"})
    assert row.waited > timedelta(seconds=0.5)
    assert row.talked > ENOUGH
    kinds = [segment.kind for segment in record.segments]
    assert kinds == [SegmentKind.FLOW, SegmentKind.QUEUE, SegmentKind.TALK, SegmentKind.WRAP_UP]
    (offer,) = record.offers
    assert (offer.agent, offer.result) == (worker.id, OfferResult.ACCEPTED)
    assert offer.rang_at is not None


def _recording_is_right(record: Record) -> None:
    """Both voices are on disk, and the row has the file's length and fingerprint."""
    (row,) = record.recordings
    path = Path(row.path)
    assert not row.failed
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
    agent, caller = sides_of(path)
    assert abs(row.duration.total_seconds() - len(caller) / 8000) < 0.01
    assert tone_heard(caller, CALLER) > ENOUGH
    assert tone_heard(agent, AGENT) > ENOUGH
    assert (_hardly(agent, CALLER), _hardly(caller, AGENT)) == (True, True)
    assert path.stat().st_mode & 0o077 == 0


async def _states_are_right(world: World, worker: Worker) -> None:
    """The agent's states of the day, without a gap."""
    await world.service.journal.caught_up()
    rows = await Report(world.service.database).agent_states(world.since)
    mine = sorted((row for row in rows if row.agent == worker.id), key=lambda row: row.number)
    assert [row.state for row in mine] == [
        AgentState.READY,
        AgentState.NOT_READY,
        AgentState.READY,
        AgentState.OFFERED,
        AgentState.ON_CALL,
        AgentState.WRAP_UP,
        AgentState.READY,
    ]
    for earlier, later in pairwise(mine):
        assert earlier.ended_at == later.started_at
