"""The journal: every event stored once, in order, with any content and any failure of Postgres."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString

import msgspec
import psycopg
import pytest

from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    AgentStateChanged,
    EndReason,
    Event,
    InteractionEnded,
    MenuChosen,
    OfferEnded,
    OfferResult,
    Party,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    OfferId,
    QueueName,
    RecordingId,
    SegmentId,
)
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts, RecordingFormat
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.machine.postgres_process import EmbeddedPostgres
from contactcenter_ari.postgres.connection import connect
from contactcenter_ari.postgres.event_writer import EventWriter
from contactcenter_ari.postgres.journal import Journal, JournalLimits
from contactcenter_ari.postgres.migration import migrate
from contactcenter_ari.postgres.spool import Spool
from tests.postgres.journaled import RECORDED

LIMIT = 30
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
AWKWARD = [
    "nul \x00 inside",
    "half a pair \ud800 and \udfff",
    "x" * 500,
    "'; drop table interaction; --",
    "<script>alert(1)</script>",
    '"quoted" \\u0000 \\',
    "%s %(name)s {0} :name",
    "žвет 🎧 \u202e",
]


def menu_chosen(number: int, *, at: datetime = START, key: str = "1") -> MenuChosen:
    """An event of the interaction i-1."""
    return MenuChosen(number=number, at=at, interaction=InteractionId("i-1"), menu="main", key=key)


def interaction_ended(number: int = 1, *, interaction: str = "i-1", **changed: object) -> Event:
    """The end of an interaction, with some of its texts replaced."""
    event = InteractionEnded(
        number=number,
        at=START + timedelta(minutes=3),
        interaction=InteractionId(interaction),
        node="n1",
        channel="voice",
        direction="inbound",
        started_at=START,
        called_number="+31201234567",
        caller_number="+31611112222",
        caller_name="Jansen",
        caller_status="gold",
        flow="insurance",
        flow_version="1",
        language="nl",
        tags={"topic": "claim"},
        queue="claims",
        agent="",
        reason=EndReason.ABANDONED,
        ended_by=Party.CALLER,
    )
    return msgspec.structs.replace(event, **changed)


def state_changed(number: int, before: AgentState, after: AgentState, second: int) -> Event:
    """A move of the agent 101."""
    return AgentStateChanged(
        number=number,
        at=START + timedelta(seconds=second),
        agent=AgentId("101"),
        before=before,
        before_reason="",
        since=START,
        after=after,
        reason="",
        by="phone",
    )


@asynccontextmanager
async def running(
    url: str, spool: Path, limits: JournalLimits | None = None
) -> AsyncIterator[Journal]:
    """A journal at work; at the end all that it has recorded is written or spooled."""
    file = Spool(spool)
    journal = Journal(url, file, limits)
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.run())
        try:
            yield journal
        finally:
            await journal.drain(timedelta(seconds=10))
    file.close()


def rows(url: str, query: LiteralString) -> list[tuple[object, ...]]:
    """The rows that a query finds."""
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return connection.execute(query).fetchall()


async def record(url: str, spool: Path, *events: Event) -> Journal:
    """Record the events with a journal of their own, and stop it."""
    async with running(url, spool) as journal:
        journal.record(events)
    return journal


@pytest.fixture
def spool_path(tmp_path: Path) -> Path:
    """The path of the spool."""
    return tmp_path / "journal.spool"


async def test_an_event_becomes_a_row_with_its_data(database_url: str, spool_path: Path) -> None:
    """An event's own fields are the data of its row, its key and instant are columns."""
    await record(database_url, spool_path, menu_chosen(7, key="2"))
    found = rows(
        database_url, "select interaction_id, number, at, kind, data from interaction_event"
    )
    assert found == [("i-1", 7, START, "MenuChosen", {"menu": "main", "key": "2"})]


async def test_an_ended_interaction_is_one_row(database_url: str, spool_path: Path) -> None:
    """The end of an interaction writes it whole; an empty agent is none."""
    await record(database_url, spool_path, interaction_ended())
    found = rows(
        database_url,
        "select id, caller_number, tags, queue, agent_id, end_reason, ended_at - started_at"
        " from interaction",
    )
    length = timedelta(minutes=3)
    expected = ("i-1", "+31611112222", {"topic": "claim"}, "claims", None, "abandoned", length)
    assert found == [expected]


