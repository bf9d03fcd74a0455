"""Any valid flow, any signals in any order: a call ends, or waits with a deadline.

Flows are made as core data, such as the loader would make them; they may be nonsense, loop, or
lead nowhere. What may never happen is an exception, or a caller whom nothing will ever wake.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.center.site import CenterStarted, Input, Site
from contactcenter_ari.core.flow.flow import Blank, Flow, Prompt, SqlLookUp, Text, Words
from contactcenter_ari.core.flow.parsing import parse
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.flow.step import (
    Announcement,
    Answer,
    Destination,
    Gather,
    Goto,
    HangUp,
    If,
    InputRules,
    Language,
    LookUpStep,
    Menu,
    Play,
    Queue,
    Section,
    SetVariables,
    Step,
    Tag,
    Verb,
    Wait,
    Way,
)
from contactcenter_ari.core.flow.value import INTEGER, TEXT
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    LookUp,
    PlayPrompt,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.request import AgentProfile, LogIn, PutAgent
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
    SwitchReconciled,
    TimePassed,
)
from contactcenter_ari.core.vocabulary.turn import Wake
from contactcenter_ari.simulation.ledger import Ledger

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
NUMBER = "+31201234567"
QUEUES = {
    QueueName("open"): QueueSettings(name=QueueName("open"), max_wait=timedelta(minutes=2)),
    QueueName("empty"): QueueSettings(name=QueueName("empty")),
    QueueName("nobody"): QueueSettings(
        name=QueueName("nobody"), join_empty=True, max_wait=timedelta(seconds=40)
    ),
}
SECTIONS = ("start", "one", "two", "three")
INLINES = ("in_0", "in_1", "in_2")
PROMPTS = ("plain", "file", "blanks", "mute")
KEYS = ("1", "2", "12", "*", "0")
CALLER = LegId("caller")
STEPS_OF_A_CALL = 40

TRUTHS = [
    parse(text)
    for text in (
        "x",
        'x == "1"',
        "n > 3 and not x",
        "hours.office.open",
        "customer.found",
        'customer.status in ["gold", "platinum"]',
        "queue.position < 2",
        'language == "en" or flag.storm',
    )
]
VALUES = [
    parse(text)
    for text in ('"1"', "x", "n + 1", "caller.number", "customer.status", '"nl" if x else "en"')
]
PRIORITIES = [parse("1 if x else 5"), parse("n"), parse("x")]

durations = st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(seconds=30)])
texts = st.sampled_from(PROMPTS)
prompt_lists = st.lists(texts, max_size=2).map(tuple)


def destinations(depth: int) -> st.SearchStrategy[Destination]:
    """Anywhere; an inline list may only hold lists further in."""
    ways = [Way.REPEAT, Way.BACK, Way.CONTINUE, Way.HANG_UP]
    inner = INLINES[depth:]
    choices = [
        st.sampled_from(ways).map(Destination),
        st.sampled_from(SECTIONS).map(lambda name: Destination(Way.SECTION, name)),
    ]
    if inner:
        choices.append(st.sampled_from(inner).map(lambda name: Destination(Way.INLINE, name)))
    return st.one_of(choices)


def rules(depth: int) -> st.SearchStrategy[InputRules]:
    """How a menu or gather listens."""
    return st.builds(
        InputRules,
        prompt_lists,
        no_input=prompt_lists,
        no_match=prompt_lists,
        tries=st.integers(1, 3),
        timeout=durations,
        inter_digit_timeout=durations,
        barge_in=st.booleans(),
        failed=destinations(depth),
    )


def queues(depth: int) -> st.SearchStrategy[Queue]:
    """Waiting in one of the queues."""
    outcomes = st.sampled_from(("answered", "timeout", "no_agents", "full", "closed"))
    announcements = st.builds(
        Announcement,
        texts,
        after=durations,
        every=st.sampled_from([None, timedelta(seconds=5), timedelta(seconds=45)]),
    )
    return st.builds(
        Queue,
        st.sampled_from(sorted(QUEUES)),
        st.dictionaries(outcomes, destinations(depth)),
        priority=st.none() | st.sampled_from(PRIORITIES),
        greeting=st.sampled_from(("", *PROMPTS)),
        announce=st.lists(announcements, max_size=2).map(tuple),
        max_wait=st.sampled_from([None, timedelta(), timedelta(seconds=30)]),
    )


def verbs(depth: int) -> st.SearchStrategy[Verb]:
    """Any verb."""
    to = destinations(depth)
    choices = st.dictionaries(st.sampled_from(KEYS), to, min_size=1)
    digits = st.tuples(st.integers(1, 3), st.integers(0, 3))
    found = st.sampled_from(("found", "not_found", "error"))
    values = st.sampled_from(VALUES)
    names = st.sampled_from(("x", "n", "caller.status"))
    pairs = st.lists(st.tuples(names, values), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.just(Answer()),
        st.just(HangUp()),
        durations.map(Wait),
        st.builds(Play, texts, barge_in=st.booleans()),
        st.builds(Menu, rules(depth), choices),
        st.builds(Menu, rules(depth), choices),
        queues(depth),
        st.builds(
            lambda rules, least, sensitive: Gather(
                "x", rules, least[0], sum(least), sensitive=sensitive, matches="[0-5]*"
            ),
            rules(depth),
            digits,
            st.booleans(),
        ),
        st.dictionaries(found, to).map(
            lambda leads: LookUpStep("customer", {"number": VALUES[3]}, "customer", leads)
        ),
        pairs.map(SetVariables),
        pairs.map(Tag),
        values.map(Language),
        st.builds(If, st.sampled_from(TRUTHS), to, to),
        to.map(Goto),
        queues(depth),
    )


def sections(depth: int, *, inline: bool, least: int = 0) -> st.SearchStrategy[Section]:
    """Up to five steps."""
    when = st.none() | st.sampled_from(TRUTHS)
    steps = st.builds(lambda verb, when: Step(verb, line=1, when=when), verbs(depth), when)
    return st.lists(steps, min_size=least, max_size=5).map(
        lambda some: Section(tuple(some), inline=inline)
    )


def flow_of(
    parts: Mapping[str, Section], keys: Mapping[str, Destination], on_error: Destination | None
) -> Flow:
    """A flow of these sections."""
    return Flow(
        name="f",
        version="1",
        numbers=(NUMBER,),
        timezone="Europe/Amsterdam",
        languages=("en", "nl"),
        sections=dict(parts),
        prompts=_prompts(),
        look_ups={"customer": SqlLookUp("SELECT", {}, {"status": TEXT, "age": INTEGER})},
        hours={"office": Calendar("Europe/Amsterdam", ((TimeRange(540, 900),),) * 7)},
        variables={"x": TEXT, "n": INTEGER},
        flags={"storm": "off"},
        global_keys=dict(keys),
        on_error=on_error,
    )


def _prompts() -> dict[str, Prompt]:
    blanks = (
        Blank(parse("queue.position"), "number"),
        Blank(parse("caller.number"), "digits"),
        Blank(parse("hours.office.next_open"), "datetime"),
        Blank(parse("x"), "money"),
    )
    return {
        "plain": Prompt({"en": (Text((Words("hello"),)),)}),
        "file": Prompt({"nl": (SoundFile("nl/hallo"),)}),
        "blanks": Prompt({"en": (Text((Words("it is "), *blanks)),)}),
        "mute": Prompt({}),
    }


flows = st.builds(
    flow_of,
    st.fixed_dictionaries(
        {
            **{name: sections(0, inline=False, least=2) for name in SECTIONS},
            **{name: sections(n + 1, inline=True) for n, name in enumerate(INLINES)},
        }
    ),
    st.sampled_from(({}, {"0": Destination(Way.SECTION, "two")})),
    st.none() | st.sampled_from(SECTIONS).map(lambda name: Destination(Way.SECTION, name)),
)
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
    st.sampled_from((0, 404, 500)).map(lambda status: ("command fails", status)),
)


class OneCall:
    """One caller in a flow, one agent, and what the center has asked for."""

    def __init__(self, flow: Flow) -> None:
        prompts = {"apology": Prompt({"en": (Text((Words("sorry"),)),)})}
        site = Site(name="s", flows=(flow,), queues=QUEUES, pause_reasons={}, prompts=prompts)
        self.center = Center(CenterStarted("n", "1"), site)
        self.ledger = Ledger(site, START)
        self.now = START
        self.commands: list[Command] = []
        agent, phone = AgentId("100"), PhoneId("phone-100")
        queues = (QueueName("open"),)
        self.take(PutAgent(AgentProfile(agent=agent, name="A", phone=phone, queues=queues)))
        self.take(PhoneReachable(phone))
        self.take(LogIn(agent, "test"))

    def take(self, input_: Input) -> None:
        """One turn; after it the call has ended or will be woken."""
        outcome = self.center.handle(input_, self.now)
        self.ledger.enter(input_, outcome, self.center, self.now)
        self.commands.extend(outcome.commands)
        deadlines = self.center._clockwork._deadlines
        for call in self.center._calls:
            run = call.run
            match run.activity:
                case Activity.CONNECTED:
                    continue  # people talk, or their legs are being joined
                case Activity.QUEUED:
                    wake = Wake.WAIT
                case Activity.ENDED:
                    wake = Wake.HANG_UP
                case _:
                    wake = Wake.FLOW
            assert (wake, run.call) in deadlines, run

    def last(self, kind: type[Command] | None) -> Command | None:
        """The newest command of a kind, or of any."""
        wanted = (c for c in reversed(self.commands) if kind is None or isinstance(c, kind))
        return next(wanted, None)

    def act(self, what: str, how: object) -> None:
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
            case "bridged", _, BridgeLegs(bridge=bridge):
                self.take(LegsBridged(bridge))
            case "command fails", int(status), command if command is not None:
                self.take(CommandFailed(command, status, "test"))
            case _:
                pass

    def take_inventory(self, *, caller_is_there: bool) -> None:
        """The connection was away for a while."""
        self.now += timedelta(seconds=8)
        dialed = [command.leg for command in self.commands if isinstance(command, DialLeg)]
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


_SUBJECTS: dict[str, type[Command]] = {
    "prompt ends": PlayPrompt,
    "row": LookUp,
    "look-up fails": LookUp,
    "agent answers": DialLeg,
    "agent leaves": DialLeg,
    "bridged": BridgeLegs,
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
    for command in call.commands:
        if isinstance(command, DialLeg):
            call.take(LegHungUp(command.leg, 16))
    assert call.center.calls_in_progress() == 0
    call.wait(timedelta(minutes=2))
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
