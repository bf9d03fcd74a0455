"""Any valid flow, any signals in any order: a call ends, or waits with a deadline.

Flows are made as core data, such as the loader would make them; they may be nonsense, loop, or
lead nowhere. What may never happen is an exception, or a caller whom nothing will ever wake.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.declaration import Prompt, Text, Words
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.telephony.leg import ForOffer
from contactcenter_ari.core.turn import Wake
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    DialOutside,
    LookUp,
    PlayPrompt,
    RecordLeg,
)
from contactcenter_ari.core.vocabulary.event import Event, InteractionQueued, WaitTold
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    CallId,
    InteractionId,
    LegId,
    PhoneId,
    QueueName,
)
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    CloseQueue,
    GoNotReady,
    GoReady,
    HandleTime,
    LearnHandleTimes,
    LogIn,
    MoveWaiting,
    OpenQueue,
    PutAgent,
    Request,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegsBridged,
    LookUpFailed,
    LookUpFinished,
    PhoneReachable,
    PlaybackFinished,
    RecordingClosed,
    RecordingFinished,
    SwitchReconciled,
    TimePassed,
)
from contactcenter_ari.simulation.ledger import Ledger
from tests.property.made_flow import NUMBER, QUEUES, flows

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
CALLER = LegId("caller")
AGENT, OPEN = AgentId("100"), QueueName("open")
REQUESTS = (
    GoReady(AGENT, "a"),
    GoNotReady(AGENT, "lunch", "a"),
    CloseQueue(OPEN, "boss"),
    OpenQueue(OPEN, "boss"),
)
STEPS_OF_A_CALL = 40
rows: st.SearchStrategy[dict[str, str | None] | None] = st.none() | st.dictionaries(
    st.sampled_from(("status", "age", "stranger")), st.sampled_from((None, "", "gold", "7"))
)
presses = st.sampled_from("0012*#9").map(lambda digit: ("press", digit))
acts = st.one_of(
    presses,
    presses,
    presses,
    st.booleans().map(lambda fails: ("prompt ends", fails)),
    st.booleans().map(lambda fails: ("prompt ends", fails)),
    rows.map(lambda row: ("row", row)),
    st.just(("look-up fails", None)),
    st.sampled_from((1, 4, 35)).map(lambda seconds: ("wait", seconds)),
    st.just(("wake", None)),
    st.just(("wake", None)),
    st.just(("agent answers", None)),
    st.just(("bridged", None)),
    st.sampled_from((True, True, False)).map(lambda there: ("inventory", there)),
    st.just(("agent answers", None)),
    st.just(("bridged", None)),
    st.just(("agent leaves", None)),
    st.just(("outside answers", None)),
    st.just(("outside answers", None)),
    st.sampled_from((16, 17, 19, 21)).map(lambda cause: ("outside leaves", cause)),
    st.sampled_from("112").map(lambda digit: ("outside presses", digit)),
    st.sampled_from((None, 0.0, 3.0)).map(lambda speech: ("message ends", speech)),
    st.sampled_from((0, 404, 500)).map(lambda status: ("command fails", status)),
    st.sampled_from(REQUESTS).map(lambda request: ("asked", request)),
    st.sampled_from(sorted(QUEUES)).map(lambda queue: ("caller is moved", queue)),
)


class OneCall:
    """One caller in a flow, one agent, and what the center has asked for."""

    def __init__(self, flow: Flow) -> None:
        prompts = {"apology": Prompt({"en": (Text((Words("sorry"),)),)})}
        site = Site(
            name="s", flows=(flow,), queues=QUEUES, pause_reasons={"1": "lunch"}, prompts=prompts
        )
        self.told: list[timedelta] = []
        self.center = Center(CenterStarted("n", "1"), site)
        self.ledger = Ledger(site, START)
        self.now = START
        self.commands: list[Command] = []
        agent, phone = AGENT, PhoneId("phone-100")
        queues = (OPEN, QueueName("narrow"))
        profile = AgentProfile(
            agent=agent, name="A", phone=phone, queues=queues, skills={"dutch": 6}
        )
        times = (HandleTime(queue, 18, timedelta(minutes=3), 50) for queue in queues)
        self.take(LearnHandleTimes(tuple(times)))
        self.take(PutAgent(profile))
        self.take(PhoneReachable(phone))
        self.take(LogIn(agent, "test"))

    def take(self, input_: Input) -> None:
        """One turn; after it the call has ended or will be woken."""
        outcome = self.center.handle(input_, self.now)
        self.ledger.enter(input_, outcome, self.center, self.now)
        self.commands.extend(outcome.commands)
        for event in outcome.events:
            self.hear(event)
        deadlines = self.center._clockwork._deadlines
        for call in self.center._calls:
            run = call.run
            attempt = self.center._calls.callback_queue.attempts.of(call)
            if attempt is not None and attempt.answered_at is None:
                assert (Wake.RING, attempt.leg) in deadlines, attempt
                continue
            self._is_told_the_truth(run)
            match run.activity:
                case Activity.CONNECTED:
                    self._will_be_joined(run.call)
                    continue
                case Activity.QUEUED if self._has_a_last_chance(run.call):
                    continue
                case Activity.QUEUED:
                    wake = Wake.WAIT
                case Activity.ENDED:
                    wake = Wake.HANG_UP
                case _:
                    wake = Wake.FLOW
            assert (wake, run.call) in deadlines, run

    def hear(self, event: Event) -> None:
        """Waits that are told never rise within one line."""
        if isinstance(event, InteractionQueued):
            self.told = []
        elif isinstance(event, WaitTold) and event.told is not None:
            assert all(before >= event.told for before in self.told), self.told
            self.told.append(event.told)

    def _is_told_the_truth(self, run: FlowRun) -> None:
        """Nothing is announced while a phone rings, and the flow knows whether one does."""
        place = self.center._distribution.stays.find(InteractionId(run.call))
        if place is not None and run.activity is not Activity.CONNECTED:
            assert run.offered == bool(place.offers), run
            if run.activity is Activity.QUEUED and run.offered:
                assert run.playback is None or not run.announcing, run

    def _has_a_last_chance(self, call: CallId) -> bool:
        """Whether the wait is over, except for a phone that rings, which ends by itself."""
        place = self.center._distribution.stays.find(InteractionId(call))
        if place is None or place.over is None:
            return False
        deadlines = self.center._clockwork._deadlines
        offers = [ForOffer(offer) for offer in place.offers]
        legs = [leg for leg in self.center._calls.legs if leg.purpose in offers]
        rings = [leg for leg in legs if (Wake.RING, leg.id) in deadlines]
        joins = [leg for leg in legs if (Wake.JOIN, leg.bridge) in deadlines]
        told = [leg for leg in legs if leg.flow is not None]
        assert rings or joins or told, place
        return True

    def _will_be_joined(self, call: CallId) -> None:
        """People talk, or their legs are being joined; an outside line that is dialed has a
        deadline, or somebody there is being asked.
        """
        line = self.center._calls.outside.to(self.center._calls.registry.by_id[call])
        if line is not None and line.flow is None:
            deadlines = self.center._clockwork._deadlines
            joins = (Wake.JOIN, line.bridge) in deadlines
            assert joins or (Wake.RING, line.id) in deadlines, line

    def last(self, kind: type[Command] | None) -> Command | None:
        """The newest command of a kind, or of any."""
        wanted = (c for c in reversed(self.commands) if kind is None or isinstance(c, kind))
        return next(wanted, None)

    def act(self, what: str, how: object) -> None:  # noqa: C901, PLR0912  # one arm an act
        """Something happens, if there is anything for it to happen to."""
        match what, how, self.last(_SUBJECTS.get(what)):
            case "press", str(digit), _:
                self.take(DigitPressed(CALLER, digit))
            case "wait", int(seconds), _:
                self.wait(timedelta(seconds=seconds))
            case "wake", _, _:
                self.wake()
            case "inventory", bool(there), _:
                self.take_inventory(caller_is_there=there)
            case "prompt ends", bool(fails), PlayPrompt(playback=playback):
                self.take(PlaybackFinished(playback, failed=fails))
            case "row", _, LookUp(look_up=look_up):
                row = how if isinstance(how, dict) else None
                self.take(LookUpFinished(look_up, row))
            case "look-up fails", _, LookUp(look_up=look_up):
                self.take(LookUpFailed(look_up, "test"))
            case "agent answers", _, DialLeg(leg=leg):
                self.take(LegAnswered(leg))
            case "agent leaves", _, DialLeg(leg=leg):
                self.take(LegHungUp(leg, 16))
            case "outside answers", _, DialOutside(leg=leg):
                self.take(LegAnswered(leg))
            case "outside leaves", int(cause), DialOutside(leg=leg):
                self.take(LegHungUp(leg, cause))
            case "outside presses", str(digit), DialOutside(leg=leg):
                self.take(DigitPressed(leg, digit))
            case "message ends", speech, RecordLeg(recording=recording):
                assert speech is None or isinstance(speech, float)
                self.take(RecordingClosed(recording))
                failed = speech is None
                self.take(RecordingFinished(recording, "/x.wav", 3, failed=failed, speech=speech))
            case "bridged", _, BridgeLegs(bridge=bridge):
                self.take(LegsBridged(bridge))
            case "asked", GoReady() | GoNotReady() | CloseQueue() | OpenQueue() as request, _:
                self.ask(request)
            case "caller is moved", str(queue), _:
                self.move(QueueName(queue))
            case "command fails", int(status), command if command is not None:
                self.take(CommandFailed(command, status, "test"))
            case _:
                pass

    def ask(self, request: Request) -> None:
        """A person wants something, which may be refused."""
        with suppress(RequestRefused):
            self.take(request)

    def move(self, queue: QueueName) -> None:
        """A person moves the caller to another queue."""
        started = (call.interaction for call in self.center._calls)
        for interaction in [each.id for each in started if each is not None]:
            self.ask(MoveWaiting(interaction, queue, "boss"))

    def take_inventory(self, *, caller_is_there: bool) -> None:
        """The connection was away for a while."""
        self.now += timedelta(seconds=8)
        dialed = [c.leg for c in self.commands if isinstance(c, DialLeg | DialOutside)]
        legs = (CALLER, *dialed) if caller_is_there else tuple(dialed)
        self.take(SwitchReconciled(self.now, legs, (PhoneId("phone-100"),)))

    def wake(self) -> None:
        """The next deadline comes."""
        at = self.center.next_deadline()
        if at is not None:
            self.now = max(self.now, at)
            self.take(TimePassed())

    def wait(self, duration: timedelta) -> None:
        """Time passes."""
        until = self.now + duration
        while (at := self.center.next_deadline()) is not None and at <= until:
            self.wake()
        self.now = until


FORGOTTEN = timedelta(days=8)
"""By then every callback is kept or over, and no lost call is a task any more."""
_SUBJECTS: dict[str, type[Command]] = {
    "prompt ends": PlayPrompt,
    "row": LookUp,
    "look-up fails": LookUp,
    "agent answers": DialLeg,
    "agent leaves": DialLeg,
    "bridged": BridgeLegs,
    "outside answers": DialOutside,
    "outside leaves": DialOutside,
    "outside presses": DialOutside,
    "message ends": RecordLeg,
}


@settings(max_examples=400, deadline=None, derandomize="CI" in os.environ)
@given(flow=flows, script=st.lists(acts, min_size=8, max_size=STEPS_OF_A_CALL))
def test_a_call_ends_or_waits_with_a_deadline(
    flow: Flow, script: list[tuple[str, object]]
) -> None:
    """Whatever the flow, whatever comes in whatever order; then the caller hangs up."""
    call = OneCall(flow)
    call.take(CallArrived(CALLER, NUMBER, "+31612345678", "x"))
    for what, how in script:
        call.act(what, how)
    call.take(LegHungUp(CALLER, 0))
    for command in list(call.commands):
        if isinstance(command, DialLeg | DialOutside):
            call.take(LegHungUp(command.leg, 16))
    assert all(left.run.hung_up or left.callback for left in call.center._calls)
    call.wait(FORGOTTEN)
    assert call.center.calls_in_progress() == 0
    assert not list(call.center._calls.bridges)
    assert call.center.next_deadline() is None


@settings(max_examples=150, deadline=None, derandomize="CI" in os.environ)
@given(flow=flows)
def test_a_silent_caller_comes_to_an_end(flow: Flow) -> None:
    """Nobody presses a key, nobody answers, no prompt is ever reported over: still it ends."""
    call = OneCall(flow)
    call.take(CallArrived(CALLER, NUMBER, "", ""))
    turns = 0
    while call.center.calls_in_progress():
        call.wake()
        turns += 1
        assert turns < LONGEST, "the call never ends"


LONGEST = 30_000
