"""Rows that reports read back: they are typed, and complete."""

from datetime import timedelta
from pathlib import Path

import msgspec

from contactcenter_ari.core.vocabulary.event import (
    OfferEnded,
    OfferResult,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    OfferId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import (
    InteractionRow,
    OfferRow,
    RecordingRow,
    SegmentRow,
)
from tests.postgres.journaled import RECORDED, written
from tests.postgres.random_day import SINCE, Day


async def test_rows_come_back_typed(database_url: str, tmp_path: Path, report: Report) -> None:
    """The written rows are read back in the words of the vocabulary, only since the instant."""
    day = Day(7)
    offer = OfferEnded(
        number=100_000,
        at=SINCE + timedelta(seconds=8),
        interaction=InteractionId("i-1"),
        offer=OfferId("o-1"),
        agent=AgentId("101"),
        queue=QueueName("claims"),
        made_at=SINCE,
        rang_at=SINCE + timedelta(seconds=1),
        result=OfferResult.BUSY,
    )
    recording = msgspec.structs.replace(
        RECORDED,
        number=100_001,
        at=SINCE + timedelta(seconds=9),
        path="/nowhere.wav",
        duration=timedelta(seconds=9),
        failed=True,
        cut=True,
        pauses=(Pause(PauseReason.HOLD, SINCE, SINCE + timedelta(seconds=2)),),
    )
    await written(database_url, tmp_path, [*day.events, offer, recording])
    segments = await report.segments(SINCE)
    wanted = sorted(
        (one for one in day.segments if one.started_at >= SINCE),
        key=lambda one: (one.started_at, one.segment),
    )
    assert [one.segment for one in segments] == [one.segment for one in wanted]
    assert segments[0] == SegmentRow(
        segment=wanted[0].segment,
        interaction=wanted[0].interaction,
        kind=wanted[0].kind,
        queue=wanted[0].queue,
        agent=wanted[0].agent or None,
        result=wanted[0].result,
        position_at_entry=None,
        position_at_exit=None,
        started_at=wanted[0].started_at,
        ended_at=wanted[0].at,
    )
    assert await report.offers(SINCE) == [
        OfferRow(
            offer="o-1",
            interaction="i-1",
            agent="101",
            queue="claims",
            result=OfferResult.BUSY,
            made_at=SINCE,
            rang_at=offer.rang_at,
            ended_at=offer.at,
        )
    ]
    assert await report.recordings(SINCE) == [
        RecordingRow(
            recording="r-1",
            interaction="i-1",
            agent="101",
            path="/nowhere.wav",
            failed=True,
            cut=True,
            duration=timedelta(seconds=9),
            pauses=recording.pauses,
            format=None,
            channels=None,
            sha256=None,
            started_at=SINCE,
            ended_at=recording.at,
        )
    ]
    assert [event.kind for event in await report.events("i-1")].count("OfferEnded") == 1
    states = await report.agent_states(SINCE)
    assert len(states) == sum(move.at >= SINCE for move in day.moves)
    await check_interactions(day, await report.interactions(SINCE))


async def check_interactions(day: Day, found: list[InteractionRow]) -> None:
    """Each interaction of the day is there with its waits and talks added up."""
    wanted = {one.interaction: one for one in day.interactions if one.started_at >= SINCE}
    assert {row.interaction for row in found} == set(wanted)
    for row in found:
        spent = {
            kind: sum(
                (
                    one.at - one.started_at
                    for one in day.segments
                    if one.interaction == row.interaction and one.kind is kind
                ),
                timedelta(),
            )
            for kind in SegmentKind
        }
        assert (row.waited, row.talked) == (spent[SegmentKind.QUEUE], spent[SegmentKind.TALK])
        assert row.reason is wanted[InteractionId(row.interaction)].reason
