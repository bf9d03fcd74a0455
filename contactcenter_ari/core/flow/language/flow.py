"""A call flow as a whole: sections, prompts, look-ups, hours, variables."""

from datetime import timedelta

import msgspec

from contactcenter_ari.core.flow.language.expression import Expression
from contactcenter_ari.core.flow.language.step import (
    Destination,
    Goto,
    HangUp,
    InputRules,
    Menu,
    Play,
    Queue,
    Section,
    Step,
    Way,
)
from contactcenter_ari.core.flow.outside_policy import OutsidePolicy
from contactcenter_ari.core.hours.calendar import Calendar
from contactcenter_ari.core.spoken.value import ValueType
from contactcenter_ari.core.vocabulary.prompt import SoundFile


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    """A value to be filled in; `kind` is one of the kinds of `wording.render`."""

    expression: Expression
    kind: str


class Words(msgspec.Struct, frozen=True, tag="words"):
    """A fixed stretch of text."""

    text: str


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A text for the voice, with blanks."""

    pieces: tuple[Words | Blank, ...]


class Prompt(msgspec.Struct, frozen=True):
    """What is said, by language: recorded files and texts, in order."""

    parts: dict[str, tuple[SoundFile | Text, ...]]


class SqlLookUp(msgspec.Struct, frozen=True, tag="sql"):
    """A query with `:name` parameters that returns one row or none."""

    sql: str
    inputs: dict[str, ValueType]
    returns: dict[str, ValueType]
    limit: timedelta = timedelta(seconds=2)


class HttpLookUp(msgspec.Struct, frozen=True, tag="http"):
    """A GET request; `{name}` in the address stands for an input. A JSON object is a row, 404
    is none. Only a `private` one may go to this machine or its network.
    """

    url: str
    inputs: dict[str, ValueType]
    returns: dict[str, ValueType]
    limit: timedelta = timedelta(seconds=2)
    private: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One flow file. `version` is the hash of its content; `languages[0]` is the default.
    `on_error` is where a fault of ours sends the caller; None plays the apology and then
    goes to the first queue of the flow. `on_hangup` is a section of set, tag and lookup only, run
    when the call is over. Outside numbers must begin with one of `dial_allow`;
    those of `dial_named` name numbers that are not ordinary.
    `country_code` (ISO 3166, `NL`; a calling code in older logs) tells in whose way numbers
    without a calling code are read.
    """

    name: str
    version: str
    numbers: tuple[str, ...]
    timezone: str
    languages: tuple[str, ...]
    sections: dict[str, Section]
    prompts: dict[str, Prompt]
    look_ups: dict[str, SqlLookUp | HttpLookUp] = {}
    hours: dict[str, Calendar] = {}
    variables: dict[str, ValueType] = {}
    flags: dict[str, str] = {}
    global_keys: dict[str, Destination] = {}
    on_error: Destination | None = None
    on_hangup: str = ""
    dial_allow: tuple[str, ...] = ()
    dial_named: tuple[str, ...] = ()
    country_code: str = ""

    def __repr__(self) -> str:
        """Tell which flow, which version, how large."""
        return f"<Flow {self.name} {self.version[:8]}: {len(self.sections)} sections>"

    @property
    def outside(self) -> OutsidePolicy:
        """Which numbers the flow may dial."""
        return OutsidePolicy(self.dial_allow, self.dial_named)


APOLOGY = "apology"
"""The system prompt after a fault of ours."""
ACCEPTED = "accepted"
"""The section a callee reaches who takes a screened call."""


def screening_flow(flow: Flow, prompt: str) -> Flow:
    """What the callee of a screened call hears: the prompt, and 1 to accept."""
    rules = InputRules(prompts=(prompt,), tries=2, failed=Destination(Way.HANG_UP))
    menu = Menu(rules=rules, choices={"1": Destination(Way.SECTION, ACCEPTED)})
    sections = {
        "start": Section((Step(menu, line=0),)),
        ACCEPTED: Section((Step(HangUp(), line=0),)),
    }
    return msgspec.structs.replace(
        flow, sections=sections, global_keys={}, on_error=Destination(Way.HANG_UP), on_hangup=""
    )


def fault_section(flow: Flow) -> Section:
    """What a caller gets after a fault: the flow's `on_error`, or an apology and a person."""
    if flow.on_error is not None:
        return Section((Step(Goto(flow.on_error), line=0),))
    verbs = (step.verb for section in flow.sections.values() for step in section.steps)
    last = next((verb for verb in verbs if isinstance(verb, Queue)), HangUp())
    return Section((Step(Play(APOLOGY, barge_in=False), line=0), Step(last, line=0)))
