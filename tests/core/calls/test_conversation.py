"""Talks and their recordings, and how everything tells its story in a log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    StartMusic,
    StopMusic,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.event import RecordingEnded, RecordingStarted, SegmentEnded
from contactcenter_ari.core.vocabulary.ids import QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Floor


def test_a_talk_from_ring_to_end(floor: Floor) -> None:
    """All that the switch is told, in this order."""
    agent = floor.agent()
    floor.caller()
    agent.rings()
    agent.picks_up()
    agent.hangs_up()
    floor.settle()
    assert [type(c) for c in floor.commands[1:]] == [
        StartMusic,
        DialLeg,
        StopMusic,
        BridgeLegs,
        StopRecording,
        HangUpLeg,
        FinishRecording,
        DissolveBridge,
    ]


def test_a_recording(floor: Floor) -> None:
    """It runs from the first word to the last and belongs to caller and agent."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(5)
    agent.picks_up()
    began_at = floor.now
    floor.wait(30)
    caller.hangs_up()
    floor.settle()
    (started,), (ended,) = caller.told(RecordingStarted), caller.told(RecordingEnded)
    assert (started.at, ended.started_at, ended.at) == (
        began_at,
        began_at,
        began_at + timedelta(seconds=30),
    )
    assert (started.agent, ended.agent) == ("100", "100")
    assert floor.done(StopRecording)[0].leg == floor.done(DialLeg)[0].leg


def test_a_queue_without_recordings(floor: Floor) -> None:
    """Nothing is recorded, and nothing is to be stopped."""
    floor.open(None, QueueSettings(name=QueueName("sales"), recording=False))
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    agent.hangs_up()
    assert floor.done(DialLeg)[0].recording is None
    assert floor.done(StopRecording) == []
    assert caller.told(RecordingStarted) == []


def test_segments_of_a_call(floor: Floor) -> None:
    """Flow, queue, talk, flow: reports need nothing else."""
    agent = floor.agent()
    caller = floor.caller()
    floor.wait(5)
    agent.picks_up()
    floor.wait(30)
    agent.hangs_up()
    floor.wait(15)
    assert [
        (e.kind, e.at - e.started_at, e.queue, e.agent) for e in caller.told(SegmentEnded)
    ] == [
        ("flow", timedelta(), "", ""),
        ("queue", timedelta(seconds=5), "sales", ""),
        ("talk", timedelta(seconds=30), "sales", "100"),
        ("flow", timedelta(), "", ""),
        ("wrap_up", timedelta(seconds=15), "sales", "100"),
    ]


def test_everything_tells_its_story(floor: Floor) -> None:
    """In a log each thing says in a few words how it stands."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    floor.caller()
    calls = floor.center._calls
    (call, _) = calls
    assert repr(floor.center) == (
        "<Center n1: <CallControl 2 in progress>, <Distribution 1 waiting, 0 offers>>"
    )
    roster = floor.center._workforce.roster
    assert repr(roster) == "<Roster 1 agents, 1 logged in>"
    assert [repr(a) for a in roster] == ["<Agent 100: on_call since 10:00:00>"]
    assert repr(call.interaction).endswith(": talking since 10:00:00>")
    assert repr(calls.bridges.of(caller.leg)).endswith(": joined, 2 legs>")
    lines = floor.center._distribution.queues.lines
    assert [repr(line) for line in lines.values()] == [
        "<WaitingLine sales: 1 waiting>",
        "<WaitingLine support: 0 waiting>",
    ]
