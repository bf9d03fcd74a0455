"""The announcements of wait and position to a waiting caller, and how an offer ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_ari.core.flow.interpreter import flow_speaker
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.treatment import Treatment
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.turn import Clockwork, Outcome, Turn, Wake
from contactcenter_ari.core.vocabulary.command import PlayPrompt, StartMusic, StopPlayback
from contactcenter_ari.core.vocabulary.event import PromptPlayed, WaitTold
from contactcenter_ari.core.vocabulary.ids import CallId, InteractionId, LegId, QueueName
from contactcenter_ari.core.vocabulary.prompt import SpokenText

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TEN_SECONDS, MINUTE = timedelta(seconds=10), timedelta(minutes=1)


def says(*pieces: Words | Blank) -> Prompt:
    """A prompt in English."""
    return Prompt({"en": (Text(pieces),)})


PROMPTS = {
    "wait": says(Words("About "), Blank(parse("queue.wait"), "duration"), Words(".")),
    "position": says(Words("Number "), Blank(parse("queue.position"), "number"), Words(".")),
    "longer": says(Words("It takes longer.")),
    "music soon": says(Words("One moment.")),
    "half known": Prompt(
        {
            "en": (Text((Words("Hold on."),)),),
            "nl": (Text((Blank(parse("queue.wait"), "duration"),)),),
        }
    ),
}
FLOW = Flow(
    name="shop",
    version="1",
    numbers=(),
    timezone="UTC",
    languages=("en", "nl"),
    sections={},
    prompts=PROMPTS,
)


class Line:
    """A caller who begins to wait at a step."""

    def __init__(self, *announce: Announcement, greeting: str = "", position: int = 0) -> None:
        self.step = Queue(QueueName("sales"), {}, announce=announce, greeting=greeting)
        self.run = FlowRun(
            call=CallId("c"),
            interaction=InteractionId("i"),
            leg=LegId("l"),
            language="en",
            answered=True,
            position=position,
        )
        self.treatment = Treatment(flow_speaker(FLOW, {}, {}))
        self.clockwork = Clockwork(node="n", boot="b")
        self.now = MORNING
        self.heard: list[str] = []
        self.told: list[timedelta | None] = []
        self.music = False
        turn = self.turn()
        self.treatment.begin(self.run, self.step, "default", turn)
        self.note(turn)

    def turn(self) -> Turn:
        """A turn of this instant."""
        return Turn(self.clockwork, self.now)

    def note(self, turn: Turn) -> Outcome:
        """Keep the prompts of the caller, and the wait that was announced."""
        outcome = turn.outcome()
        for command in outcome.commands:
            if isinstance(command, PlayPrompt):
                parts = (part for part in command.parts if isinstance(part, SpokenText))
                self.heard += [part.text for part in parts]
            self.music = isinstance(command, StartMusic)
        self.told += [event.told for event in outcome.events if isinstance(event, WaitTold)]
        return outcome

    def knows(self, wait: timedelta | None, *, longer: bool = False, position: int = 0) -> Line:
        """The center has brought up to date the values that may be announced."""
        self.run.wait, self.run.wait_longer, self.run.position = wait, longer, position
        self.run.wait_mean = (wait or MINUTE) * 0.8
        return self

    def due(self, after: timedelta = TEN_SECONDS) -> Outcome:
        """The next announcement is due this much later."""
        self.now += after
        assert self.clockwork.pop_due(self.now) == (Wake.ANNOUNCEMENT, "c")
        turn = self.turn()
        self.treatment.announce(self.run, self.step, turn)
        return self.note(turn)

    def hears_out(self) -> None:
        """The prompt is over."""
        self.run.playback = None
        turn = self.turn()
        self.treatment.announced(self.run, turn)
        self.note(turn)

    def offered(self) -> Outcome:
        """An agent is reserved."""
        turn = self.turn()
        self.treatment.offered(self.run, turn)
        return self.note(turn)

    def offer_over(self) -> None:
        """No agent answered."""
        self.treatment.offer_over(self.run, self.turn())


def told_every(prompt: str = "wait", longer: str = "") -> Announcement:
    """Played after ten seconds, and every ten seconds from then on."""
    return Announcement(prompt, TEN_SECONDS, TEN_SECONDS, longer)


# --- what is known --------------------------------------------------------------------------


def test_the_wait_is_told_and_noted() -> None:
    """The announced bound, its event after that of the prompt, and the run remembers it."""
    line = Line(told_every())
    outcome = line.knows(5 * MINUTE, position=3).due()
    assert line.heard == ["About 5 minutes."]
    assert line.run.wait_told == 5 * MINUTE
    prompt, told = outcome.events
    assert isinstance(prompt, PromptPlayed)
    assert told == WaitTold(
        number=2,
        at=line.now,
        interaction=InteractionId("i"),
        queue=QueueName("sales"),
        position=3,
        told=5 * MINUTE,
        mean=4 * MINUTE,
    )


def test_an_unknown_wait_is_left_out() -> None:
    """The music goes on, and the next one is due as always."""
    line = Line(told_every())
    outcome = line.knows(None).due()
    assert (outcome.commands, outcome.events) == ((), ())
    line.knows(MINUTE).due()
    assert line.heard == ["About 1 minute."]


def test_an_unknown_position_is_left_out_alone() -> None:
    """A second announcement that is due with it is played anyway."""
    line = Line(told_every("position"), told_every("music soon"))
    line.due()
    assert (line.heard, line.told) == (["One moment."], [])
    line.hears_out()
    line.knows(None, position=2).due()
    assert line.heard[1:] == ["Number 2.", "One moment."]


def test_a_prompt_counts_as_it_is_in_the_language_of_the_caller() -> None:
    """One that uses the wait in another language only is played, and announces no wait."""
    line = Line(told_every("half known"))
    line.due()
    assert (line.heard, line.told) == (["Hold on."], [])
    line.hears_out()
    line.run.language = "nl"
    line.due()
    assert line.heard == ["Hold on."]


@pytest.mark.parametrize(("position", "heard"), [(2, ["Number 2."]), (0, [])])
def test_a_greeting_that_speaks_of_the_line(position: int, heard: list[str]) -> None:
    """Without a position there is music at once."""
    line = Line(greeting="position", position=position)
    assert (line.heard, line.music) == (heard, not heard)


# --- never raised ---------------------------------------------------------------------------


def test_longer_than_expected_is_said_instead() -> None:
    """The wait announced before stays the same, and one that fits it again may be announced."""
    line = Line(told_every(longer="longer"))
    line.knows(5 * MINUTE).due()
    line.hears_out()
    line.knows(8 * MINUTE, longer=True).due()
    assert (line.heard[1:], line.run.wait_told) == (["It takes longer."], 5 * MINUTE)
    line.hears_out()
    line.knows(4 * MINUTE).due()
    assert line.heard[2:] == ["About 4 minutes."]
    assert line.told == [5 * MINUTE, None, 4 * MINUTE]


def test_longer_without_a_prompt_for_it_is_left_out() -> None:
    """No announcement is better than a number that grows."""
    line = Line(told_every())
    line.knows(8 * MINUTE, longer=True).due()
    assert (line.heard, line.told) == ([], [])


def test_longer_is_said_once_for_two_waits() -> None:
    """Two announcements of one instant do not play the same prompt twice."""
    line = Line(
        told_every(longer="longer"), Announcement("half known", TEN_SECONDS, None, "longer")
    )
    line.run.language = "nl"
    line.knows(8 * MINUTE, longer=True).due()
    assert (line.heard, line.told) == (["It takes longer."], [None])


def test_what_says_nothing_of_the_wait_is_said_though_it_is_longer() -> None:
    """Only an announcement of a wait is replaced."""
    line = Line(told_every("music soon", longer="longer"))
    line.knows(8 * MINUTE, longer=True).due()
    assert (line.heard, line.told) == (["One moment."], [])


def test_a_new_line_is_a_new_story() -> None:
    """A wait that was announced in the line before is no limit."""
    line = Line(told_every())
    line.knows(5 * MINUTE).due()
    line.treatment.begin(line.run, line.step, "default", line.turn())
    assert (line.run.wait_told, line.run.wait) == (None, None)


# --- offers ---------------------------------------------------------------------------------


def test_an_offer_ends_an_announcement() -> None:
    """It is cut off in the same turn, and music replaces it."""
    line = Line(told_every())
    line.knows(MINUTE).due()
    outcome = line.offered()
    assert [type(command) for command in outcome.commands] == [StopPlayback, StartMusic]
    assert line.run.playback is None


def test_an_offer_leaves_a_greeting_alone() -> None:
    """It has no words about the line that would not hold any more."""
    line = Line(greeting="music soon")
    assert line.offered().commands == ()
    assert line.run.playback is not None


def test_an_offer_ends_a_greeting_with_a_position() -> None:
    """That is no greeting, but an announcement."""
    line = Line(greeting="position", position=2)
    assert [type(command) for command in line.offered().commands] == [StopPlayback, StartMusic]


def test_an_offer_leaves_a_detour_alone() -> None:
    """The prompts and questions after a key go on to their end."""
    line = Line(told_every())
    line.knows(MINUTE).due()
    line.run.activity = Activity.LISTENING
    assert line.offered().commands == ()


def test_what_is_due_during_an_offer_comes_after_it() -> None:
    """No announcement is played while a phone rings; it comes at once when no agent answered."""
    line = Line(told_every())
    line.offered()
    line.knows(MINUTE).due()
    assert line.heard == []
    line.offer_over()
    line.due(timedelta(seconds=20))
    assert line.heard == ["About 1 minute."]


def test_what_an_offer_ended_is_not_said_again() -> None:
    """It is due at its next time."""
    line = Line(told_every())
    line.knows(MINUTE).due()
    line.offered()
    line.offer_over()
    assert line.clockwork.next_deadline() == MORNING + 2 * TEN_SECONDS


def test_two_offers_at_once() -> None:
    """The second of several phones that ring changes nothing more."""
    line = Line(told_every())
    line.knows(MINUTE).due()
    line.offered()
    assert line.offered().commands == ()
