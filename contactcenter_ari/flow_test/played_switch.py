"""The switch and the look-ups of a rehearsal: does as told at once, answers by the story."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PlayPrompt,
    RecordCall,
    RecordLeg,
    StopMessage,
    StopPlayback,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.ids import LegId, PlaybackId, RecordingId
from contactcenter_ari.core.vocabulary.signal import (
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LookUpFailed,
    LookUpFinished,
    PlaybackFinished,
    RecordingBegan,
    RecordingClosed,
    RecordingFinished,
)
from contactcenter_ari.flow_test.background_callers import phone_of
from contactcenter_ari.flow_test.story import Given, LineOutcome, Silence
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.participant import length_of

LOOK_UP_TAKES = timedelta(milliseconds=100)
CAUSES = {LineOutcome.BUSY: 17, LineOutcome.DECLINED: 21, LineOutcome.FAILED: 34}
NORMAL = 16


class PlayedSwitch:
    """Carries out the commands for the caller, the background callers and the agents."""

    def __init__(self, agenda: Agenda, put: Callable[[Input], None], given: Given) -> None:
        self.failing: set[str] = set()
        self._message: RecordLeg | None = None
        self._speaking_since: datetime | None = None
        self._begun_at: dict[RecordingId, datetime] = {}
        self._closed_at: dict[RecordingId, datetime] = {}
        self._spoken: dict[RecordingId, timedelta] = {}
        self._agenda = agenda
        self._put = put
        self._given = given
        self._asked: dict[str, int] = {}
        self._playing: set[PlaybackId] = set()
        self._far: dict[LegId, None] = {}

    def __repr__(self) -> str:
        return f"<PlayedSwitch {len(self._far)} far legs, {len(self._playing)} prompts>"

    def far_legs(self) -> list[LegId]:
        """The legs that were dialed and are up."""
        return list(self._far)

    @property
    def records_caller(self) -> bool:
        """Whether the caller is leaving a message."""
        return self._message is not None

    def speak(self) -> None:
        """The caller begins to speak into the message, and speaks to the end of it."""
        self._speaking_since = self._agenda.now

    def end_message(self) -> None:
        """The message is over."""
        message, self._message = self._message, None
        since, self._speaking_since = self._speaking_since, None
        if message is not None:
            now = self._agenda.now
            self._spoken[message.recording] = now - since if since else timedelta()
            self._closed_at[message.recording] = now
            self._put(RecordingClosed(message.recording))

    def carry_out(self, command: Command) -> None:  # noqa: PLR0912  # one arm a command
        """Do as told; the answers come at this instant, but not within this turn."""
        match command:
            case PlayPrompt(leg=leg) if leg in self._far:
                self._soon(DigitPressed(leg, "1"))  # a screened callee takes the call
            case PlayPrompt(playback=playback, parts=parts):
                self._playing.add(playback)
                self._agenda.after(length_of(parts), partial(self._played, playback))
            case StopPlayback(playback=playback):
                self._agenda.after(timedelta(), partial(self._played, playback))
            case DialLeg():
                self._dial(command)
            case DialOutside(leg=leg, number=number):
                self._soon(LegRinging(leg))
                self._reach(leg, self._given.lines.get(number, LineOutcome.NO_ANSWER))
            case BridgeLegs(bridge=bridge):
                self._soon(LegsBridged(bridge))
            case HangUpLeg(leg=leg):
                self._far.pop(leg, None)
                self._soon(LegHungUp(leg, NORMAL))
            case RecordCall(recording=recording):
                self._soon(RecordingBegan(recording))
            case StopRecording(recording=recording):
                self._soon(RecordingClosed(recording))
            case FinishRecording(recording=recording):
                self._finish(recording)
            case RecordLeg():
                self._take_message(command)
            case StopMessage():
                self._agenda.after(timedelta(), self.end_message)
            case LookUp():
                self._look_up(command)
            case _:
                pass  # answering and music succeed in silence

    def _played(self, playback: PlaybackId) -> None:
        if playback in self._playing:
            self._playing.discard(playback)
            self._put(PlaybackFinished(playback))

    def _dial(self, command: DialLeg) -> None:
        outcomes = {phone_of(agent): outcome for agent, outcome in self._given.agents.items()}
        self._soon(LegRinging(command.leg))
        self._reach(command.leg, outcomes.get(command.phone, LineOutcome.ANSWERED))

    def _reach(self, leg: LegId, outcome: LineOutcome) -> None:
        if outcome is LineOutcome.ANSWERED:
            self._far[leg] = None
            self._soon(LegAnswered(leg))
        elif outcome in CAUSES:
            self._soon(LegHungUp(leg, CAUSES[outcome]))

    def _take_message(self, command: RecordLeg) -> None:
        self._message = command
        self._begun_at[command.recording] = self._agenda.now
        self._agenda.after(command.limit, partial(self._message_full, command))
        if command.max_silence is not None:
            self._agenda.after(command.max_silence, partial(self._silent_so_long, command))

    def _message_full(self, message: RecordLeg) -> None:
        if self._message is message:
            self.end_message()

    def _silent_so_long(self, message: RecordLeg) -> None:
        if self._message is message and self._speaking_since is None:
            self.end_message()

    def _finish(self, recording: RecordingId) -> None:
        spoken = self._spoken.pop(recording, timedelta()).total_seconds()
        begun_at = self._begun_at.pop(recording, self._agenda.now)
        lasted = self._closed_at.pop(recording, begun_at) - begun_at
        self._soon(RecordingFinished(recording, "", lasted.total_seconds(), speech=spoken))

    def _look_up(self, command: LookUp) -> None:
        turn = self._asked.get(command.name, 0)
        self._asked[command.name] = turn + 1
        replies = self._given.replies.get(command.name, (Silence.NOT_FOUND,))
        reply = replies[min(turn, len(replies) - 1)] if replies else Silence.NOT_FOUND
        if command.name in self.failing:
            reply = Silence.ERROR
        match reply:
            case Silence.HANGS:
                pass
            case Silence.ERROR:
                self._later(LookUpFailed(command.look_up, "the story says so"))
            case Silence.NOT_FOUND:
                self._later(LookUpFinished(command.look_up, None))
            case dict():
                row = {name: reply.get(name) for name in command.returns}
                self._later(LookUpFinished(command.look_up, row))

    def _soon(self, input_: Input) -> None:
        self._agenda.after(timedelta(), partial(self._put, input_))

    def _later(self, input_: Input) -> None:
        self._agenda.after(LOOK_UP_TAKES, partial(self._put, input_))
