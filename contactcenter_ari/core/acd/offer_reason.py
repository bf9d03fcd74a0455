"""Why this agent and why this caller: what an offer tells about itself.

Only the first few who were passed over are named, so that telling costs no more than choosing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from contactcenter_ari.core.acd.line import Waiting, WaitingLine
from contactcenter_ari.core.acd.pool import Pool
from contactcenter_ari.core.acd.requirement import meets
from contactcenter_ari.core.acd.strategy import value
from contactcenter_ari.core.agents.agent import Agent
from contactcenter_ari.core.vocabulary.offer_reason import OfferReason, PassedAgent, PassedCaller

MOST_TOLD = 3
"""How many of those passed over are named."""
MOST_LOOKED_AT = 10


def explain(
    waiting: Waiting,
    chosen: Sequence[Agent],
    line: WaitingLine,
    *,
    pool: Pool,
    everybody: Pool,
    now: datetime,
) -> list[OfferReason]:
    """Explain the choice of each agent, all of whom are still in the pools; `everybody` are all of
    the queue.
    """
    passed = tuple(islice(_agents_passed(waiting, set(chosen), everybody, now), MOST_TOLD))
    return [
        OfferReason(
            strategy=pool.settings.strategy,
            value=value(agent, pool.settings, pool.levels, now),
            priority=waiting.priority,
            waited=now - waiting.joined_at,
            head_start=waiting.head_start,
            free_agents=len(everybody.free),
            callers_waiting=len(line),
            agents_passed=passed,
            callers_passed=tuple(islice(_callers_passed(waiting, agent, line, now), MOST_TOLD)),
        )
        for agent in chosen
    ]


def _agents_passed(
    waiting: Waiting, chosen: set[Agent], everybody: Pool, now: datetime
) -> Iterator[PassedAgent]:
    for candidate in islice(everybody.free, len(chosen) + MOST_LOOKED_AT):
        agent = candidate.agent
        if agent in chosen:
            continue
        if waiting.skips(agent.id, now):
            reason = "missed_lately"
        elif waiting.requirement.agent:
            reason = "other_agent"
        elif not meets(agent.profile.skills, waiting.requirement.levels):
            reason = "skills"
        else:
            reason = "later_choice"
        number = value(agent, everybody.settings, waiting.requirement.levels, now)
        yield PassedAgent(agent.id, reason, number)


def _callers_passed(
    waiting: Waiting, agent: Agent, line: WaitingLine, now: datetime
) -> Iterator[PassedCaller]:
    for other in islice(line, MOST_LOOKED_AT):
        if other is waiting:
            return
        if other.offers:
            reason = "ringing"
        elif other.callback is not None and not other.offerable:
            reason = "callback"
        elif other.skips(agent.id, now):
            reason = "missed_lately"
        elif other.requirement.agent not in {"", agent.id}:
            reason = "other_agent"
        else:
            reason = "skills"
        yield PassedCaller(other.interaction, reason)
