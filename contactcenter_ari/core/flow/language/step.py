"""The verbs of the call-flow language as plain data.

Made by the loader from YAML, run by the interpreter. Inline lists of steps have become
sections of their own (`Section.inline`), so a position is a section and a number.
Nothing here checks or runs anything.
"""

from datetime import timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep


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
    CALL = "call"
    """Run a section, then go on after this step."""
    RETURN = "return"
    """Go back to where this section was called; from a key pressed while waiting, wait on."""
    HANG_UP = "hangup"
    """End the call."""


class Destination(msgspec.Struct, frozen=True):
    """Where to go; `section` only for SECTION, INLINE and CALL."""

    way: Way
    section: str = ""


ON = Destination(Way.CONTINUE)


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

    A try is wasted by `no_input` or `no_match`. Of `tries` both take, unless `own_tries` has the
    number of each. After the last one `next` says where its kind leads, else `failed`.
    """

    prompts: tuple[str, ...]
    no_input: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()
    tries: int = 3
    timeout: timedelta = timedelta(seconds=5)
    inter_digit_timeout: timedelta = timedelta(seconds=3)
    barge_in: bool = True
    failed: Destination = ON
    own_tries: dict[str, int] = {}
    next: dict[str, Destination] = {}


class Menu(msgspec.Struct, frozen=True, tag="menu"):
    """Offer choices by key; a choice may be several keys long."""

    rules: InputRules
    choices: dict[str, Destination]


class Gather(msgspec.Struct, frozen=True, tag="gather"):
    """Ask for digits and store them in a variable. `matches` is a regular expression (RE2) for
    the whole input; `terminator` ends it early and is not stored. The keys of `keys`, and the
    flow's own, lead out of it; see `listening`.
    """

    variable: str
    rules: InputRules
    least_digits: int
    most_digits: int
    terminator: str = "#"
    matches: str = ""
    sensitive: bool = False
    confirm: str = ""
    keys: dict[str, Destination] = {}


class LookUpStep(msgspec.Struct, frozen=True, tag="lookup"):
    """Ask a look-up; its answer is at `save_as.NAME`, and whether there was one at
    `save_as.found`. Outcomes found, not_found, error; one not handled goes on. `filler` is the
    music class the caller hears meanwhile; none when empty.
    """

    name: str
    inputs: dict[str, Expression]
    save_as: str
    next: dict[str, Destination]
    filler: str = ""


class SetVariables(msgspec.Struct, frozen=True, tag="set"):
    """Aslog in order; `caller.status` may be assigned like a variable."""

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
    otherwise: Destination = ON


class Goto(msgspec.Struct, frozen=True, tag="goto"):
    """Go to a section (or back, or repeat)."""

    destination: Destination


class Switch(msgspec.Struct, frozen=True, tag="switch"):
    """Go by a value: to the case of that text, else to the default."""

    value: Expression
    cases: dict[str, Destination]
    default: Destination = ON


class Split(msgspec.Struct, frozen=True, tag="split"):
    """Send callers to sections by shares in percent, for trials; the same call always goes the
    same way.
    """

    shares: tuple[tuple[Destination, int], ...]


class RecordingAct(StrEnum):
    """What a flow may do with the recording of the call."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class Record(msgspec.Struct, frozen=True, tag="recording"):
    """Record the caller from here on, pause, resume, or stop."""

    act: RecordingAct


class RingAgent(msgspec.Struct, frozen=True, tag="agent"):
    """Ring one agent straight, without a queue. Outcomes answered, busy, no_answer,
    not_available.
    """

    agent: Expression
    next: dict[str, Destination]
    ring: timedelta = timedelta(seconds=20)


class BookCallback(msgspec.Struct, frozen=True, tag="callback"):
    """Book a callback; the place in the queue is kept. Without a number it is the
    caller's own. Outcomes booked, refused.
    """

    queue: QueueName
    next: dict[str, Destination]
    number: Expression | None = None
    hours: str = ""
    attempts: int = 3
    retry_after: timedelta = timedelta(minutes=15)
    expires: timedelta = timedelta(hours=24)


class DialOut(msgspec.Struct, frozen=True, tag="dial"):
    """Call an outside line and join the caller with it; the flow goes on afterwards. With
    `screen` the callee hears that prompt and must press 1. Outcomes answered, busy, no_answer,
    declined, failed.
    """

    number: Expression
    next: dict[str, Destination]
    ring: timedelta = timedelta(seconds=30)
    caller_id: Expression | None = None
    screen: str = ""


class TransferOut(msgspec.Struct, frozen=True, tag="transfer"):
    """Hand the caller to an outside line; the flow ends there."""

    number: Expression
    ring: timedelta = timedelta(seconds=30)


class Voicemail(msgspec.Struct, frozen=True, tag="voicemail"):
    """Take a message: the prompt, a tone, then up to `max_length` until a key, a silence of
    `max_silence` or the hang-up. A key in the prompt skips to the tone, one of `keys` leads out
    of prompt and message. Outcomes saved, and empty for less than `min_speech` of speech.
    """

    box: str
    prompt: str
    next: dict[str, Destination]
    max_length: timedelta = timedelta(minutes=3)
    max_silence: timedelta | None = None
    min_speech: timedelta = timedelta(seconds=1)
    keys: dict[str, Destination] = {}


class Announcement(msgspec.Struct, frozen=True):
    """Something said while waiting: first `after` this long, then `every` so often (once
    when None). One that speaks of the wait or the position is left out while these are not
    known, and `longer` is said in its place once the wait grew beyond what was told.
    """

    prompt: str
    after: timedelta
    every: timedelta | None = None
    longer: str = ""


class Queue(msgspec.Struct, frozen=True, tag="queue"):
    """Wait for an agent. A None means what `queues.yaml` says of the queue. `priority` is a
    class, 1 first; `head_start` counts as time already waited. `skills` are the least levels
    asked for, step by step; `prefer` is an agent to wait for alone during `prefer_for`.
    Outcomes answered, timeout, no_agents, full, closed, diverted, lead to `next`; `answered`
    after the agent has left, `closed` like `no_agents` unless it has a way of its own.
    """

    queue: QueueName
    next: dict[str, Destination]
    priority: Expression | None = None
    head_start: Expression | None = None
    skills: tuple[SkillStep, ...] = ()
    prefer: Expression | None = None
    prefer_for: timedelta = timedelta(seconds=30)
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
    | Switch
    | Split
    | Record
    | RingAgent
    | BookCallback
    | DialOut
    | TransferOut
    | Voicemail
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
