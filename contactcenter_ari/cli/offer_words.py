"""Why an offer was made, in words a supervisor understands."""

from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.core.acd.strategy import RULES, Rule, Strategy
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.demo.live import clock
from contactcenter_ari.web.offer import OfferReasonStatus, OfferStatus

RESULTS: Mapping[OfferResult | None, str] = {
    None: "the phone rings",
    OfferResult.ACCEPTED: "answered",
    OfferResult.REFUSED: "refused",
    OfferResult.BUSY: "the phone was busy",
    OfferResult.LAPSED: "nobody picked up",
    OfferResult.WITHDRAWN: "withdrawn before somebody picked up",
    OfferResult.FAILED: "the phone was not reached",
}
AGENT_REASONS: Mapping[str, str] = {
    "missed_lately": "did not take this caller a moment ago",
    "skills": "lacks the skills asked for",
    "other_agent": "is not the agent the caller waits for",
    "later_choice": "comes later",
}
CALLER_REASONS: Mapping[str, str] = {
    "ringing": "is being offered already",
    "missed_lately": "was not taken by this agent a moment ago",
    "skills": "asks for skills this agent lacks",
    "other_agent": "waits for another agent",
    "callback": "is a callback whose turn is yet to come",
}

Names = Mapping[AgentId, str]


def what_happened(offer: OfferStatus, names: Names) -> str:
    """The offer in words: which caller to which agent, and the result."""
    result = RESULTS[offer.result]
    if offer.ended_at is not None:
        result += f" after {clock(offer.ended_at - offer.made_at)}"
    return f"{offer.queue}: call {offer.interaction} for {_known(offer.agent, names)}: {result}"


def why_this_caller(reason: OfferReasonStatus) -> str:
    """The score of the caller, and who was passed over."""
    parts = [f"waited {_seconds(reason.waited_seconds)}"]
    if reason.head_start_seconds:
        parts.append(f"head start {_seconds(reason.head_start_seconds)}")
    score = f"score {_seconds(reason.score_seconds)} ({' + '.join(parts)})"
    many = reason.callers_waiting > 1
    best = f"the best of {reason.callers_waiting}" if many else "the only one"
    passed = [
        f"{one.interaction} {CALLER_REASONS.get(one.reason, one.reason)}"
        for one in reason.callers_passed
    ]
    said = f"{score} in class {reason.priority}, {best} waiting"
    return said + _passed_over(passed)


def why_this_agent(reason: OfferReasonStatus, names: Names) -> str:
    """The value that the strategy compared in the agent, and the agents passed over."""
    passed = [
        f"{_known(one.agent, names)} {AGENT_REASONS.get(one.reason, one.reason)}"
        f" ({_measure(reason.strategy, one.value)})"
        for one in reason.agents_passed
    ]
    chosen = f"{_choice(reason.strategy)} ({_measure(reason.strategy, reason.value)})"
    many = reason.free_agents > 1
    free = f"of {reason.free_agents} free agents" if many else "and the only one free"
    return f"{chosen} {free}{_passed_over(passed)}"


def _passed_over(passed: list[str]) -> str:
    return f"; passed over: {', '.join(passed)}" if passed else ""


def _known(agent: AgentId, names: Names) -> str:
    return f"{names[agent]} ({agent})" if agent in names else agent


def _seconds(seconds: float) -> str:
    return clock(timedelta(seconds=seconds))


def _choice(strategy: str) -> str:
    rule = _rule(strategy)
    return f"chosen by {strategy}" if rule is None else rule.chosen


def _measure(strategy: str, value: float) -> str:
    rule = _rule(strategy)
    if rule is None:
        return f"{value:g}"
    words = rule.measure if value else rule.measure_of_zero or rule.measure
    return words.format(value=value, clock=_seconds(value))


def _rule(strategy: str) -> Rule | None:
    """The rule of a strategy; None of one that only a newer center knows."""
    return RULES[Strategy(strategy)] if strategy in set(Strategy) else None
