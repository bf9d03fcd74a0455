"""Counting what happened, by queue and stretch of time, from the events the center tells.

A stay in a queue belongs to the stretch in which it began, work to the one in which it began,
agents' time to where it was spent. What lies outside the measured time is not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Self

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.kpi.queue_stay import QueueCount, QueueStay, count_stays
from contactcenter_ari.core.vocabulary.event import (
    BUSY,
    AgentState,
    AgentStateChanged,
    Event,
    InteractionDequeued,
    QueueExit,
    SegmentEnded,
    SegmentKind,
)
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile


@dataclass(slots=True)
class Cell:
    """The stays and times of one queue in one stretch of time; times in seconds. `busy` and
    `ready` are the time of all agents who serve the queue.
    """

    count: QueueCount = field(default_factory=QueueCount)
    waited: float = 0.0
    handled: int = 0
    worked: float = 0.0
    busy: float = 0.0
    ready: float = 0.0

    def __add__(self, other: Self) -> "Cell":
        """Both together."""
        return Cell(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Cell)))

    def __sub__(self, other: Self) -> "Cell":
        """The one without the other."""
        return Cell(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(Cell)))


Cells = tuple[Cell, ...]
"""One for each stretch of the measured time."""


def total(cells: Iterable[Cell]) -> Cell:
    """All of them together."""
    return sum(cells, Cell())


class Counts:
    """Counts in `stretches` of equal length, the first of which begins at `since`."""

    def __init__(
        self,
        queues: Mapping[QueueName, QueueSettings],
        agents: Sequence[AgentProfile],
        *,
        since: datetime,
        stretch: timedelta,
        stretches: int,
    ) -> None:
        self.cells = {name: [Cell() for _ in range(stretches)] for name in queues}
        self._within = {name: queue.service_level for name, queue in queues.items()}
        self._serves: dict[AgentId, tuple[QueueName, ...]] = {a.agent: a.queues for a in agents}
        self._since = since
        self._stretch = stretch
        self._until = since + stretch * stretches

    def __repr__(self) -> str:
        calls = sum(cell.count.offered for cells in self.cells.values() for cell in cells)
        return f"<Counts of {calls} calls since {self._since:%H:%M}>"

    def count(self, events: Iterable[Event]) -> None:
        """Count what these events tell."""
        for event in events:
            match event:
                case InteractionDequeued():
                    self._left(event)
                case SegmentEnded(kind=SegmentKind.TALK | SegmentKind.WRAP_UP):
                    self._worked(event)
                case AgentStateChanged():
                    self._spent(event)
                case _:
                    pass

    def _cell(self, queue: str, at: datetime) -> Cell | None:
        cells = self.cells.get(QueueName(queue))
        if cells is None or not self._since <= at < self._until:
            return None
        return cells[(at - self._since) // self._stretch]

    def _left(self, event: InteractionDequeued) -> None:
        cell = self._cell(event.queue, event.at - event.waited)
        if cell is None:
            return
        stay = QueueStay(event.at - event.waited, event.at, event.result)
        cell.count += count_stays([stay], within=self._within[event.queue])
        if event.result is QueueExit.ANSWERED:
            cell.waited += event.waited.total_seconds()

    def _worked(self, event: SegmentEnded) -> None:
        cell = self._cell(event.queue, event.started_at)
        if cell is not None:
            cell.handled += event.kind is SegmentKind.TALK
            cell.worked += (event.at - event.started_at).total_seconds()

    def _spent(self, event: AgentStateChanged) -> None:
        """Share the time in the state that ended among the stretches it lay in."""
        busy = event.before in BUSY
        if not busy and event.before is not AgentState.READY:
            return
        at, until = max(event.since, self._since), min(event.at, self._until)
        while at < until:
            index = (at - self._since) // self._stretch
            end = min(until, self._since + (index + 1) * self._stretch)
            seconds = (end - at).total_seconds()
            for queue in self._serves[event.agent]:
                cell = self.cells[queue][index]
                if busy:
                    cell.busy += seconds
                else:
                    cell.ready += seconds
            at = end
