"""A switch without wires: takes the core's commands, gives signals, on the virtual clock.

Promises: it answers as Asterisk and its adapter do; the contract tests hold both to that. It
knows every leg, bridge and recording, so that a leak shows. Commands and signals take
`latency` each way and keep their order. Faults are not made here; see `link.py`.
"""

from datetime import timedelta
from functools import partial
from typing import Protocol, assert_never

from contactcenter_ari.core.vocabulary.command import (
    RING_MARGIN,
    AnswerLeg,
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    DiscardRecording,
    DissolveBridge,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PauseRecording,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    ResumeRecording,
    StartMusic,
    StopMessage,
    StopMusic,
    StopPlayback,
    StopRecording,
    UnbridgeLeg,
)
from contactcenter_ari.core.vocabulary.ids import (
    LegId,
    PhoneId,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHeld,
    LegHungUp,
    LegLost,
    LegRinging,
    LegUnheld,
    PhoneDialed,
    PhoneReachable,
    PhoneSilent,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingBegan,
    Signal,
    SwitchReconciled,
)
from contactcenter_ari.simulation.agenda import Agenda, Due
from contactcenter_ari.simulation.fake_bridge import FakeBridges
from contactcenter_ari.simulation.fake_player import FakePlayer
from contactcenter_ari.simulation.fake_recorder import FakeRecorder
from contactcenter_ari.simulation.participant import FakeLeg
from contactcenter_ari.simulation.person import Person

LATENCY = timedelta(milliseconds=5)
RINGS_AFTER = timedelta(milliseconds=50)
TONE = timedelta(milliseconds=300)
"""Before a message."""
NORMAL, BUSY, NO_USER_RESPONSE, REJECTED = 16, 17, 18, 21
"""Causes of ITU-T Q.850."""


class SignalInbox(Protocol):
    """The receiver of signals."""

    def put(self, signal: Signal, /) -> None:
        """Take one signal."""
        ...


