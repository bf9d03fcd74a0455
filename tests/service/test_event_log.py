"""The log tells where calls begin, end and fail; by ids, never by people."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.cli.log import start_logging
from contactcenter_ari.config.settings import LogFormat
from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    FlowFailed,
    InteractionEnded,
    InteractionStarted,
    OfferEnded,
    OfferResult,
    Party,
    RecordingEnded,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.service.event_log import EventLog

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CALL, ANNA = InteractionId("n1-b-7"), AgentId("100")
NUMBER, NAME = "+31612345678", "Ann Smith"
STARTED = InteractionStarted(
    1, NOW, interaction=CALL, leg=LegId("n1-17.4"), called_number="+31201234567",
    caller_number=NUMBER, caller_name=NAME, flow="desk", flow_version="1", language="en",
)  # fmt: skip
ENDED = InteractionEnded(
    2, NOW, interaction=CALL, node="n1", channel="voice", direction="inbound", started_at=NOW,
    called_number="+31201234567", caller_number=NUMBER, caller_name=NAME, caller_status="gold",
    flow="desk", flow_version="1", language="en", tags={"policy": "123"}, queue="sales",
    agent="100", reason=EndReason.COMPLETED, ended_by=Party.CALLER,
)  # fmt: skip
FAILED = FlowFailed(3, NOW, interaction=CALL, section="balance", reason=f"prompt of {NAME}")
LAPSED, BROKEN = (
    OfferEnded(
        4, NOW, interaction=CALL, offer=OfferId("n1-b-9"), agent=ANNA, queue=QueueName("sales"),
        made_at=NOW, rang_at=None, result=result,
    )
    for result in (OfferResult.LAPSED, OfferResult.FAILED)
)  # fmt: skip
KEPT, LOST = (
    RecordingEnded(
        5, NOW, interaction=CALL, recording=RecordingId("n1-b-8"), agent=ANNA, started_at=NOW,
        path="/r.wav", duration=timedelta(), failed=failed,
    )
    for failed in (False, True)
)  # fmt: skip


def test_each_line_has_its_interaction_and_nobodys_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line of JSON an event; what went as usual in between has none."""
    start_logging(LogFormat.JSON)
    EventLog().record([STARTED, LAPSED, BROKEN, FAILED, KEPT, LOST, ENDED])
    written = capsys.readouterr().err
    told = [json.loads(line) for line in written.splitlines()]
    assert [line["event"] for line in told] == [
        "call.started",
        "offer.failed",
        "flow.failed",
        "recording.failed",
        "call.ended",
    ]
    assert {line["interaction"] for line in told} == {CALL}
    assert (told[0]["leg"], told[0]["flow"]) == ("n1-17.4", "desk")
    assert (told[-1]["end"], told[0]["level"], told[2]["level"]) == (
        "completed",
        "info",
        "warning",
    )
    assert not any(private in written for private in (NUMBER[3:], "Ann", "123"))
