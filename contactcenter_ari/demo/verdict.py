"""The verdict on the demonstration: Postgres is read and held against the stories."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.messages import Bridge
from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.demo.cast import Appearance
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import InteractionRow, Kpis, SegmentRow


@dataclass(frozen=True, slots=True)
class Findings:
    """The demonstration as the database has it."""

    interactions: list[InteractionRow]
    segments: list[SegmentRow]
    recordings: int
    kpis: Kpis


async def read_back(service: Service, since: datetime) -> Findings:
    """Wait until the journal has written everything, then read it."""
    await service.journal.caught_up()
    report = Report(service.database)
    recordings = await report.recordings(since)
    return Findings(
        interactions=await report.interactions(since),
        segments=await report.segments(since),
        recordings=sum(not row.failed for row in recordings),
        kpis=await report.kpis(since, service.clock.now()),
    )


def complaints(findings: Findings, appearances: list[Appearance]) -> Iterator[str]:
    """Everything that did not go the way it should; nothing when all is well."""
    rows = findings.interactions
    if len(rows) != len(appearances):
        yield f"{len(appearances)} calls were placed, {len(rows)} interactions were written"
    expected = sorted((a.caller.caller, a.part.ends.value, a.part.topic) for a in appearances)
    happened = sorted(
        (row.caller_number, row.reason.value, row.tags.get("topic", "")) for row in rows
    )
    for wanted, got in zip(expected, happened, strict=False):
        if wanted != got:
            yield f"a call came to {got[1:]} and should have come to {wanted[1:]}"
    talks = sum(row.talked > timedelta() for row in rows)
    if findings.recordings != talks:
        yield f"{talks} talks, but {findings.recordings} recordings"


async def leftovers(service: Service) -> Iterator[str]:
    """Channels and bridges that should be gone from Asterisk."""
    channels = (await service.http.send(operation.list_channels())).read(list[object])
    bridges = (await service.http.send(operation.list_bridges())).read(list[Bridge])
    found = []
    if channels:
        found.append(f"{len(channels)} channels are left in Asterisk")
    if bridges:
        found.append(f"{len(bridges)} bridges are left in Asterisk")
    return iter(found)


def show(findings: Findings, appearances: list[Appearance], console: Console) -> None:
    """The interactions and the key figures as tables."""
    stories = {a.caller.caller: a.part.story for a in appearances}
    table = Table("Caller", "Story", "End", "By", "Queue", "Agent", "Waited", "Talked")
    for row in findings.interactions:
        table.add_row(
            row.caller_number,
            stories.get(row.caller_number, ""),
            row.reason,
            row.ended_by,
            row.queue or "",
            row.agent or "",
            _seconds(row.waited),
            _seconds(row.talked),
        )
    console.print(table)
    console.print(
        f"{len(findings.interactions)} interactions, {len(findings.segments)} segments, "
        f"{findings.recordings} recordings in Postgres"
    )
    console.print(_queue_table(findings.kpis))


def _queue_table(kpis: Kpis) -> Table:
    counts = ("offered", "answered", "abandoned", "sent_away", "moved_on", "lost")
    formulas = sorted({row.formula for row in kpis.queues})
    headings = [count.replace("_", " ").capitalize() for count in counts]
    level = f"Service level ({', '.join(formulas)})"
    table = Table("Queue", *headings, level, "strict", "ASA", "AHT")
    for row in kpis.queues:
        table.add_row(
            row.queue,
            *(str(getattr(row, count)) for count in counts),
            _share(row.service_level),
            _share(row.strict),
            _seconds(row.average_speed_of_answer),
            _seconds(row.average_handle_time),
        )
    return table


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _seconds(duration: timedelta | None) -> str:
    return f"{duration.total_seconds():.1f} s" if duration else ""
