"""The switch as the core knows it: commands go in, signals come out.

After each connection the core is told what lives in Asterisk. While it runs, `CC_BEAT` in
Asterisk tells the dialplan that somebody takes calls, and empty bridges are swept. When
another program takes our application, `run` ends with `SwitchReplaced`. Nothing is decided
here; `submit` and `put` return at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import (
    Connected,
    Credentials,
    Disconnected,
    News,
    SwitchSocket,
    Tally,
)
from contactcenter_ari.ari.errors import SwitchError, SwitchReplaced
from contactcenter_ari.ari.inventory import Sweep, list_phones, take_inventory
from contactcenter_ari.ari.lane import Http, Lanes, PromptRenderer, SignalInbox
from contactcenter_ari.ari.messages import (
    EVENT_KINDS,
    PHONE_EVENT_KINDS,
    ApplicationReplaced,
    ChannelHangupRequest,
    Endpoint,
    EndpointStateChange,
    LiveRecording,
    Playback,
    RESTResponse,
    StasisStart,
)
from contactcenter_ari.ari.messages import PlaybackFinished as EndOfPlayback
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.ari.silence import SilenceLimits, SilenceWatch
from contactcenter_ari.ari.translate import (
    EAR,
    RECORDING_FORMAT,
    is_reachable,
    phone_signal,
    recorded,
    signal_of,
)
from contactcenter_ari.core.vocabulary.command import Command, StartRecording, StopRecording
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId, PlaybackId, RecordingId
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    LegHungUp,
    PlaybackFinished,
    RecordingFinished,
    Signal,
    SwitchReconciled,
)
from contactcenter_ari.runtime.listener import Listeners
from contactcenter_ari.runtime.pulse import EVERY, Pulse

SWEEP_EVERY: Final = timedelta(seconds=30)
RETRY_AFTER: Final = timedelta(seconds=1)
RECORDING_GRACE: Final = timedelta(seconds=2)
BEAT_VARIABLE: Final = "CC_BEAT"

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


def phones_app(app: str) -> str:
    """The application that watches phones; were it `app`, digits would be reported twice."""
    return f"{app}-phones"


def greeting(app: str) -> list[Operation]:
    """What is said first on each connection: which events to send."""
    return [
        operation.filter_events(app, [*EVENT_KINDS, RESTResponse.__name__]),
        operation.filter_events(phones_app(app), PHONE_EVENT_KINDS),
        operation.watch_phones(phones_app(app)),
    ]


class PingedHttp(Http, Protocol):
    """Requests over HTTP, and a ping that waits behind none of them."""

    async def ping(self) -> Reply:
        """Raises SwitchError."""
        ...


class CallInbox(SignalInbox, Protocol):
    """Where signals go, and who says whether calls are taken."""

    @property
    def accepts_calls(self) -> bool:
        """Whether new calls may come."""
        ...


def farewell(app: str) -> list[Operation]:
    """What is said before we leave: no more events, they are asked for again on return."""
    replies = [RESTResponse.__name__]
    return [operation.filter_events(name, replies) for name in (app, phones_app(app))]


class AriSwitch:
    """One Asterisk: listens for its socket, carries out commands, gives signals to `inbox`.

    `recordings` is the folder Asterisk records into; `now` reads the clock; `silence` tells when
    a leg that sends nothing is asked whether it is alive.
    """

    def __init__(
        self,
        *,
        app: str,
        credentials: Credentials,
        http: PingedHttp,
        prompts: PromptRenderer,
        inbox: CallInbox,
        recordings: Path,
        now: Callable[[], datetime],
        silence: SilenceLimits = SilenceLimits(),  # noqa: B008  # frozen
    ) -> None:
        self._app = app
        self._inbox = inbox
        self._recordings = recordings
        self._now = now
        self._socket = SwitchSocket(
            credentials=credentials, inbox=self, greeting=greeting(app), farewell=farewell(app)
        )
        self._lanes = Lanes(app=app, socket=self._socket, http=http, prompts=prompts, inbox=inbox)
        self._silence = SilenceWatch(self._socket, http, silence)
        self.connections = 0
        self._group: asyncio.TaskGroup | None = None
        self._http = http
        self._connected = asyncio.Event()
        self._beat_due = asyncio.Event()
        self._pulses = Pulse("Asterisk's socket"), Pulse("Asterisk's HTTP server")
        self._unreconciled = asyncio.Event()
        self._replaced = asyncio.Event()
        self._phones: dict[str, bool] = {}
        self._announced: set[str] = set()
        self._hanging_up: set[str] = set()
        self._recording: dict[RecordingId, datetime] = {}

    def __repr__(self) -> str:
        """Tell whether Asterisk is there."""
        return f"<AriSwitch {self._app}: {self._socket!r}, {self._lanes!r}>"

    @property
    def connected(self) -> bool:
        """Asterisk is connected and was told which events to send."""
        return self._connected.is_set()

    @property
    def trouble(self) -> str:
        """Why no call can be served, as a sentence; empty while Asterisk answers."""
        if not self.connected:
            return "Asterisk's socket is not connected"
        socket, http = self._pulses
        for pulse, way in ((socket, "over its socket"), (http, "over HTTP")):
            if not pulse.answers:
                seconds = pulse.silent_for.total_seconds()
                return f"Asterisk has not answered {way} for {seconds:.0f} s; is it stopped?"
        return ""

    async def until_connected(self) -> None:
        """Wait for Asterisk's socket."""
        await self._connected.wait()

    @property
    def tally(self) -> Tally:
        """Frames that were not understood, counted."""
        return self._socket.tally

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Accept Asterisk's socket meanwhile; gives the port. `run` must run meanwhile, too."""
        async with self._socket.listening(host, port) as chosen:
            yield chosen

    def accepting(self, sockets: Listeners) -> AbstractAsyncContextManager[int]:
        """The same on sockets that listen already."""
        return self._socket.accepting(sockets)

    async def run(self) -> None:
        """Work until cancelled; raises SwitchReplaced when another program takes over."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            tasks = [
                group.create_task(self._reconcile_each_time()),
                group.create_task(self._beat()),
                group.create_task(self._ping()),
                group.create_task(self._sweep()),
                group.create_task(self._silence.run()),
            ]
            await self._replaced.wait()
            self._lanes.stop()
            for task in tasks:
                task.cancel()
        raise SwitchReplaced("another program serves our application; this one stops")

    def submit(self, command: Command) -> None:
        """Send a command to Asterisk, in order within its call; `run` must be running."""
        if self._group is None:
            raise AssertionError("the switch is not running")
        if self._replaced.is_set():
            self._inbox.put(CommandFailed(command, 0, "another program owns the call"))
        else:
            self._watch_recording(command, self._group)
            self._lanes.carry_out(command, self._group)

    def put(self, news: News, /) -> None:
        """Take news from the socket and pass on what it means to the core."""
        match news:
            case Connected():
                self.connections += 1
                self._connected.set()
                self._unreconciled.set()
                self._beat_due.set()
            case Disconnected():
                self._connected.clear()
            case ApplicationReplaced():
                self._replaced.set()
            case EndpointStateChange():
                self._note_phone(news.endpoint)
            case StasisStart():
                self._announce(news)
            case ChannelHangupRequest(channel=channel):
                self._hanging_up.add(channel.id)
            case EndOfPlayback(playback=playback) if self._is_hanging_up(playback):
                self._inbox.put(PlaybackFinished(PlaybackId(playback.id)))
            case event:
                signal = signal_of(event, self._recordings)
                if signal is not None:
                    self._pass_on(signal)

    def _announce(self, event: StasisStart) -> None:
        """Tell the core of a leg, once, though it may be found twice."""
        if event.channel.id in self._announced:
            return
        self._announced.add(event.channel.id)
        self._silence.add(event.channel.id)
        if list(event.args[:1]) == [EAR]:
            self._listen(event)
            return
        signal = signal_of(event, self._recordings)
        if signal is None:
            self._turn_away(event)
        else:
            self._inbox.put(signal)

    def _is_hanging_up(self, playback: Playback) -> bool:
        """Whether a hang-up cut a prompt short: Asterisk says of that, too, that it failed."""
        return playback.target_uri.removeprefix("channel:") in self._hanging_up

    def _pass_on(self, signal: Signal) -> None:
        if isinstance(signal, RecordingFinished):
            self._recording.pop(signal.recording, None)
        elif isinstance(signal, LegHungUp):
            self._announced.discard(signal.leg)
            self._silence.drop(signal.leg)
            self._hanging_up.discard(signal.leg)
        self._inbox.put(signal)

    def _watch_recording(self, command: Command, group: asyncio.TaskGroup) -> None:
        if isinstance(command, StartRecording):
            self._recording[command.recording] = self._now()
        elif isinstance(command, StopRecording) and command.recording in self._recording:
            length = self._now() - self._recording[command.recording]
            group.create_task(self._end_recording(command.recording, length))

    async def _end_recording(self, recording: RecordingId, length: timedelta) -> None:
        """See that what is recorded comes to an end.

        Asterisk says nothing of a recording whose bridge emptied before it began, nor, once
        in some forty times, when its bridge empties before it is closed.
        """
        await asyncio.sleep(RECORDING_GRACE.total_seconds())
        if recording not in self._recording:
            return
        try:
            reply = await self._socket.send(operation.find_recording(recording))
        except SwitchError:
            reply = Reply(0)
        if recording in self._recording:
            log.info("recording.end_unheard", stored=reply.succeeded)
            file = LiveRecording(recording, RECORDING_FORMAT, round(length.total_seconds()))
            self._pass_on(recorded(file, self._recordings, failed=not reply.succeeded))

    def _note_phone(self, endpoint: Endpoint) -> None:
        """Asterisk repeats itself at every call; only a change is a signal."""
        reachable = is_reachable(endpoint)
        if self._phones.get(endpoint.resource) is not reachable:
            self._phones[endpoint.resource] = reachable
            self._inbox.put(phone_signal(endpoint))

    def _listen(self, event: StasisStart) -> None:
        """A listening leg is there: record what it hears."""
        recording = RecordingId(event.args[-1])
        wanted = operation.record_channel(
            event.channel.id, recording=recording, file_format=RECORDING_FORMAT
        )
        self._socket.send(wanted).add_done_callback(partial(self._listening_to, recording))

    def _listening_to(self, recording: RecordingId, sent: asyncio.Future[Reply]) -> None:
        failed = not sent.cancelled() and (sent.exception() or not sent.result().succeeded)
        if failed:
            self._inbox.put(RecordingFinished(recording, "", 0, failed=True))

    def _turn_away(self, event: StasisStart) -> None:
        """Nobody waits for this channel, so it would live for ever in silence."""
        log.warning("channel.unexpected", replaces=event.replace_channel is not None)
        gone = self._socket.send(operation.hang_up(event.channel.id))
        gone.add_done_callback(asyncio.Future.exception)

    async def _reconcile_each_time(self) -> None:
        while True:
            await self._unreconciled.wait()
            self._unreconciled.clear()
            try:
                await self._reconcile()
            except SwitchError as error:
                log.warning("inventory.failed", reason=str(error))
                await asyncio.sleep(RETRY_AFTER.total_seconds())
                if self.connected:
                    self._unreconciled.set()

    async def _reconcile(self) -> None:
        """Tell the core what is there, first of all whose arrival it may have missed."""
        taken_at = self._now()
        inventory = await take_inventory(self._socket, self._app)
        self._phones = {phone.resource: is_reachable(phone) for phone in inventory.phones}
        for known in (self._announced, self._hanging_up):
            known.intersection_update(inventory.legs)
        self._silence.keep(inventory.legs)
        for arrival in inventory.alone:
            self._announce(arrival)
        self._inbox.put(
            SwitchReconciled(
                taken_at=taken_at,
                legs=tuple(LegId(leg) for leg in inventory.legs),
                phones=tuple(PhoneId(name) for name, there in self._phones.items() if there),
            )
        )
        log.info("switch.reconciled", legs=len(inventory.legs))

    async def _beat(self) -> None:
        """Keep the dialplan from taking the fall-back, as long as calls are taken: at once after
        a connection, and then again and again. It is also what the socket is asked.
        """
        while True:
            await self._connected.wait()
            self._beat_due.clear()
            epoch = int(self._now().timestamp()) if self._inbox.accepts_calls else 0
            beat = operation.set_global(BEAT_VARIABLE, str(epoch))
            await self._pulses[0].take(self._socket.send(beat))
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY.total_seconds()):
                    await self._beat_due.wait()

    async def _ping(self) -> None:
        """Ask over HTTP, too: that server may hang alone."""
        while True:
            await self._connected.wait()
            await self._pulses[1].take(self._http.ping())
            await asyncio.sleep(EVERY.total_seconds())

    async def _sweep(self) -> None:
        """Remove what is left over, and hear of phones whose change was missed."""
        sweep = Sweep()
        while True:
            await asyncio.sleep(SWEEP_EVERY.total_seconds())
            await self._connected.wait()
            try:
                await sweep.run(self._socket)
                for phone in await list_phones(self._socket):
                    self._note_phone(phone)
            except SwitchError as error:
                log.warning("sweep.failed", reason=str(error))
