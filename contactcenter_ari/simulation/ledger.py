"""The ledger: follows inputs and events, and asserts what must hold after every turn.

It keeps its own account, from what the center tells; it never asks the center's insides.
- An interaction is in exactly one place, its timeline has no gap, and it ends once.
- Every stay in a queue has exactly one exit; an agent has at most one live offer.
- Nobody is passed by in a line, or forgotten, see `line_account`.
- Nobody is rung who said no, and a ring of all that nobody took is nobody's miss.
- Nobody joins or waits where nobody takes calls, but as the queue has it, see `staff_account`.
- State moves only along the tables; agents' seconds by state add up.
- A callback is closed once, see `callback_account`; customers are called one at a time, none
  before a caller who has waited longer.
- Each lost caller is a task; the columns of a report add up, see those accounts.
- A leg is in one bridge at most; ids and event numbers are not given twice.
"""

from datetime import datetime
from typing import Protocol

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.state import LOGGED_OUT, OFFERED, ON_CALL, WRAP_UP
from contactcenter_ari.core.site.feature_code import read_feature_code
from contactcenter_ari.core.site.site import Input, Site, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.command import DialLeg, DialOutside
from contactcenter_ari.core.vocabulary.event import (
    OUTBOUND,
    AgentConnected,
    AgentStateChanged,
    CallbackBooked,
    CallbackClosed,
    CallbackTakenOver,
    DispositionSet,
    EndReason,
    Event,
    InteractionDequeued,
    InteractionEnded,
    InteractionQueued,
    InteractionStarted,
    LostCallClosed,
    OfferEnded,
    OfferMade,
    OutsideDialed,
    OutsideEnded,
    PriorityChanged,
    QueueClosed,
    QueueExit,
    QueueOpened,
    RecordingEnded,
    RecordingStarted,
    SegmentEnded,
    SegmentKind,
    WrapUpExtended,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    InteractionId,
    LegId,
    QueueName,
    RecordingId,
)
from contactcenter_ari.core.vocabulary.request import (
    AgentProfile,
    CloseQueue,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    OpenQueue,
    PutAgent,
    RemoveAgent,
    RestoreCallback,
)
from contactcenter_ari.core.vocabulary.signal import (
    LegAnswered,
    LegHungUp,
    LegLost,
    PhoneDialed,
    SwitchReconciled,
)
from contactcenter_ari.simulation.agent_account import AgentAccount
from contactcenter_ari.simulation.bridging import Bridges
from contactcenter_ari.simulation.callback_account import CallbackAccount
from contactcenter_ari.simulation.column_account import ColumnAccount
from contactcenter_ari.simulation.interaction_account import InteractionAccount, Place
from contactcenter_ari.simulation.line_account import LineAccount
from contactcenter_ari.simulation.lost_call_account import LostCallAccount
from contactcenter_ari.simulation.offer_account import OfferAccount
from contactcenter_ari.simulation.phone_account import PhoneAccount
from contactcenter_ari.simulation.staff_account import StaffAccount
from contactcenter_ari.simulation.stay import Stay


class Waking(Protocol):
    """The part of a center that the ledger asks: when it wants to be woken."""

    def next_deadline(self) -> datetime | None:
        """The next deadline, or None."""
        ...


