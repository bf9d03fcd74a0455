"""Finds a call of the past: in the input logs of this machine, or in the database."""

from pathlib import Path

from contactcenter_ari.config.site import check_site, flow_files
from contactcenter_ari.core.vocabulary.event import Event, InteractionStarted
from contactcenter_ari.flow_test.story_file import flow_name
from contactcenter_ari.flow_test.trace import CallUnknown, Traced, trace_events, trace_log
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import EventRow
from contactcenter_ari.postgres.stored_event import read_event
from contactcenter_ari.runtime.snapshot import SUFFIX


def find_in_logs(folder: Path, call: str, *, key: str = "") -> Traced | None:
    """The trace of a call out of the input log that holds its beginning; None when none does."""
    boot = call.rpartition("-")[0].encode()
    logs = (path for path in folder.glob("*") if path.is_file() and path.suffix != SUFFIX)
    for path in sorted(logs, reverse=True):
        if boot.rpartition(b"-")[2] in _beginning(path):
            try:
                return trace_log(path, call, key=key)
            except CallUnknown:
                continue
    return None


def _beginning(path: Path) -> bytes:
    """The first line, which names node and boot."""
    with path.open("rb") as file:
        return file.readline()


async def read_from_database(database: Database, site: Path, call: str) -> Traced:
    """The trace of a call as far as its events tell.

    Raises:
        CallUnknown: there are no events of it, or its flow is none of the site.
    """
    rows = await Report(database).events(call)
    events = [_event(row) for row in rows]
    started = next((e for e in events if isinstance(e, InteractionStarted)), None)
    if started is None:
        raise CallUnknown(f"the database holds no call {call}")
    flow = next((f for f in check_site(site)[0].flows if f.name == started.flow), None)
    if flow is None:
        raise CallUnknown(f'call {call} was in flow "{started.flow}", which is not in {site}')
    return trace_events(call, flow, events)


def _event(row: EventRow) -> Event:
    told = {"type": row.kind, "interaction": row.interaction, "number": row.number, "at": row.at}
    return read_event(row.data | told)


def flow_file_of(site: Path, flow: str) -> Path:
    """The file of a flow by the flow's name; one that would be called like it if there is none."""
    named = (path for path in flow_files(site) if flow_name(path) == flow)
    return next(named, site / f"{flow}.yaml")
