"""`queues.yaml`: each queue by name, with the settings that differ from the defaults."""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import time, timedelta
from zoneinfo import available_timezones

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.queue_rule import contradictions
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.acd.settings import (
    CallWindow,
    LeaveWhenEmpty,
    MissLimits,
    QueueSettings,
    UnknownZone,
    WrapUpKind,
)
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.hours.calling_time import is_zone
from contactcenter_ari.core.kpi.queue_stay import COLUMNS, StayColumn
from contactcenter_ari.core.site.catalog import CALLBACK_PROMPTS
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DURATIONS: Mapping[str, tuple[timedelta, timedelta]] = {
    "ring_limit": (2 * SECOND, 5 * MINUTE),
    "wrap_up": (timedelta(), 4 * HOUR),
    "wrap_up_limit": (SECOND, 8 * HOUR),
    "max_wait": (SECOND, 24 * HOUR),
    "head_start": (timedelta(), 24 * HOUR),
    "divert_wait": (SECOND, 24 * HOUR),
    "service_level": (SECOND, HOUR),
    "short_abandon": (timedelta(), 5 * MINUTE),
    "leave_grace": (timedelta(), HOUR),
    "miss_pause": (timedelta(), HOUR),
    "miss_return": (SECOND, 8 * HOUR),
    "unreachable_after": (SECOND, 5 * MINUTE),
    "prefer_last_agent": (timedelta(), HOUR),
    "resume_position": (timedelta(), HOUR),
}
"""Settings that are durations, with their limits."""
SWITCHES = (
    "ready_time_only",
    "keep_last_ready",
    "count_flow_time",
    "recording",
    "join_empty",
    "shared_numbers",
)
NOT_SERVED = [
    str(exit_)
    for exit_, column in COLUMNS.items()
    if column not in {StayColumn.ANSWERED, StayColumn.MOVED_ON}
]
"""The exits of callers who wanted an agent and got none."""
DEFAULT = "default"
MIDNIGHT = "24:00"
"""The end of a day, which as a time is the 0:00 of the next."""
NONE = "none"
_EXTENSION = re.compile(r"[0-9]{1,10}")
_RATIO = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
_WINDOW = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*-\s*([0-9]{1,2}:[0-9]{2})")

Chosen = dict[str, object]
"""Fields of `QueueSettings`; some settings of the file are two of them."""
ReadSetting = Callable[[Node], Chosen]


def read_queues(
    reading: Reading, system_prompts: Collection[str] | None
) -> dict[QueueName, QueueSettings]:
    """All queues of a file; problems are in `reading`. Without `system_prompts` any is taken to
    exist.
    """
    root = reading.document.root
    return {} if root is None else read_queue_map(reading, root, "queues.yaml", system_prompts)


def read_queue_map(
    reading: Reading, node: Node, what: str, system_prompts: Collection[str] | None
) -> dict[QueueName, QueueSettings]:
    """Queues by name, as they stand in `queues.yaml`; `what` is what holds them."""
    reader = _QueueReader(reading, system_prompts)
    entries = reading.mapping(node, what).entries
    return {QueueName(name.text): reader.queue(name, node) for name, node in entries}


