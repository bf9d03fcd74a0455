"""The one place where waiting callers meet free agents.

`distribute` is called after each change and makes every offer that can be made. An agent is
reserved before the phone rings, so no two callers are ever offered the same one. A caller
keeps the place in line until an agent is really connected.
"""

from datetime import datetime, timedelta

from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.offer import MISS_REASONS, Offer, result_of_cause
from contactcenter_ari.core.acd.selection import select
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.agents.agent import Agent, Contact
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.vocabulary.command import DialLeg, HangUpLeg, HangUpReason
from contactcenter_ari.core.vocabulary.event import (
    AgentConnected,
    Grounds,
    InteractionDequeued,
    InteractionQueued,
    OfferEnded,
    OfferMade,
    OfferResult,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import (
    AgentId,
    BridgeId,
    CallId,
    InteractionId,
    LegId,
    OfferId,
    QueueName,
    SegmentId,
    own_line,
)
from contactcenter_ari.core.vocabulary.turn import Turn, Wake

RING_MARGIN = timedelta(seconds=5)
"""How much longer than us the switch lets a phone ring, as a safety net."""
JOIN_LIMIT = timedelta(seconds=20)
"""After this long without a word of the switch the legs are joined again. That it says nothing
happens when our process ends in between; joining twice is no harm.
"""


class Distribution:
    """Lines, offers and the rules that bring them together."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.settings: dict[QueueName, QueueSettings] = {}
        self.lines: dict[QueueName, WaitingLine] = {}
        self._waiting: dict[InteractionId, Waiting] = {}
        self._offers: dict[OfferId, Offer] = {}
        self._by_leg: dict[LegId, Offer] = {}
        self._by_bridge: dict[BridgeId, Offer] = {}
        self._arrivals = 0

    def __repr__(self) -> str:
        """Tell how many wait and ring."""
        return f"<Distribution {len(self._waiting)} waiting, {len(self._offers)} offers>"

    def configure(self, settings: dict[QueueName, QueueSettings]) -> None:
        """Take over new settings; a queue that is gone keeps its old ones until it is empty."""
        self.settings.update(settings)
        for queue in settings:
            self.lines.setdefault(queue, WaitingLine(queue))

    def open_own_line(self, agent: AgentId, ring_limit: timedelta) -> None:
        """Let a caller wait for one agent; the limit is as the flow says."""
        line = own_line(agent)
        self.settings[line] = QueueSettings(
            name=line, ring_limit=ring_limit, max_wait=ring_limit, join_empty=True
        )
        self.lines.setdefault(line, WaitingLine(line))

    # Joining and leaving

    def enqueue(self, waiting: Waiting, max_wait: timedelta, turn: Turn) -> QueueExit | None:
        """Take a place in line; gives why not when the caller cannot wait here."""
        refusal = self._refusal(waiting.queue)
        line = self.lines[waiting.queue]
        waiting.position_at_entry = len(line) + 1
        if refusal is None:
            waiting.position_at_entry = line.join(waiting)
            self._waiting[waiting.interaction] = waiting
            turn.clockwork.wake(Wake.WAIT, waiting.interaction, turn.now + max_wait)
        turn.tell(
            InteractionQueued(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=waiting.interaction,
                queue=waiting.queue,
                position=waiting.position_at_entry,
                head_start=waiting.head_start,
            )
        )
        if refusal is not None:
            self._tell_exit(waiting, refusal, waiting.position_at_entry, turn)
        return refusal

    def next_arrival(self) -> int:
        """The order of arrival, to break ties between callers."""
        self._arrivals += 1
        return self._arrivals

    def position(self, interaction: InteractionId) -> int:
        """1 for the next in line, 0 for somebody who does not wait."""
        waiting = self._waiting.get(interaction)
        return self.lines[waiting.queue].position(waiting) if waiting else 0

    def abandon(self, interaction: InteractionId, turn: Turn, *, lost: bool = False) -> None:
        """The caller hung up, or we `lost` him; an agent who is ringing is READY again with the
        idle time kept.
        """
        waiting = self._waiting.get(interaction)
        if waiting is None:
            return
        short = turn.now - waiting.joined_at < self.settings[waiting.queue].short_abandon
        hung_up = QueueExit.ABANDONED_SHORT if short else QueueExit.ABANDONED
        self._withdraw(waiting, turn)
        self._leave(waiting, QueueExit.SYSTEM_ERROR if lost else hung_up, turn)

    def place_of(self, interaction: InteractionId) -> Waiting | None:
        """The place in line of a caller who waits."""
        return self._waiting.get(interaction)

    def leave(self, interaction: InteractionId, result: QueueExit, turn: Turn) -> None:
        """The caller gives up the place without hanging up."""
        waiting = self._waiting[interaction]
        self._withdraw(waiting, turn)
        self._leave(waiting, result, turn)

    def wait_passed(self, interaction: InteractionId, turn: Turn) -> bool:
        """The wait limit has come; gives whether the caller left the line. A phone that rings
        is given its chance first.
        """
        waiting = self._waiting[interaction]
        if waiting.offer is not None:
            waiting.expired = True
            return False
        self._leave(waiting, QueueExit.TIMEOUT, turn)
        return True

    # Offers

    def distribute(self, turn: Turn) -> None:
        """Make every offer that can be made now, the caller with the best rank first."""
        while (match := self._best_match(turn)) is not None:
            waiting, free = match
            settings = self.settings[waiting.queue]
            self._offer(waiting, select(free, settings, turn.now), settings, turn)

    def rang(self, leg: LegId, turn: Turn) -> None:
        """The agent's phone says that it rings."""
        offer = self._by_leg.get(leg)
        if offer is not None and offer.rang_at is None:
            offer.rang_at = turn.now

    def answered(self, leg: LegId, turn: Turn) -> Offer | None:
        """The agent picked up: the legs are to be joined in `offer.bridge`. None when this leg
        belongs to no open offer.
        """
        offer = self._by_leg.get(leg)
        if offer is None or offer.bridge is not None:
            return None
        turn.clockwork.forget(Wake.RING, offer.id)
        offer.bridge = BridgeId(turn.clockwork.mint())
        self._by_bridge[offer.bridge] = offer
        self._expect_join(offer, turn)
        return offer

    def join_overdue(self, offer_id: OfferId, turn: Turn) -> Offer:
        """The switch said nothing of the bridge: gives the offer, `joins` counted up."""
        offer = self._offers[offer_id]
        self._expect_join(offer, turn)
        return offer

    def bridged(self, bridge: BridgeId, turn: Turn) -> Offer | None:
        """The parties hear each other: the offer is accepted and the wait is over."""
        offer = self._by_bridge.get(bridge)
        if offer is None:
            return None
        waiting = offer.waiting
        self._close(offer, OfferResult.ACCEPTED, turn)
        self._leave(waiting, QueueExit.ANSWERED, turn)
        contact = Contact(interaction=waiting.interaction, queue=waiting.queue)
        self.roster.connect(offer.agent, contact, turn)
        turn.tell(
            AgentConnected(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=waiting.interaction,
                agent=offer.agent.id,
                queue=waiting.queue,
                waited=turn.now - waiting.joined_at,
            )
        )
        return offer

    def leg_lost(self, leg: LegId, cause: int, turn: Turn) -> Offer | None:
        """The agent's leg ended before he was connected; gives the offer that ended with it."""
        offer = self._by_leg.get(leg)
        if offer is None:
            return None
        result = OfferResult.FAILED if offer.bridge else result_of_cause(cause)
        self._missed(offer, result, turn)
        return offer

    def ring_limit_passed(self, offer_id: OfferId, turn: Turn) -> Offer:
        """Nobody picked up: the caller keeps place and age, the agent missed a call."""
        offer = self._offers[offer_id]
        self._hang_up(offer, HangUpReason.NORMAL, turn)
        self._missed(offer, OfferResult.LAPSED, turn)
        return offer

    def bridge_failed(self, bridge: BridgeId, turn: Turn) -> Offer | None:
        """The switch could not join the legs; nobody's miss, but this pair is not tried again
        at once.
        """
        offer = self._by_bridge.get(bridge)
        if offer is None:
            return None
        self._hang_up(offer, HangUpReason.CONGESTION, turn)
        self._pause(offer, turn)
        self._close(offer, OfferResult.FAILED, turn)
        self.roster.release(offer.agent, turn)
        return offer

    def legs_before(self, at: datetime) -> list[LegId]:
        """Legs of open offers that were made before `at`."""
        return [offer.leg for offer in self._offers.values() if offer.made_at < at]

    # Within

    def _refusal(self, queue: QueueName) -> QueueExit | None:
        settings = self.settings[queue]
        if settings.max_waiting is not None and len(self.lines[queue]) >= settings.max_waiting:
            return QueueExit.FULL
        if not settings.join_empty and not self.roster.signed_in(queue):
            return QueueExit.NO_AGENTS
        return None

    def _best_match(self, turn: Turn) -> tuple[Waiting, list[Agent]] | None:
        best: tuple[Waiting, list[Agent]] | None = None
        for queue, line in self.lines.items():
            free = self.roster.free_for(queue) if line else []
            found = self._first_match(line, free, turn) if free else None
            if found is not None and (best is None or found[0].rank < best[0].rank):
                best = found
        return best

    @staticmethod
    def _first_match(
        line: WaitingLine, free: list[Agent], turn: Turn
    ) -> tuple[Waiting, list[Agent]] | None:
        for waiting in line:
            if waiting.offer is None and not waiting.expired:
                eligible = [a for a in free if not waiting.skips(a.id, turn.now)]
                if eligible:
                    return waiting, eligible
        return None

    def _offer(self, waiting: Waiting, agent: Agent, settings: QueueSettings, turn: Turn) -> None:
        clockwork = turn.clockwork
        offer = Offer(
            offer=OfferId(clockwork.mint()),
            waiting=waiting,
            agent=agent,
            leg=LegId(clockwork.mint()),
            made_at=turn.now,
        )
        self.roster.reserve(agent, waiting.queue, turn)
        waiting.offer = offer.id
        self._offers[offer.id] = offer
        self._by_leg[offer.leg] = offer
        clockwork.wake(Wake.RING, offer.id, turn.now + settings.ring_limit)
        turn.tell(
            OfferMade(
                number=clockwork.number(),
                at=turn.now,
                interaction=waiting.interaction,
                offer=offer.id,
                agent=agent.id,
                queue=waiting.queue,
                grounds=Grounds(
                    strategy=settings.strategy,
                    value=agent.idle_for(turn.now).total_seconds(),
                    priority=waiting.rank[0],
                    waited=turn.now - waiting.joined_at,
                    head_start=waiting.head_start,
                    free_agents=len(self.roster.free_for(waiting.queue)) + 1,
                    callers_waiting=len(self.lines[waiting.queue]),
                ),
            )
        )
        turn.do(
            DialLeg(
                call=CallId(waiting.interaction),
                leg=offer.leg,
                phone=agent.profile.phone,
                caller_number=waiting.caller_number,
                caller_name=waiting.caller_name,
                originator=waiting.leg,
                ring_limit=settings.ring_limit + RING_MARGIN,
            )
        )

    def _withdraw(self, waiting: Waiting, turn: Turn) -> None:
        if waiting.offer is None:
            return
        offer = self._offers[waiting.offer]
        self._hang_up(offer, HangUpReason.NORMAL, turn)
        self._close(offer, OfferResult.WITHDRAWN, turn)
        self.roster.release(offer.agent, turn)

    def _missed(self, offer: Offer, result: OfferResult, turn: Turn) -> None:
        reason = MISS_REASONS[result]
        limits = self.settings[offer.waiting.queue].misses_before_not_ready
        self._pause(offer, turn)
        self._close(offer, result, turn)
        self.roster.miss(offer.agent, reason, getattr(limits, reason), turn)

    def _pause(self, offer: Offer, turn: Turn) -> None:
        until = turn.now + self.settings[offer.waiting.queue].miss_pause
        offer.waiting.skipped[offer.agent.id] = until
        turn.clockwork.wake(Wake.MISS_PAUSE, offer.id, until)

    @staticmethod
    def _expect_join(offer: Offer, turn: Turn) -> None:
        offer.joins += 1
        turn.clockwork.wake(Wake.JOIN, offer.id, turn.now + JOIN_LIMIT)

    def _hang_up(self, offer: Offer, reason: HangUpReason, turn: Turn) -> None:
        call = CallId(offer.waiting.interaction)
        turn.do(HangUpLeg(call=call, leg=offer.leg, reason=reason))

    def _close(self, offer: Offer, result: OfferResult, turn: Turn) -> None:
        turn.clockwork.forget(Wake.RING, offer.id)
        turn.clockwork.forget(Wake.JOIN, offer.id)
        offer.waiting.offer = None
        offer.result = result
        del self._offers[offer.id]
        del self._by_leg[offer.leg]
        if offer.bridge is not None:
            del self._by_bridge[offer.bridge]
        turn.tell(
            OfferEnded(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=offer.waiting.interaction,
                offer=offer.id,
                agent=offer.agent.id,
                queue=offer.waiting.queue,
                made_at=offer.made_at,
                rang_at=offer.rang_at,
                result=result,
            )
        )

    def _leave(self, waiting: Waiting, result: QueueExit, turn: Turn) -> None:
        position = self.lines[waiting.queue].leave(waiting)
        del self._waiting[waiting.interaction]
        turn.clockwork.forget(Wake.WAIT, waiting.interaction)
        self._tell_exit(waiting, result, position, turn)

    @staticmethod
    def _tell_exit(waiting: Waiting, result: QueueExit, position: int, turn: Turn) -> None:
        turn.tell(
            InteractionDequeued(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=waiting.interaction,
                queue=waiting.queue,
                result=result,
                waited=turn.now - waiting.joined_at,
            ),
            SegmentEnded(
                number=turn.clockwork.number(),
                at=turn.now,
                interaction=waiting.interaction,
                segment=SegmentId(turn.clockwork.mint()),
                kind=SegmentKind.QUEUE,
                started_at=waiting.joined_at,
                queue=waiting.queue,
                result=result,
                position_at_entry=waiting.position_at_entry,
                position_at_exit=position,
            ),
        )
