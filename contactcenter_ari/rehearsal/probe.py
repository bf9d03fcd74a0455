"""Looks into a running center: the one place that reads what the core keeps to itself.

It changes nothing. Each step that an interpreter enters is shown to a watcher first.
"""
# ruff: noqa: SLF001 - the core shows its runs to nobody else, and rehearsals must see them

from collections.abc import Callable, Iterable, Iterator

from contactcenter_ari.core.center.call import Call
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.flow.expression import truth
from contactcenter_ari.core.flow.flow import Flow
from contactcenter_ari.core.flow.interpreter import Interpreter
from contactcenter_ari.core.flow.run import FlowRun
from contactcenter_ari.core.flow.step import Queue, Step, Verb
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.turn import Turn

Watcher = Callable[[FlowRun, Step, Turn, bool], None]
"""Sees a step that a run comes to, and whether it is taken: its `when` holds."""


def call_at(center: Center, leg: LegId) -> Call | None:
    """The call in progress of a leg."""
    return center._calls._by_leg.get(leg)


def calls_of(center: Center) -> Iterator[Call]:
    """All calls in progress."""
    return iter(center._calls)


def present_verb(call: Call) -> Verb | None:
    """The verb a call stands at."""
    return call.interpreter._walk.verb(call.run)


def watch_steps(center: Center, watcher: Watcher) -> None:
    """Show `watcher` each step just before it is entered, in any flow of the present site."""
    for interpreter in _interpreters(center):
        _watch(interpreter, watcher)


def _interpreters(center: Center) -> Iterable[Interpreter]:
    return {id(i): i for i in center._catalog._by_number.values()}.values()


def _watch(interpreter: Interpreter, watcher: Watcher) -> None:
    enter = interpreter._enter

    def watched(run: FlowRun, step: Step, turn: Turn):  # type: ignore[no-untyped-def]  # noqa: ANN202  # its result is the interpreter's own affair
        speaker = interpreter._speaker
        taken = step.when is None or truth(speaker.evaluate(run, step.when, turn))
        watcher(run, step, turn, taken)
        return enter(run, step, turn)

    interpreter._enter = watched  # type: ignore[method-assign]  # the hook a watcher needs


def watch_announcements(center: Center, prepare: Callable[[FlowRun], None]) -> None:
    """Let `prepare` say what a run may tell of its wait, just before something is announced."""
    for interpreter in _interpreters(center):
        _prepare(interpreter, prepare)


def _prepare(interpreter: Interpreter, prepare: Callable[[FlowRun], None]) -> None:
    announce = interpreter.announce

    def prepared(run: FlowRun, turn: Turn) -> None:
        prepare(run)
        announce(run, turn)

    interpreter.announce = prepared  # type: ignore[method-assign]  # the hook a story needs


def offers_keys(verb: Verb | None) -> bool:
    """Whether a caller who waits may press a key."""
    return isinstance(verb, Queue) and bool(verb.keys)


def told_so_far(turn: Turn) -> int:
    """How many events a turn has told by now."""
    return len(turn._events)


def flow_of(center: Center, name: str) -> Flow | None:
    """The published flow of that name."""
    return next((f for f in center._catalog.site.flows if f.name == name), None)


def flags_of(center: Center, flow: str) -> dict[str, str]:
    """The flags of a flow that were switched at run time."""
    return {flag: value for (owner, flag), value in center._flags.items() if owner == flow}
