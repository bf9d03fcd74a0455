"""Commands on their way: in order within a call, without waiting between calls.

A verb that returns at once goes over the socket without waiting for the one before it,
because Asterisk answers a socket in order. A verb that blocks a channel goes over HTTP, and
later commands of that call wait for it; so do commands behind a prompt that is still being
made. Every command that fails comes back as `CommandFailed`; nothing is retried but the stop of a
prompt, which Asterisk refuses for a moment when the prompt has only just begun.

A caller who offers no audio in the INVITE says only in the ACK where audio goes (RFC 3261,
13.2.1). What is played before that is lost, so what follows the answer waits for the ACK.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import REPLY_LIMIT
from contactcenter_ari.ari.errors import SwitchError, SwitchUnreachable
from contactcenter_ari.ari.meter import SwitchMeter
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.ari.translate import DONE_ANYWAY, operations_of
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.command import (
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    PlayPrompt,
    StopPlayback,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, CallId, PlaybackId
from contactcenter_ari.core.vocabulary.prompt import PromptPart
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LegsBridged,
    PlaybackFinished,
    Signal,
)

ACK_LIMIT: Final = timedelta(seconds=4)
"""Asterisk sends its 200 again after 0.25, 0.75, 1.75 and 3.75 s."""
LOOK_EVERY: Final = timedelta(milliseconds=50)
RENDER_LIMIT: Final = timedelta(seconds=10)
LANE_LIMIT: Final = 200
ALREADY_EXISTS: Final = 409
NOT_TOLD: Final = 500
JUST_BEGUN: Final = 500
STOP_AGAIN_AFTER: Final = timedelta(milliseconds=20)
STOP_TRIES: Final = 25
NOT_AT_ONCE: Final = (AnswerLeg, BridgeLegs, UnbridgeLeg, PlayPrompt)


class SignalInbox(Protocol):
    """The receiver of signals; `put` returns at once."""

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        ...


class PromptRenderer(Protocol):
    """Turns the parts of a prompt into media URIs such as `sound:/prompts/en/welcome`.

    Raises ContactCenterError when a part cannot be made.
    """

    async def media(self, parts: Sequence[PromptPart], /) -> Sequence[str]:
        """The URIs, in order."""
        ...


class Socket(Protocol):
    """Requests over the WebSocket, answered in order."""

    def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> asyncio.Future[Reply]:
        """The future raises SwitchError."""
        ...


class Http(Protocol):
    """Requests over HTTP, for verbs that block."""

    async def send(self, wanted: Operation, *, limit: timedelta = REPLY_LIMIT) -> Reply:
        """Raises SwitchError."""
        ...


@dataclass(slots=True)
class _Lane:
    """The commands of one call that wait for a blocking verb, or for a prompt being made."""

    waiting: deque[Command] = field(default_factory=deque)
    making: PlaybackId | None = None
    task: asyncio.Task[None] | None = None
    cut: bool = False


class Lanes:
    """Carries out commands; the tasks that wait live in the task group given. `joining` are the
    bridges whose legs are on their way into them, `unoffered` the legs of callers who offered no
    audio in their INVITE.
    """

    def __init__(
        self, *, app: str, socket: Socket, http: Http, prompts: PromptRenderer, inbox: SignalInbox
    ) -> None:
        self._app = app
        self._socket = socket
        self._http = http
        self._prompts = prompts
        self._inbox = inbox
        self._lanes: dict[CallId, _Lane] = {}
        self._in_flight: dict[CallId, asyncio.Future[Reply]] = {}
        self._stopped = False
        self.joining: set[BridgeId] = set()
        self.unoffered: set[str] = set()
        self.meter = SwitchMeter()

    def __repr__(self) -> str:
        return f"<Lanes {len(self._lanes)} calls wait>"

    def carry_out(self, command: Command, group: asyncio.TaskGroup) -> None:
        """Send a command, or put it behind the commands that its call still waits for.

        A new leg is dialed at once in any case: a prompt being made must not delay an offer.
        """
        if isinstance(command, AnswerLeg):
            self.meter.answering(command.leg)
        lane = self._lanes.get(command.call)
        if isinstance(command, DialLeg | DialOutside) or (
            lane is None and not isinstance(command, NOT_AT_ONCE)
        ):
            self._send_now(command)
        elif lane is None:
            lane = self._lanes[command.call] = _Lane(deque([command]))
            lane.task = group.create_task(self._work(command.call, lane))
        elif len(lane.waiting) >= LANE_LIMIT:
            self._fail(command, 0, "too many commands wait")
        else:
            lane.waiting.append(command)
            self._cut_short(lane, command)

    def forget(self, leg: str) -> None:
        """The leg is gone."""
        self.unoffered.discard(leg)
        self.meter.forget(leg)

    def stop(self) -> None:
        """Drop the commands that wait: these calls are no longer ours."""
        self._stopped = True
        for lane in self._lanes.values():
            lane.waiting.clear()
            if lane.task is not None:
                lane.task.cancel()

    def _cut_short(self, lane: _Lane, command: Command) -> None:
        """Give up a prompt that is still being made when it is not wanted any more."""
        unwanted = isinstance(command, StopPlayback) and lane.making == command.playback
        if unwanted and lane.task is not None and not lane.cut:
            lane.cut = True
            lane.task.cancel()

    def _send_now(self, command: Command, media: Sequence[str] = (), *, refusals: int = 0) -> None:
        """Send a command of one operation without waiting for its reply."""
        try:
            (wanted,) = operations_of(command, app=self._app, media=media)
        except ValueError as error:
            self._fail(command, 0, str(error))
            return
        reply = self._socket.send(wanted)
        self._in_flight[command.call] = reply
        reply.add_done_callback(partial(self._settle, command, refusals))

    def _settle(self, command: Command, refusals: int, sent: asyncio.Future[Reply]) -> None:
        if self._in_flight.get(command.call) is sent:
            del self._in_flight[command.call]
        if sent.cancelled():
            return
        if (error := sent.exception()) is not None:
            self._fail(command, 0, str(error))
        elif _has_just_begun(command, sent.result()) and refusals < STOP_TRIES:
            again = partial(self._send_again, command, refusals + 1)
            asyncio.get_running_loop().call_later(STOP_AGAIN_AFTER.total_seconds(), again)
        else:
            self._judge(command, sent.result())

    def _send_again(self, command: Command, refusals: int) -> None:
        if not self._stopped:
            self._send_now(command, refusals=refusals)

    async def _work(self, call: CallId, lane: _Lane) -> None:
        """Take the commands of a lane one after the other until none is left."""
        try:
            while lane.waiting:
                command = lane.waiting.popleft()
                if isinstance(command, PlayPrompt):
                    await self._play(lane, command)
                elif isinstance(command, NOT_AT_ONCE):
                    await self._perform(command)
                else:
                    self._send_now(command)
        finally:
            del self._lanes[call]

    async def _play(self, lane: _Lane, command: PlayPrompt) -> None:
        """Have the prompt made, then play it, unless it was stopped in between."""
        lane.making = command.playback
        try:
            async with asyncio.timeout(RENDER_LIMIT.total_seconds()):
                media = await self._prompts.media(command.parts)
        except asyncio.CancelledError:
            if not lane.cut:
                raise
            lane.cut = False
            if lane.task is not None:
                lane.task.uncancel()
            self._inbox.put(PlaybackFinished(command.playback))
        except TimeoutError:
            self._fail(command, 0, f"the prompt was not made within {RENDER_LIMIT}")
        except ContactCenterError as error:
            self._fail(command, 0, str(error))
        else:
            self._send_now(command, media)
        finally:
            lane.making = None

    async def _perform(self, command: Command) -> None:
        """Send the operations of a command, each after the reply to the one before it."""
        bridges = {command.bridge} if isinstance(command, BridgeLegs) else set()
        self.joining |= bridges
        try:
            reply = Reply(0)
            for wanted in operations_of(command, app=self._app):
                reply = await self._ask(command.call, wanted)
                if not (reply.succeeded or _is_there_already(wanted, reply)):
                    break
        except SwitchError as error:
            self._fail(command, 0, str(error))
        else:
            if isinstance(command, AnswerLeg) and command.leg in self.unoffered:
                await self._until_audio_flows(command.leg)
            self._judge(command, reply)
        finally:
            self.joining -= bridges

    async def _until_audio_flows(self, leg: str) -> None:
        """Wait for the audio address of the ACK, the end of the leg, or `ACK_LIMIT`."""
        with suppress(SwitchError, TimeoutError):
            async with asyncio.timeout(ACK_LIMIT.total_seconds()):
                wanted = operation.audio_address(leg)
                while (await self._socket.send(wanted)).status == NOT_TOLD:  # noqa: ASYNC110  # asked
                    await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def _ask(self, call: CallId, wanted: Operation) -> Reply:
        if not wanted.blocking:
            return await self._socket.send(wanted)
        if (before := self._in_flight.get(call)) is not None:
            await asyncio.wait([before])
        try:
            return await self._http.send(wanted)
        except SwitchUnreachable:  # others may hold all its connections; the socket is ours
            return await self._socket.send(wanted)

    def _judge(self, command: Command, reply: Reply) -> None:
        """Tell the core the result of a command, if the core must know it."""
        if reply.succeeded:
            if isinstance(command, BridgeLegs):
                self._inbox.put(LegsBridged(command.bridge))
            elif isinstance(command, PlayPrompt):
                self.meter.playing(command.leg)
        elif reply.status not in DONE_ANYWAY.get(type(command), ()):
            self._fail(command, reply.status, reply.reason)

    def _fail(self, command: Command, status: int, reason: str) -> None:
        """Report a failure; a bridge that was not filled is removed again."""
        if isinstance(command, BridgeLegs):
            removed = self._socket.send(operation.destroy_bridge(command.bridge))
            removed.add_done_callback(asyncio.Future.exception)
        self.meter.failed(command, status)
        self._inbox.put(CommandFailed(command, status, reason))


def _has_just_begun(command: Command, reply: Reply) -> bool:
    """Whether a prompt cannot be stopped yet: Asterisk refuses that for a moment."""
    return isinstance(command, StopPlayback) and reply.status == JUST_BEGUN


def _is_there_already(wanted: Operation, reply: Reply) -> bool:
    """Whether a bridge was made by an earlier try of the same command; ids are never reused."""
    made = wanted.method == "POST" and wanted.template == "bridges/{bridgeId}"
    return made and reply.status == ALREADY_EXISTS
