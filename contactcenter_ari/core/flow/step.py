"""The verbs of the call-flow language as plain data.

Made by the loader from YAML, run by the interpreter. Inline lists of steps have become
sections of their own (`Section.inline`), so a position is a section and a number.
Nothing here checks or runs anything.
"""

from datetime import timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.flow.expression import Expression
from contactcenter_ari.core.vocabulary.ids import QueueName


class Way(StrEnum):
    """Where a destination leads."""

    SECTION = "section"
    """Go to a section; nothing is remembered but where we came from."""
    INLINE = "inline"
    """Run the steps of an inline list, then go on after the step that holds it."""
    REPEAT = "repeat"
    """Run this step again."""
    BACK = "back"
    """Go to the section we came from; in the first one, run it again."""
    CONTINUE = "continue"
    """Go on with the next step."""
    HANG_UP = "hangup"
    """End the call."""


class Destination(msgspec.Struct, frozen=True):
    """Where to go; `section` only for SECTION and INLINE."""

    way: Way
    section: str = ""


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """Pick up; a no-op when already answered."""


class HangUp(msgspec.Struct, frozen=True, tag="hangup"):
    """End the call."""


class Wait(msgspec.Struct, frozen=True, tag="wait"):
    """Let time pass in silence."""

    duration: timedelta


class Play(msgspec.Struct, frozen=True, tag="play"):
    """Say something; with `barge_in` a key cuts it short and is kept for the next input."""

    prompt: str
    barge_in: bool = True


class InputRules(msgspec.Struct, frozen=True):
    """How a menu or gather listens. Of a list of prompts the nth try takes the nth, then the
    last. `timeout` is for the first digit, from the end of the prompt; `inter_digit_timeout`
    for each further one.
    """

    prompts: tuple[str, ...]
    no_input: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    tries: int = 3
    timeout: timedelta = timedelta(seconds=5)
    inter_digit_timeout: timedelta = timedelta(seconds=3)
    barge_in: bool = True
    failed: Destination = Destination(Way.CONTINUE)


class Menu(msgspec.Struct, frozen=True, tag="menu"):
    """Offer choices by key; a choice may be several keys long."""

    rules: InputRules
    choices: dict[str, Destination]


class Gather(msgspec.Struct, frozen=True, tag="gather"):
    """Ask for digits and store them in a variable. `matches` is a regular expression for the
    whole input; `terminator` ends it early and is not stored.
    """

    variable: str
    rules: InputRules
    least_digits: int
    most_digits: int
    terminator: str = "#"
    matches: str = ""
    sensitive: bool = False


class LookUpStep(msgspec.Struct, frozen=True, tag="lookup"):
    """Ask a look-up; its answer is at `save_as.NAME`, and whether there was one at
    `save_as.found`. Outcomes found, not_found, error; one not handled goes on.
    """

    name: str
    inputs: dict[str, Expression]
    save_as: str
    next: dict[str, Destination]


class SetVariables(msgspec.Struct, frozen=True, tag="set"):
    """Assign in order; `caller.status` may be assigned like a variable."""

    assignments: tuple[tuple[str, Expression], ...]


class Tag(msgspec.Struct, frozen=True, tag="tag"):
    """Note something about the interaction for reports and the screen pop."""

    tags: tuple[tuple[str, Expression], ...]


class Language(msgspec.Struct, frozen=True, tag="language"):
    """Speak another language from now on; one the flow does not have changes nothing."""

    language: Expression


class If(msgspec.Struct, frozen=True, tag="if"):
    """Go one way or the other."""

    condition: Expression
    then: Destination
    otherwise: Destination = Destination(Way.CONTINUE)


class Goto(msgspec.Struct, frozen=True, tag="goto"):
    """Go to a section (or back, or repeat)."""

    destination: Destination


class Announcement(msgspec.Struct, frozen=True):
    """Something said while waiting: first `after` this long, then `every` so often (once
    when None).
    """

    prompt: str
    after: timedelta
    every: timedelta | None = None


class Queue(msgspec.Struct, frozen=True, tag="queue"):
    """Wait for an agent. A None means what `queues.yaml` says of the queue. `priority` is a
    class, 1 first; `head_start` counts as time already waited. Outcomes answered, timeout,
    no_agents, full, closed, lead to `next`; `answered` after the agent has left.
    """

    queue: QueueName
    next: dict[str, Destination]
    priority: Expression | None = None
    head_start: Expression | None = None
    greeting: str = ""
    music: str | None = None
    announce: tuple[Announcement, ...] = ()
    keys: dict[str, Destination] = {}
    max_wait: timedelta | None = None


Verb = (
    Answer
    | HangUp
    | Wait
    | Play
    | Menu
    | Gather
    | LookUpStep
    | SetVariables
    | Tag
    | Language
    | If
    | Goto
    | Queue
)


class Step(msgspec.Struct, frozen=True):
    """One verb with the options every step may have; `line` is where it stands in the file."""

    verb: Verb
    line: int
    when: Expression | None = None
    name: str = ""


class Section(msgspec.Struct, frozen=True):
    """A list of steps. An `inline` one falls through to what follows the step that holds it."""

    steps: tuple[Step, ...]
    inline: bool = False