async def test_segments_and_offers_are_rows(database_url: str, spool_path: Path) -> None:
    """A segment and an offer are stored with when they began and ended."""
    segment = SegmentEnded(
        number=1,
        at=START + timedelta(seconds=9, microseconds=123456),
        interaction=InteractionId("i-1"),
        segment=SegmentId("s-1"),
        kind=SegmentKind.QUEUE,
        started_at=START,
        queue="claims",
        result="answered",
        position_at_entry=3,
    )
    offer = OfferEnded(
        number=2,
        at=START + timedelta(seconds=8),
        interaction=InteractionId("i-1"),
        offer=OfferId("o-1"),
        agent=AgentId("101"),
        queue=QueueName("claims"),
        made_at=START,
        rang_at=None,
        result=OfferResult.LAPSED,
    )
    await record(database_url, spool_path, segment, offer)
    waited = timedelta(seconds=9, microseconds=123456)
    segments = rows(
        database_url,
        "select id, kind, agent_id, position_at_entry, position_at_exit, ended_at - started_at"
        " from segment",
    )
    offers = rows(database_url, "select id, result, rang_at, ended_at - made_at from offer")
    assert segments == [("s-1", "queue", None, 3, None, waited)]
    assert offers == [("o-1", "lapsed", None, timedelta(seconds=8))]


async def test_a_recording_is_described_by_its_facts(database_url: str, spool_path: Path) -> None:
    """Format, channels and checksum are reported with its end; without a file all are unknown."""
    ended = msgspec.structs.replace(RECORDED, facts=AudioFacts(RecordingFormat.FLAC, 2, "ab" * 32))
    bare = msgspec.structs.replace(
        ended, number=2, recording=RecordingId("r-2"), facts=AudioFacts(None, 1, "cd" * 32)
    )
    gone = msgspec.structs.replace(
        ended, number=3, recording=RecordingId("r-3"), path="", failed=True, facts=None
    )
    late = msgspec.structs.replace(ended, number=4, at=START + timedelta(hours=1))
    late = msgspec.structs.replace(late, recording=RecordingId("r-4"), ended_at=ended.at)
    await record(database_url, spool_path, ended, bare, gone, late)
    found = rows(
        database_url,
        "select id, path, format, channels, sha256, failed, ended_at - started_at"
        " from recording order by id",
    )
    path, second = "/talks/r-1.flac", timedelta(seconds=1)
    assert found == [
        ("r-1", path, "flac", 2, b"\xab" * 32, False, second),
        ("r-2", path, None, 1, b"\xcd" * 32, False, second),
        ("r-3", "", None, None, None, True, second),
        ("r-4", path, "flac", 2, b"\xab" * 32, False, second),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1, 0)])
async def test_agent_states_follow_each_other(
    database_url: str, spool_path: Path, order: tuple[int, ...]
) -> None:
    """Each stretch ends where the next begins, also at one instant, in any order and number of
    deliveries of the moves.
    """
    moves = [
        state_changed(1, AgentState.LOGGED_OUT, AgentState.READY, 0),
        state_changed(2, AgentState.READY, AgentState.OFFERED, 5),
        state_changed(3, AgentState.OFFERED, AgentState.READY, 5),
    ]
    for index in order:
        await record(database_url, spool_path, moves[index])
    found = rows(
        database_url,
        "select state, ended_at - started_at from agent_state order by started_at, number",
    )
    none = timedelta()
    assert found == [("ready", timedelta(seconds=5)), ("offered", none), ("ready", None)]


async def test_delivering_again_changes_nothing(database_url: str, spool_path: Path) -> None:
    """The same events twice, together and apart, are stored once."""
    events = [menu_chosen(1), interaction_ended(2)]
    await record(database_url, spool_path, *events, *events)
    await record(database_url, spool_path, *events)
    assert rows(database_url, "select count(*) from interaction_event") == [(2,)]
    assert rows(database_url, "select count(*) from interaction") == [(1,)]


async def test_text_may_hold_anything(database_url: str, spool_path: Path) -> None:
    """A caller's input is stored as text; only parts that Postgres cannot hold are replaced."""
    events: list[Event] = []
    for number, text in enumerate(AWKWARD):
        changed = {"caller_name": text, "caller_number": text * 9, "tags": {text: text}}
        ended = interaction_ended(2 * number, interaction=f"i-{number}", **changed)
        events += [menu_chosen(2 * number + 1, key=text), ended]
    journal = await record(database_url, spool_path, *events)
    odd = str.maketrans(dict.fromkeys("\x00\ud800\udfff", "\ufffd"))
    expected = [text.translate(odd) for text in AWKWARD]
    stored = rows(database_url, "select caller_name, tags from interaction order by id")
    keys = rows(
        database_url,
        "select data ->> 'key' from interaction_event where kind = 'MenuChosen' order by number",
    )
    assert stored == [(text, {text: text}) for text in expected]
    assert keys == [(text,) for text in expected]
    assert journal.refused == 0


