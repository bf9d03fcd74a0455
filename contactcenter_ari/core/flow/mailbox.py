"""A voicemail step: the greeting, the message, and the keys that lead out of both.

A key in the greeting skips to the tone. Nothing typed before or during a message is kept for a
later input. What was said is known once the switch has measured the file; until then the run
waits, and so does the end of a call whose caller hung up.
"""

from datetime import timedelta

from contactcenter_ari.core.flow import flow_event
from contactcenter_ari.core.flow.language.step import ON, Destination, Voicemail
from contactcenter_ari.core.flow.run import Activity, FlowRun, TakeMessage
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.turn import Turn, Wake
from contactcenter_ari.core.vocabulary.command import StopMessage
from contactcenter_ari.core.vocabulary.ids import RecordingId

MARGIN = timedelta(seconds=10)
"""So long after its limit a message is taken to have ended, though nothing was heard of it."""
TONE_OVER = timedelta(seconds=1)
"""So long after a key the tone is over, during which Asterisk hears no key and loses a stop."""


class Mailbox:
    """Takes the messages of one flow."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def __repr__(self) -> str:
        """Tell who says the greetings."""
        return f"<Mailbox greeted by {self._speaker!r}>"

    def greet(self, run: FlowRun, verb: Voicemail, turn: Turn) -> Destination | TakeMessage | None:
        """Begin with the greeting; None while it is said. A key of the box may be typed ahead."""
        key, run.typed_ahead = run.typed_ahead[:1], run.typed_ahead[1:]
        if key in verb.keys:
            return self._lead_out(run, verb, key, turn)
        run.typed_ahead = ""
        run.activity = Activity.INVITING
        self._speaker.say(run, (verb.prompt,), turn)
        return None if run.playback else self.record(run, verb, turn)

    def pressed(
        self, run: FlowRun, verb: Voicemail, key: str, turn: Turn
    ) -> Destination | TakeMessage | None:
        """A key cuts the greeting short. In the message it does so in the switch already, and one
        of the box leads out once that is closed; None until then.
        """
        if run.activity is Activity.RECORDING:
            self._pressed_in_message(run, verb, key, turn)
            return None
        self._speaker.stop(run, turn)
        if key in verb.keys:
            return self._lead_out(run, verb, key, turn)
        return self.record(run, verb, turn)

    @staticmethod
    def record(run: FlowRun, verb: Voicemail, turn: Turn) -> TakeMessage:
        """Record what the caller says, for so long at the most."""
        run.activity = Activity.RECORDING
        run.message = RecordingId(turn.clockwork.mint_for(run.call))
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + verb.max_length + MARGIN)
        return TakeMessage(verb.max_length, verb.max_silence)

    @staticmethod
    def _pressed_in_message(run: FlowRun, verb: Voicemail, key: str, turn: Turn) -> None:
        if run.message is not None and key in verb.keys and not run.left_by:
            run.left_by = key
            turn.clockwork.wake(Wake.FLOW, run.call, turn.now + TONE_OVER)

    @staticmethod
    def overdue(run: FlowRun, turn: Turn) -> bool:
        """The switch tells nothing of the end of a message: end it. Whether the run goes on
        without waiting for that.
        """
        assert run.message is not None, "a run records only a message"
        turn.do(StopMessage(call=run.call, recording=run.message))
        waits = bool(run.left_by) and not run.stopping
        if waits:
            run.stopping = True
            turn.clockwork.wake(Wake.FLOW, run.call, turn.now + MARGIN)
        return not waits

    def taken(
        self, run: FlowRun, verb: Voicemail, turn: Turn, *, speech: timedelta | None
    ) -> Destination:
        """A message is closed and measured; None when nobody knows what was said. What is too
        short is no message.
        """
        saved = speech is None or speech >= verb.min_speech
        run.message = None
        if saved:
            run.tags["voicemail"] = verb.box
            flow_event.tagged(run, "voicemail", verb.box, turn)
        key, run.left_by, run.stopping = run.left_by, "", False
        if key:
            return self._lead_out(run, verb, key, turn)
        return verb.next.get("saved" if saved else "empty", ON)

    @staticmethod
    def _lead_out(run: FlowRun, verb: Voicemail, key: str, turn: Turn) -> Destination:
        flow_event.key_pressed(run, "voicemail", key, turn)
        return verb.keys[key]
