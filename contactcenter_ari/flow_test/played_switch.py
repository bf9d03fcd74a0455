"""The switch and the look-ups of a flow test: the fake switch without delays, and the people and
answers that the story gives.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from contactcenter_ari.core.site.site import Input
from contactcenter_ari.core.vocabulary.command import Command, DialLeg, DialOutside, LookUp
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.prompt import PromptPart
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    LookUpFailed,
    LookUpFinished,
    Signal,
)
from contactcenter_ari.flow_test.background_callers import phone_of
from contactcenter_ari.flow_test.story import Given, LineOutcome, Silence
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.fake_switch import BUSY, NORMAL, REJECTED, FakeSwitch
from contactcenter_ari.simulation.person import Bystander

LOOK_UP_TAKES = timedelta(milliseconds=100)
AT_ONCE = timedelta()
CAUSES = {LineOutcome.BUSY: BUSY, LineOutcome.DECLINED: REJECTED, LineOutcome.FAILED: 34}
TAKE_CALL = "1"


class PlayedSwitch:
    """Carries out the commands for the caller, the background callers and the agents."""

    def __init__(self, agenda: Agenda, put: Callable[[Input], None], given: Given) -> None:
        self.failing: set[str] = set()
        self.fake = FakeSwitch(
            agenda, _Inbox(put), latency=AT_ONCE, rings_after=AT_ONCE, tone=AT_ONCE
        )
        self._agenda = agenda
        self._put = put
        self._given = given
        self._asked: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<PlayedSwitch on {self.fake!r}>"

    def far_legs(self) -> list[LegId]:
        """The legs that were dialed and are up."""
        return [leg.id for leg in self.fake.legs.values() if leg.dialed and leg.up]

    def hang_up(self, leg: LegId) -> None:
        """Somebody puts the phone down, and is gone from this moment: the center is told before
        it is told of the prompts and recordings that end with the leg.
        """
        self._put(LegHungUp(leg, NORMAL))
        self.fake.hang_up(leg)

    def carry_out(self, command: Command) -> None:
        """Do as told; the answers come at this instant, but not within this turn."""
        match command:
            case LookUp():
                return self._look_up(command)
            case DialLeg(phone=phone):
                agents = {phone_of(agent): how for agent, how in self._given.agents.items()}
                self._expect(phone, agents.get(phone, LineOutcome.ANSWERED))
            case DialOutside(number=number):
                outcome = self._given.lines.get(number, LineOutcome.NO_ANSWER)
                self._expect(PhoneId(number), outcome)
            case _:
                pass
        return self.fake.submit(command)

    def _expect(self, phone: PhoneId, outcome: LineOutcome) -> None:
        self.fake.phones.setdefault(phone, Callee(self.fake, outcome))

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

    def _later(self, input_: Input) -> None:
        self._agenda.after(LOOK_UP_TAKES, partial(self._put, input_))


class Callee(Bystander):
    """A person at an agent's phone or an outside line, who does as the story says. Asked whether
    they take the call, they do.
    """

    def __init__(self, switch: FakeSwitch, outcome: LineOutcome) -> None:
        self._switch = switch
        self._outcome = outcome

    def rings(self, leg: LegId) -> None:
        """The phone is answered, refused, or left to ring."""
        if self._outcome is LineOutcome.ANSWERED:
            self._switch.pick_up(leg)
        elif self._outcome in CAUSES:
            self._switch.refuse(leg, CAUSES[self._outcome])

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """A prompt before the talk asks whether they take it."""
        del parts
        self._switch.press(leg, TAKE_CALL)


class _Inbox:
    """Gives the signals of the fake switch to the center."""

    def __init__(self, put: Callable[[Input], None]) -> None:
        self._put = put

    def put(self, signal: Signal, /) -> None:
        """One turn of the center."""
        self._put(signal)
