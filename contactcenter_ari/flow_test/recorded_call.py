"""A call that happened, told again as a test: the same path through the same flow.

Sensitive values were never written down; a stand-in of the right shape takes their place.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.input import (
    ACCEPT,
    AGAIN,
    Verdict,
    judge_late_digits,
    typed_value,
)
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.pattern import fits
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.spoken.value import TEXT, ValueType
from contactcenter_ari.core.spoken.value import Kind as ValueKind
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.flow_test.observation import LONGER, Kind, Observation
from contactcenter_ari.flow_test.story import Reply, Row, Silence, split_sections

HIDDEN = "(hidden)"
KEYS = "9876543210*#"
UNSEEN = frozenset({Kind.TAGGED, Kind.PRESSED, Kind.LOOKED_UP, Kind.STATUS})
"""The events of which a caller notices nothing."""
QUEUE_KEY, MAILBOX_KEY = "in queue", "in voicemail"
GRACE = QueueSettings(name=QueueName("")).leave_grace
"""The time before a caller was sent on at which agents are taken to have left; a call does not
tell it.
"""
STAND_INS = ("1234567890123456", "1111111111111111", "0000000000000000", "2026010112345678")
EXAMPLES = {
    ValueKind.MONEY: "12.50",
    ValueKind.INTEGER: "1",
    ValueKind.DIGITS: "12345678",
    ValueKind.PHONE: "+31201234567",
    ValueKind.DATE: "2026-12-24",
    ValueKind.TIME: "17:30",
    ValueKind.DATETIME: "2026-12-24T17:30:00+01:00",
    ValueKind.DURATION: "1m",
    ValueKind.BOOL: "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """The facts known of a call. `replies` are the rows of look-ups where they were kept."""

    interaction: str
    flow: Flow
    arrived_at: datetime
    called: str
    caller: str
    observations: tuple[Observation, ...]
    replies: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def retell(call: PastCall, flow_file: str) -> str:
    """The call as the text of a test file for `flow_file`."""
    zone = ZoneInfo(call.flow.timezone)
    local = call.arrived_at.astimezone(zone)
    lines = [
        f"flow: {_quoted(flow_file)}",
        "tests:",
        f"  - name: {_quoted(f'Call {call.interaction} of {local:%Y-%m-%d %H:%M}')}",
        f"    at: {local:%Y-%m-%d %H:%M:%S}{_offset(local)}",
        f"    from: {_quoted(call.caller)}",
        "    given:",
        f"      called: {_quoted(_number(call))}",
        *_given(call),
        "    script:",
        *(f"      - {line}" for line in _Script(call).lines()),
        "    expect:",
        *_expected(call),
    ]
    text = "\n".join(lines) + "\n"
    return text.replace("    script:\n    expect:", "    script: []\n    expect:")


def _number(call: PastCall) -> str:
    """The dialed number as the flow writes it."""
    plain = call.called.removeprefix("+").removeprefix("00")
    return next((n for n in call.flow.numbers if n.removeprefix("+") == plain), call.called)


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# What is given


def _given(call: PastCall) -> Iterator[str]:
    replies = _replies(call)
    if replies:
        yield "      lookups:"
        for name, given in replies.items():
            yield f"        {name}: [{', '.join(_shown(reply) for reply in given)}]"
    yield from _map("queues", _queues(call))
    yield from _map("agents", _agents(call))
    yield from _map("lines", _lines(call))
    if went := _splits(call):
        yield f"      split: [{', '.join(went)}]"
    yield from _map("flags", {name: _quoted(value) for name, value in call.flags.items()})


def _map(name: str, entries: Mapping[str, str]) -> Iterator[str]:
    if entries:
        yield f"      {name}:"
        yield from (f"        {_quoted(key)}: {value}" for key, value in entries.items())


def _replies(call: PastCall) -> dict[str, list[Reply]]:
    """Each answer of each look-up; a row that was not kept is made up by its types."""
    replies: dict[str, list[Reply]] = {}
    for observation in call.observations:
        if observation.kind is Kind.LOOKED_UP:
            given = replies.setdefault(observation.name, [])
            known = call.replies.get(observation.name, ())
            number = len(given)
            if number < len(known):
                given.append(known[number])
            elif observation.detail == "found":
                given.append(_made_up(call.flow, observation.name))
            else:
                given.append(Silence(observation.detail))
    return replies


def _made_up(flow: Flow, name: str) -> Row:
    return {field: _example(type_) for field, type_ in flow.look_ups[name].returns.items()}


def _example(type_: ValueType) -> str:
    return type_.choices[0] if type_.choices else EXAMPLES.get(type_.kind, "text")


def _shown(reply: Reply) -> str:
    if isinstance(reply, Silence):
        return str(reply)
    fields = (f"{name}: {_quoted(text)}" for name, text in reply.items() if text is not None)
    return f"{{{', '.join(fields)}}}"


def _queues(call: PastCall) -> dict[str, str]:
    queues: dict[str, dict[str, str]] = {}
    for observation in call.observations:
        name, detail = observation.name, observation.detail
        if observation.kind is Kind.QUEUED and not name.startswith("@"):
            queues[name] = {"position": detail.rpartition(" ")[2]}
        elif observation.kind is Kind.TOLD:
            given = queues.setdefault(detail.removeprefix("in "), {})
            given["wait"] = _waits(given.get("wait", "[]"), name)
        elif observation.kind is Kind.DEQUEUED and name in queues:
            result, _, waited = detail.partition(" after ")
            queues[name] |= _ended(result, float(waited.removesuffix("s")))
    return {name: _shown_queue(given) for name, given in queues.items()}


def _waits(before: str, told: str) -> str:
    """One more estimate; one that was not told was longer than the one before."""
    waits = [each for each in before.strip("[]").split(", ") if each]
    if told == LONGER:
        last = float(waits[-1].removesuffix("s")) if waits else 0
        told = _duration(2 * last + 3600)
    return f"[{', '.join((*waits, told))}]"


def _ended(result: str, waited: float) -> dict[str, str]:
    """How a stay in a queue ended, as far as that is not the caller's doing."""
    match result:
        case QueueExit.ANSWERED:
            return {"answered_after": _duration(waited)}
        case QueueExit.CLOSED | QueueExit.WITHDRAWN if waited:
            return {"closed_after": _duration(waited)}
        case QueueExit.NO_AGENTS if waited:
            return {"logged_out_after": _duration(max(waited - GRACE.total_seconds(), 0))}
        case QueueExit.NO_AGENTS | QueueExit.FULL | QueueExit.CLOSED | QueueExit.DIVERTED:
            return {"": result}
        case _:
            return {}


