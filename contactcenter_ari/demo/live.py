"""The demonstration on the terminal: queues, agents and callers as they are now."""

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table

from contactcenter_ari.bootstrap.assembly import Service
from contactcenter_ari.core.center.view import AgentView, QueueView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.demo.demonstration import Progress

COLORS = {
    AgentState.READY: "green",
    AgentState.OFFERED: "yellow",
    AgentState.ON_CALL: "cyan",
    AgentState.WRAP_UP: "magenta",
    AgentState.NOT_READY: "red",
    AgentState.LOGGED_OUT: "dim",
}


class LiveView:
    """Draws itself again whenever the terminal asks."""

    def __init__(self, service: Service, progress: Progress) -> None:
        self._service = service
        self._progress = progress

    def __rich__(self) -> RenderableType:
        """The picture of this instant."""
        now = self._service.clock.now()
        center = self._service.driver.center
        done = self._progress
        calls = Table.grid(padding=(0, 1))
        calls.add_row(
            f"Callers: {done.over} of {done.calls} done, {center.calls_in_progress()} calls now",
            ProgressBar(total=done.calls, completed=done.over, width=30),
        )
        return Group(_queues(center.queues(now)), _agents(center.agents(now), now), calls)


def _queues(queues: tuple[QueueView, ...]) -> Table:
    table = Table("Queue", "Waiting", "Oldest", "Free", "Take calls", "Logged in", title="Queues")
    for view in queues:
        oldest = clock(view.oldest_wait) if view.waiting else ""
        counts = map(str, (view.free, view.takes_calls, view.logged_in))
        table.add_row(view.queue, str(view.waiting), oldest, *counts)
    return table


def _agents(agents: tuple[AgentView, ...], now: datetime) -> Table:
    table = Table("Agent", "State", "For", "Occupancy", title="Agents", expand=False)
    for view in agents:
        words = f"{view.state} ({view.reason})" if view.reason else str(view.state)
        state = f"[{COLORS[view.state]}]{words}[/]"
        table.add_row(view.name, state, clock(now - view.since), f"{view.occupancy:.0%}")
    return table


def clock(duration: timedelta) -> str:
    """A duration as people read it: `1:05`, or `2:00:00` from an hour on."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
