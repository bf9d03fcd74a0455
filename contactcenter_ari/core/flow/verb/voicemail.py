"""The verb `voicemail`: the greeting, the message, and the keys that lead out of both.

A key in the greeting skips to the tone. Keys typed before or during a message are not kept for a
later input. The amount of speech is known once the switch has measured the file; until then the
run waits, and so does the end of a call whose caller hung up.
"""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.destination import Destination, Exit, Lead
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.exit import by_key, each
from contactcenter_ari.core.flow.verb.spec import (
    Contradiction,
    Kind,
    Option,
    OutcomeSpec,
    OutcomeVerb,
    Question,
    Stay,
    VerbSpec,
)
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import StopMessage
from contactcenter_ari.core.vocabulary.ids import RecordingId

MARGIN = timedelta(seconds=10)
"""A message is taken to have ended this long after its limit without a report of its end."""
TONE_OVER = timedelta(seconds=1)
"""The tone is over this long after a key; during it Asterisk hears no key and loses a stop."""


class TakeMessage(msgspec.Struct, frozen=True):
    """The flow has the caller leave a message, up to a silence of `max_silence`."""

    limit: timedelta
    max_silence: timedelta | None = None


class Voicemail(OutcomeVerb, frozen=True, tag="voicemail"):
    """Take a message: the prompt, a tone, then up to `max_length` until a key, a silence of
    `max_silence` or the hang-up. A key in the prompt skips to the tone, one of `keys` leads out
    of prompt and message. Outcomes saved, and empty for less than `min_speech` of speech.
    """

    specs = (
        VerbSpec(
            value=Option(
                "voicemail",
                Kind.NAME,
                "the mailbox, which is the call's tag voicemail",
                fields=("box",),
                thing="a mailbox",
            ),
            options=(
                Option(
                    "prompt",
                    Kind.PROMPT,
                    "what is said before the tone",
                    missing='voicemail needs a "prompt"',
                ),
                Option(
                    "max_length",
                    Kind.DURATION,
                    "how long a message may be",
                    most=timedelta(hours=1),
                ),
                Option(
                    "max_silence",
                    Kind.DURATION,
                    "a silence of this length ends the message; without it none does",
                ),
                Option(
                    "min_speech",
                    Kind.DURATION,
                    "a message with less speech in it is empty",
                    least=timedelta(milliseconds=100),
                ),
                Option("keys", Kind.KEYS, "keys that lead out of greeting and message"),
                Option("next", Kind.OUTCOMES, "where the outcomes lead; one left out goes on"),
            ),
            outcomes=(
                OutcomeSpec("saved", "there is a message"),
                OutcomeSpec("empty", "nobody spoke for long enough"),
            ),
            help="Takes a message: the prompt, a tone, the message. A key in the prompt skips to"
            " the tone, a key in the message ends it.",
            example="- voicemail: sales\n  prompt: leave_message\n  max_length: 3m"
            '\n  keys: {"0": agents}\n  next: {saved: goodbye, empty: main_menu}',
            person=True,
            busy=True,
            also=("mailbox", "record", "message_box"),
        ),
    )

    box: str
    prompt: str
    next: dict[str, Destination]
    max_length: timedelta = timedelta(minutes=3)
    max_silence: timedelta | None = None
    min_speech: timedelta = timedelta(seconds=1)
    keys: dict[str, Destination] = msgspec.field(default_factory=dict)

    @property
    def question(self) -> Question:
        """A key in the voicemail is no secret."""
        return Question.ORDINARY

    def enter(
        self, run: FlowRun, speaker: Speaker, turn: Turn
    ) -> Destination | TakeMessage | Stay:
        """Begin with the greeting. A key of the box may be typed ahead."""
        key, run.typed_ahead = run.typed_ahead[:1], run.typed_ahead[1:]
        if key in self.keys:
            return self._lead_out(run, key, turn)
        run.typed_ahead = ""
        run.activity = Activity.INVITING
        speaker.say(run, (self.prompt,), turn)
        return Stay.WAIT if run.playback else self.record(run, turn)

    def pressed(
        self, run: FlowRun, key: str, speaker: Speaker, turn: Turn
    ) -> Destination | TakeMessage | None:
        """A key cuts the greeting short. In the message it does so in the switch already, and a
        key of the box leads out once that is closed; None until then.
        """
        if run.activity is Activity.RECORDING:
            self._pressed_in_message(run, key, turn)
            return None
        speaker.stop(run, turn)
        if key in self.keys:
            return self._lead_out(run, key, turn)
        return self.record(run, turn)

    def record(self, run: FlowRun, turn: Turn) -> TakeMessage:
        """Record the caller, for this long at the most."""
        run.activity = Activity.RECORDING
        run.message = RecordingId(turn.clockwork.mint_for(run.call))
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + self.max_length + MARGIN)
        return TakeMessage(self.max_length, self.max_silence)

    def _pressed_in_message(self, run: FlowRun, key: str, turn: Turn) -> None:
        if run.message is not None and key in self.keys and not run.left_by:
            run.left_by = key
            turn.clockwork.wake(Wake.FLOW, run.call, turn.now + TONE_OVER)

    @staticmethod
    def overdue(run: FlowRun, turn: Turn) -> bool:
        """The switch reports no end of a message: end it. Whether the run goes on without waiting
        for that.
        """
        assert run.message is not None, "a run records only a message"
        turn.do(StopMessage(call=run.call, recording=run.message))
        waits = bool(run.left_by) and not run.stopping
        if waits:
            run.stopping = True
            turn.clockwork.wake(Wake.FLOW, run.call, turn.now + MARGIN)
        return not waits

    def taken(self, run: FlowRun, turn: Turn, *, speech: timedelta | None) -> Destination:
        """A message is closed and measured; None when its amount of speech is unknown. A recording
        that is too short is no message.
        """
        saved = speech is None or speech >= self.min_speech
        run.message = None
        if saved:
            run.tags["voicemail"] = self.box
            flow_event.tagged(run, "voicemail", self.box, turn)
        key, run.left_by, run.stopping = run.left_by, "", False
        if key:
            return self._lead_out(run, key, turn)
        return self.after("saved" if saved else "empty")

    def _lead_out(self, run: FlowRun, key: str, turn: Turn) -> Destination:
        flow_event.key_pressed(run, "voicemail", key, turn)
        return self.keys[key]

    def exits(self) -> tuple[Exit, ...]:
        """The outcomes and the keys."""
        return *super().exits(), *each(self.keys, pressed=True)

    def leads(self) -> tuple[Lead, ...]:
        """The outcomes that lead somewhere, and the keys."""
        return *super().leads(), *by_key(self.keys)

    def subject(self) -> str:
        """The greeting."""
        return self.prompt or self.box

    def words(self) -> str:
        """The verb and the mailbox."""
        return f"voicemail {self.box}"

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Silence and speech must be shorter than the message."""
        limits = {"max_silence": self.max_silence, "min_speech": self.min_speech}
        others = self.spec.option_names
        return tuple(
            Contradiction(f"{option} must be shorter than max_length", (option,), others)
            for option, limit in limits.items()
            if limit is not None and limit >= self.max_length
        )
