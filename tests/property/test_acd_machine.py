"""The whole center against any order of inputs: the ledger's invariants hold after each turn.

The switch is not simulated here: its signals come in any order, late, twice, or for legs that
are long gone. What the center has asked for is kept, so that answers to it can be made up.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings, Strategy
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted, Input
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.flow import Flow, HttpLookUp, Prompt, Text, Words
from contactcenter_ari.core.flow.parsing import parse
from contactcenter_ari.core.flow.step import (
    BookCallback,
    Destination,
    DialOut,
    LookUpStep,
    Play,
    Queue,
    RingAgent,
    Section,
    Step,
    Tag,
    TransferOut,
    Verb,
    Way,
)
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    HangUpLeg,
    LookUp,
    PlayPrompt,
    StartRecording,
)
from contactcenter_ari.core.vocabulary.event import CallbackBooked
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallbackId,
    InteractionId,
    LegId,
    PhoneId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.promise import CallbackMode
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    AllowNumber,
    CancelCallback,
    DialCallback,
    EndWrapUp,
    ForbidNumber,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    PutAgent,
    RemoveAgent,
    RestoreCallback,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LookUpFailed,
    LookUpFinished,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
    RecordingFinished,
    SwitchReconciled,
    TimePassed,
)
from contactcenter_ari.simulation.ledger import Ledger
from contactcenter_ari.simulation.sample import DIRECT, MENU, sample_site

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
SALES, CLAIMS = QueueName("sales"), QueueName("claims")
AWAY = "+31201111112"
"""Agent 100 straight, a doctor who must accept, the claims queue with keys, another number."""


def away() -> Flow:
    """A flow that leads to everybody there is, and asks a look-up when the call is over."""
    on = {"answered": Destination(Way.CONTINUE)}
    keys = {
        "1": Destination(Way.CALL, "told"),
        "2": Destination(Way.SECTION, "out"),
        "3": Destination(Way.CALL, "promise"),
        "5": Destination(Way.HANG_UP),
    }
    sections: dict[str, tuple[Verb, ...]] = {
        "start": (
            RingAgent(parse('"100"'), on, timedelta(seconds=12)),
            DialOut(parse('"+31687654321"'), on, screen="screen"),
            Queue(CLAIMS, {}, keys=keys, max_wait=timedelta(seconds=95)),
            TransferOut(parse('"+31687654322"')),
        ),
        "told": (Play("told", barge_in=False),),
        "promise": (
            BookCallback(CLAIMS, {}, parse('"+31687654323"'), expires=timedelta(minutes=20)),
        ),
        "out": (TransferOut(parse('"+31687654322"')),),
        "bye": (LookUpStep("crm", {}, "crm", {}), Tag((("done", parse('"1"')),))),
    }
    return Flow(
        name="away",
        version="1",
        numbers=(AWAY,),
        timezone="UTC",
        languages=("en",),
        sections={
            name: Section(tuple(Step(verb, line=1) for verb in verbs))
            for name, verbs in sections.items()
        },
        prompts={name: Prompt({"en": (Text((Words(name),)),)}) for name in ("screen", "told")},
        look_ups={"crm": HttpLookUp("https://crm.example/", {}, {})},
        on_hangup="bye",
        dial_allow=("+316",),
    )


SAMPLE = sample_site(
    (
        QueueSettings(name=SALES, max_wait=timedelta(seconds=90), wrap_up=timedelta()),
        QueueSettings(
            name=CLAIMS,
            misses_before_not_ready=MissLimits.alike(2),
            max_waiting=2,
            join_empty=True,
            strategy=Strategy.LEAST_OCCUPIED,
            callback_mode=CallbackMode.AGENT_FIRST,
        ),
    )
)
SITE = msgspec.structs.replace(SAMPLE, flows=(*SAMPLE.flows, away()))
AGENTS = {
    AgentId("100"): (SALES,),
    AgentId("101"): (SALES, CLAIMS),
    AgentId("102"): (CLAIMS,),
}
PAUSES = (0.01, 0.5, 3, 12, 31, 95, 400)
STATUSES = (0, 400, 404, 409, 422, 500)
CAUSES = (0, 16, 17, 19, 20, 21)
RECENT = 12
NUMBERS = ("+31612345678", "+31687654323", "0612345678")
MODES = tuple(CallbackMode)
LEGS_AT_ONCE = 8

Thing = TypeVar("Thing")
picks = st.integers(0, 63)
agents = st.sampled_from(sorted(AGENTS))


def phone_of(agent: AgentId) -> PhoneId:
    """Each agent has one phone."""
    return PhoneId(f"phone-{agent}")


def pick_of(things: Sequence[Thing], pick: int) -> Thing:
    """One of the things."""
    return things[pick % len(things)]


class CenterMachine(RuleBasedStateMachine):
    """Inputs in any order, and a record of what the center has asked for."""

    def __init__(self) -> None:
        super().__init__()
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
        self.recording: list[StartRecording] = []
        self.asked: list[LookUp] = []
        self.promised: list[CallbackId] = []
        self.reachable: set[PhoneId] = set()
        self.legs = 0
        self.unheard = False

    def take(self, input_: Input) -> None:
        """Let the center take an input, and keep what it asks for."""
        try:
            outcome = self.center.handle(input_, self.now)
        except RequestRefused:
            return
        self.inputs = [*self.inputs, input_][-RECENT:]
        self.ledger.enter(input_, outcome, self.center, self.now)
        self.commands = [*self.commands, *outcome.commands][-RECENT:]
        for command in outcome.commands:
            self.remember(command)
        for event in outcome.events:
            if isinstance(event, CallbackBooked):
                self.promised = [*self.promised, event.callback][-RECENT:]

    def remember(self, command: Command) -> None:
        """Keep what will lead to a signal."""
        match command:
            case PlayPrompt():
                self.playing.append(command)
            case DialLeg(leg=leg) | DialOutside(leg=leg):
                self.live.append(leg)
                self.ringing.append(leg)
            case BridgeLegs():
                self.joining.append(command)
            case StartRecording():
                self.recording.append(command)
            case LookUp():
                self.asked.append(command)
            case HangUpLeg(leg=leg) if leg in self.live:
                self.ending.append(leg)
            case _:
                pass

    def lose(self, leg: LegId, cause: int) -> None:
        """A leg is gone."""
        self.forget(leg)
        self.take(LegHungUp(leg, cause))

    def forget(self, leg: LegId) -> None:
        """A leg is gone, and nobody says so."""
        self.live.remove(leg)
        self.ringing = [other for other in self.ringing if other != leg]
        self.ending = [other for other in self.ending if other != leg]

    def new_leg(self) -> LegId:
        """A leg that came from outside."""
        self.legs += 1
        leg = LegId(f"in.{self.legs}")
        self.live.append(leg)
        return leg

    # Agents

    @initialize()
    def open(self) -> None:
        """Two agents are there; the third may come."""
        for agent in sorted(AGENTS)[:2]:
            self.put_agent(agent)
            self.register(agent)
            self.take(LogIn(agent, "test"))

    @rule(agent=agents)
    def put_agent(self, agent: AgentId) -> None:
        """The directory has an agent."""
        profile = AgentProfile(agent=agent, name="A", phone=phone_of(agent), queues=AGENTS[agent])
        self.take(PutAgent(profile))

    @rule(agent=agents)
    def remove_agent(self, agent: AgentId) -> None:
        """An agent leaves the directory."""
        self.take(RemoveAgent(agent, "test"))

    @rule(agent=agents)
    def log_in(self, agent: AgentId) -> None:
        """Sign in."""
        self.take(LogIn(agent, "test"))

    @rule(agent=agents)
    def log_out(self, agent: AgentId) -> None:
        """Sign out."""
        self.take(LogOut(agent, "test"))

    @rule(agent=agents)
    def go_ready(self, agent: AgentId) -> None:
        """Take calls."""
        self.take(GoReady(agent, "test"))

    @rule(agent=agents, reason=st.sampled_from(("lunch", "training", "nonsense")))
    def go_not_ready(self, agent: AgentId, reason: str) -> None:
        """Take a break."""
        self.take(GoNotReady(agent, reason, "test"))

    @rule(agent=agents)
    def end_wrap_up(self, agent: AgentId) -> None:
        """Be done early."""
        self.take(EndWrapUp(agent, "test"))

    @rule(agent=agents)
    def register(self, agent: AgentId) -> None:
        """A phone comes."""
        self.reachable.add(phone_of(agent))
        self.take(PhoneReachable(phone_of(agent)))

    @rule(agent=agents)
    def unregister(self, agent: AgentId) -> None:
        """A phone goes."""
        self.reachable.discard(phone_of(agent))
        self.take(PhoneUnreachable(phone_of(agent)))

    @rule(agent=agents, code=st.sampled_from(("*11", "*12", "*131", "*139", "*14", "77")))
    @precondition(lambda self: len(self.live) < LEGS_AT_ONCE)
    def dial_code(self, agent: AgentId, code: str) -> None:
        """A phone dials a feature code."""
        self.take(PhoneDialed(self.new_leg(), phone_of(agent), code))

    # Callers

    @rule(
        number=st.sampled_from((DIRECT, DIRECT, MENU, AWAY, AWAY, "+999")),
        caller=st.sampled_from(NUMBERS),
    )
    @precondition(lambda self: len(self.live) < LEGS_AT_ONCE)
    def call_in(self, number: str, caller: str = "+31612345678") -> None:
        """Somebody calls."""
        self.take(CallArrived(self.new_leg(), number, caller, "x"))

    @rule(pick=picks, digit=st.sampled_from("12359#"))
    @precondition(lambda self: self.live)
    def press(self, pick: int, digit: str) -> None:
        """A key is pressed, be it an agent's."""
        self.take(DigitPressed(pick_of(self.live, pick), digit))

    # Promises

    @rule(number=st.sampled_from(NUMBERS), made=st.integers(0, 3), mode=st.sampled_from(MODES))
    def restore_promise(self, number: str, made: int, mode: CallbackMode) -> None:
        """A promise that another process gave, and that may be over."""
        self.take(
            RestoreCallback(
                callback=CallbackId(f"old-{number}-{made}"),
                interaction=InteractionId("old"),
                queue=SALES,
                dialed=number,
                waiting_since=START,
                head_start=timedelta(),
                priority=5,
                flow="away",
                language="en",
                hours="",
                attempts=3,
                attempts_made=made,
                retry_after=timedelta(minutes=1),
                next_at=None,
                expires_at=START + timedelta(hours=1),
                mode=mode,
            )
        )
        self.promised = [*self.promised, CallbackId(f"old-{number}-{made}")][-RECENT:]

    @rule(pick=picks)
    @precondition(lambda self: self.promised)
    def dial_promise(self, pick: int) -> None:
        """A person wants a promise kept next."""
        self.take(DialCallback(pick_of(self.promised, pick), "test"))

    @rule(pick=picks)
    @precondition(lambda self: self.promised)
    def cancel_promise(self, pick: int) -> None:
        """A person takes a promise back."""
        self.take(CancelCallback(pick_of(self.promised, pick), "test"))

    @rule(number=st.sampled_from(NUMBERS), forbids=st.booleans())
    def change_list(self, number: str, *, forbids: bool) -> None:
        """A number is put on the do-not-call list, or taken off."""
        self.take(ForbidNumber(number, "test") if forbids else AllowNumber(number, "test"))

    # The switch

    @rule(pick=picks)
    @precondition(lambda self: self.ringing)
    def answer(self, pick: int) -> None:
        """A phone is picked up."""
        leg = pick_of(self.ringing, pick)
        self.ringing.remove(leg)
        self.take(LegAnswered(leg))

    @rule(pick=picks)
    @precondition(lambda self: self.ringing)
    def ring(self, pick: int) -> None:
        """A phone says that it rings."""
        self.take(LegRinging(pick_of(self.ringing, pick)))

    @rule(pick=picks, cause=st.sampled_from(CAUSES))
    @precondition(lambda self: self.live)
    def hang_up(self, pick: int, cause: int) -> None:
        """A leg ends, whoever's."""
        self.lose(pick_of(self.live, pick), cause)

    @rule(pick=picks)
    @precondition(lambda self: self.ending)
    def end_as_told(self, pick: int) -> None:
        """A leg that was to be hung up is gone."""
        self.lose(pick_of(self.ending, pick), 16)

    @rule(pick=picks, fails=st.booleans())
    @precondition(lambda self: self.playing)
    def finish_prompt(self, pick: int, *, fails: bool) -> None:
        """A prompt ends."""
        prompt = pick_of(self.playing, pick)
        self.playing.remove(prompt)
        self.take(PlaybackFinished(prompt.playback, failed=fails))

    @rule(pick=picks)
    @precondition(lambda self: self.joining)
    def confirm_bridge(self, pick: int) -> None:
        """The parties hear each other."""
        bridge = pick_of(self.joining, pick)
        self.joining.remove(bridge)
        self.take(LegsBridged(bridge.bridge))

    @rule(pick=picks, status=st.sampled_from(STATUSES))
    @precondition(lambda self: self.joining)
    def refuse_bridge(self, pick: int, status: int) -> None:
        """The legs could not be joined."""
        bridge = pick_of(self.joining, pick)
        self.joining.remove(bridge)
        self.take(CommandFailed(bridge, status, "test"))

    @rule(pick=picks, fails=st.booleans())
    @precondition(lambda self: self.recording)
    def finish_recording(self, pick: int, *, fails: bool) -> None:
        """A recording is closed."""
        recording = pick_of(self.recording, pick)
        self.recording.remove(recording)
        self.take(RecordingFinished(recording.recording, "/x.wav", 3, failed=fails))

    @rule(pick=picks, finds=st.booleans())
    @precondition(lambda self: self.asked)
    def answer_look_up(self, pick: int, *, finds: bool) -> None:
        """A look-up answers, or fails."""
        look_up = pick_of(self.asked, pick)
        self.asked.remove(look_up)
        answer = LookUpFinished(look_up.look_up, {})
        self.take(answer if finds else LookUpFailed(look_up.look_up, "test"))

    @rule(pick=picks, status=st.sampled_from(STATUSES))
    @precondition(lambda self: self.commands)
    def fail_command(self, pick: int, status: int) -> None:
        """Some command of late failed, or is said to have."""
        self.take(CommandFailed(pick_of(self.commands, pick), status, "test"))

    @rule(pick=picks)
    @precondition(lambda self: self.inputs)
    def repeat_input(self, pick: int) -> None:
        """Some input of late comes again."""
        again = pick_of(self.inputs, pick)
        self.take(again)
        self.reachable = {phone for phone in self.reachable if self.is_reachable(phone)}

    def is_reachable(self, phone: PhoneId) -> bool:
        """Whether the last word about a phone was a good one."""
        said = [i for i in self.inputs if isinstance(i, PhoneReachable | PhoneUnreachable)]
        about = [i for i in said if i.phone == phone]
        return not about or isinstance(about[-1], PhoneReachable)

    @rule(age=st.sampled_from((0, 2, 30)), loses=picks)
    def reconcile(self, age: int, loses: int) -> None:
        """An inventory, some seconds old; a leg may have ended unheard."""
        if self.live and loses % 4 == 0:
            self.forget(pick_of(self.live, loses // 4))
            self.unheard = True
        taken_at = max(START, self.now - timedelta(seconds=age))
        self.take(SwitchReconciled(taken_at, tuple(self.live), tuple(sorted(self.reachable))))

    # Time

    @rule(seconds=st.sampled_from(PAUSES))
    def wait(self, seconds: float) -> None:
        """Time passes; the center is woken as it asked for."""
        until = self.now + timedelta(seconds=seconds)
        while (at := self.center.next_deadline()) is not None and at <= until:
            self.now = max(self.now, at)
            self.take(TimePassed())
        self.now = until

    @rule()
    @precondition(lambda self: self.center.next_deadline() is not None)
    def wake(self) -> None:
        """The next deadline comes, and nothing else before it."""
        at = self.center.next_deadline()
        assert at is not None
        self.now = max(self.now, at)
        self.take(TimePassed())

    def teardown(self) -> None:
        """Everybody hangs up, and time runs out: nothing may be left."""
        while self.live:
            self.lose(self.live[0], 16)
            self.now += timedelta(milliseconds=100)
        if self.unheard:  # a young leg may be missing in an inventory: the next one tells
            self.now += timedelta(seconds=10)
            self.take(SwitchReconciled(self.now, (), tuple(sorted(self.reachable))))
        self.run_out()
        while self.live:  # a caller who was only said to have come was offered meanwhile
            self.lose(self.live[0], 16)
            self.run_out()
        for recording in self.recording:
            self.take(RecordingFinished(recording.recording, "/x.wav", 3))
        assert self.center.calls_in_progress() == 0
        assert self.center.next_deadline() is None
        assert not self.center._calls.talks._by_leg
        self.ledger.settle()

    def run_out(self) -> None:
        """Wake the center until it asks for nothing more."""
        while (at := self.center.next_deadline()) is not None:
            self.now = max(self.now, at)
            self.take(TimePassed())


TestCenter = CenterMachine.TestCase
TestCenter.settings = settings(
    max_examples=500,
    stateful_step_count=60,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_an_agent_put_anew_takes_calls_though_an_old_call_ends() -> None:
    """The end of a call of a removed agent is nothing to the agent of the same name."""
    machine = CenterMachine()
    machine.open()
    agent = AgentId("100")
    machine.dial_code(agent, "77")
    machine.remove_agent(agent)
    machine.put_agent(agent)
    machine.log_in(agent)
    machine.log_out(AgentId("101"))
    machine.hang_up(0, 16)
    machine.call_in(DIRECT)
    assert machine.ringing
    machine.teardown()
