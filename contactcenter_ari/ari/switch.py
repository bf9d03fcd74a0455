"""The switch from the core's view: commands go in, signals come out.

After each connection the core is told what lives in Asterisk. While it runs, `CC_BEAT` in Asterisk
tells the dialplan that the application takes calls, and empty bridges are removed. When another
program takes our application, `run` ends with `SwitchReplaced`. Nothing is decided here; `submit`
and `put` return at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.capacity import Capacity, CountingInbox
from contactcenter_ari.ari.connection import (
    Connected,
    Credentials,
    Disconnected,
    News,
    SwitchSocket,
    Tally,
)
from contactcenter_ari.ari.errors import SwitchError, SwitchReplaced
from contactcenter_ari.ari.event_filter import farewell, greeting
from contactcenter_ari.ari.first_response import FirstResponses
from contactcenter_ari.ari.inventory import Inventory, Sweep, take_inventory
from contactcenter_ari.ari.lane import Http, Lanes, PromptRenderer, SignalInbox
from contactcenter_ari.ari.late_arrival import LateArrivals
from contactcenter_ari.ari.leg_end import LegEnds
from contactcenter_ari.ari.messages import (
    ApplicationReplaced,
    ChannelHangupRequest,
    Dial,
    Endpoint,
    PeerStatusChange,
    StasisEnd,
    StasisStart,
)
from contactcenter_ari.ari.messages import PlaybackFinished as EndOfPlayback
from contactcenter_ari.ari.reconnection import Reconnection
from contactcenter_ari.ari.recorder import Recorder, RecorderCommand
from contactcenter_ari.ari.reply import Reply
from contactcenter_ari.ari.silence import SilenceLimits, SilenceWatch
from contactcenter_ari.ari.translate import (
    ARRIVALS,
    SNOOP,
    is_reachable,
    offers_late,
    phone_signal,
    recording_of,
    signal_of,
    without,
)
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DissolveBridge,
    HangUpLeg,
    HangUpReason,
)
from contactcenter_ari.core.vocabulary.ids import BridgeId, LegId, PhoneId, PlaybackId
from contactcenter_ari.core.vocabulary.signal import (
    NO_ROOM,
    CommandFailed,
    LegHungUp,
    PlaybackFinished,
    Signal,
    SwitchReconciled,
)
from contactcenter_ari.runtime.listener import Listeners
from contactcenter_ari.runtime.pulse import EVERY, Pulse

SWEEP_EVERY: Final = timedelta(seconds=30)
SECOND_LOOK_AFTER: Final = timedelta(seconds=5)
"""At the first look calls may be too young to tell whether they have ended."""
IN_FLIGHT: Final = timedelta(seconds=1)
"""An event that is older than an inventory is heard within this time after it."""
RETRY_AFTER: Final = timedelta(seconds=1)
ALIVE_VARIABLE: Final = "CC_ALIVE"
"""The last time at which inputs were being handled; the watch beside Asterisk reads it."""
BEAT_VARIABLE: Final = "CC_BEAT"
"""The same, or 0 while no new calls are taken; the dialplan reads it."""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class PingedHttp(Http, Protocol):
    """Requests over HTTP, and a ping that waits behind none of them."""

    async def ping(self) -> Reply:
        """Raises SwitchError."""
        ...


class CallInbox(SignalInbox, Protocol):
    """The receiver of signals, which also says whether calls are taken."""

    @property
    def accepts_calls(self) -> bool:
        """Whether new calls may come."""
        ...

    @property
    def keeps_up(self) -> bool:
        """Whether signals are being handled, rather than only gathered."""
        ...


class AriSwitch:
    """One Asterisk: listens for its socket, carries out commands, gives signals to `inbox`.

    Inventories name its `node`. `recorder` carries out what concerns recordings; `now` reads the
    clock; `silence` tells when a leg that sends nothing is asked whether it is alive; `capacity`
    is told of all legs.
    """

    def __init__(
        self,
        *,
        node: str,
        app: str,
        credentials: Credentials,
        http: PingedHttp,
        prompts: PromptRenderer,
        inbox: CallInbox,
        recorder: Recorder,
        now: Callable[[], datetime],
        capacity: Capacity,
        silence: SilenceLimits = SilenceLimits(),  # noqa: B008  # frozen
    ) -> None:
        self._node = node
        self._app = app
        self._inbox = inbox
        self._now = now
        self._reconnection = Reconnection(inbox, now)
        self._socket = SwitchSocket(
            credentials=credentials, inbox=self, greeting=greeting(app), farewell=farewell(app)
        )
        self._lanes = Lanes(
            app=app,
            socket=self._socket,
            http=http,
            prompts=prompts,
            inbox=CountingInbox(self._reconnection, capacity),
        )
        self.meter, self.capacity = self._lanes.meter, capacity
        self._silence = SilenceWatch(self._socket, http, silence)
        self._recorder = recorder
        self.connections = 0
        self._group: asyncio.TaskGroup | None = None
        self._http = http
        self._connected = asyncio.Event()
        self._new_connection = asyncio.Event()
        self._beat_due = asyncio.Event()
        self._pulses = Pulse("Asterisk's socket"), Pulse("Asterisk's HTTP server")
        self._unreconciled = asyncio.Event()
        self._replaced = asyncio.Event()
        self._phones: dict[str, bool] = {}
        self._announced: set[str] = set()
        self._late = LateArrivals(app, self._socket, now)
        self._alive_at = "0"
        self._ends = LegEnds()
        self._sent_on: set[str] = set()
        self._responses = FirstResponses(self._socket, inbox)
        self._away: set[str] = set()
        self._ended: set[str] = set()
        self._noted: set[str] = set()
        self._made: set[BridgeId] = set()
        self._sweep = Sweep()

    def __repr__(self) -> str:
        return f"<AriSwitch {self._app}: {self._socket!r}, {self._lanes!r}>"

    @property
    def connected(self) -> bool:
        """Whether Asterisk is connected and was told which events to send."""
        return self._connected.is_set()

    @property
    def trouble(self) -> str:
        """The reason why no call can be served, as a sentence; empty while Asterisk answers."""
        if not self.connected:
            return "Asterisk's socket is not connected"
        socket, http = self._pulses
        for pulse, way in ((socket, "over its socket"), (http, "over HTTP")):
            if not pulse.answers:
                seconds = pulse.silent_for.total_seconds()
                return f"Asterisk has not answered {way} for {seconds:.0f} s; is it stopped?"
        return ""

    async def until_new_connection(self, known: int) -> None:
        """Wait until there were more `connections` than the known ones."""
        while self.connections <= known:
            await self._new_connection.wait()

    async def until_connected(self) -> None:
        """Wait for Asterisk's socket."""
        await self._connected.wait()

    @property
    def tally(self) -> Tally:
        """The count of frames that were not understood."""
        return self._socket.tally

    def listening(self, host: str, port: int) -> AbstractAsyncContextManager[int]:
        """Accept Asterisk's socket meanwhile; gives the port. `run` must run meanwhile, too."""
        return self._socket.listening(host, port)

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
                group.create_task(self._silence.run()),
                group.create_task(self._recorder.run()),
                group.create_task(self.capacity.run(self._socket)),
            ]
            await self._replaced.wait()
            self._lanes.stop()
            self._responses.stop()
            for task in tasks:
                task.cancel()
        raise SwitchReplaced("another program serves our application; this one stops")

    def submit(self, command: Command) -> None:
        """Send a command to Asterisk, in order within its call; `run` must be running."""
        if self._group is None:
            raise AssertionError("the switch is not running")
        if self._replaced.is_set():
            self._inbox.put(CommandFailed(command, 0, "another program owns the call"))
        elif isinstance(command, RecorderCommand):
            self._recorder.carry_out(command, self._group)
        elif isinstance(command, DialLeg | DialOutside) and self.capacity.full:
            self._inbox.put(CommandFailed(command, NO_ROOM, "all audio ports are in use"))
        else:
            if isinstance(command, DialLeg | DialOutside):
                self.capacity.arrived(command.leg, call=False)
            if isinstance(command, DialLeg):
                self._responses.expect(command.leg, command.unreachable_after)
            elif isinstance(command, HangUpLeg):
                self._responses.forget(command.leg)
            self._note_bridge(command)
            self._lanes.carry_out(command, self._group)

    def _note_bridge(self, command: Command) -> None:
        if isinstance(command, BridgeLegs):
            self._made.add(command.bridge)
        elif isinstance(command, DissolveBridge):
            self._made.discard(command.bridge)
        elif isinstance(command, HangUpLeg) and command.reason is HangUpReason.CONGESTION:
            log.warning("leg.given_up", interaction=command.call, leg=command.leg)

    def put(self, news: News, /) -> None:
        """Take news from the socket and pass on its meaning to the core."""
        match news:
            case Connected():
                self.connections += 1
                self._connected.set()
                self._new_connection.set()
                self._new_connection.clear()
                self._unreconciled.set()
                self._beat_due.set()
            case Disconnected():
                self._connected.clear()
                self._reconnection.lost()
            case ApplicationReplaced():
                self._replaced.set()
            case PeerStatusChange():
                self._note_phone(news.endpoint)
            case StasisStart():
                self._announce(news)
            case Dial():
                self._note_word(news)
            case ChannelHangupRequest():
                self._hang_up_asked(news)
            case EndOfPlayback(playback=playback) if self._ends.has_cut(playback):
                self._inbox.put(PlaybackFinished(PlaybackId(playback.id)))
            case StasisEnd() if news.channel.id in self._sent_on:
                self._sent_on.discard(news.channel.id)
            case event:
                signal = signal_of(event)
                if signal is not None:
                    self._pass_on(signal)

    def _note_word(self, event: Dial) -> None:
        """Take an event of a leg that is being dialed."""
        self._responses.note(event)
        self._ends.note_dial(event)
        if (signal := signal_of(event)) is not None:
            self._pass_on(signal)

    def _announce(self, event: StasisStart) -> None:
        """Tell the core of a leg, once, though it may be found twice."""
        if event.channel.id in self._announced:
            return
        if (place := recording_of(event)) is not None:
            self._send_on(event.channel.id, *place)
            return
        if self._late.is_late(event):
            self._late.hold(event, self._found_late)
            return
        self._late.forget(event.channel.id)
        self._admit(event)

    def _found_late(self, event: StasisStart | None) -> None:
        """A caller who came while we hung is still there; if nobody knows, the inventory tells."""
        if event is None:
            self._unreconciled.set()
        elif event.channel.id not in self._announced:
            self._admit(event)

    def _admit(self, event: StasisStart) -> None:
        self._announced.add(event.channel.id)
        self._away.discard(event.channel.id)
        self._silence.add(event.channel.id)
        if offers_late(event):
            self._lanes.unoffered.add(event.channel.id)
        if list(event.args[:1]) != [SNOOP]:  # a snoop leg has no audio ports of its own
            self.capacity.arrived(event.channel.id, call=event.args[:1] in ARRIVALS)
        signal = signal_of(event)
        if signal is None:
            self._turn_away(event)
        else:
            self._inbox.put(signal)

    def _hang_up_asked(self, event: ChannelHangupRequest) -> None:
        self._ends.note_request(event)
        if event.is_shutdown:
            self._reconnection.ending()

    def _pass_on(self, signal: Signal) -> None:
        if isinstance(signal, LegHungUp):
            if self._late.forget(signal.leg):
                return  # the core never knew it
            self._announced.discard(signal.leg)
            self._silence.drop(signal.leg)
            self.capacity.left(signal.leg)
            self._sent_on.discard(signal.leg)
            self._lanes.forget(signal.leg)
            self._away.discard(signal.leg)
            self._ended.add(signal.leg)
            self._responses.forget(signal.leg)
            signal = self._ends.end(signal)
        self._reconnection.put(signal)

    def _send_on(self, leg: str, context: str, recording: str) -> None:
        """Let the dialplan begin a recording; the leg leaves us for a moment, and comes back."""
        if leg in self._sent_on:
            return
        self._sent_on.add(leg)
        self._away.add(leg)
        sent = self._socket.send(operation.send_on(leg, context=context, extension=recording))
        sent.add_done_callback(asyncio.Future.exception)

    def _note_phone(self, endpoint: Endpoint) -> None:
        """Asterisk may repeat itself; only a change is a signal."""
        self._noted.add(endpoint.resource)
        reachable = is_reachable(endpoint)
        if self._phones.get(endpoint.resource) is not reachable:
            self._phones[endpoint.resource] = reachable
            self._inbox.put(phone_signal(endpoint))

    def _turn_away(self, event: StasisStart) -> None:
        """Hang up a channel that nothing waits for: it would stay in silence without end."""
        log.warning("channel.unexpected", leg=event.channel.id)
        self._hang_up(event.channel.id)
        if event.replace_channel is not None:  # it has left its bridge without an event
            self._hang_up(event.replace_channel.id)
            self._pass_on(LegHungUp(LegId(event.replace_channel.id)))

    def _hang_up(self, leg: str) -> None:
        gone = self._socket.send(operation.hang_up(leg))
        gone.add_done_callback(asyncio.Future.exception)

    async def _reconcile_each_time(self) -> None:
        """Take the inventory at each connection, a little later, and then again and again."""
        while True:
            await self._connected.wait()
            first = self._unreconciled.is_set()
            self._unreconciled.clear()
            pause = SECOND_LOOK_AFTER if first else SWEEP_EVERY
            try:
                await self._reconcile(self._reconnection.lost_at if first else None)
            except SwitchError as error:
                log.warning("inventory.failed", reason=str(error))
                pause = RETRY_AFTER
                if first and self.connected:
                    self._unreconciled.set()
                    await asyncio.sleep(pause.total_seconds())
            with suppress(TimeoutError):
                async with asyncio.timeout(pause.total_seconds()):
                    await self._unreconciled.wait()

    async def _reconcile(self, settled_at: datetime | None) -> None:
        """Tell the core the inventory, and first the callers whose arrival it may have missed.
        Events in flight when Asterisk answered are heard before; callers who ended meanwhile are
        left out.
        """
        taken_at, known, away = self._now(), self._announced | self._ends.legs, set(self._away)
        self._ended, self._noted = set(), set()
        inventory = await take_inventory(self._socket, self._app)
        self._silence.keep(inventory.legs)
        self.capacity.keep(inventory.legs)
        for arrival in inventory.alone:
            if arrival.channel.id not in self._ended:
                self._announce(arrival)
        await asyncio.sleep(IN_FLIGHT.total_seconds())
        unheard = known.difference(inventory.legs)
        self._announced -= unheard
        self._ends.forget(unheard)
        self._note_phones(inventory.phones)
        away = (away | self._away) & inventory.elsewhere
        told = self._reconciled(inventory, inventory.legs | away, taken_at)
        self._inbox.put(msgspec.structs.replace(told, settled_at=settled_at))
        self._reconnection.settled()
        await self._sweep.run(self._socket, inventory.empty, joining=self._lanes.joining)

    def _note_phones(self, phones: Sequence[Endpoint] | None) -> None:
        """Phones as Asterisk reported, but not those heard of since, new ones too. The core is
        told of them with the inventory: an agent in an unknown talk must not be rung before.
        """
        if phones is None:
            return
        listed = {phone.resource: is_reachable(phone) for phone in phones}
        since = {name: self._phones[name] for name in self._noted}
        self._phones = listed | since

    def _reconciled(
        self, inventory: Inventory, legs: frozenset[str], taken_at: datetime
    ) -> SwitchReconciled:
        """The inventory, without callers who have ended since; bridges that this process has made
        are known to the core.
        """
        return SwitchReconciled(
            taken_at=taken_at,
            legs=tuple(LegId(leg) for leg in sorted(legs - self._ended)),
            phones=tuple(PhoneId(name) for name, there in self._phones.items() if there),
            bridges=tuple(
                without(bridge, self._ended)
                for bridge in inventory.bridges
                if bridge.bridge not in self._made
            ),
            node=self._node,
        )

    async def _beat(self) -> None:
        """Keep the dialplan from taking the fall-back, as long as calls are taken: at once after a
        connection, and then again and again. This is also the question to the socket.
        """
        while True:
            await self._connected.wait()
            self._beat_due.clear()
            await self._pulses[0].take(self._sign_of_life())
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY.total_seconds()):
                    await self._beat_due.wait()

    def _sign_of_life(self) -> asyncio.Future[Reply]:
        """Tell Asterisk when inputs were last being handled, and whether calls are taken. The
        instants are read here: events that lie in a socket while we hang do not get younger.
        """
        if self._inbox.keeps_up:
            self._alive_at = f"{self._now().timestamp():.3f}"
        beat = self._alive_at if self._inbox.accepts_calls else "0"
        told = self._socket.send(operation.set_global(ALIVE_VARIABLE, self._alive_at))
        told.add_done_callback(lambda sent: sent.cancelled() or sent.exception())
        return self._socket.send(operation.set_global(BEAT_VARIABLE, beat))

    async def _ping(self) -> None:
        """Ask over HTTP, too: that server may hang alone."""
        while True:
            await self._connected.wait()
            await self._pulses[1].take(self._http.ping())
            await asyncio.sleep(EVERY.total_seconds())