def _shown_queue(given: dict[str, str]) -> str:
    entries = ", ".join(f"{key}: {value}" for key, value in given.items())
    return given.get("", f"{{{entries}}}")


def _agents(call: PastCall) -> dict[str, str]:
    outcomes = {QueueExit.ANSWERED: "answered", QueueExit.NO_AGENTS: "not_available"}
    agents: dict[str, str] = {}
    for observation in call.observations:
        if observation.kind is Kind.DEQUEUED and observation.name.startswith("@"):
            result = observation.detail.partition(" after ")[0]
            agents[observation.name[1:]] = outcomes.get(QueueExit(result), "no_answer")
    return agents


def _lines(call: PastCall) -> dict[str, str]:
    return {h.name: h.detail for h in call.observations if h.kind is Kind.LINE}


def _splits(call: PastCall) -> list[str]:
    """The ways that splits took: chance comes from the call's id, and the test's is another."""
    ways = split_sections(call.flow)
    went = (h.name for h in call.observations if h.kind is Kind.ENTERED and h.name in ways)
    return list(dict.fromkeys(went))


# What was done


class _Script:
    """Goes through what happened and writes a line for what the caller must do or hear."""

    def __init__(self, call: PastCall) -> None:
        self.call = call
        self.section = ""
        self.heard = ""
        self.waiting_since: datetime | None = None
        self.talking = False
        self.ended = False
        self.left_by_key = False

    def lines(self) -> Iterator[str]:
        observations = self.call.observations
        for number, observation in enumerate(observations):
            if self.talking and observation.kind not in {Kind.RECORDING, Kind.LINE, Kind.PRESSED}:
                self.talking = False
                if not (observation.kind is Kind.ENDED and observation.name == "caller"):
                    yield "agent: hangs up"
            yield from self.line(observation, observations[number + 1 :])

    def line(  # noqa: PLR0912  # one arm a kind
        self, observation: Observation, later: tuple[Observation, ...]
    ) -> Iterator[str]:
        match observation.kind:
            case Kind.ENTERED:
                self.section = observation.name
            case Kind.HEARD:
                yield from self.hears(observation, later)
            case Kind.CHOSE if self.left_by_key:
                self.left_by_key = False
            case Kind.CHOSE:
                if observation.detail == QUEUE_KEY:
                    yield from self.waits(observation)
                yield f"presses: {_quoted(observation.name)}"
            case Kind.GATHERED:
                asked = self.asked()
                confirms = asked is not None and self.heard == asked.confirm
                keys = ACCEPT if confirms else self.keys(asked, observation.detail)
                yield f"presses: {_quoted(keys)}"
            case Kind.INPUT_FAILED if observation.name == "no_input":
                yield "silent"
            case Kind.INPUT_FAILED:
                yield f"presses: {_quoted(self.wrong_keys())}"
            case Kind.MESSAGE if observation.name == "taken":
                yield self.message(observation, later)
            case Kind.QUEUED if not observation.name.startswith("@"):
                self.waiting_since = observation.at
                yield f"queued: {observation.name}"
            case Kind.DEQUEUED if not observation.detail.startswith(
                (QueueExit.ABANDONED, QueueExit.ABANDONED_SHORT)
            ):
                if self.asking() is not None:  # it ended while something was asked
                    yield from self.waits(observation)
                self.waiting_since = None
            case Kind.TALKED:
                self.talking = True
            case Kind.LINE:
                self.talking = observation.detail == "answered"
            case Kind.ENDED if observation.name == "caller" and not self.ended:
                yield from self.waits(observation)
                yield "hangs up"
            case _:
                pass

    def message(self, taken: Observation, later: tuple[Observation, ...]) -> str:
        """The caller's message, and the key that led out of it."""
        seconds = float(taken.detail.removesuffix("s"))
        records = f"records: {_duration(seconds)}"
        follows = next((h for h in later if h.kind not in UNSEEN), None)
        if follows is not None and (follows.kind, follows.detail) == (Kind.CHOSE, MAILBOX_KEY):
            self.left_by_key = True
            key = f"presses: {_quoted(follows.name)}"
            return f"{{{records}, {key}}}" if seconds else key
        if follows is not None and (follows.kind, follows.name) == (Kind.ENDED, "caller"):
            self.ended = True
            return f"{{{records}, hangs up: true}}" if seconds else "hangs up"
        return records if seconds else "silent"

    def hears(self, observation: Observation, later: tuple[Observation, ...]) -> Iterator[str]:
        if self.waiting_since is not None:
            self.waiting_since = observation.at
        asked = self.asked()
        if asked is not None and asked.confirm == observation.name:
            judged = next((h for h in later if h.kind in {Kind.GATHERED, Kind.INPUT_FAILED}), None)
            typed = judged.detail if judged and judged.kind is Kind.GATHERED else HIDDEN
            yield f"presses: {_quoted(self.keys(asked, typed))}"
        self.heard = observation.name
        yield f"hears: {observation.name}"

    def waits(self, observation: Observation) -> Iterator[str]:
        """The time that went by in the queue until the caller acted."""
        if self.waiting_since is not None:
            waited = (observation.at - self.waiting_since).total_seconds()
            self.waiting_since = observation.at
            if waited > 0:
                yield f"waits: {_duration(waited)}"

    def asking(self) -> Menu | Gather | None:
        """The menu or gather that asked with the prompt heard last, here or elsewhere."""
        verbs = [
            (not name.startswith(self.section), step.verb)
            for name, section in self.call.flow.sections.items()
            for step in section.steps
            if isinstance(step.verb, Menu | Gather) and self.heard in _prompts(step.verb)
        ]
        return min(verbs, key=lambda found: found[0])[1] if verbs else None

    def asked(self) -> Gather | None:
        """The gather that asked last."""
        verb = self.asking()
        return verb if isinstance(verb, Gather) else None

    @staticmethod
    def keys(gather: Gather | None, typed: str) -> str:
        """The keys to type for a value; a stand-in for one that was not written down."""
        if gather is None:
            return typed if typed != HIDDEN else "1"
        keys = _stand_in(gather) if typed == HIDDEN else typed
        return keys if len(keys) >= gather.most_digits else keys + gather.terminator

    def wrong_keys(self) -> str:
        """Keys that the menu or gather takes for nothing."""
        verb = self.asking()
        if isinstance(verb, Gather):
            return AGAIN if self.heard == verb.confirm else self.wrong_entry(verb)
        taken = [*verb.choices, *self.call.flow.global_keys] if verb is not None else []
        unused = (key for key in KEYS if not any(choice.startswith(key) for choice in taken))
        return next(unused, KEYS[0])

    def wrong_entry(self, gather: Gather) -> str:
        """A key that is no value of a gather and leads nowhere."""
        leads = {*self.call.flow.global_keys, *gather.keys, gather.terminator}
        type_ = self.call.flow.variables.get(gather.variable, TEXT)
        for typed in reversed(KEYS):
            judgment = judge_late_digits(gather, typed)
            done = judgment.verdict is Verdict.DONE and typed_value(type_, typed) is not None
            if typed not in leads and not done:
                return typed + gather.terminator
        return KEYS[0]


def _prompts(verb: Menu | Gather) -> tuple[str, ...]:
    confirm = (verb.confirm,) if isinstance(verb, Gather) and verb.confirm else ()
    return (*verb.rules.prompts, *confirm)


def _stand_in(gather: Gather) -> str:
    sizes = range(gather.least_digits, gather.most_digits + 1)
    shaped = [digits[:size] for size in sizes for digits in STAND_INS]
    fitting = (d for d in shaped if not gather.matches or fits(gather.matches, d))
    return next(fitting, shaped[0] if shaped else "1")


# What is expected


def _expected(call: PastCall) -> Iterator[str]:
    path = [h.name for h in call.observations if h.kind is Kind.ENTERED]
    ends = [h.name for h in call.observations if h.kind is Kind.ENDED]
    if ends:
        yield f"      ends: {ends[0]}"
    if call.tags:
        tags = ", ".join(f"{name}: {_quoted(value)}" for name, value in call.tags.items())
        yield f"      tags: {{{tags}}}"
    if call.language:
        yield f"      language: {call.language}"
    yield f"      path: [{', '.join(path)}]"


def _duration(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}s{rest}ms" if rest else f"{whole}s"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
