"""Calls that got an apology while the application was away, and are recorded later.

Each call is entered once, however often it is reported: its id is that of the call in the switch,
and everything that follows from it is numbered after it. A number or a message that was left is a
task.
"""

from collections import OrderedDict

from contactcenter_ari.core.center.call_control import CallControl
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.route import Routes, route
from contactcenter_ari.core.site.called_number import CallNumbers
from contactcenter_ari.core.turn import Turn
from contactcenter_ari.core.vocabulary.callback import LostCallReason
from contactcenter_ari.core.vocabulary.event import (
    INBOUND,
    INTERNAL,
    CallerApologized,
    EndReason,
    InteractionEnded,
    InteractionStarted,
    Party,
    RecordingEnded,
    RecordingStarted,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, QueueName, SegmentId
from contactcenter_ari.core.vocabulary.request import RecordApology

REMEMBERED = 20_000
"""The most calls that are remembered as entered in the records."""


class Apologies:
    """The latest calls that are entered in the records."""

    def __init__(self, calls: CallControl) -> None:
        self._calls = calls
        self._recorded: OrderedDict[str, None] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Apologies {len(self._recorded)} remembered>"

    def routes(self) -> Routes:
        """The request to enter a call into the records."""
        return route(RecordApology, self.record)

    def record(self, call: RecordApology, turn: Turn) -> None:
        """Enter a call that is over; one that is entered already changes nothing."""
        if call.interaction in self._recorded:
            return
        self._recorded[call.interaction] = None
        if len(self._recorded) > REMEMBERED:
            self._recorded.popitem(last=False)
        catalog = self._calls.catalog
        numbers = catalog.call_numbers(call.called_number, call.caller_number, call.country)
        answering = None if call.internal else catalog.answering(numbers.called)
        flow = None if answering is None else answering.flow
        _tell_started(call, numbers, flow, turn)
        _tell_apologized(call, turn)
        if call.message is not None:
            _tell_message(call, turn)
        self._open_task(call, numbers, flow, turn)
        _tell_stretch(call, turn)
        _tell_ended(call, numbers, flow, turn)

    def _open_task(
        self, call: RecordApology, numbers: CallNumbers, flow: Flow | None, turn: Turn
    ) -> None:
        if call.number:
            country = "" if flow is None else flow.country_code
            reason, number = LostCallReason.NUMBER_LEFT, e164(call.number, country)
        elif call.message is not None:
            reason, number = LostCallReason.MESSAGE_LEFT, numbers.caller
        else:
            return
        self._calls.queueing.lost_calls.left(
            call.interaction, number, reason, queue=_first_queue(flow), at=call.ended_at, turn=turn
        )


def _first_queue(flow: Flow | None) -> QueueName:
    """The queue that the caller would probably have come to; empty when the flow has no queue."""
    sections = () if flow is None else flow.sections.values()
    verbs = (step.verb for section in sections for step in section.steps)
    return next((verb.queue for verb in verbs if isinstance(verb, Queue)), QueueName(""))


def _tell_started(
    call: RecordApology, numbers: CallNumbers, flow: Flow | None, turn: Turn
) -> None:
    turn.tell_at(
        call.started_at,
        InteractionStarted,
        interaction=call.interaction,
        leg=LegId(call.interaction),
        called_number=numbers.called,
        caller_number=numbers.caller,
        called_number_raw=numbers.called_raw,
        caller_number_raw=numbers.caller_raw,
        caller_name="",
        flow="" if flow is None else flow.name,
        flow_version="" if flow is None else flow.version,
        language=call.language,
        direction=INTERNAL if call.internal else INBOUND,
    )


def _tell_apologized(call: RecordApology, turn: Turn) -> None:
    turn.tell_at(
        call.ended_at,
        CallerApologized,
        interaction=call.interaction,
        number_left=bool(call.number),
        message_left=call.message is not None,
    )


def _tell_message(call: RecordApology, turn: Turn) -> None:
    assert call.message is not None, "a message was left"
    started_at = call.ended_at - call.message.duration
    turn.tell_at(
        started_at,
        RecordingStarted,
        interaction=call.interaction,
        recording=call.message.recording,
        agent=AgentId(""),
    )
    turn.tell_at(
        call.ended_at,
        RecordingEnded,
        interaction=call.interaction,
        recording=call.message.recording,
        agent=AgentId(""),
        started_at=started_at,
        path=call.message.path,
        duration=call.message.duration,
        failed=False,
        facts=call.message.facts,
    )


def _tell_stretch(call: RecordApology, turn: Turn) -> None:
    """The whole call as a stretch in the flow: the caller talked to nobody."""
    turn.tell_at(
        call.ended_at,
        SegmentEnded,
        interaction=call.interaction,
        segment=SegmentId(f"{call.interaction}.flow"),
        kind=SegmentKind.FLOW,
        started_at=call.started_at,
    )


def _tell_ended(call: RecordApology, numbers: CallNumbers, flow: Flow | None, turn: Turn) -> None:
    turn.tell_at(
        call.ended_at,
        InteractionEnded,
        interaction=call.interaction,
        node=turn.clockwork.node,
        channel="voice",
        direction=INTERNAL if call.internal else INBOUND,
        started_at=call.started_at,
        called_number=numbers.called,
        caller_number=numbers.caller,
        called_number_raw=numbers.called_raw,
        caller_number_raw=numbers.caller_raw,
        caller_name="",
        caller_status="",
        flow="" if flow is None else flow.name,
        flow_version="" if flow is None else flow.version,
        language=call.language,
        tags={},
        queue="",
        agent="",
        reason=EndReason.APOLOGIZED,
        ended_by=Party.SYSTEM,
    )
