"""Settings of a queue that contradict one another, each told in a sentence."""

from collections.abc import Collection, Iterator

from contactcenter_ari.core.acd.settings import LeaveWhenEmpty, QueueSettings, WrapUpKind
from contactcenter_ari.core.acd.strategy import RULES, Strategy

Contradiction = tuple[str, str]
"""The setting to blame, one that was given, and what is wrong with it."""
STRATEGY_OF = {rule.setting: strategy for strategy, rule in RULES.items() if rule.setting}
"""Settings that mean something to one strategy alone."""


def contradictions(settings: QueueSettings, given: Collection[str]) -> Iterator[Contradiction]:
    """All there are between the settings that were given, and the defaults of the others."""
    yield from _of_strategy(settings, given)
    yield from _of_wrap_up(settings, given)
    yield from _of_waits(settings, given)


def _of_strategy(settings: QueueSettings, given: Collection[str]) -> Iterator[Contradiction]:
    strategy = settings.strategy
    for setting, wanted in STRATEGY_OF.items():
        if setting in given and strategy is not wanted:
            yield setting, f"{setting} is for strategy {wanted}, and this queue has {strategy}"
    if strategy is Strategy.LINEAR and not settings.order:
        yield "strategy", "strategy linear needs an order, for example order: [101, 102]"


def _of_wrap_up(settings: QueueSettings, given: Collection[str]) -> Iterator[Contradiction]:
    kind, limited = settings.wrap_up_kind, "wrap_up_limit" in given
    if kind is WrapUpKind.UNTIL_DISPOSITION and not settings.dispositions:
        message = "until_disposition needs dispositions, for example [sold, no_sale]"
        yield "wrap_up_kind", message
    if limited and kind is WrapUpKind.FIXED:
        others = f"{WrapUpKind.EXTENDABLE} or {WrapUpKind.UNTIL_DISPOSITION}"
        yield "wrap_up_limit", f"wrap_up_limit is for wrap_up_kind {others}, and this is {kind}"
    elif kind is not WrapUpKind.FIXED and settings.wrap_up_limit < settings.wrap_up:
        setting = "wrap_up_limit" if limited else "wrap_up"
        yield setting, "wrap_up_limit must not be below wrap_up, which comes first"


def _of_waits(settings: QueueSettings, given: Collection[str]) -> Iterator[Contradiction]:
    shortest = min([settings.max_wait, *settings.max_wait_by_status.values()])
    if "prefer_last_agent" in given and settings.prefer_last_agent >= shortest:
        message = "prefer_last_agent must be shorter than max_wait, or nobody else is ever asked"
        yield "prefer_last_agent", message
    if "leave_grace" in given and settings.empty_when is LeaveWhenEmpty.NEVER:
        others = f"{LeaveWhenEmpty.LOGGED_OUT} or {LeaveWhenEmpty.PAUSED}"
        why = "it is never" if settings.leave_when_empty else "it is never with join_empty: true"
        yield "leave_grace", f"leave_grace is for leave_when_empty {others}, and here {why}"
