"""The givens of a story, read from YAML: the instant, the numbers, look-ups, queues, flags."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contactcenter_ari.config.document import NOT_GIVEN, Node, Scalar, Sequence
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.number import e164
from contactcenter_ari.core.site.called_number import CalledNumbers
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.flow_test.story import (
    Given,
    GivenQueue,
    LineOutcome,
    Reply,
    Silence,
    Staffing,
    split_sections,
)

GIVEN_KEYS = (
    "at",
    "from",
    "from_name",
    "called",
    "lookups",
    "queues",
    "flags",
    "agents",
    "lines",
    "split",
)
QUEUE_KEYS = (
    "position",
    "wait",
    "answered_after",
    "talk",
    "closed",
    "closed_after",
    "paused_after",
    "logged_out_after",
    "paused",
    "diverted",
)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)\s?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_MOST_IN_LINE = 500
YEARS = range(1970, 2200)
"""Nobody calls in others."""


def parse_instant(text: str, zone: str) -> datetime:
    """An instant of a zone, `2026-12-24 14:59`, or with its own offset, in UTC.

    Raises:
        ValueError: it is none, or the clocks of the zone skip it.
    """
    found = _INSTANT.fullmatch(text)
    try:
        wall = datetime.fromisoformat("T".join(found.groups("")[:2])) if found else None
        offset = datetime.fromisoformat(f"2026-01-01T00:00{(found and found[3]) or 'Z'}").tzinfo
    except ValueError:
        wall = None
    if found is None or wall is None or wall.year not in YEARS:
        raise ValueError(f'an instant, for example 2026-12-24 14:59, not "{text[:60]}"')
    if found[3]:
        return wall.replace(tzinfo=offset).astimezone(UTC)
    instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise ValueError(f"an instant that exists; the clocks of {zone} skip {text}")
    return instant


def read_instant(reading: Reading, node: Node, what: str, zone: str) -> datetime | None:
    """An instant; None when it is none, which is noted."""
    try:
        return parse_instant(node.text if isinstance(node, Scalar) else "", zone)
    except ValueError as error:
        reading.blame("E105", f"{what} must be {error}", node)
        return None


class GivenReader:
    """Reads `given` and `defaults` of the tests of one flow."""

    def __init__(self, reading: Reading, site: Site, flow: Flow) -> None:
        self.reading = reading
        self.site = site
        self.flow = flow

    def __repr__(self) -> str:
        return f"<GivenReader of {self.flow.name}>"

    def given(self, fields: dict[str, Node], owner: Node, name: str) -> Given | None:
        """The givens of a test; None when it has no instant."""
        reading = self.reading
        if "at" not in fields:
            reading.blame("E106", f'test "{name}" needs the key "at", or defaults do', owner)
            return None
        at = read_instant(reading, fields["at"], "at", self.flow.timezone)
        if at is None:
            return None
        called = fields.get("called")
        first = self.flow.numbers[0] if self.flow.numbers else ""
        return Given(
            at=at,
            caller=reading.text(fields.get("from", NOT_GIVEN), "from"),
            caller_name=reading.text(fields.get("from_name", NOT_GIVEN), "from_name"),
            called=self.called(called) if called is not None else first,
            replies=self.replies(fields.get("lookups", NOT_GIVEN)),
            queues=self.queues(fields.get("queues", NOT_GIVEN)),
            flags=self.flags(fields.get("flags", NOT_GIVEN)),
            agents=self.outcomes(fields.get("agents", NOT_GIVEN), "agents"),
            lines=self.outcomes(fields.get("lines", NOT_GIVEN), "lines"),
            splits=self.splits(fields.get("split", NOT_GIVEN)),
        )

    def splits(self, node: Node) -> tuple[str, ...]:
        """The sections that splits lead to."""
        ways = split_sections(self.flow)
        given: list[str] = []
        for item in self.reading.items(node, "split"):
            scalar = self.reading.scalar(item, "split")
            if scalar is not None and scalar.text not in ways:
                self.reading.unknown("E201", "section of a split", scalar, ways)
            elif scalar is not None:
                given.append(scalar.text)
        return tuple(given)

    def called(self, node: Node) -> str:
        """The dialed number must be one of the flow's, whichever way it is written."""
        scalar = self.reading.scalar(node, "called")
        known = CalledNumbers(self.site)
        if scalar is not None and known.find(scalar.text) not in self.flow.numbers:
            self.reading.unknown("E201", "number", scalar, self.flow.numbers)
        return scalar.text if scalar is not None else ""

    def replies(self, node: Node) -> dict[str, tuple[Reply, ...]]:
        """The answers of each look-up, one after the other."""
        given: dict[str, tuple[Reply, ...]] = {}
        for key, value in self.reading.mapping(node, "lookups").entries:
            if key.text not in self.flow.look_ups:
                self.reading.unknown("E204", "look-up", key, self.flow.look_ups)
                continue
            items = value.items if isinstance(value, Sequence) else (value,)
            given[key.text] = tuple(self.reply(key.text, item) for item in items)
        return given

    def reply(self, name: str, node: Node) -> Reply:
        """A row, or one of the words for none."""
        if isinstance(node, Map):
            returns = self.flow.look_ups[name].returns
            row = self.reading.fields(node, f"a row of {name}", tuple(returns))
            return {k: self.reading.text(v, k) or None for k, v in row.items()}
        word = self.word(node, name, Silence, "a row, or not_found, error or hangs")
        return Silence(word) if word else Silence.ERROR

    def queues(self, node: Node) -> dict[QueueName, GivenQueue]:
        """The state of each queue."""
        given: dict[QueueName, GivenQueue] = {}
        for key, value in self.reading.mapping(node, "queues").entries:
            if key.text not in self.site.queues:
                self.reading.unknown("E203", "queue", key, self.site.queues)
            given[QueueName(key.text)] = self.queue(key.text, value)
        return given

    def queue(self, name: str, node: Node) -> GivenQueue:
        """One queue: a word, or its details."""
        if not isinstance(node, Map):
            wanted = f"a map, or one of {', '.join(Staffing)}"
            word = self.word(node, name, Staffing, wanted)
            return GivenQueue(staffing=Staffing(word) if word else Staffing.STAFFED)
        reading = self.reading
        fields = reading.fields(node, "a given queue", QUEUE_KEYS)
        position = fields.get("position")
        waits = reading.items(fields.get("wait", NOT_GIVEN), "wait")
        return GivenQueue(
            staffing=self.staffing(fields),
            position=reading.integer(position, "position", least=1, most=_MOST_IN_LINE, example=3)
            if position is not None
            else 1,
            waits=tuple(reading.duration(item, "wait") for item in waits),
            answered_after=self.after(fields, "answered_after"),
            talk=self.after(fields, "talk"),
            closed_after=self.after(fields, "closed_after"),
            paused_after=self.after(fields, "paused_after"),
            logged_out_after=self.after(fields, "logged_out_after"),
        )

    def staffing(self, fields: dict[str, Node]) -> Staffing:
        """Whether callers are let in, in a map: `closed: true`."""
        refusals = (Staffing.CLOSED, Staffing.DIVERTED, Staffing.PAUSED)
        said = [s for s in refusals if s in fields and self.reading.boolean(fields[s], s)]
        if len(said) > 1:
            message = "a queue is closed, diverts callers or is paused: say one of these"
            self.reading.blame("E111", message, fields[said[1]])
        return said[0] if said else Staffing.STAFFED

    def after(self, fields: dict[str, Node], option: str) -> timedelta | None:
        """A duration, if it is given."""
        return self.reading.duration(fields[option], option) if option in fields else None

    def flags(self, node: Node) -> dict[str, str]:
        """Flags that differ from the flow's own."""
        given: dict[str, str] = {}
        for key, value in self.reading.mapping(node, "flags").entries:
            if key.text not in self.flow.flags:
                self.reading.unknown("E302", "flag", key, self.flow.flags)
            given[key.text] = "on" if self.reading.boolean(value, key.text) else "off"
        return given

    def outcomes(self, node: Node, what: str) -> dict[str, LineOutcome]:
        """The outcomes of ringing each agent or outside number."""
        given: dict[str, LineOutcome] = {}
        for key, value in self.reading.mapping(node, what).entries:
            wanted = f"one of {', '.join(LineOutcome)}"
            word = self.word(value, key.text, LineOutcome, wanted)
            if word:
                given[e164(key.text, self.flow.country_code)] = LineOutcome(word)
        return given

    def word(self, node: Node, what: str, choices: Iterable[str], wanted: str) -> str:
        """One of some words; empty when it is none."""
        text = node.text if isinstance(node, Scalar) else ""
        if text in set(choices):
            return text
        self.reading.blame("E105", f'{what} must be {wanted}, not "{text[:60]}"', node)
        return ""
