"""The callers of a scenario file: for which queue, how many, how long they talk and wait."""

import re
from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.skill_file import read_skills
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.scenario import HALF_HOUR, HOUR, Callers, Length, Shape

FIELDS = ("queue", "per_hour", "per_half_hour", "aht", "patience", "skills", "head_start")
LENGTH_FIELDS = ("mean", "distribution", "variation")
NOTHING = timedelta()
SECOND = timedelta(seconds=1)
NEVER = "never"
MOST_CALLS = 100_000
MOST_VARIATION = 10
USUAL = Length(timedelta(minutes=3))
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")


class CallersReader:
    """Reads callers for these queues; `intervals` rates are needed, of half hours if `daily`."""

    def __init__(
        self,
        reading: Reading,
        queues: Mapping[QueueName, QueueSettings],
        *,
        intervals: int,
        daily: bool,
    ) -> None:
        self.reading = reading
        self.queues = queues
        self.intervals = intervals
        self.daily = daily

    def __repr__(self) -> str:
        return f"<CallersReader for {', '.join(self.queues)}>"

    def each(self, item: Map) -> Callers:
        """Callers who are alike."""
        reading = self.reading
        fields = reading.fields(item, "callers", FIELDS, needed=("queue", "aht"))
        queue = self.queue(fields["queue"]) if "queue" in fields else QueueName("")
        head_start = fields.get("head_start")
        return Callers(
            queue=queue,
            per_hour=self.rates(fields, item),
            talk=self.talk(fields["aht"], queue) if "aht" in fields else USUAL,
            patience=self.patience(fields["patience"]) if "patience" in fields else None,
            skills=read_skills(reading, fields["skills"]) if "skills" in fields else (),
            head_start=reading.duration(head_start, "head_start") if head_start else NOTHING,
        )

    def queue(self, node: Node) -> QueueName:
        """The queue they are led to."""
        name = self.reading.scalar(node, "queue")
        if name is not None and name.text not in self.queues:
            self.reading.unknown("E203", "queue", name, self.queues)
        return QueueName(name.text if name is not None else "")

    # ---- how many

    def rates(self, fields: dict[str, Node], item: Map) -> tuple[float, ...]:
        """Calls per hour in each interval."""
        if ("per_hour" in fields) == ("per_half_hour" in fields):
            message = "callers need either per_hour or per_half_hour"
            self.reading.blame("E106", message, item)
            return (0.0,) * self.intervals
        if "per_hour" in fields:
            return (self.number(fields["per_hour"], "per_hour", MOST_CALLS),) * self.intervals
        return self.half_hours(fields["per_half_hour"])

    def half_hours(self, node: Node) -> tuple[float, ...]:
        """`[12, 20, 31, ...]`: calls in each half hour that is open."""
        counts = [
            self.number(each, "per_half_hour", MOST_CALLS)
            for each in self.reading.items(node, "per_half_hour")
        ]
        if not self.daily:
            message = "per_half_hour goes with open and days; with hours the rate is per_hour"
            self.reading.blame("E111", message, node)
        elif len(counts) != self.intervals:
            message = f"per_half_hour must have {self.intervals} numbers, one for each half hour"
            self.reading.blame("E105", f"{message} that is open, not {len(counts)}", node)
        return tuple(count * (HOUR / HALF_HOUR) for count in counts)

    def number(self, node: Node, what: str, most: float) -> float:
        """A number that is not negative."""
        text = node.text if isinstance(node, Scalar) else ""
        if _NUMBER.fullmatch(text) and float(text) <= most:
            return float(text)
        message = f"{what} must be a number up to {most}, for example 12 or 7.5"
        self.reading.blame("E105", f'{message}, not "{text[:60]}"', node)
        return 0.0

    # ---- how long

    def talk(self, node: Node, queue: QueueName) -> Length:
        """The handle time without the wrap-up, which the queue sets."""
        before = len(self.reading.problems)
        handle_time = self.length(node, "aht")
        if len(self.reading.problems) > before:
            return USUAL
        wrap_up = self.queues[queue].wrap_up if queue in self.queues else NOTHING
        if handle_time.mean <= wrap_up:
            message = f"aht is talk and wrap-up together, and queue {queue} wraps up for"
            self.reading.blame("E111", f"{message} {wrap_up.total_seconds():g} s", node)
        return Length(handle_time.mean - wrap_up, handle_time.shape, handle_time.variation)

    def patience(self, node: Node) -> Length | None:
        """`90s`, `never`, or a distribution."""
        if isinstance(node, Scalar) and node.text == NEVER:
            return None
        return self.length(node, "patience")

    def length(self, node: Node, what: str) -> Length:
        """`3m`, which is an exponential one, or `{mean: 3m, distribution: fixed}`."""
        reading = self.reading
        if not isinstance(node, Map):
            if isinstance(node, Sequence):
                reading.blame("E105", f"{what} must be a duration or a map", node)
                return USUAL
            return Length(reading.duration(node, what, least=SECOND))
        fields = reading.fields(node, what, LENGTH_FIELDS, needed=("mean",))
        mean = USUAL.mean
        if "mean" in fields:
            mean = reading.duration(fields["mean"], f"the mean of {what}", least=SECOND)
        shape = Shape.EXPONENTIAL
        if "distribution" in fields:
            shape = reading.choice(fields["distribution"], "distribution", Shape)
        return Length(mean, shape, self.variation(fields, shape, node))

    def variation(self, fields: dict[str, Node], shape: Shape, owner: Node) -> float:
        """The standard deviation over the mean."""
        if "variation" in fields and shape is not Shape.LOGNORMAL:
            message = f"variation is for the distribution {Shape.LOGNORMAL}, and this is {shape}"
            self.reading.blame("E111", message, fields["variation"])
        elif "variation" in fields:
            return self.number(fields["variation"], "variation", MOST_VARIATION)
        elif shape is Shape.LOGNORMAL:
            message = "a lognormal length needs its variation, for example 0.8"
            self.reading.blame("E106", message, owner)
        return 1.0
