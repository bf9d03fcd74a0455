"""The simulated call of a story: caller, shipped center, and a played switch on the virtual clock.

Promises: the same call every time. Prompts last by their words, everything else happens at once,
or when the story says so. The other callers in a queue are real to the core.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.run import Activity, FlowRun
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.number import cleaned
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.turn import Outcome, Turn
from contactcenter_ari.core.vocabulary.command import Command, PlayPrompt, StopRecording
from contactcenter_ari.core.vocabulary.event import (
    Event,
    InteractionDequeued,
    InteractionEnded,
    InteractionQueued,
    InteractionStarted,
    PromptPlayed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    WaitTold,
)
from contactcenter_ari.core.vocabulary.ids import InteractionId, LegId, QueueName
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SoundFile
from contactcenter_ari.core.vocabulary.request import (
    CloseQueue,
    GoNotReady,
    LogIn,
    LogOut,
    PutAgent,
)
from contactcenter_ari.core.vocabulary.signal import TimePassed
from contactcenter_ari.flow_test.background_callers import (
    agent_of_queue,
    background_number,
    phone_of,
    profiles,
    with_background_callers,
)
from contactcenter_ari.flow_test.busy_agents import BusyAgents
from contactcenter_ari.flow_test.observation import JUDGMENTS, Kind, Observation, observation
from contactcenter_ari.flow_test.played_switch import PlayedSwitch
from contactcenter_ari.flow_test.story import Given, GivenQueue, Staffing
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.person import Bystander

CALLER = LegId("caller")
BETWEEN_KEYS = timedelta(milliseconds=100)
RECORDING: dict[type[Event], str] = {
    RecordingStarted: "start",
    RecordingPaused: "pause",
    RecordingResumed: "resume",
}
"""The events of a recording, in the words of the flow language."""
PERSON = "flow-test"
"""The author of log-ins and of closing queues."""


class Whose(StrEnum):
    """The party who must act for the call to go on."""

    WORLD = "world"
    CALLER = "caller"
    AGENT = "agent"
    NOBODY = "nobody"


class SimulatedCall:
    """One simulated call; it arrives at once."""

    def __init__(self, site: Site, flow: Flow, given: Given) -> None:
        self.given = given
        self.flow = flow
        self.agenda = Agenda(given.at)
        self.observations: list[Observation] = []
        self.visited: set[tuple[str, int]] = set()
        self.ended = False
        self.queue = QueueName("")
        self._waits_told = 0
        self._interaction: InteractionId | None = None
        self._run: FlowRun | None = None
        self._verb: Verb | None = None
        self._keys_in_line = False
        self.site = with_background_callers(site, flow, given)
        self.center = Center(
            CenterStarted("flow-test", "0"), self.site, watcher=self, wait_source=self
        )
        self.switch = PlayedSwitch(self.agenda, self.put, given)
        self._people_come()
        number = cleaned(given.caller)
        self.switch.fake.call_in(Bystander(), given.called, number, given.caller_name, leg=CALLER)
        self._settle()

    def __repr__(self) -> str:
        return f"<SimulatedCall {self.agenda.now:%H:%M:%S}: {self.situation()}>"

    # What is going on

    @property
    def now(self) -> datetime:
        """The virtual instant."""
        return self.agenda.now

    @property
    def run(self) -> FlowRun:
        """Where the call is, or was when it ended."""
        assert self._run is not None, "the call arrived when the simulated call was made"
        return self._run

    @property
    def section(self) -> str:
        """The section the call is in, or was in."""
        entered = [h.name for h in self.observations if h.kind is Kind.ENTERED]
        return entered[-1] if entered else ""

    @property
    def talking(self) -> bool:
        """Whether caller and agent, or an outside line, are joined or being joined."""
        return not self.ended and self.run.activity is Activity.CONNECTED

    @property
    def in_talk(self) -> bool:
        """Whether the caller and somebody hear each other by now."""
        far = bool(self.switch.far_legs())
        return self.talking and far and self.agenda.next_at() != self.now

    @property
    def waiting(self) -> bool:
        """Whether the caller has a position in a queue, whatever key they follow meanwhile."""
        in_line = self.run.line_frame is not None
        return not self.ended and in_line and self.run.activity is not Activity.CONNECTED

    def records_caller(self) -> bool:
        """Whether a message of the caller is being recorded."""
        return not self.ended and self.switch.fake.recorder.message_of(CALLER) is not None

    def whose_turn(self) -> Whose:
        """The party who must act for the call to go on; time alone is the world's."""
        if self.ended:
            return Whose.NOBODY
        if self.agenda.next_at() == self.now:
            return Whose.WORLD
        if self.records_caller():
            return Whose.CALLER
        if self.is_listening():
            return Whose.CALLER if not self._typing() else Whose.WORLD
        if self.talking and self.switch.far_legs() and self.agenda.next_at() is None:
            return Whose.AGENT
        idle = self.agenda.next_at() is None and self.center.next_deadline() is None
        return Whose.NOBODY if idle else Whose.WORLD

    def is_listening(self) -> bool:
        """Whether the prompt of a menu or gather is over and a key is awaited."""
        run = self.run
        return not self.ended and run.activity is Activity.LISTENING and run.playback is None

    def takes_keys(self) -> bool:
        """Whether keys pressed now are meant for what is asked now."""
        if self.ended:
            return False
        if self.run.activity is Activity.LISTENING and isinstance(self._verb, Menu | Gather):
            return self._verb.rules.barge_in or self.run.playback is None
        if self.run.activity is Activity.INVITING or self.records_caller():
            return isinstance(self._verb, Voicemail) and bool(self._verb.keys)
        return self.run.activity is Activity.QUEUED and self._keys_in_line

    def situation(self) -> str:
        """The state of the call, in words that follow "but"."""
        match self.whose_turn():
            case Whose.NOBODY if self.ended:
                return "the call is over"
            case Whose.CALLER if self.records_caller():
                return f"a message is recorded in {self.section}"
            case Whose.CALLER:
                return f"the flow waits for a key in {self.section}"
            case _ if self.talking and self.switch.far_legs():
                return "the caller talks to somebody"
            case _ if self.run.activity is Activity.QUEUED:
                return f"the caller waits in queue {self.queue}"
            case _:
                return f"the call is in section {self.section}"

    def judgments(self) -> int:
        """How many inputs were made or failed so far."""
        return sum(h.kind in JUDGMENTS for h in self.observations)

    # What is done

    def put(self, input_: Input) -> None:
        """One turn of the center, now."""
        try:
            outcome = self.center.handle(input_, self.now)
        except RequestRefused as refusal:
            raise AssertionError(f"the simulated call asked for {input_}") from refusal
        self._watch(outcome)
        for command in outcome.commands:
            self.switch.carry_out(command)

    def pass_on(self) -> None:
        """Go to the next thing that happens by itself."""
        due, deadline = self.agenda.next_at(), self.center.next_deadline()
        if due is not None and (deadline is None or due <= deadline):
            self.agenda.run_next()
        elif deadline is not None:
            self.agenda.wait_until(deadline)
            self.put(TimePassed())

    def wait(self, duration: timedelta) -> None:
        """Let exactly so much time pass."""
        until = self.now + duration
        while (next_at := self._next_at()) is not None and next_at <= until:
            self.pass_on()
        self.agenda.wait_until(until)

    def press(self, keys: str) -> None:
        """The caller types, one key after the other."""
        self.observations.append(Observation(self.now, Kind.PRESSED, "*" * len(keys)))
        for number, key in enumerate(keys):
            if number:
                self.wait(BETWEEN_KEYS)
            self.switch.fake.press(CALLER, key)
        self._settle()

    def speak(self, duration: timedelta) -> None:
        """The caller speaks for so long into a recording, or until that is over."""
        if self.records_caller():
            self.switch.fake.speak(CALLER, duration)
        until = self.now + duration
        while self.records_caller():
            next_at = self._next_at()
            if next_at is None or next_at > until:
                return self.agenda.wait_until(until)
            self.pass_on()
        return None

    def leave_message(self, duration: timedelta, key: str = "#") -> None:
        """The caller speaks for so long into a recording, then presses a key."""
        self.speak(duration)
        if self.records_caller():
            self.switch.fake.press(CALLER, key)
        self._settle()

    def keep_silent(self) -> None:
        """The caller says nothing until the recording ends by itself."""
        while self.records_caller():
            self.pass_on()
        self._settle()

    def hang_up(self) -> None:
        """The caller puts the phone down."""
        self.switch.hang_up(CALLER)
        self._settle()

    def agent_answers(self) -> None:
        """An agent of the queue the caller waits in becomes free and picks up."""
        self._answer(self.queue)
        self._settle()

    def other_side_hangs_up(self) -> None:
        """The agent, or the other person the caller talks to, puts the phone down."""
        for leg in self.switch.far_legs():
            self.switch.hang_up(leg)
        self._settle()

    def _settle(self) -> None:
        """Let happen what happens at this very instant."""
        while (next_at := self._next_at()) is not None and next_at <= self.now:
            self.pass_on()

    def _catch_up(self) -> None:
        """Let the switch tell what people have just done."""
        while self.agenda.is_busy:
            self.agenda.run_next()

    def _next_at(self) -> datetime | None:
        times = [self.agenda.next_at(), self.center.next_deadline()]
        return min((at for at in times if at is not None), default=None)

    def _typing(self) -> bool:
        listening = self.run.listening
        return listening is not None and bool(listening.digits)

    # The people

    def _people_come(self) -> None:
        known = profiles(self.site, self.given)
        for profile in known:
            self.put(PutAgent(profile))
            self.put(LogIn(profile.agent, PERSON))
        self._busy = BusyAgents((profile.phone for profile in known), self.now, self.put)
        self._busy.hold(*(profile.phone for profile in known if profile.queues))
        for queue, given in self.given.queues.items():
            for number in range(1, given.position):
                leg = LegId(f"{queue}-{number}")
                self.switch.fake.call_in(Bystander(), background_number(queue), leg=leg)
            self._catch_up()
            if given.staffing is Staffing.CLOSED:
                self.put(CloseQueue(queue, PERSON))
            if given.staffing is Staffing.PAUSED:
                self._pause(queue)

    def _caller_queued(self, queue: QueueName) -> None:
        self.queue = queue
        self._waits_told = 0
        given = self.given.queues.get(queue, GivenQueue())
        if given.answered_after is not None:
            self.agenda.after(given.answered_after, partial(self._answer, queue))
        leaving = partial(self.put, LogOut(agent_of_queue(queue), PERSON))
        for after, happens in (
            (given.closed_after, partial(self.put, CloseQueue(queue, PERSON))),
            (given.paused_after, partial(self._pause, queue)),
            (given.logged_out_after, leaving),
        ):
            if after is not None:
                self.agenda.after(after, happens)

    def _pause(self, queue: QueueName) -> None:
        """The agents of a queue go on a break."""
        reason = next(iter(self.site.pause_reasons.values()), "")
        self.put(GoNotReady(agent_of_queue(queue), reason, PERSON))

    def estimate(self, waiting: Waiting, _now: datetime) -> Estimate | None:
        """The estimates that the story gives, one after the other."""
        waits = self.given.queues.get(waiting.queue, GivenQueue()).waits
        if waiting.leg != CALLER or not waits:
            return None
        wait = waits[min(self._waits_told, len(waits) - 1)]
        return Estimate(mean=wait, deviation=timedelta())

    def _answer(self, queue: QueueName) -> None:
        """The callers ahead have gone; an agent is free at last."""
        if not self.waiting or self.queue != queue:
            return
        given = self.given.queues.get(queue, GivenQueue())
        for number in range(1, given.position):
            self.switch.hang_up(LegId(f"{queue}-{number}"))
        self._busy.free(phone_of(queue))
        if given.talk is not None:
            self.agenda.after(given.talk, self.other_side_hangs_up)

    # Watching

    def step_reached(self, run: FlowRun, step: Step, _turn: Turn, *, taken: bool) -> None:
        """Follow the caller through the flow."""
        if run.leg != CALLER:
            return
        self._run = run
        if not taken:
            return
        self.visited.add((run.frames[-1].section, run.frames[-1].step))
        self._verb = step.verb
        if isinstance(self._verb, Queue | RingAgent):
            self._keys_in_line = isinstance(self._verb, Queue) and bool(self._verb.keys)

    def _watch(self, outcome: Outcome) -> None:
        """Write down commands and events as they belong together: a prompt is heard when it is
        played, a recording is stopped when that is commanded, and silent before it is asked.
        """
        spoken = [c.parts for c in outcome.commands if isinstance(c, PlayPrompt) and _ours(c)]
        parts = [part for prompt in spoken for part in prompt]
        events = deque(_silent_first(outcome.events))
        for command in outcome.commands:
            if isinstance(command, StopRecording):
                self._tell_until(RecordingResumed, events, parts)
                self.observations.append(Observation(self.now, Kind.RECORDING, "stop"))
            elif isinstance(command, PlayPrompt) and _ours(command):
                self._tell_until(PromptPlayed, events, parts)
        for event in events:
            self._tell_own(event, parts)

    def _tell_until(
        self, last: type[Event], events: deque[Event], parts: list[PromptPart]
    ) -> None:
        """The events before one of a kind, if there is one, and that event itself."""
        number = next((n for n, event in enumerate(events) if isinstance(event, last)), -1)
        for _ in range(number + 1):
            self._tell_own(events.popleft(), parts)

    def _tell_own(self, event: Event, parts: list[PromptPart]) -> None:
        if isinstance(event, InteractionStarted) and event.leg == CALLER:
            self._interaction = event.interaction
        if getattr(event, "interaction", None) == self._interaction:
            self._tell(event, parts)

    def _tell(self, event: Event, parts: list[PromptPart]) -> None:
        told = observation(event)
        if isinstance(event, PromptPlayed):
            own = [parts.pop(0) for _ in range(min(self._parts(event.prompt), len(parts)))]
            told = Observation(event.at, Kind.HEARD, event.prompt, " ".join(map(_text, own)))
        elif (act := RECORDING.get(type(event))) is not None:
            told = Observation(event.at, Kind.RECORDING, act)
        if told is not None:
            self.observations.append(told)
        if isinstance(event, InteractionQueued):
            self._caller_queued(event.queue)
        elif isinstance(event, InteractionDequeued):
            self.agenda.after(timedelta(), partial(self._busy.hold, phone_of(event.queue)))
        elif isinstance(event, WaitTold):
            self._waits_told += 1
        elif isinstance(event, InteractionEnded):
            self.ended = True

    def _parts(self, name: str) -> int:
        """Of how many parts a prompt is, in the language it is said in."""
        prompt = self.flow.prompts.get(name) or self.site.prompts.get(name)
        if prompt is None:
            return 0
        for language in (self.run.language, self.flow.languages[0]):
            if language in prompt.parts:
                return len(prompt.parts[language])
        return len(next(iter(prompt.parts.values()), ()))


def _silent_first(events: Sequence[Event]) -> list[Event]:
    """The events of a turn, a change of silence before what is said in the same instant."""
    changes = [each for each in events if isinstance(each, RecordingPaused | RecordingResumed)]
    others = [each for each in events if each not in changes]
    begun = [n for n, each in enumerate(others) if isinstance(each, RecordingStarted)]
    said = [n for n, each in enumerate(others) if isinstance(each, PromptPlayed)]
    first = next((n for n in said if n > max(begun, default=-1)), None)
    if first is None:
        return list(events)
    return [*others[:first], *changes, *others[first:]]


def _ours(command: Command) -> bool:
    return getattr(command, "leg", None) == CALLER


def _text(part: PromptPart) -> str:
    return f"sound:{part.path}" if isinstance(part, SoundFile) else part.text
