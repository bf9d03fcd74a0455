"""A scenario out of a YAML file, or every mistake in it at once, with line and column.

The settings of queues are those of `queues.yaml`, by the same names. Either `hours` says how
long an unchanging rate lasts, or `open` and `days` repeat a day.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from contactcenter_ari.config.document import NOT_GIVEN, Node, read_document
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.hours_file import read_ranges
from contactcenter_ari.config.problem import Severity, SiteInvalid
from contactcenter_ari.config.queue_file import read_queue_map
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.skill_file import read_levels
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.planning.callers_file import CallersReader
from contactcenter_ari.planning.scenario import HALF_HOUR, HOUR, MOST_AGENTS, Crew, Scenario, Shift

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOTHING = timedelta()
FIELDS = ("hours", "open", "days", "seed", "queues", "callers", "agents")
CREW_FIELDS = ("count", "queues", "skills", "shifts", "answer_delay")
MOST_HOURS, MOST_DAYS, MOST_SEED = 100_000, 1_000, 10**9 - 1

Fields = dict[str, Node]


def read_scenario(path: Path) -> Scenario:
    """The scenario of a file.

    Raises:
        SiteInvalid: it has mistakes; all are told.
    """
    reading = Reading(read_document(path))
    root = reading.document.root
    scenario = None if root is None else _ScenarioReader(reading).scenario(root)
    if scenario is None or any(p.severity is Severity.ERROR for p in reading.problems):
        raise SiteInvalid(reading.problems)
    return scenario


class _ScenarioReader:
    """Reads one file; what is built beside a problem is never used."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.length = HOUR
        self.days: int | None = None
        self.opens = NOTHING

    def scenario(self, root: Node) -> Scenario | None:
        """The whole; None when something is wrong."""
        reading = self.reading
        mapping = reading.mapping(root, "a scenario")
        needed = ("queues", "callers", "agents")
        fields = reading.fields(mapping, "a scenario", FIELDS, needed=needed)
        self.time(fields, mapping)
        queues: dict[QueueName, QueueSettings] = {}
        if "queues" in fields:
            queues = read_queue_map(reading, fields["queues"], "queues", None)
        intervals = 1 if self.days is None else self.length // HALF_HOUR
        callers = CallersReader(reading, queues, intervals=intervals, daily=self.days is not None)
        found = tuple(callers.each(item) for item in self.items(fields, "callers"))
        crews = tuple(self.crew(item, queues) for item in self.items(fields, "agents"))
        self.check_staffing(crews, fields)
        seed = fields.get("seed")
        number = reading.integer(seed, "seed", least=0, most=MOST_SEED, example=1) if seed else 1
        if reading.problems:
            return None
        return Scenario(
            queues=queues,
            callers=found,
            crews=crews,
            length=self.length,
            days=self.days,
            opens=self.opens,
            seed=number,
        )

    def items(self, fields: Fields, what: str) -> Iterator[Map]:
        """The maps of a list that must not be empty."""
        node = fields.get(what)
        if node is None:
            return
        items = self.reading.items(node, what)
        if not items:
            self.reading.blame("E105", f"{what} must be a list with something in it", node)
        for item in items:
            if isinstance(item, Map):
                yield item
            else:
                self.reading.blame("E105", f"{what} must be maps (key: value)", item)

    # ---- how long

    def time(self, fields: Fields, mapping: Map) -> None:
        """`hours: 400`, or `open: 08:00-18:00` and `days: 20`."""
        reading = self.reading
        if "hours" in fields and not {"open", "days"} & fields.keys():
            node = fields["hours"]
            hours = reading.integer(node, "hours", least=1, most=MOST_HOURS, example=400)
            self.length = timedelta(hours=hours)
        elif {"open", "days"} <= fields.keys() and "hours" not in fields:
            node = fields["days"]
            self.days = reading.integer(node, "days", least=1, most=MOST_DAYS, example=20)
            self.open_hours(fields["open"])
        else:
            message = "a scenario needs either hours (of a constant rate), or open and days"
            reading.blame("E106", message, fields.get("hours", mapping))

    def open_hours(self, node: Node) -> None:
        """From when to when callers come, in whole half hours."""
        ranges = read_ranges(self.reading, node)
        if len(ranges) == 1:
            self.opens = ranges[0].start * MINUTE
            self.length = ranges[0].end * MINUTE - self.opens
        if len(ranges) != 1 or self.length % HALF_HOUR:
            message = "open must be one range of whole half hours, for example 08:00-18:00"
            self.reading.blame("E602", message, node)

    # ---- who works

    def crew(self, item: Map, queues: dict[QueueName, QueueSettings]) -> Crew:
        """Agents who are alike."""
        reading = self.reading
        fields = reading.fields(item, "agents", CREW_FIELDS, needed=("count", "queues"))
        count = fields.get("count")
        delay = fields.get("answer_delay")
        return Crew(
            count=reading.integer(count, "count", least=1, most=MOST_AGENTS, example=10)
            if count is not None
            else 1,
            queues=tuple(self.served(fields, queues)),
            skills=read_levels(reading, fields["skills"]) if "skills" in fields else {},
            shifts=self.shifts(fields["shifts"]) if "shifts" in fields else (),
            answer_delay=reading.duration(delay, "answer_delay", most=MINUTE)
            if delay is not None
            else NOTHING,
        )

    def served(
        self, fields: Fields, queues: dict[QueueName, QueueSettings]
    ) -> Iterator[QueueName]:
        """The queues a crew serves."""
        seen: set[str] = set()
        for item in self.reading.items(fields["queues"], "queues") if "queues" in fields else ():
            name = self.reading.scalar(item, "a queue")
            if name is None:
                continue
            if name.text not in queues:
                self.reading.unknown("E203", "queue", name, queues)
            elif name.text in seen:
                self.reading.blame("E211", f'queue "{name.text}" stands twice', item)
            else:
                yield QueueName(name.text)
            seen.add(name.text)

    def shifts(self, node: Node) -> tuple[Shift, ...]:
        """`08:00-12:00, 12:30-17:00`; past midnight as a list, `[22:00-02:00, 02:30-06:00]`."""
        items = self.reading.items(node, "shifts")
        ranges = [hours for item in items for hours in read_ranges(self.reading, item)]
        if self.days is None:
            message = "shifts go with open and days; in a steady scenario all work all the time"
            self.reading.blame("E111", message, node)
        elif not ranges:
            self.reading.blame("E602", "shifts must be like 08:00-16:30", node)
        found = [Shift(hours.start * MINUTE, hours.end * MINUTE) for hours in ranges]
        # what is over before the opening is meant for the hours past midnight
        return tuple(
            s if s.until > self.opens else Shift(s.since + DAY, s.until + DAY) for s in found
        )

    def check_staffing(self, crews: tuple[Crew, ...], fields: Fields) -> None:
        """There is a limit of agents in all."""
        if sum(crew.count for crew in crews) > MOST_AGENTS:
            message = f"there may be {MOST_AGENTS} agents in all"
            self.reading.blame("E105", message, fields.get("agents", NOT_GIVEN))