class FakeSwitch:
    """One node; `dead` are phones that are registered and say nothing."""

    def __init__(
        self,
        agenda: Agenda,
        inbox: SignalInbox,
        *,
        latency: timedelta = LATENCY,
        rings_after: timedelta = RINGS_AFTER,
        tone: timedelta = TONE,
    ) -> None:
        self.dead: set[PhoneId] = set()
        self.phones: dict[PhoneId, Person] = {}
        self.legs: dict[LegId, FakeLeg] = {}
        self.bridges = FakeBridges(self.legs, self._tell)
        self.player = FakePlayer(agenda, self.legs, self.bridges, self._tell)
        self.recorder = FakeRecorder(agenda, self._tell, tone)
        self._agenda = agenda
        self._inbox = inbox
        self._latency = latency
        self._rings_after = rings_after
        self._arrivals = 0

    def __repr__(self) -> str:
        return (
            f"<FakeSwitch: {len(self.legs)} legs, {len(self.bridges.live)} bridges, "
            f"{len(self.recorder.running)} recordings, {len(self.phones)} phones>"
        )

    # What people do

    def call_in(
        self,
        person: Person,
        called: str,
        caller: str = "",
        name: str = "",
        leg: LegId | None = None,
    ) -> LegId:
        """Somebody calls from outside, on a leg of that name if there is one."""
        leg = self._new_leg(person, None, leg)
        self.legs[leg].arrived = arrived = CallArrived(leg, called, caller, name)
        self._tell(arrived)
        return leg

    def dial_from(self, phone: PhoneId, dialed: str) -> LegId:
        """An agent's registered phone dials something."""
        leg = self._new_leg(self.phones[phone], phone, None)
        self._tell(PhoneDialed(leg, phone, dialed))
        return leg

    def press(self, leg: LegId, digit: str) -> None:
        """A key is pressed on a line that may be dead by now. In a talk it goes from phone to
        phone, and is told only if the talk is recorded.
        """
        pressed = self.legs.get(leg)
        if pressed is None or not pressed.is_ours:
            return
        bridge = self.bridges.live.get(pressed.bridge) if pressed.bridge is not None else None
        if bridge is None or self.recorder.records_one_of(bridge.legs):
            self._tell(DigitPressed(leg, digit))
        if (message := self.recorder.message_of(leg)) is not None:
            self.recorder.stop_message(message.id)

    def speak(self, leg: LegId, duration: timedelta) -> None:
        """A caller speaks into a message, from now on."""
        self.recorder.speak(leg, duration)

    def pick_up(self, leg: LegId) -> None:
        """A ringing phone is answered; too late is no harm."""
        found = self.legs.get(leg)
        if found is not None and not found.up:
            found.up = True
            _call_off(found.ring_limit)
            if found.recording is not None:
                self.recorder.begin(found.recording, leg)
            self._tell(LegAnswered(leg))

    def refuse(self, leg: LegId, cause: int = REJECTED) -> None:
        """A ringing phone is not answered on purpose: BUSY (486) or REJECTED (603)."""
        found = self.legs.get(leg)
        if found is not None and not found.up:
            self._end(found, cause)

    def hang_up(self, leg: LegId) -> None:
        """Somebody puts the phone down; too late is no harm."""
        if leg in self.legs:
            self._end(self.legs[leg], NORMAL)

    def lose(self, leg: LegId) -> None:
        """The phone on a leg that is up vanishes, and the switch has noticed it."""
        if leg in self.legs and self.legs[leg].is_ours:
            self._end(self.legs[leg], NO_USER_RESPONSE, end=LegLost)

    def hold(self, leg: LegId, *, held: bool) -> None:
        """The hold key of a phone is pressed, or pressed again."""
        if leg in self.legs and self.legs[leg].is_ours:
            self._tell(LegHeld(leg) if held else LegUnheld(leg))

    def register(self, phone: PhoneId, person: Person) -> None:
        """A phone can be reached from now on."""
        self.phones[phone] = person
        self._tell(PhoneReachable(phone))

    def unregister(self, phone: PhoneId) -> None:
        """A phone cannot be reached any more; its calls go on."""
        if self.phones.pop(phone, None) is not None:
            self._tell(PhoneUnreachable(phone))

    # What the machine does

    def crash(self) -> None:
        """Everything ends unheard, as when the switch's process dies; phones come back."""
        legs = list(self.legs.values())
        self.legs.clear()
        self.bridges.live.clear()
        for recording in list(self.recorder.running):
            self.recorder.close(recording)
        for leg in legs:
            leg.person.gone(leg.id)

    def reconcile(self) -> None:
        """Take the inventory that follows a new connection, and sweep empty bridges."""
        self.bridges.sweep()
        self._tell(self.inventory())

    def inventory(self) -> SwitchReconciled:
        """All that lives in it, and what is known of those in bridges."""
        return SwitchReconciled(
            taken_at=self._agenda.now,
            legs=tuple(self.legs),
            phones=tuple(self.phones),
            bridges=self.bridges.inventory(),
        )

    # Commands

    def submit(self, command: Command) -> None:
        """Do as told, in a moment."""
        self._agenda.after(self._latency, partial(self._perform, command))

    def _perform(self, command: Command) -> None:  # noqa: C901, PLR0912  # one arm a command
        match command:
            case AnswerLeg():
                if (leg := self._ours(command, command.leg)) is not None:
                    leg.up = True
            case PlayPrompt():
                if (leg := self._ours(command, command.leg)) is not None:
                    self.player.play(command, leg)
            case StopPlayback():
                self.player.stop(command.playback)
            case StartMusic():
                if (leg := self._ours(command, command.leg)) is not None:
                    leg.music = command.music
            case StopMusic():
                if (silenced := self.legs.get(command.leg)) is not None:
                    silenced.music = ""
            case DialLeg() | DialOutside():
                self._dial(command)
            case BridgeLegs():
                self.bridges.bridge(command)
            case UnbridgeLeg():
                if (taken := self.legs.get(command.leg)) is not None:
                    self.bridges.leave(taken)
            case DissolveBridge():
                self.bridges.dissolve(command.bridge)
            case RecordCall():
                if (leg := self._ours(command, command.leg)) is not None:
                    self.recorder.begin(command.recording, leg.id)
                    self._tell(RecordingBegan(command.recording))
            case RecordLeg():
                if self._ours(command, command.leg) is not None:
                    self.recorder.begin_message(command)
            case PauseRecording() | ResumeRecording():
                if command.recording not in self.recorder.running:
                    self._fail(command, 0, "No such channel")
            case StopRecording():
                self.recorder.close(command.recording)
            case StopMessage():
                self.recorder.stop_message(command.recording)
            case FinishRecording():
                self.recorder.finish(command)
            case DiscardRecording():
                self.recorder.discard(command.recording)
            case HangUpLeg():
                if (ended := self.legs.get(command.leg)) is not None:
                    self._end(ended, NORMAL)
            case LookUp():
                raise AssertionError("a look-up is not for the switch")
            case _ as never:
                assert_never(never)

    def _ours(self, command: Command, leg: LegId) -> FakeLeg | None:
        """The leg if it can be worked on; otherwise the command has failed."""
        found = self.legs.get(leg)
        if found is None:
            self._fail(command, 404, "Channel not found")
        elif not found.is_ours:
            self._fail(command, 409, "Channel not in Stasis application")
        else:
            return found
        return None

    # Legs

    def _new_leg(self, person: Person, phone: PhoneId | None, named: LegId | None) -> LegId:
        self._arrivals += 1
        leg = named or LegId(f"leg.{self._arrivals}")
        self.legs[leg] = FakeLeg(leg, person, phone, dialed=False)
        return leg

    def _dial(self, command: DialLeg | DialOutside) -> None:
        """Ring a phone; an outside line is the phone that is registered by its number."""
        phone = PhoneId(command.number) if isinstance(command, DialOutside) else command.phone
        person = self.phones.get(phone)
        if command.leg in self.legs:
            self._fail(command, 409, "Channel with given unique ID already exists")
        elif person is None:
            self._fail(command, 500, "Allocation failed")
        elif command.originator and command.originator not in self.legs:
            self._fail(command, 400, "Provided originator channel was not found")
        else:
            inside = None if isinstance(command, DialOutside) else phone
            leg = FakeLeg(command.leg, person, inside, dialed=True, recording=command.recording)
            self.legs[leg.id] = leg
            if phone in self.dead and isinstance(command, DialLeg):
                silent = partial(self._say_silent, leg)
                self._agenda.after(command.unreachable_after, silent)
            else:
                self._agenda.after(self._rings_after, partial(self._ring, leg))
            longest = command.ring_limit + RING_MARGIN
            leg.ring_limit = self._agenda.after(longest, partial(self._stop_ringing, leg))

    def _ring(self, leg: FakeLeg) -> None:
        if self.legs.get(leg.id) is leg and not leg.up:
            self._tell(LegRinging(leg.id))
            leg.person.rings(leg.id)

    def _say_silent(self, leg: FakeLeg) -> None:
        if self.legs.get(leg.id) is leg:
            self._tell(PhoneSilent(leg.id))

    def _stop_ringing(self, leg: FakeLeg) -> None:
        if self.legs.get(leg.id) is leg and not leg.up:
            self._end(leg, 0)

    def _end(
        self, leg: FakeLeg, cause: int, *, end: type[LegHungUp | LegLost] = LegHungUp
    ) -> None:
        self.bridges.leave(leg)
        del self.legs[leg.id]
        _call_off(leg.ring_limit)
        _call_off(leg.prompt_end)
        self.recorder.close_all_of(leg.id)
        for prompt in leg.playing:
            self._tell(PlaybackFinished(prompt.playback))
        if leg.is_ours:
            self._tell(end(leg.id))
        if leg.dialed:  # it leaves our hands, and then it ends: Asterisk tells both
            self._tell(LegHungUp(leg.id, cause))
        self.bridges.no_longer_plays(leg.id)
        leg.person.gone(leg.id)

    # Signals

    def _fail(self, command: Command, status: int, reason: str) -> None:
        self._tell(CommandFailed(command, status, reason))

    def _tell(self, signal: Signal) -> None:
        self._agenda.after(self._latency, partial(self._inbox.put, signal))


def _call_off(due: Due | None) -> None:
    if due is not None:
        due.call_off()
