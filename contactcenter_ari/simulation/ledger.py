"""The ledger: follows inputs and events, and asserts what must hold after every turn.

It keeps its own account, from what the center tells; it never asks the center's insides.
- An interaction is in exactly one place, its timeline has no gap, and it ends once.
- Every stay in a queue has exactly one exit; an agent has at most one live offer.
- Nobody waits without an offer while an agent could take the call, and nobody is passed by.
- State moves only along the tables; agents' seconds by state add up.
- A bridge is dissolved once; ids and event numbers are not given twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from contactcenter_ari.core.agents.state import (
    LOGGED_OUT,
    OFFERED,
    ON_CALL,
    READY,
    WRAP_UP,
)
from contactcenter_ari.core.center.site import Input, Site, SitePublished
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    DialLeg,
    DialOutside,
    DissolveBridge,
)
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    AgentStateChanged,
    CallbackClosed,
    DispositionSet,
    Event,
    InteractionDequeued,
    InteractionEnded,
    InteractionQueued,
    InteractionStarted,
    LostCallClosed,
    OfferEnded,
    OfferMade,
    OfferResult,
    OutsideDialed,
    OutsideEnded,
    QueueClosed,
    QueueExit,
    QueueOpened,
    RecordingEnded,
    RecordingStarted,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    InteractionId,
    LegId,
    OfferId,
    PhoneId,
    RecordingId,
    agent_of,
)
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent, RemoveAgent
from contactcenter_ari.core.vocabulary.signal import (
    LegHungUp,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    SwitchReconciled,
)
from contactcenter_ari.core.vocabulary.turn import Outcome
from contactcenter_ari.simulation.book import AgentBook, InteractionBook, Place

NOT_A_MISS = (OfferResult.ACCEPTED, OfferResult.WITHDRAWN)


class Waking(Protocol):
    """What the ledger asks of a center: when it wants to be woken."""

    def next_deadline(self) -> datetime | None:
        """The next deadline, or None."""
        ...


class Ledger:
    """The books of one center from its start on."""

    def __init__(self, site: Site, start: datetime) -> None:
        self.agents: dict[AgentId, AgentBook] = {}
        self.interactions: dict[InteractionId, InteractionBook] = {}
        self.ends: dict[InteractionId, InteractionEnded] = {}
        self._site = site
        self._now = start
        self._offers: dict[OfferId, OfferMade] = {}
        self._reachable: set[PhoneId] = set()
        self._bridges: set[BridgeId] = set()
        self._dissolved: set[BridgeId] = set()
        self._recordings: set[RecordingId] = set()
        self._dialed: set[LegId] = set()
        self._arrivals = 0
        self._number = 0

    def __repr__(self) -> str:
        """Tell how much is open."""
        return f"<Ledger {len(self.interactions)} open, {len(self.ends)} ended>"

    def enter(self, input_: Input, outcome: Outcome, center: Waking, now: datetime) -> None:
        """Follow one turn and assert that all invariants hold after it."""
        assert now >= self._now, "time does not go back"
        self._now = now
        self._note_input(input_)
        for event in outcome.events:
            self._number += 1
            assert (event.number, event.at) == (self._number, now), event
            self._note_event(event)
        self._forget_removed()
        self._note_commands(outcome)
        self._check_agents()
        self._check_nobody_forgotten()
        waits = any(book.place is Place.QUEUE for book in self.interactions.values())
        assert not waits or center.next_deadline() is not None, "somebody waits for ever"

    def settle(self) -> None:
        """Assert that nothing is open; to be called when all calls are over."""
        assert not self.interactions, self.interactions
        assert not self._offers, self._offers
        assert not self._bridges, self._bridges
        assert not self._recordings, self._recordings
        for agent in self.agents.values():
            assert agent.state not in {OFFERED, ON_CALL}, agent
            self.check_seconds(agent)

    def check_seconds(self, agent: AgentBook) -> None:
        """Assert that the agent's seconds by state add up to the signed-in time."""
        spent = sum(agent.spent.values(), timedelta())
        signed_in = agent.signed_in
        if agent.signed_in_at is not None:
            spent += self._now - agent.since
            signed_in += self._now - agent.signed_in_at
        assert spent == signed_in, agent

    # Inputs

    def _note_input(self, input_: Input) -> None:
        match input_:
            case PutAgent(profile=profile):
                self._put(profile)
            case PhoneReachable(phone=phone):
                self._reachable.add(phone)
            case PhoneUnreachable(phone=phone):
                self._reachable.discard(phone)
            case SwitchReconciled(phones=phones):
                self._reachable = set(phones)
            case PhoneDialed(leg=leg, phone=phone):
                for agent in self.agents.values():
                    if agent.phone == phone:
                        agent.own_calls[leg] = self._now
            case LegHungUp(leg=leg):
                for agent in self.agents.values():
                    agent.own_calls.pop(leg, None)
            case RemoveAgent(agent=agent_id):
                self.agents[agent_id].removed = True
            case SitePublished(site=site):
                self._site = site
            case _:
                pass

    def _put(self, profile: AgentProfile) -> None:
        known = self.agents.get(profile.agent)
        if known is None:
            book = AgentBook(profile.agent, profile.phone, profile.queues, self._now)
            self.agents[profile.agent] = book
        else:
            known.phone, known.queues, known.removed = profile.phone, profile.queues, False

    def _forget_removed(self) -> None:
        for agent in [a for a in self.agents.values() if a.removed and a.state is LOGGED_OUT]:
            del self.agents[agent.agent]

    # Events

    def _note_event(self, event: Event) -> None:  # noqa: PLR0912  # one arm an event
        match event:
            case InteractionStarted(interaction=interaction):
                assert interaction not in self.interactions, event
                assert interaction not in self.ends, event
                self.interactions[interaction] = InteractionBook(interaction, self._now)
            case InteractionQueued():
                self._queued(event)
            case InteractionDequeued():
                self._dequeued(event)
            case OfferMade():
                self._offered(event)
            case OfferEnded():
                self._offer_ended(event)
            case AgentConnected():
                book = self.interactions[event.interaction]
                book.go(Place.TALK, Place.ANSWERED)
                book.agent = event.agent
                assert self.agents[event.agent].talk is None, event
                self.agents[event.agent].talk = event.interaction
            case OutsideDialed(interaction=interaction):
                self.interactions[interaction].outside += 1
            case OutsideEnded():
                self._outside_ended(event)
            case SegmentEnded():
                self._segment(event)
            case InteractionEnded(interaction=interaction):
                book = self.interactions.pop(interaction)
                book.go(Place.ENDED, Place.FLOW)
                assert (book.covered_until, book.offer) == (self._now, None), book
                assert not book.outside, book
                self.ends[interaction] = event
            case RecordingStarted(recording=recording):
                assert recording not in self._recordings, event
                self._recordings.add(recording)
            case RecordingEnded(recording=recording):
                self._recordings.remove(recording)
            case AgentStateChanged():
                self.agents[event.agent].move(event)
            case DispositionSet(interaction=interaction):
                assert interaction in self.interactions or interaction in self.ends, event
                assert self.agents[event.agent].state in {ON_CALL, WRAP_UP}, event
            case QueueClosed() | QueueOpened() | LostCallClosed() | CallbackClosed():
                pass
            case _:
                assert event.interaction in self.interactions, event

    def _queued(self, event: InteractionQueued) -> None:
        book = self.interactions[event.interaction]
        book.go(Place.QUEUE, Place.FLOW)
        self._arrivals += 1
        book.queue, book.joined_at = event.queue, self._now
        book.rank = (self._now - event.head_start, self._arrivals)
        book.skipped.clear()

    def _dequeued(self, event: InteractionDequeued) -> None:
        book = self.interactions[event.interaction]
        assert book.offer is None, book
        assert (event.queue, self._now - event.waited) == (book.queue, book.joined_at), book
        answered = event.result is QueueExit.ANSWERED
        book.go(Place.ANSWERED if answered else Place.FLOW, Place.QUEUE)

    def _offered(self, event: OfferMade) -> None:
        book, agent = self.interactions[event.interaction], self.agents[event.agent]
        assert book.place is Place.QUEUE, book
        assert (book.offer, agent.offer, agent.state) == (None, None, OFFERED), (book, agent)
        assert agent.phone in self._reachable, "an unregistered phone is never offered"
        assert event.queue == book.queue, (book, event)
        assert agent.serves(book.queue), (book, agent)
        assert not book.skips(agent.agent, self._now), (book, agent)
        for other in self._unoffered():
            passed = agent.serves(other.queue) and not other.skips(agent.agent, self._now)
            assert not (passed and other is not book and _before(other, book)), (other, book)
        book.offer = agent.offer = event.offer
        self._offers[event.offer] = event

    def _offer_ended(self, event: OfferEnded) -> None:
        book, agent = self.interactions[event.interaction], self.agents[event.agent]
        made = self._offers.pop(event.offer)
        assert (made.agent, made.interaction) == (event.agent, event.interaction), event
        assert made.at == event.made_at, event
        book.offer = agent.offer = None
        if event.result not in NOT_A_MISS and agent_of(event.queue) is None:
            until = self._now + self._site.queues[event.queue].miss_pause
            book.skipped[event.agent] = until

    def _outside_ended(self, event: OutsideEnded) -> None:
        book = self.interactions[event.interaction]
        assert book.outside == 1, book
        book.outside = 0
        if event.outcome == "answered":
            book.go(Place.TALK, Place.FLOW)

    def _segment(self, event: SegmentEnded) -> None:
        if event.kind is SegmentKind.WRAP_UP:
            return
        book = self.interactions[event.interaction]
        book.cover(event)
        if event.kind is SegmentKind.TALK:
            book.go(Place.FLOW, Place.TALK)
            if book.agent is not None:  # else it was with an outside line
                self.agents[book.agent].talk = None
                book.agent = None

    # After the turn

    def _note_commands(self, outcome: Outcome) -> None:
        for command in outcome.commands:
            match command:
                case BridgeLegs(bridge=bridge):
                    assert bridge not in self._dissolved, command
                    self._bridges.add(bridge)
                case DissolveBridge(bridge=bridge):
                    self._bridges.remove(bridge)
                    self._dissolved.add(bridge)
                case DialLeg(leg=leg) | DialOutside(leg=leg):
                    assert leg not in self._dialed, command
                    self._dialed.add(leg)
                case _:
                    pass

    def _check_agents(self) -> None:
        for agent in self.agents.values():
            assert (agent.state is OFFERED) == (agent.offer is not None), agent
            assert (agent.state is ON_CALL) == (agent.talk is not None), agent

    def _check_nobody_forgotten(self) -> None:
        free = [a for a in self.agents.values() if self._is_free(a)]
        for book in self._unoffered() if free else ():
            for agent in free:
                eligible = agent.serves(book.queue) and not book.skips(agent.agent, self._now)
                assert not eligible, f"{book} waits although {agent} is free"

    def _is_free(self, agent: AgentBook) -> bool:
        if agent.state is not READY or agent.phone not in self._reachable:
            return False
        return not agent.may_be_calling(self._now)

    def _unoffered(self) -> Iterator[InteractionBook]:
        for book in self.interactions.values():
            if book.place is Place.QUEUE and book.offer is None:
                yield book


def _before(one: InteractionBook, other: InteractionBook) -> bool:
    assert one.rank is not None, one
    assert other.rank is not None, other
    return one.rank < other.rank
