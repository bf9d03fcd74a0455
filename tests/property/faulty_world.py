"""A center into which faults of ours are put: in the middle of any turn, for any kind of input.

A fault strikes at the nth thing a turn does: a command, an event, an id, a deadline. A
stubborn one strikes again at the next ones, so that the gentler ways out fail, too.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from contactcenter_ari.core.agents.state import OFFERED, ON_CALL, WRAP_UP
from contactcenter_ari.core.center.soundness import Soundness
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.turn import Clockwork, Turn
from contactcenter_ari.core.vocabulary.event import (
    InteractionEnded,
    InteractionStarted,
    RecordingStarted,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId
from contactcenter_ari.core.vocabulary.request import Request
from contactcenter_ari.core.vocabulary.signal import (
    RecordingClosed,
    RecordingFinished,
    SwitchReconciled,
)
from tests.property.center_world import World

STRUCK = (
    (Turn, "do"),
    (Turn, "tell"),
    (Turn, "tell_at"),
    *((Clockwork, name) for name in ("wake", "forget", "mint", "mint_for", "number")),
)


class OurFault(Exception):
    """The error of a bug of ours."""


class Trap:
    """Strikes at the nth of the things a turn does, and at so many after it."""

    def __init__(self) -> None:
        self.struck = 0
        self._left = 0
        self._stubborn = 0

    def set(self, nth: int, stubborn: int) -> None:
        """From now on."""
        self._left, self._stubborn = nth, stubborn

    def release(self) -> None:
        """No more."""
        self._left = self._stubborn = 0

    def step(self) -> None:
        """Something is about to be done."""
        if self._left > 1:
            self._left -= 1
        elif self._left == 1:
            self._stubborn -= 1
            if self._stubborn <= 0:
                self._left = 0
            self.struck += 1
            raise OurFault


@contextmanager
def trapped(patch: pytest.MonkeyPatch) -> Iterator[Trap]:
    """A trap in all that a turn can do."""
    trap = Trap()

    def springing(owner: type, name: str) -> None:
        work = getattr(owner, name)

        def struck(*args: object, **kwargs: object) -> object:
            trap.step()
            return work(*args, **kwargs)

        patch.setattr(owner, name, struck)

    for owner, name in STRUCK:
        springing(owner, name)
    yield trap


class FaultyWorld(World):
    """The world of the machine, whose center fails now and then. `plan` tells for an input how
    deep in the turn and how often in a row.
    """

    def __init__(self, trap: Trap) -> None:
        super().__init__()
        self.trap = trap
        self.plan: tuple[type, int, int] | None = None
        self.begun: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.faulty: Counter[str] = Counter()
        self._number = 0

    def take(self, input_: Input) -> None:
        """Let the center take an input, and fail in it if that is planned."""
        if self.plan is not None and type(input_) is self.plan[0]:
            self.trap.set(*self.plan[1:])
        before = self.trap.struck
        try:
            handled = self.center.take(input_, self.now)
        except RequestRefused:
            assert isinstance(input_, Request)
            return
        finally:
            self.trap.release()
        if self.trap.struck > before:
            self.faulty[type(input_).__name__] += 1
            assert handled.faults
        strange = [fault for fault in handled.faults if not isinstance(fault, OurFault)]
        if strange and self.trap.struck == before:
            raise strange[0]
        self.inputs = [*self.inputs, input_][-12:]
        self.commands = [*self.commands, *handled.outcome.commands][-12:]
        for event in handled.outcome.events:
            self._number += 1
            assert event.number >= self._number, event
            self._number = event.number
            if isinstance(event, InteractionStarted):
                self.begun[event.interaction] += 1
            elif isinstance(event, InteractionEnded):
                self.ended[event.interaction] += 1
            elif isinstance(event, RecordingStarted):
                self.recording.append(event.recording)
        for command in handled.outcome.commands:
            self._remember(command)
        self.check_sound()

    def waiting(self) -> list[InteractionId]:
        """The callers who wait, told by the lines."""
        stays = self.center._distribution.stays
        return [waiting.interaction for waiting in stays if waiting.callback is None]

    def check_sound(self) -> None:
        """Every call has what it waits for and a limit; nobody is busy for nothing."""
        center = self.center
        sound = Soundness(center._calls, center._distribution, Turn(center._clockwork, self.now))
        for call in center._calls:
            assert sound.call(call), call
        for waiting in center._distribution.stays:
            assert sound.stay(waiting), waiting
        for offer in center._distribution.offers:
            assert sound.offer(offer), offer
        for leg in center._calls.legs:
            assert sound.leg(leg), leg
        for agent in center._distribution.workforce.roster:
            if agent.state in {OFFERED, ON_CALL, WRAP_UP}:
                assert sound.agent(agent), agent
        for callback in center._calls.callback_queue.callbacks:
            assert sound.callback(callback), callback

    def end(self) -> None:
        """Everybody hangs up, and time runs out: nothing is left, and all is recorded."""
        self.plan = None
        for _ in range(3):
            while self.live:
                self.lose(self.live[0])
            self.take(SwitchReconciled(self.now, (), ()))
            self.run_out()
            self.now += timedelta(seconds=10)
        for recording in self.recording:
            self.take(RecordingClosed(recording))
        for recording in self.finishing:
            self.take(RecordingFinished(recording, "/x.wav", 3))
        self._check_memory()
        assert not list(self.center._calls.outside.all())
        assert set(self.begun) == set(self.ended), set(self.begun) ^ set(self.ended)
        assert set(self.begun.values()) | set(self.ended.values()) <= {1}
        for agent in self.center._distribution.workforce.roster:
            assert agent.state not in {OFFERED, ON_CALL, WRAP_UP}, agent