def bad_segment() -> SegmentEnded:
    """An event with a row that Postgres refuses."""
    return SegmentEnded(
        number=50,
        at=START,
        interaction=InteractionId("i-1"),
        segment=SegmentId("s-bad"),
        kind=SegmentKind.QUEUE,
        started_at=START,
        position_at_entry=2**40,
    )


async def test_one_bad_row_does_not_block_the_others(database_url: str, spool_path: Path) -> None:
    """A row that Postgres refuses is set aside and counted; those around it are stored."""
    events = [menu_chosen(number) for number in range(100)]
    events[50:50] = [bad_segment()]  # type: ignore[list-item]  # a list of one kind takes another
    journal = await record(database_url, spool_path, *events)
    assert journal.refused == 1
    assert rows(database_url, "select count(*) from interaction_event") == [(100,)]


async def test_a_batch_is_stored_whole_or_not_at_all(database_url: str) -> None:
    """Its statements go together: one that is refused takes those before and after it along."""
    async with await connect(database_url) as connection:
        writer = EventWriter(connection)
        with pytest.raises(psycopg.DataError):
            await writer.write([menu_chosen(1), bad_segment(), menu_chosen(2)])
        assert rows(database_url, "select count(*) from interaction_event") == [(0,)]
        await writer.write([menu_chosen(1), menu_chosen(2)])
        assert rows(database_url, "select count(*) from interaction_event") == [(2,)]


async def test_a_batch_is_bounded(database_url: str, spool_path: Path) -> None:
    """1,200 events at once are three transactions of at most 500."""
    journal = await record(
        database_url, spool_path, *[menu_chosen(number) for number in range(1200)]
    )
    assert rows(database_url, "select count(*) from interaction_event") == [(1200,)]
    assert rows(database_url, "select count(distinct xmin::text) from interaction_event") == [(3,)]
    assert journal.lost == 0


async def test_an_event_waits_for_a_second_at_most(database_url: str, spool_path: Path) -> None:
    """A lone event is written after the batch delay, with room for a slow machine."""
    loop = asyncio.get_running_loop()
    async with running(database_url, spool_path) as journal:
        journal.record([menu_chosen(1)])
        await journal.caught_up()  # the connection is made
        began = loop.time()
        journal.record([menu_chosen(2)])
        await journal.until(lambda: not journal.pending)
        took = loop.time() - began
    assert 0.99 < took < 3


async def test_many_events_wait_for_nothing(database_url: str, spool_path: Path) -> None:
    """The fiftieth event has all written at once, and so has a task that waits for them."""
    never = JournalLimits(batch_delay=timedelta(hours=1))
    async with asyncio.timeout(LIMIT), running(database_url, spool_path, never) as journal:
        journal.record([menu_chosen(number) for number in range(49)])
        await journal.caught_up()
        journal.record([menu_chosen(number) for number in range(50, 99)])
        await asyncio.sleep(0)
        journal.record([menu_chosen(99)])
        await journal.until(lambda: not journal.pending)
        assert journal.batches == 2


async def test_a_drained_journal_waits_for_nothing(database_url: str, spool_path: Path) -> None:
    """The last recorded event is written before it ends."""
    never = JournalLimits(batch_delay=timedelta(hours=1))
    async with asyncio.timeout(LIMIT), running(database_url, spool_path, never) as journal:
        journal.record([menu_chosen(1)])
    assert rows(database_url, "select count(*) from interaction_event") == [(1,)]


async def test_recording_is_quick_and_memory_is_bounded(spool_path: Path) -> None:
    """Taking events costs no waiting; beyond the limit they are counted as lost."""
    spool = Spool(spool_path, limit=0)
    journal = Journal("postgresql://127.0.0.1:1/x", spool, JournalLimits(buffer_events=10))
    journal.record([menu_chosen(number) for number in range(25)])
    assert (journal.pending, journal.lost) == (10, 15)
    spool.close()


async def test_a_month_gets_its_partition(database_url: str, spool_path: Path) -> None:
    """Events of an unexpected month land in a partition of that month, as does the next."""
    await record(
        database_url, spool_path, menu_chosen(1, at=datetime(2031, 12, 31, 23, tzinfo=UTC))
    )
    found = rows(
        database_url,
        "select tableoid::regclass::text, to_regclass('interaction_event_2032_01') is not null"
        " from interaction_event",
    )
    assert found == [("interaction_event_2031_12", True)]


