"""A caller played by hand: keys in, what is heard out, time skipped on request.

Time runs by itself to the next question, or to the music of a queue; from there on only the
person at the keyboard lets it pass.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.config.reading import KEYS
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.spoken.value import read_duration
from contactcenter_ari.flow_test.observation import Kind
from contactcenter_ari.flow_test.simulated_call import SimulatedCall, Whose

HELP = (
    "digits press keys (in a message after five seconds of speech), +5s lets time pass, an empty "
    "line waits for the next thing to happen, a: the agent answers or hangs up, h: hang up, "
    "q: leave"
)
LONGEST_SKIP = timedelta(days=1)


class Interactive:
    """Plays one call line by line; `show` takes each line that the person is to see."""

    def __init__(self, simulated: SimulatedCall, show: Callable[[str], None]) -> None:
        self.simulated = simulated
        self._transcript = simulated.transcript
        self._show = show
        self._told = 0
        self._zone = ZoneInfo(simulated.flow.timezone)

    def __repr__(self) -> str:
        return f"<Interactive at {self.simulated!r}>"

    def play(self, lines: Iterable[str]) -> None:
        """Go on until the call is over, or there are no more lines."""
        self._go_on()
        if self._transcript.ended:
            return
        for line in lines:
            if line.strip() == "q" or not self._do(line.strip()):
                return

    def _do(self, line: str) -> bool:
        """One line of the person; False once the call is over."""
        simulated = self.simulated
        if line == "h":
            simulated.hang_up()
        elif line == "a":
            self._agent()
        elif line.startswith("+"):
            self._skip(line[1:])
        elif line and not set(line) - KEYS and simulated.records_caller():
            simulated.leave_message(timedelta(seconds=5), line[0])
        elif line and not set(line) - KEYS:
            simulated.press(line)
        elif not line:
            self._until_something()
        else:
            self._show(HELP)
            return True
        self._go_on()
        return not self._transcript.ended

    def _agent(self) -> None:
        if self.simulated.in_talk:
            self.simulated.other_side_hangs_up()
        elif self.simulated.waiting:
            self.simulated.agent_answers()
        else:
            self._show("nobody waits for an agent, and nobody talks to one")

    def _skip(self, text: str) -> None:
        try:
            duration = read_duration(text.strip())
        except ValueError:
            self._show("a time to skip is written like +5s or +2m")
            return
        self.simulated.wait(min(duration, LONGEST_SKIP))

    def _until_something(self) -> None:
        simulated, before = self.simulated, len(self._transcript.observations)
        while len(self._transcript.observations) == before and simulated.whose_turn() in {
            Whose.WORLD,
            Whose.CALLER,
        }:
            simulated.pass_on()

    def _go_on(self) -> None:
        """Let the call go on by itself, tell what happens, and say who must act now."""
        while self.simulated.whose_turn() is Whose.WORLD and not self._holds():
            self.simulated.pass_on()
        for observation in self._transcript.observations[self._told :]:
            if observation.kind is not Kind.PRESSED:
                self._show(observation.told(self._zone, whole=True))
        self._told = len(self._transcript.observations)
        if not self._transcript.ended:
            now = self.simulated.now.astimezone(self._zone)
            self._show(f"{now:%H:%M:%S} ({self.simulated.situation()})")

    def _holds(self) -> bool:
        """Whether the caller listens to nothing but music."""
        run = self._transcript.run
        due = self.simulated.agenda.next_at() == self.simulated.now
        return run.activity is Activity.QUEUED and run.playback is None and not due