class Ledger:
    """The account of one center from its start on."""

    def __init__(self, site: Site, start: datetime) -> None:
        self.agents: dict[AgentId, AgentAccount] = {}
        self.interactions: dict[InteractionId, InteractionAccount] = {}
        self.ends: dict[InteractionId, InteractionEnded] = {}
        self._settings: dict[QueueName, QueueSettings] = dict(site.queues)
        self._site = site
        self._now = self._known_at = start
        self._offers = OfferAccount()
        self._bridges = Bridges()
        self._callbacks = CallbackAccount()
        self._staff = StaffAccount(self.agents, self._settings)
        self._lines = LineAccount(
            self.interactions,
            self.agents,
            self._settings,
            offers=self._offers,
            callbacks=self._callbacks,
            staff=self._staff,
        )
        self._phones = PhoneAccount(self.agents)
        self._recordings: set[RecordingId] = set()
        self._dialed: set[LegId] = set()
        self._lost_calls = LostCallAccount()
        self._columns = ColumnAccount()
        self._arrivals = 0
        self._number = 0

    def __repr__(self) -> str:
        return f"<Ledger {len(self.interactions)} open, {len(self.ends)} ended>"

    def enter(self, input_: Input, outcome: Outcome, center: Waking, now: datetime) -> None:
        """Follow one turn and assert that all invariants hold after it."""
        assert now >= self._now, "time does not go back"
        self._now = now
        self._note_input(input_, outcome)
        for event in outcome.events:
            self._number += 1
            assert (event.number, event.at) == (self._number, now), event
            self._note_event(event)
        self._offers.follow(input_, outcome, self.agents)
        self._callbacks.follow(outcome, self.interactions)
        self._forget_removed()
        self._note_commands(outcome)
        self._check_agents()
        self._check_lines(input_)
        deadline = center.next_deadline()
        assert deadline is not None or not any(self._lines.stays()), "somebody waits without end"
        if deadline is None or deadline > now:
            self._known_at = now
        due_at_once = deadline is not None and deadline <= now
        self._staff.follow(self._lines.unoffered(), now, self._known_at, due_at_once=due_at_once)
        self._lines.follow(now, self._known_at)

    def settle(self) -> None:
        """Assert that nothing is open; to be called when all calls are over."""
        assert not self.interactions, self.interactions
        assert not self._recordings, self._recordings
        self._offers.settle()
        self._bridges.settle()
        self._callbacks.settle()
        self._columns.settle()
        for agent in self.agents.values():
            assert agent.state not in {OFFERED, ON_CALL, WRAP_UP}, agent

    # Inputs

    def _note_input(self, input_: Input, outcome: Outcome) -> None:  # noqa: PLR0912  # one arm an input
        if isinstance(input_, SwitchReconciled):
            self._phones.note_orphans(input_, self._bridges)
        self._bridges.note_input(input_)
        self._offers.note_input(input_)
        self._callbacks.note_input(input_)
        match input_:
            case PutAgent(profile=profile):
                self._put(profile)
            case PhoneDialed(leg=leg):
                if any(getattr(c, "leg", None) == leg for c in outcome.commands):
                    self._phone_dialed(input_)
            case LegAnswered(leg=leg):
                for book in self.interactions.values():
                    book.rung = book.rung and book.leg != leg
            case LogIn() | LogOut() | GoReady() | GoNotReady():
                self.agents[input_.agent].want(input_)
            case RemoveAgent(agent=agent_id):
                self.agents[agent_id].removed = True
                self.agents[agent_id].want(input_)
            case RestoreCallback():
                self._callbacks.restore(input_, self._next_arrival())
            case CloseQueue(queue=queue):
                self._lines.closed.add(queue)
            case OpenQueue(queue=queue):
                self._lines.closed.discard(queue)
            case SitePublished(site=site):
                self._site = site
                self._settings |= site.queues
                for stay in self._lines.stays():
                    stay.rings_on = bool(stay.offers)
            case _:
                pass
        self._phones.note_input(input_, self._offers)

    def _phone_dialed(self, signal: PhoneDialed) -> None:
        for agent in self.agents.values():
            if agent.profile.phone == signal.phone:
                agent.non_acd_calls[signal.leg] = self._now
                request = read_feature_code(signal.dialed, agent.agent, self._site)
                if request is not None:
                    agent.want(request)

    def _put(self, profile: AgentProfile) -> None:
        known = self.agents.get(profile.agent)
        if known is None:
            self.agents[profile.agent] = AgentAccount(profile, self._now)
        else:
            known.profile, known.removed = profile, False

    def _forget_removed(self) -> None:
        for agent in [a for a in self.agents.values() if a.removed and a.state is LOGGED_OUT]:
            del self.agents[agent.agent]

    # Events

    def _note_event(self, event: Event) -> None:  # noqa: C901, PLR0912, PLR0915  # one arm each
        self._callbacks.note_event(event, self._arrival_of(event))
        self._lost_calls.note_event(event, self._callbacks.has_callback, self._settings)
        self._columns.note_event(event)
        match event:
            case InteractionStarted():
                self._started(event)
            case InteractionQueued():
                self._queued(event)
            case InteractionDequeued():
                self._dequeued(event)
            case PriorityChanged():
                self._reranked(event)
            case OfferMade():
                self._lines.offered(event, self._known_at)
            case OfferEnded():
                self._lines.offer_ended(event)
            case AgentConnected():
                self._connected(event)
            case OutsideDialed(interaction=interaction):
                self.interactions[interaction].outside += 1
            case OutsideEnded():
                self._outside_ended(event)
            case SegmentEnded():
                self._segment(event)
            case InteractionEnded(interaction=interaction):
                book = self.interactions.pop(interaction)
                book.go(Place.ENDED, Place.FLOW)
                orphaned = event.reason is EndReason.ORPHANED
                assert orphaned or book.covered_until == self._now, book
                assert not book.outside, book
                assert book.stay is None or not book.stay.offers, book
                self.ends[interaction] = event
            case RecordingStarted(recording=recording):
                assert recording not in self._recordings, event
                self._recordings.add(recording)
            case RecordingEnded(recording=recording):
                self._recordings.remove(recording)
            case AgentStateChanged():
                self._staff.check_miss(event)
                self.agents[event.agent].move(event)
            case DispositionSet(interaction=interaction):
                assert interaction in self.interactions or interaction in self.ends, event
                assert self.agents[event.agent].state in {ON_CALL, WRAP_UP}, event
            case WrapUpExtended(interaction=interaction):
                assert interaction in self.interactions or interaction in self.ends, event
                assert self.agents[event.agent].state is WRAP_UP, event
                assert event.until > self._now, event
            case CallbackTakenOver():
                self._place_taken(event)
            case CallbackClosed() | QueueClosed() | QueueOpened() | LostCallClosed():
                pass
            case _:
                assert event.interaction in self.interactions, event

    def _started(self, event: InteractionStarted) -> None:
        interaction = event.interaction
        assert interaction not in self.interactions, event
        assert interaction not in self.ends, event
        book = InteractionAccount(interaction, event.leg, self._now)
        self.interactions[interaction] = book
        if event.direction == OUTBOUND:
            book.outbound = True
            book.rung = self._callbacks.of(interaction).mode is CallbackMode.CUSTOMER_FIRST
            if book.rung:
                self._lines.check_called(book, self._now)

    def _arrival_of(self, event: Event) -> int:
        """The order of arrival that a callback keeps: the one of the caller's place, if any."""
        if not isinstance(event, CallbackBooked):
            return 0
        book = self.interactions[event.interaction]
        return book.present.arrival if book.place is Place.QUEUE else self._next_arrival()

    def _next_arrival(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _connected(self, event: AgentConnected) -> None:
        book, agent = self.interactions[event.interaction], self.agents[event.agent]
        book.go(Place.TALK, Place.FLOW if agent.unmet else Place.ANSWERED)
        assert agent.talk == (event.interaction if agent.unmet else None), event
        agent.talk, agent.unmet = event.interaction, False
        book.agent = event.agent

    def _queued(self, event: InteractionQueued) -> None:
        book = self.interactions[event.interaction]
        book.go(Place.QUEUE, Place.FLOW)
        arrival = self._next_arrival()
        if book.moved:
            assert book.stay is not None, book
            assert event.ranked_since == book.stay.ranked_since, (event, book)
            arrival = book.stay.arrival
        elif book.outbound:
            place = self._callbacks.of(event.interaction).stay(self._now)
            assert (event.ranked_since, event.head_start) == (place.ranked_since, place.head_start)
            arrival = place.arrival
        book.stay = Stay.begun(event, arrival, self.agents)
        book.stay.skipped |= book.skipped
        self._staff.join(book.stay, returns=bool(book.skipped))

    def _place_taken(self, event: CallbackTakenOver) -> None:
        """A customer who called in has the position of the callback, if it is better than their
        own.
        """
        stay = self.interactions[event.interaction].present
        kept = self._callbacks.place(event.callback, self._now)
        assert stay.queue == kept.queue, (event, stay)
        if kept.rank < stay.rank:
            stay.arrival = kept.arrival
            assert stay.rank == kept.rank, (stay, kept)

    def _dequeued(self, event: InteractionDequeued) -> None:
        book = self.interactions[event.interaction]
        stay = book.present
        assert not stay.offers, book
        assert (event.queue, self._now - event.waited) == (stay.queue, stay.joined_at), book
        if event.result is QueueExit.NO_AGENTS:
            self._staff.turn_away(stay, self._now)
        answered = event.result is QueueExit.ANSWERED
        book.go(Place.ANSWERED if answered else Place.FLOW, Place.QUEUE)
        book.moved = event.result is QueueExit.TRANSFERRED

    def _reranked(self, event: PriorityChanged) -> None:
        stay = self.interactions[event.interaction].present
        assert event.queue == stay.queue, (event, stay)
        stay.priority, stay.head_start = event.priority, event.head_start

    def _outside_ended(self, event: OutsideEnded) -> None:
        book = self.interactions[event.interaction]
        assert book.outside == 1, book
        book.outside = 0
        if event.outcome == "answered":
            book.go(Place.TALK, Place.FLOW)

    def _segment(self, event: SegmentEnded) -> None:
        if event.kind in {SegmentKind.HOLD, SegmentKind.WRAP_UP}:  # these lie beside the others
            return
        settings = self._settings.get(QueueName(event.queue))
        self.interactions[event.interaction].spend(event, settings)

    # After the turn

    def _note_commands(self, outcome: Outcome) -> None:
        for command in outcome.commands:
            self._bridges.carry_out(command)
            if isinstance(command, DialLeg | DialOutside):
                assert command.leg not in self._dialed, command
                self._dialed.add(command.leg)

    def _check_agents(self) -> None:
        for agent in self.agents.values():
            assert (agent.state is OFFERED) == (agent.offer is not None), agent
            assert (agent.state is ON_CALL) == (agent.talk is not None), agent
            agent.check_seconds(self._now)
        talks = {b.agent: b.interaction for b in self.interactions.values() if b.agent is not None}
        for agent in self.agents.values():
            met = None if agent.unmet else agent.talk
            assert talks.pop(agent.agent, None) == met, agent
        assert not talks, talks

    def _check_lines(self, input_: Input) -> None:
        for book in self.interactions.values():
            hung_up = isinstance(input_, LegHungUp | LegLost) and input_.leg == book.leg
            assert not hung_up or book.place is Place.FLOW, f"{book} although the caller left"
        self._lines.check_closed()