async def test_early_events_move_to_their_partition(database_url: str) -> None:
    """Rows the default partition took are moved when their month's partition is made."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into interaction_event values ('i', 1, '2040-02-29T12:00Z', 'Kind', '{}')"
        )
        connection.execute("select create_event_partition('2040-02-01T00:00Z')")
    found = rows(database_url, "select tableoid::regclass::text from interaction_event")
    assert found == [("interaction_event_2040_02",)]


async def test_an_unreachable_database_fills_the_spool(spool_path: Path) -> None:
    """Without a database events are on disk, in order, and the journal says it is degraded."""
    url = f"postgresql://u:p@127.0.0.1:{free_port(Protocol.TCP)}/x"
    async with running(url, spool_path) as journal:
        journal.record([menu_chosen(number) for number in range(700)])
        await journal.until(lambda: journal.spooled == 700)
        assert journal.degraded
    spool = Spool(spool_path)
    assert [event.number for event in spool.oldest(1000)] == list(range(700))
    spool.close()


async def test_a_full_spool_loses_with_a_count(spool_path: Path) -> None:
    """When even the disk may take no more, the rest is counted and nothing blocks."""
    url = f"postgresql://u:p@127.0.0.1:{free_port(Protocol.TCP)}/x"
    spool = Spool(spool_path, limit=1000)
    journal = Journal(url, spool)
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.run())
        journal.record([menu_chosen(number) for number in range(100)])
        await journal.drain(timedelta(seconds=5))
    assert 0 < journal.spooled < 100
    assert journal.spooled + journal.lost == 100
    assert _size(spool_path) <= 1000
    spool.close()


async def test_the_spool_of_the_last_run_is_written_first(
    database_url: str, spool_path: Path
) -> None:
    """The events that an earlier run left on disk reach the database at the next start; a torn or
    foreign line among them stops nothing.
    """
    spool = Spool(spool_path)
    spool.append([menu_chosen(number) for number in range(600)])
    spool.close()
    with spool_path.open("ab") as file:
        file.write(b'{"type":"Unheard"}\n{"type":"MenuCho')
    journal = await record(database_url, spool_path, menu_chosen(600))
    assert rows(database_url, "select count(*) from interaction_event") == [(601,)]
    assert (journal.spooled, journal.degraded) == (0, False)
    assert _size(spool_path) == 0


async def test_a_stop_that_cannot_wait_spools(database_url: str, spool_path: Path) -> None:
    """When the deadline of a stop passes first, what is not written is on disk."""
    file = Spool(spool_path)
    journal = Journal(database_url, file)
    with psycopg.connect(database_url) as blocker:
        blocker.execute("lock table interaction_event in access exclusive mode")
        async with asyncio.TaskGroup() as group:
            group.create_task(journal.run())
            journal.record([menu_chosen(1)])
            await journal.drain(timedelta(milliseconds=300))
    assert (journal.pending, journal.spooled) == (0, 1)
    file.close()


async def test_a_killed_server_loses_nothing(postgres_folder: Path, spool_path: Path) -> None:
    """Postgres is killed and comes back while events keep arriving: all are there, once each,
    and in the order they happened.
    """
    port = free_port(Protocol.TCP)  # and fsync, without which a killed server forgets
    limits = JournalLimits(retry_delay=timedelta(milliseconds=50))
    async with EmbeddedPostgres(postgres_folder / "killed", port=port) as server:
        await migrate(server.dsn)
        async with running(server.dsn, spool_path, limits) as journal:
            journal.record([menu_chosen(number) for number in range(1000)])
            await journal.until(lambda: journal.pending < 1000)
            _kill(server)
            await server.wait()
            journal.record([menu_chosen(number) for number in range(1000, 2500)])
            await journal.until(lambda: journal.degraded and journal.spooled >= 1500)
            await server.stop()
            await server.start()
            journal.record([menu_chosen(number) for number in range(2500, 3000)])
            async with asyncio.timeout(20):
                await journal.caught_up()
            assert (journal.degraded, journal.lost, journal.refused) == (False, 0, 0)
        found = rows(
            server.dsn, "select number from interaction_event order by xmin::text::bigint, number"
        )
    assert [number for (number,) in found] == list(range(3000))


def _size(path: Path) -> int:
    return path.stat().st_size


def _kill(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
