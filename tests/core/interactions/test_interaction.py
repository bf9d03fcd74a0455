"""The states of an interaction: allowed moves tell a stretch of time, others are refused."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contactcenter_ari.core.errors import IllegalMove
from contactcenter_ari.core.interactions.interaction import (
    ENDED,
    IN_FLOW,
    QUEUED,
    TALKING,
    Interaction,
    InteractionState,
)
from contactcenter_ari.core.turn import Clockwork, Turn
from contactcenter_ari.core.vocabulary.event import (
    EndReason,
    InteractionEnded,
    Party,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, LegId, QueueName

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WAYS: dict[InteractionState, tuple[InteractionState, ...]] = {
    IN_FLOW: (),
    QUEUED: (QUEUED,),
    TALKING: (QUEUED, TALKING),
    ENDED: (ENDED,),
}
ALLOWED = {
    (IN_FLOW, QUEUED), (IN_FLOW, TALKING), (IN_FLOW, ENDED),
    (QUEUED, IN_FLOW), (QUEUED, TALKING), (QUEUED, ENDED),
    (TALKING, IN_FLOW), (TALKING, QUEUED), (TALKING, ENDED),
}  # fmt: skip


def turn_at(seconds: float) -> Turn:
    """A turn so many seconds after the call came in."""
    return Turn(Clockwork(node="n1", boot="b1"), NOW + timedelta(seconds=seconds))


def interaction_in(state: InteractionState, flow: str = "shop") -> Interaction:
    """An interaction that came to a state at once."""
    interaction = Interaction(
        interaction=InteractionId("i"),
        leg=LegId("leg"),
        called_number="+1",
        caller_number="+2",
        caller_name="",
        flow=flow,
        flow_version="v1",
        language="en",
        now=NOW,
    )
    for step in WAYS[state]:
        interaction.move_to(step, turn_at(0))
    interaction.queue, interaction.agent = QueueName("sales"), AgentId("100")
    interaction.with_agent = True
    return interaction


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED))
def test_allowed_moves(before: InteractionState, after: InteractionState) -> None:
    """A stretch in the flow or of talk is told when it ends; that in a queue by distribution."""
    interaction, turn = interaction_in(before), turn_at(9)
    interaction.move_to(after, turn)
    assert (interaction.state, interaction.since) == (after, turn.now)
    told = [e for e in turn.outcome().events if isinstance(e, SegmentEnded)]
    kinds = {IN_FLOW: [SegmentKind.FLOW], TALKING: [SegmentKind.TALK]}.get(before, [])
    assert [e.kind for e in told] == kinds
    assert all(e.started_at == NOW and e.at == turn.now for e in told)
    talk = before is TALKING
    assert all((e.queue, e.agent) == (("sales", "100") if talk else ("", "")) for e in told)


@pytest.mark.parametrize(
    ("before", "after"), sorted(set(product(InteractionState, InteractionState)) - ALLOWED)
)
def test_illegal_moves(before: InteractionState, after: InteractionState) -> None:
    """They raise, tell nothing and change nothing."""
    interaction, turn = interaction_in(before), turn_at(9)
    with pytest.raises(IllegalMove):
        interaction.move_to(after, turn)
    assert (interaction.state, interaction.since, turn.outcome().events) == (before, NOW, ())


def ended(interaction: Interaction, by: Party) -> InteractionEnded:
    """The end of it."""
    turn = turn_at(9)
    interaction.end(by=by, language="en", status="", tags={}, turn=turn)
    (end,) = (e for e in turn.outcome().events if isinstance(e, InteractionEnded))
    return end


@pytest.mark.parametrize(
    ("state", "by", "expected"),
    [
        (IN_FLOW, Party.CALLER, EndReason.LEFT_FLOW),
        (IN_FLOW, Party.SYSTEM, EndReason.CONTAINED),
        (QUEUED, Party.CALLER, EndReason.ABANDONED),
    ],
)
def test_why_it_ended(state: InteractionState, by: Party, expected: EndReason) -> None:
    """The state of the call and the party that hung up make the reason."""
    end = ended(interaction_in(state), by)
    assert (end.reason, end.ended_by) == (expected, by)


@pytest.mark.parametrize(
    ("talked", "turned_away", "failed", "flow", "expected"),
    [
        (True, True, False, "shop", EndReason.COMPLETED),
        (False, True, False, "shop", EndReason.TURNED_AWAY),
        (True, True, True, "shop", EndReason.SYSTEM_ERROR),
        (False, False, True, "", EndReason.SYSTEM_ERROR),
        (False, False, False, "", EndReason.REJECTED),
    ],
)
def test_what_weighs_more(
    *, talked: bool, turned_away: bool, failed: bool, flow: str, expected: EndReason
) -> None:
    """A loss beats all; a talk beats having been turned away before."""
    interaction = interaction_in(IN_FLOW, flow)
    interaction.talked, interaction.turned_away = talked, turned_away
    interaction.failed = failed
    assert ended(interaction, Party.CALLER).reason == expected


def test_who_ended_it_is_noted_once() -> None:
    """The agent hung up; that the caller's leg ends after it changes nothing."""
    interaction = interaction_in(TALKING)
    interaction.ended_by = Party.AGENT
    assert ended(interaction, Party.CALLER).ended_by == Party.AGENT
