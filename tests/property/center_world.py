"""A center with nothing around it but what it asked for: signals are made up by the test.

No switch is simulated: signals come in any order, late, twice, or for legs that are long gone.
After every turn the ledger's invariants must hold.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import CenterStarted, Input
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    FinishRecording,
    HangUpLeg,
    LookUp,
    PlayPrompt,
)
from contactcenter_ari.core.vocabulary.event import CallbackBooked, RecordingStarted
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    InteractionId,
    LegId,
    PhoneId,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, PutAgent, Request
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LegAnswered,
    LegHungUp,
    LegLost,
    LegsBridged,
    LiveBridge,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingClosed,
    RecordingFinished,
    SwitchReconciled,
    TimePassed,
)
from contactcenter_ari.simulation.interaction_account import Place
from contactcenter_ari.simulation.ledger import Ledger
from tests.property.made_site import PROFILES, SITE

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
RECENT = 12
LEGS_AT_ONCE = 16
MOST_WAKES = 5_000
"""A sound center asks to be woken some hundred times at most until nothing is to come."""

Thing = TypeVar("Thing")


def phone_of(agent: AgentId) -> PhoneId:
    """Each agent has one phone."""
    return PhoneId(f"phone-{agent}")


def pick_of(things: Sequence[Thing], pick: int) -> Thing:
    """One of the things."""
    return things[pick % len(things)]


class World:
    """The center, its ledger, and what may come of what it asked for. It is not `sound` any more
    once a turn has failed.
    """

    def __init__(self) -> None:
        self.center = Center(CenterStarted("n", "1"), SITE)
        self.ledger = Ledger(SITE, START)
        self.now = START
        self.inputs: list[Input] = []
        self.commands: list[Command] = []
        self.live: list[LegId] = []
        self.ringing: list[LegId] = []
        self.ending: list[LegId] = []
        self.playing: list[PlayPrompt] = []
        self.joining: list[BridgeLegs] = []
        self.recording: list[RecordingId] = []
        self.finishing: list[RecordingId] = []
        self.asked: list[LookUp] = []
        self.booked: list[CallbackBooked] = []
        self.reachable: set[PhoneId] = set()
        self.orphans: list[LiveBridge] = []
        self.unheard = False
        self.sound = True
        self._legs = 0

    def __repr__(self) -> str:
        return f"<World {self.now:%H:%M:%S}: {self.center!r}>"

    # Inputs

    def take(self, input_: Input) -> None:
        """Let the center take an input, and keep what it asks for; what it refuses must change
        nothing.
        """
        self.sound = False
        before = self._picture() if isinstance(input_, Request) else None
        try:
            outcome = self.center.handle(input_, self.now)
        except RequestRefused:
            assert self._picture() == before, input_
            self.sound = True
            return
        self.inputs = [*self.inputs, input_][-RECENT:]
        self.ledger.enter(input_, outcome, self.center, self.now)
        self._check_boards()
        self.sound = True
        self.commands = [*self.commands, *outcome.commands][-RECENT:]
        self.booked += [e for e in outcome.events if isinstance(e, CallbackBooked)]
        self.recording += [e.recording for e in outcome.events if isinstance(e, RecordingStarted)]
        for command in outcome.commands:
            self._remember(command)

    def _picture(self) -> tuple[object, ...]:
        center = self.center
        views = (center.queues(self.now), center.agents(self.now), center.calls())
        return (*views, center.callbacks(), center.next_deadline())

    def _check_boards(self) -> None:
        """The queues of the files are shown, and of others those in which something goes on."""
        shown = {view.queue: view for view in self.center.queues(self.now)}
        configured = self.center.site.queues.keys()
        assert configured <= shown.keys(), shown
        talks = any(agent.talk is not None for agent in self.ledger.agents.values())
        for queue in shown.keys() - configured:
            assert shown[queue].waiting or shown[queue].callbacks or talks, f"{queue} is gone"

    def _remember(self, command: Command) -> None:
        match command:
            case PlayPrompt():
                self.playing.append(command)
            case DialLeg(leg=leg) | DialOutside(leg=leg):
                self.live.append(leg)
                self.ringing.append(leg)
            case BridgeLegs():
                self.joining.append(command)
            case FinishRecording(recording=recording):
                self.finishing.append(recording)
            case LookUp():
                self.asked.append(command)
            case HangUpLeg(leg=leg) if leg in self.live:
                self.ending.append(leg)
            case _:
                pass

    def arrive(self, agent: AgentId, variant: int = 0) -> None:
        """An agent comes to work: known, reachable, logged in."""
        self.put(agent, variant)
        self.register(agent)
        self.take(LogIn(agent, "test"))

    def put(self, agent: AgentId, variant: int) -> None:
        """The directory has an agent, as it is or another way."""
        queues, skills = pick_of(PROFILES[agent], variant)
        self.take(
            PutAgent(
                AgentProfile(
                    agent=agent, name="A", phone=phone_of(agent), queues=queues, skills=skills
                )
            )
        )

    def register(self, agent: AgentId) -> None:
        """A phone comes."""
        self.reachable.add(phone_of(agent))
        self.take(PhoneReachable(phone_of(agent)))

    def unregister(self, agent: AgentId) -> None:
        """A phone goes."""
        self.reachable.discard(phone_of(agent))
        self.take(PhoneUnreachable(phone_of(agent)))

    def call_in(self, number: str, caller: str = "") -> LegId:
        """Somebody calls."""
        leg = self.new_leg()
        self.take(CallArrived(leg, number, caller, "x"))
        return leg

    def new_leg(self) -> LegId:
        """A leg that came from outside."""
        self._legs += 1
        leg = LegId(f"in.{self._legs}")
        self.live.append(leg)
        return leg

    def answer(self, leg: LegId) -> None:
        """A phone is picked up."""
        self.ringing.remove(leg)
        self.take(LegAnswered(leg))

    def connect(self, leg: LegId) -> None:
        """A phone is picked up, its user listens to what is said, and is joined at once."""
        self.answer(leg)
        for prompt in [prompt for prompt in self.playing if prompt.leg == leg]:
            self.finish(prompt)
        for bridge in [bridge for bridge in self.joining if leg in bridge.legs]:
            self.join(bridge)

    def dial(self, agent: AgentId, code: str) -> LegId:
        """An agent's phone dials something."""
        leg = self.new_leg()
        self.take(PhoneDialed(leg, phone_of(agent), code))
        return leg

    def finish(self, prompt: PlayPrompt, *, failed: bool = False) -> None:
        """A prompt ends."""
        self.playing.remove(prompt)
        self.take(PlaybackFinished(prompt.playback, failed=failed))

    def join(self, bridge: BridgeLegs) -> None:
        """The parties hear each other."""
        self.joining.remove(bridge)
        self.take(LegsBridged(bridge.bridge))

    def lose(self, leg: LegId, cause: int = 16) -> None:
        """A leg is gone."""
        self.forget(leg)
        self.take(LegHungUp(leg, cause))

    def vanish(self, leg: LegId) -> None:
        """The phone on a leg that is up is gone."""
        self.forget(leg)
        self.take(LegLost(leg))

    def forget(self, leg: LegId) -> None:
        """A leg is gone, and nobody says so."""
        self.live.remove(leg)
        self.ringing = [other for other in self.ringing if other != leg]
        self.ending = [other for other in self.ending if other != leg]

    def is_reachable(self, phone: PhoneId) -> bool:
        """Whether the last word about a phone was a good one."""
        said = [i for i in self.inputs if isinstance(i, PhoneReachable | PhoneUnreachable)]
        about = [i for i in said if i.phone == phone]
        return not about or isinstance(about[-1], PhoneReachable)

    def waiting(self) -> list[InteractionId]:
        """The callers who wait in a line, by the ledger."""
        interactions = self.ledger.interactions.values()
        return [each.interaction for each in interactions if each.place is Place.QUEUE]

    def inventory(self, taken_at: datetime) -> SwitchReconciled:
        """All that lives in the switch; the center knows of its own bridges."""
        bridges = [
            LiveBridge(
                talk.bridge,
                tuple(leg for leg in talk.legs if leg in self.live),
                tuple(caller for caller in talk.callers if caller.leg in self.live),
                {leg: phone for leg, phone in talk.phones.items() if leg in self.live},
            )
            for talk in self.orphans
        ]
        phones = tuple(sorted(self.reachable))
        lived = tuple(bridge for bridge in bridges if bridge.legs)
        return SwitchReconciled(taken_at, tuple(self.live), phones, lived)

    def find_talk(self, agent: AgentId, number: str, caller: str) -> None:
        """A caller and an agent talk in the switch, since a life of which nothing is known."""
        inside = LegId(f"n-0-{self._legs}")
        leg = self.new_leg()
        self.live.append(inside)
        bridge = BridgeId(f"n-0-b{self._legs}")
        arrived = CallArrived(leg, number, caller, "x")
        phones = {inside: phone_of(agent)}
        self.orphans.append(LiveBridge(bridge, (leg, inside), (arrived,), phones))

    # Time

    def wait(self, seconds: float) -> None:
        """Time passes; the center is woken as it asked for."""
        until = self.now + timedelta(seconds=seconds)
        self._wake(until)
        self.now = until

    def come_to(self, late: float = 0) -> None:
        """The next deadline comes, and the center is not woken yet."""
        at = self.center.next_deadline()
        assert at is not None, "nothing is to come"
        self.now = max(self.now, at + timedelta(seconds=late))

    def run_out(self) -> None:
        """Wake the center until it asks for nothing more."""
        self._wake(END_OF_TIME)

    def _wake(self, until: datetime) -> None:
        """Wake the center whenever it asks for it; one that asks without end is not sound."""
        for _ in range(MOST_WAKES):
            at = self.center.next_deadline()
            if at is None or at > until:
                return
            self.now = max(self.now, at)
            self.take(TimePassed())
        raise AssertionError("the center asks to be woken without end")

    # The end

    def fall_silent(self) -> None:
        """Nobody does anything more and the switch says nothing: no one waits without end."""
        self.run_out()
        assert not self.waiting(), "somebody waits without end"

    def end(self) -> None:
        """Everybody hangs up, and time runs out: nothing may be left."""
        while self.live:
            self.lose(self.live[0])
            self.now += timedelta(milliseconds=100)
        if self.unheard:  # a young leg may be missing in an inventory: the next one tells
            self.now += timedelta(seconds=10)
            self.take(self.inventory(self.now))
        self.run_out()
        while self.live:  # a caller who was only said to have come was offered meanwhile
            self.lose(self.live[0])
            self.run_out()
        for recording in self.recording:
            self.take(RecordingClosed(recording))
        for recording in self.finishing:
            self.take(RecordingFinished(recording, "/x.wav", 3))
        self.ledger.settle()
        self._check_memory()

    def _check_memory(self) -> None:
        """The one look inside: nothing is remembered of those who are gone."""
        distribution = self.center._distribution
        assert self.center.calls_in_progress() == 0
        assert self.center.next_deadline() is None
        assert not list(self.center._calls.bridges)
        assert not list(self.center._calls.legs)
        assert not self.center._calls.recordings._recordings
        assert not self.center._calls.recordings._of_call
        assert not distribution.stays
        assert not distribution.stays.unsettled
        assert not self.center._orphans._by_leg
        assert not any(line._line or line._open for line in distribution.queues.lines.values())