class _QueueReader:
    """Reads the settings of queues, each by a function of its kind."""

    def __init__(self, reading: Reading, system_prompts: Collection[str] | None) -> None:
        self.reading = reading
        self.system_prompts = system_prompts
        self.readers = self.of_one_field() | {
            "max_wait": self.max_wait,
            "head_start": self.head_start,
        }

    def queue(self, name: Scalar, node: Node) -> QueueSettings:
        reading, what = self.reading, f'queue "{name.text}"'
        if NAME.fullmatch(name.text) is None:
            message = f'a queue cannot be named "{name.text[:60]}"; an example: claims'
            reading.blame("E110", message, name)
        fields = reading.fields(reading.mapping(node, what), what, tuple(self.readers))
        chosen: Chosen = {}
        before = len(reading.problems)
        for setting, value in fields.items():
            chosen |= self.readers[setting](value)
        settings = QueueSettings(name=QueueName(name.text), **chosen)  # type: ignore[arg-type]  # each reader gives the type of its fields
        if len(reading.problems) == before:  # what follows from a wrong value is not told
            for setting, message in contradictions(settings, fields):
                reading.blame("E111", message, fields[setting])
        return settings

    def of_one_field(self) -> dict[str, ReadSetting]:
        """How the settings are read that are one field of the same name."""
        choice, integer = self.reading.choice, self.reading.integer
        readers: dict[str, Callable[[Node, str], object]] = {
            **dict.fromkeys(DURATIONS.keys() - {"max_wait", "head_start"}, self.duration),
            **dict.fromkeys(SWITCHES, self.reading.boolean),
            "strategy": lambda node, what: choice(node, what, Strategy),
            "order": self.order,
            "ring_at_most": lambda n, what: integer(n, what, least=1, most=100, example=20),
            "wrap_up_kind": lambda node, what: choice(node, what, WrapUpKind),
            "dispositions": self.dispositions,
            "lost_calls": self.lost_calls,
            "max_waiting": self.max_waiting,
            "leave_when_empty": lambda node, what: choice(node, what, LeaveWhenEmpty),
            "divert_ratio": self.ratio,
            "misses_before_not_ready": self.miss_limits,
            "agent_prompt": self.agent_prompt,
            "music": self.reading.text,
            "callback_mode": lambda node, what: choice(node, what, CallbackMode),
            "callback_keys": self.callback_keys,
            "call_window": self.call_window,
            "unknown_zone": self.unknown_zone,
        }

        def reader(setting: str) -> ReadSetting:
            return lambda node: {setting: readers[setting](node, setting)}

        return {setting: reader(setting) for setting in readers}

    # ---- by caller status

    def max_wait(self, node: Node) -> Chosen:
        """`15m`, or `{default: 15m, gold: 5m}`."""
        if not isinstance(node, Map):
            return {"max_wait": self.duration(node, "max_wait")}
        limits = self.by_status(node, "max_wait")
        if DEFAULT not in limits:
            message = f'max_wait needs the key "{DEFAULT}", for callers of no other status'
            self.reading.blame("E106", message, node)
        default = limits.pop(DEFAULT, QueueSettings(name=QueueName("")).max_wait)
        return {"max_wait": default, "max_wait_by_status": limits}

    def head_start(self, node: Node) -> Chosen:
        """`{gold: 5m}`."""
        if isinstance(node, Map):
            return {"head_start_by_status": self.by_status(node, "head_start")}
        message = "head_start must be a map by caller status, for example {gold: 5m}"
        self.reading.blame("E105", message, node)
        return {}

    def by_status(self, node: Map, setting: str) -> dict[str, timedelta]:
        least, most = DURATIONS[setting]
        return {
            status.text: self.reading.duration(
                value, f"{setting} of {status.text[:60]}", least=least, most=most
            )
            for status, value in node.entries
        }

    # ---- single fields

    def duration(self, node: Node, setting: str) -> timedelta:
        least, most = DURATIONS[setting]
        return self.reading.duration(node, setting, least=least, most=most)

    def order(self, node: Node, setting: str) -> tuple[AgentId, ...]:
        """Extensions of agents, first to be asked first."""
        found: list[AgentId] = []
        for item in self.reading.items(node, setting):
            text = item.text if isinstance(item, Scalar) else ""
            if _EXTENSION.fullmatch(text) is None:
                message = f'order must be agents, for example [101, 102], not "{text[:60]}"'
                self.reading.blame("E105", message, item)
            elif text in found:
                self.reading.blame("E211", f"agent {text} stands twice in the order", item)
            found.append(AgentId(text))
        return tuple(found)

    def dispositions(self, node: Node, setting: str) -> tuple[str, ...]:
        """The possible results of a talk, in words for reports."""
        found: list[str] = []
        for item in self.reading.items(node, setting):
            scalar = self.reading.scalar(item, "a disposition")
            if scalar is not None and scalar.text in found:
                self.reading.blame("E211", f'disposition "{scalar.text}" stands twice', item)
            elif scalar is not None:
                found.append(self.reading.name(scalar, "a disposition"))
        return tuple(found)

    def lost_calls(self, node: Node, setting: str) -> tuple[QueueExit, ...]:
        """Exits that make a caller who talked to nobody a task."""
        found: list[QueueExit] = []
        for item in self.reading.items(node, setting):
            text = item.text if isinstance(item, Scalar) else ""
            if text in found:
                self.reading.blame("E211", f'"{text}" stands twice in {setting}', item)
            elif text in NOT_SERVED:
                found.append(QueueExit(text))
            else:
                wanted = f"{setting} must be some of {', '.join(NOT_SERVED)}"
                suggestion = did_you_mean(text, NOT_SERVED)
                message = f'{wanted}, not "{text[:60]}"'
                self.reading.blame("E105", message, item, suggestion=suggestion)
        return tuple(found)

    def max_waiting(self, node: Node, setting: str) -> int | None:
        if isinstance(node, Scalar) and node.text == NONE:
            return None
        return self.reading.integer(node, setting, least=1, most=100_000, example=50)

    def ratio(self, node: Node, setting: str) -> float | None:
        """Waiting callers per agent who takes calls."""
        text = node.text if isinstance(node, Scalar) else ""
        if _RATIO.fullmatch(text) and float(text) > 0:
            return float(text)
        message = f'{setting} must be callers per agent, for example 3 or 2.5, not "{text[:60]}"'
        self.reading.blame("E105", message, node)
        return None

    def miss_limits(self, node: Node, setting: str) -> MissLimits:
        """`2`, or a limit for each kind of miss."""
        if not isinstance(node, Map):
            return MissLimits.alike(self.misses(node, setting))
        fields = self.reading.fields(node, setting, MissLimits.__struct_fields__)
        return MissLimits(**{kind: self.misses(value, kind) for kind, value in fields.items()})

    def misses(self, node: Node, what: str) -> int:
        return self.reading.integer(node, what, least=1, most=100, example=1)

    def agent_prompt(self, node: Node, setting: str) -> str:
        """One of the system's own prompts."""
        scalar = self.reading.scalar(node, setting)
        prompts = self.system_prompts
        if scalar is not None and prompts is not None and scalar.text not in prompts:
            self.reading.unknown("E202", "system prompt", scalar, prompts)
        return scalar.text if scalar is not None else ""

    def callback_keys(self, node: Node, setting: str) -> bool:
        """Asking needs the prompts that ask."""
        asks, prompts = self.reading.boolean(node, setting), self.system_prompts
        if asks and prompts is not None:
            for name in [name for name in CALLBACK_PROMPTS if name not in prompts]:
                message = f'{setting} needs the system prompt "{name}" in site.yaml'
                self.reading.blame("E202", message, node)
        return asks

    def unknown_zone(self, node: Node, setting: str) -> str:
        """`flow`, `block`, `all_zones`, or a time zone."""
        text = node.text if isinstance(node, Scalar) else ""
        known = [each.value for each in UnknownZone]
        if text in known or is_zone(text):
            return text
        wanted = f"{', '.join(known)}, or a time zone such as Europe/Moscow"
        message = f'{setting} must be {wanted}, not "{text[:60]}"'
        suggestion = did_you_mean(text, [*known, *available_timezones()])
        self.reading.blame("E105", message, node, suggestion=suggestion)
        return UnknownZone.FLOW

    def call_window(self, node: Node, setting: str) -> CallWindow:
        """`08:00-21:00`, of one day, which may last to 24:00."""
        text = node.text if isinstance(node, Scalar) else ""
        if found := _WINDOW.fullmatch(text):
            begin, end = found.groups()
            with suppress(ValueError):
                since = time.fromisoformat(f"{begin:0>5}")
                until = time() if end == MIDNIGHT else time.fromisoformat(f"{end:0>5}")
                if since < until or end == MIDNIGHT:
                    return CallWindow(since, until)
        message = f'{setting} must be times of one day, for example 08:00-21:00, not "{text[:60]}"'
        self.reading.blame("E105", message, node)
        return CallWindow()
