"""`queues.yaml`: each queue by name, with the settings that differ from the defaults."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings, Strategy
from contactcenter_ari.core.vocabulary.ids import QueueName

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
DURATIONS: Mapping[str, tuple[timedelta, timedelta]] = {
    "ring_limit": (timedelta(seconds=2), timedelta(minutes=5)),
    "wrap_up": (timedelta(), timedelta(hours=4)),
    "max_wait": (timedelta(seconds=1), timedelta(hours=24)),
    "service_level": (timedelta(seconds=1), timedelta(hours=1)),
    "short_abandon": (timedelta(), timedelta(minutes=5)),
    "miss_pause": (timedelta(), timedelta(hours=1)),
    "occupancy_window": (timedelta(minutes=3), timedelta(hours=24)),
}
"""Settings that are durations, with their limits."""


def read_queues(reading: Reading) -> dict[QueueName, QueueSettings]:
    """All queues of a file; problems are in `reading`."""
    if reading.document.root is None:
        return {}
    entries = reading.mapping(reading.document.root, "queues.yaml").entries
    return {QueueName(name.text): _queue(reading, name, node) for name, node in entries}


def _queue(reading: Reading, name: Scalar, node: Node) -> QueueSettings:
    if NAME.fullmatch(name.text) is None:
        message = f'a queue cannot be named "{name.text[:60]}"; an example: claims'
        reading.blame("E110", message, name)
    readers = _readers(reading)
    mapping = reading.mapping(node, f'queue "{name.text}"')
    fields = reading.fields(mapping, f'queue "{name.text}"', tuple(readers))
    chosen = {setting: readers[setting](value) for setting, value in fields.items()}
    return QueueSettings(name=QueueName(name.text), **chosen)  # type: ignore[arg-type]  # each reader gives the type of its setting


def _readers(reading: Reading) -> dict[str, Callable[[Node], object]]:
    def duration(setting: str) -> Callable[[Node], object]:
        least, most = DURATIONS[setting]
        return lambda node: reading.duration(node, setting, least=least, most=most)

    def boolean(setting: str) -> Callable[[Node], object]:
        return lambda node: reading.boolean(node, setting)

    return {
        "strategy": lambda node: _strategy(reading, node),
        **{setting: duration(setting) for setting in DURATIONS},
        "max_waiting": lambda node: _max_waiting(reading, node),
        "misses_before_not_ready": lambda node: _miss_limits(reading, node),
        "music": lambda node: reading.text(node, "music"),
        **{name: boolean(name) for name in ("ready_time_only", "recording", "join_empty")},
    }


def _strategy(reading: Reading, node: Node) -> Strategy:
    text = reading.text(node, "strategy")
    known = [strategy.value for strategy in Strategy]
    if text in known:
        return Strategy(text)
    message = f'strategy must be {" or ".join(known)}, not "{text[:60]}"'
    reading.blame("E105", message, node, suggestion=did_you_mean(text, known))
    return Strategy.LONGEST_IDLE


def _miss_limits(reading: Reading, node: Node) -> MissLimits:
    misses = reading.integer(node, "misses_before_not_ready", least=1, most=100, example=1)
    return MissLimits.alike(misses)


def _max_waiting(reading: Reading, node: Node) -> int | None:
    if isinstance(node, Scalar) and node.text == "none":
        return None
    return reading.integer(node, "max_waiting", least=1, most=100_000, example=50)
