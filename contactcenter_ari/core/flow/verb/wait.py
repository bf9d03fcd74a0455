"""The verb `wait`."""

from datetime import timedelta

from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.speaker import Speaker
from contactcenter_ari.core.flow.verb.spec import FlowVerb, Kind, Option, Stay, VerbSpec
from contactcenter_ari.core.spoken.value import write_value
from contactcenter_ari.core.turn import Turn, Wake


class Wait(FlowVerb, frozen=True, tag="wait"):
    """Let time pass in silence."""

    specs = (
        VerbSpec(
            value=Option(
                "wait",
                Kind.DURATION,
                "how long",
                fields=("duration",),
                least=timedelta(milliseconds=100),
                most=timedelta(hours=1),
            ),
            help="Lets time pass in silence. Keys typed meanwhile are kept for the next input.",
            example="- wait: 2s",
            also=("sleep", "pause"),
        ),
    )

    duration: timedelta

    def enter(self, run: FlowRun, _speaker: Speaker, turn: Turn) -> Stay:
        """Stay until the time is over."""
        run.activity = Activity.PAUSED
        turn.clockwork.wake(Wake.FLOW, run.call, turn.now + self.duration)
        return Stay.WAIT

    def words(self) -> str:
        """The verb and the duration."""
        return f"wait {write_value(self.duration)}s"
