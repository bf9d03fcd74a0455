"""The verb `play`."""

from contactcenter_ari.core.flow.language.destination import ON, Destination
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, Stay, VerbSpec
from contactcenter_ari.core.turn import Turn


class Play(FlowVerb, frozen=True, tag="play"):
    """Play a prompt; with `barge_in` a key cuts it short and is kept for the next input."""

    specs = (
        VerbSpec(
            value=Option("play", Kind.PROMPT, "what is said", fields=("prompt",)),
            options=(
                Option(
                    "barge_in",
                    Kind.YES_NO,
                    "a key cuts the prompt short and is kept for the next input",
                ),
            ),
            help="Says a prompt, then goes on.",
            example="- play: welcome\n  barge_in: false",
            also=(
                "say",
                "speak",
                "prompt",
                "message",
                "playback",
                "background",
                "audio",
                "tts",
                "read",
            ),
        ),
    )

    prompt: str
    barge_in: bool = True

    def enter(self, run: FlowRun, speaker: Speaker, turn: Turn) -> Destination | Stay:
        """Begin to play the prompt; one that a key would cut short is left out after a key."""
        if self.barge_in and run.typed_ahead:
            return ON
        run.activity = Activity.PLAYING
        speaker.say(run, (self.prompt,), turn)
        return ON if run.playback is None else Stay.WAIT

    def subject(self) -> str:
        """The prompt."""
        return self.prompt

    def told_first(self) -> tuple[str, ...]:
        """The prompt."""
        return (self.prompt,)
