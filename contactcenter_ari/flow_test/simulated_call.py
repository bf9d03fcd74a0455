"""The simulated call of a story: caller, shipped center, and a played switch on the virtual clock.

Promises: the same call every time. Prompts last by their words, everything else happens at once,
or when the story says so. The other callers in a queue are real to the core.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from contactcenter_ari.core.acd.estimate import Estimate
from contactcenter_ari.core.acd.line import Waiting
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.run import Activity
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.number import cleaned
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
from contactcenter_ari.core.vocabulary.event import (
    Event,
    InteractionDequeued,
    InteractionQueued,
    WaitTold,
)
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
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
from contactcenter_ari.flow_test.played_switch import PlayedSwitch
from contactcenter_ari.flow_test.story import Given, GivenQueue, Staffing
from contactcenter_ari.flow_test.transcript import CALLER, Transcript
from contactcenter_ari.simulation.agenda import Agenda
from contactcenter_ari.simulation.person import Bystander

BETWEEN_KEYS = timedelta(milliseconds=100)
PERSON = "flow-test"
"""The author of log-ins and of closing queues."""


class Whose(StrEnum):
    """The party who must act for the call to go on."""

    WORLD = "world"
    CALLER = "caller"
    AGENT = "agent"
    NOBODY = "nobody"


class GivenWaits:
    """The estimates that the story gives, one after the other; so many were `told`."""

    def __init__(self, given: Given) -> None:
        self.told = 0
        self._given = given

    def __repr__(self) -> str:
        return f"<GivenWaits, {self.told} told>"

    def estimate(self, waiting: Waiting, _now: datetime) -> Estimate | None:
        """The present one of the caller; nothing is told to others."""
        waits = self._given.queues.get(waiting.queue, GivenQueue()).waits
        if waiting.leg != CALLER or not waits:
            return None
        wait = waits[min(self.told, len(waits) - 1)]
        return Estimate(mean=wait, deviation=timedelta())


class SimulatedCall:
    """One simulated call; it arrives at once."""

    def __init__(self, site: Site, flow: Flow, given: Given) -> None:
        self.given = given
        self.flow = flow
        self.agenda = Agenda(given.at)
        self.queue = QueueName("")
        self.site = with_background_callers(site, flow, given)
        self.transcript = Transcript(self.site, flow)
        self._waits = GivenWaits(given)
        self.center = Center(
            CenterStarted("flow-test", "0"),
            self.site,
            observer=self.transcript,
            wait_source=self._waits,
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
    def talking(self) -> bool:
        """Whether caller and agent, or an outside line, are joined or being joined."""
        return not self.transcript.ended and self.transcript.run.activity is Activity.CONNECTED

    @property
    def in_talk(self) -> bool:
        """Whether the caller and somebody hear each other by now."""
        far = bool(self.switch.far_legs())
        return self.talking and far and self.agenda.next_at() != self.now

    @property
    def waiting(self) -> bool:
        """Whether the caller has a position in a queue, whatever key they follow meanwhile."""
        run = self.transcript.run
        in_line = run.line_frame is not None and run.activity is not Activity.CONNECTED
        return not self.transcript.ended and in_line

    def records_caller(self) -> bool:
        """Whether a message of the caller is being recorded."""
        message = self.switch.fake.recorder.message_of(CALLER)
        return not self.transcript.ended and message is not None

    def whose_turn(self) -> Whose:
        """The party who must act for the call to go on; time alone is the world's."""
        if self.transcript.ended:
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
        run = self.transcript.run
        listening = run.activity is Activity.LISTENING and run.playback is None
        return not self.transcript.ended and listening

    def takes_keys(self) -> bool:
        """Whether keys pressed now are meant for what is asked now."""
        if self.transcript.ended:
            return False
        run, verb = self.transcript.run, self.transcript.verb
        if run.activity is Activity.LISTENING and isinstance(verb, Menu | Gather):
            return verb.rules.barge_in or run.playback is None
        if run.activity is Activity.INVITING or self.records_caller():
            return isinstance(verb, Voicemail) and bool(verb.keys)
        return run.activity is Activity.QUEUED and self.transcript.offered_keys

    def situation(self) -> str:
        """The state of the call, in words that follow "but"."""
        match self.whose_turn():
            case Whose.NOBODY if self.transcript.ended:
                return "the call is over"
            case Whose.CALLER if self.records_caller():
                return f"a message is recorded in {self.transcript.section}"
            case Whose.CALLER:
                return f"the flow waits for a key in {self.transcript.section}"
            case _ if self.talking and self.switch.far_legs():
                return "the caller talks to somebody"
            case _ if self.transcript.run.activity is Activity.QUEUED:
                return f"the caller waits in queue {self.queue}"
            case _:
                return f"the call is in section {self.transcript.section}"

    # What is done

    def put(self, input_: Input) -> None:
        """One turn of the center, now."""
        try:
            outcome = self.center.handle(input_, self.now)
        except RequestRefused as refusal:
            raise AssertionError(f"the simulated call asked for {input_}") from refusal
        self._follow(self.transcript.note(outcome, self.now))
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
        self.transcript.press(keys, self.now)
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
        listening = self.transcript.run.listening
        return listening is not None and bool(listening.digits)

    def _follow(self, events: Sequence[Event]) -> None:
        """Let people and time do what the story says of these events of the caller."""
        for event in events:
            if isinstance(event, InteractionQueued):
                self._caller_queued(event.queue)
            elif isinstance(event, InteractionDequeued):
                self.agenda.after(timedelta(), partial(self._busy.hold, phone_of(event.queue)))
            elif isinstance(event, WaitTold):
                self._waits.told += 1

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
        self._waits.told = 0
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
