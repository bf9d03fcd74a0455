"""A call that happened becomes a trace, and a test that goes the same way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import CenterStarted, Input, Site, SitePublished
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.flow_test.history import find_in_logs
from contactcenter_ari.flow_test.interactive import Interactive
from contactcenter_ari.flow_test.recorded_call import retell
from contactcenter_ari.flow_test.simulated_call import SimulatedCall
from contactcenter_ari.flow_test.story import (
    Given,
    GivenQueue,
    LineOutcome,
    Silence,
    Staffing,
)
from contactcenter_ari.flow_test.story_file import read_played_flow, read_story_file
from contactcenter_ari.flow_test.suite import run_files
from contactcenter_ari.flow_test.trace import CallUnknown, trace_events, trace_log
from contactcenter_ari.flow_test.transcript import CALLER
from contactcenter_ari.runtime.input_log import InputLog
from contactcenter_ari.runtime.replay import ReplayFailed

CALLFLOWS = Path(__file__).parents[2] / "callflows"
MORNING = datetime(2026, 3, 10, 9, tzinfo=UTC)
GIVEN = Given(at=MORNING, caller="+31612345678", called="+31201234567")


class RecordedCall(SimulatedCall):
    """A simulated call whose inputs and events are kept, as the driver keeps them."""

    def __init__(self, site: Site, flow: Flow, given: Given) -> None:
        self.inputs: list[tuple[datetime, Input]] = []
        self.events: list[Event] = []
        super().__init__(site, flow, given)

    def put(self, input_: Input) -> None:
        """Keep it, then take it."""
        self.inputs.append((self.now, input_))
        super().put(input_)

    def _follow(self, events: Sequence[Event]) -> None:
        self.events += sorted(events, key=lambda event: event.number)
        super()._follow(events)

    def log(self, path: Path) -> Path:
        """The input log of the call so far."""
        log = InputLog(path)
        log.append(self.given.at, CenterStarted("flow-test", "0"), "")
        log.append(self.given.at, SitePublished(self.site), "")
        for at, input_ in self.inputs:
            log.append(at, input_, "")
        log.close(self.now, "")
        return path

    @property
    def interaction(self) -> str:
        """The id of the caller's interaction."""
        return str(self.transcript.interaction)


def played(folder: Path, given: Given, *lines: str) -> RecordedCall:
    """A call played by hand."""
    site, flow = read_played_flow(folder / "desk.yaml", {})
    assert flow is not None
    simulated = RecordedCall(site, flow, given)
    Interactive(simulated, lambda _: None).play(lines)
    return simulated


def held(folder: Path, text: str) -> bool:
    """Whether a test file holds."""
    path = folder / "again.test.yaml"
    path.write_text(text)
    (done,) = run_files([path])
    assert [str(test.failure) for test in done.failed] == []
    return len(done.results) == 1


CALLS: dict[str, tuple[Given, list[str]]] = {
    "a caller who tries, and gives up in the queue": (
        replace(GIVEN, queues={QueueName("sales"): GivenQueue(position=3)}),
        ["#", "1", "+45s", "h"],
    ),
    "a caller who talks": (GIVEN, ["1", "+25s", "a", "+60s", "a"]),
    "a caller who hangs up on the agent": (GIVEN, ["1", "+25s", "a", "+60s", "h"]),
    "a key while waiting": (GIVEN, ["1", "+25s", "1"]),
    "nothing typed at all": (GIVEN, ["", "", "", ""]),
    "a sensitive value, and a row": (
        replace(GIVEN, replies={"account": ({"balance": "12.50"},)}),
        ["2", "7391"],
    ),
    "look-ups that find nothing, then fail": (
        replace(GIVEN, replies={"account": (Silence.NOT_FOUND, Silence.HANGS)}),
        ["2", "7391", "2", "73", "", "7391"],
    ),
    "inputs confirmed, and not": (GIVEN, ["4", "42", "2", "7#", "1"]),
    "an entry that is spoiled": (GIVEN, ["4", "4*2#", "42", "1"]),
    "silence at the confirmation": (GIVEN, ["4", "42", "", "", "", "42", "1"]),
    "an outside line": (
        replace(GIVEN, lines={"+31611112222": LineOutcome.ANSWERED}),
        ["3", "+60s", "a"],
    ),
    "an outside line that is busy": (
        replace(GIVEN, lines={"+31611112222": LineOutcome.BUSY}),
        ["3"],
    ),
    "an agent rung straight": (
        replace(GIVEN, agents={"101": LineOutcome.ANSWERED}),
        ["5", "+20s", "a"],
    ),
    "a message": (GIVEN, ["6", "#"]),
    "a message broken off": (GIVEN, ["6", "+10s", "h"]),
    "a callback": (GIVEN, ["7"]),
    "a recorded call that is handed over": (
        replace(GIVEN, lines={"+31611113333": LineOutcome.ANSWERED}),
        ["8", "1234", "+10s", "h"],
    ),
    "a split": (GIVEN, ["9", "+20s", "h"]),
    "a flag, another number": (
        replace(GIVEN, flags={"storm": "on"}, called="0031207654321"),
        ["h"],
    ),
}


@pytest.mark.parametrize(("given", "lines"), CALLS.values(), ids=CALLS)
def test_a_call_of_the_input_log_becomes_a_test(
    folder: Path, tmp_path: Path, given: Given, lines: list[str]
) -> None:
    """The test printed for a call passes: it goes the same way through the flow."""
    simulated = played(folder, given, *lines)
    traced = trace_log(simulated.log(tmp_path / "log"), simulated.interaction)
    assert traced.call.flow.name == "desk"
    assert held(folder, retell(traced.call, "desk.yaml"))


@pytest.mark.parametrize(("given", "lines"), CALLS.values(), ids=CALLS)
def test_a_call_of_the_database_becomes_a_test(
    folder: Path, given: Given, lines: list[str]
) -> None:
    """Its events are enough; rows that were not kept are made up by their types."""
    simulated = played(folder, given, *lines)
    own = [e for e in simulated.events if getattr(e, "interaction", "") == simulated.interaction]
    traced = trace_events(simulated.interaction, simulated.flow, own)
    assert held(folder, retell(replace(traced.call, flags=given.flags), "desk.yaml"))


def test_what_was_told_of_the_wait_becomes_a_test(folder: Path) -> None:
    """The waits as they were told, growing in between, and the line that was closed."""
    minutes = [timedelta(minutes=number) for number in (5, 8, 4)]
    claims = GivenQueue(waits=tuple(minutes), closed_after=timedelta(seconds=100))
    given = replace(GIVEN, queues={QueueName("claims"): claims})
    simulated = played(folder, given, "0", *["+20s"] * 6)
    own = [e for e in simulated.events if getattr(e, "interaction", "") == simulated.interaction]
    traced = trace_events(simulated.interaction, simulated.flow, own)
    told = [step for step in traced.steps if step.verb == "told wait"]
    assert [step.outcomes for step in told] == [
        ["300s in claims"],
        ["longer in claims"],
        ["240s in claims"],
    ]
    assert {step.line for step in told} == {queue_line(folder, "claims")}
    text = retell(traced.call, "desk.yaml")
    assert "wait: [300s, 4200s, 240s]" in text
    assert "closed_after: 100s" in text
    assert held(folder, text)


def test_a_line_in_which_nobody_was_left_becomes_a_test(folder: Path) -> None:
    """The agents left the grace before the caller did."""
    claims = GivenQueue(logged_out_after=timedelta(seconds=70))
    given = replace(GIVEN, queues={QueueName("claims"): claims})
    simulated = played(folder, given, "0", *["+20s"] * 6)
    own = [e for e in simulated.events if getattr(e, "interaction", "") == simulated.interaction]
    text = retell(trace_events(simulated.interaction, simulated.flow, own).call, "desk.yaml")
    assert "logged_out_after: 70s" in text
    assert held(folder, text)


def queue_line(folder: Path, queue: str) -> int:
    """The location in the flow of the step that waits in a queue."""
    return (folder / "desk.yaml").read_text().splitlines().index(f"    - queue: {queue}") + 1


@pytest.mark.parametrize("word", ["no_agents", "full", "closed", "diverted"])
def test_a_line_that_takes_nobody_becomes_a_test(folder: Path, word: str) -> None:
    """The queue is found the same way again."""
    given = replace(GIVEN, queues={QueueName("claims"): GivenQueue(staffing=Staffing(word))})
    simulated = played(folder, given, "0")
    own = [e for e in simulated.events if getattr(e, "interaction", "") == simulated.interaction]
    text = retell(trace_events(simulated.interaction, simulated.flow, own).call, "desk.yaml")
    assert f'"claims": {word}\n' in text
    assert held(folder, text)


def test_each_story_of_the_insurance_company_can_be_retold(tmp_path: Path) -> None:
    """The shipped tests are told again by an input log of them."""
    story_file = read_story_file(CALLFLOWS / "insurance.test.yaml", {})
    for story in story_file.stories:
        simulated = RecordedCall(story_file.site, story_file.flow, story.given)
        Interactive(simulated, lambda _: None).play(["1", "1", "+20s", "a", "+20s", "a"])
        log = simulated.log(tmp_path / f"log {story.place.line}")
        traced = trace_log(log, simulated.interaction)
        text = retell(traced.call, "insurance.yaml")
        path = tmp_path / "again.test.yaml"
        path.write_text(text.replace("insurance.yaml", str(CALLFLOWS / "insurance.yaml")))
        (done,) = run_files([path])
        assert [str(test.failure) for test in done.failed] == []


def test_the_steps_of_a_call(folder: Path, tmp_path: Path) -> None:
    """Each step has time, section, line, verb, outcome and what it changed; a pin is hidden."""
    given = replace(GIVEN, replies={"account": ({"balance": "12.50"},)})
    simulated = played(folder, given, "2", "7391")
    traced = trace_log(simulated.log(tmp_path / "log"), simulated.interaction)
    told = [
        (f"{s.at:%H:%M:%S}", s.section, s.line, s.verb, s.outcomes, s.changed)
        for s in traced.steps
    ]
    assert told == [
        ("09:00:00", "start", 37, "answer", [], {}),
        ("09:00:00", "start", 38, "play hello", [], {}),
        ("09:00:00", "start", 39, "play storm", ["skipped"], {}),
        ("09:00:00", "start", 41, "goto", ["-> choosing"], {}),
        ("09:00:00", "choosing", 43, "menu menu", ["key 2", "-> account"], {}),
        ("09:00:02", "account", 50, "gather pin", ["gathered"], {"pin": "(hidden)"}),
        (
            "09:00:03",
            "account",
            56,
            "lookup account",
            ["found"],
            {"account.found": "true", "account.balance": "12.50"},
        ),
        ("09:00:03", "account[1].found", 58, "play balance", [], {}),
        ("09:00:06", "account", 59, "tag", [], {"tag topic": "balance"}),
        ("09:00:06", "account", 60, "goto", ["-> bye"], {}),
        ("09:00:06", "bye", 104, "play bye", [], {}),
        ("09:00:06", "bye", 106, "hangup", ["ended by hangup (contained)"], {}),
    ]
    assert "7391" not in retell(traced.call, "desk.yaml")


def test_a_call_is_found_in_the_log_that_holds_it(folder: Path, tmp_path: Path) -> None:
    """The logs of other starts are left alone; a call nobody knows is not found."""
    simulated = played(folder, GIVEN, "h")
    logs = tmp_path / "input"
    simulated.log(logs / "flow-test.log")
    (logs / "other.log").write_text("nothing\n")
    found = find_in_logs(logs, simulated.interaction)
    assert found is not None
    assert found.call.interaction == simulated.interaction
    assert find_in_logs(logs, "flow-test-0-999") is None
    assert find_in_logs(logs, "n1-77-1") is None


def test_an_unknown_call(folder: Path, tmp_path: Path) -> None:
    """A call that is not in the log, and a file that is no log, are said to be so."""
    log = played(folder, GIVEN, "h").log(tmp_path / "log")
    with pytest.raises(CallUnknown, match="does not hold call n1-1-1"):
        trace_log(log, "n1-1-1")
    (tmp_path / "none").write_text("nothing\n")
    with pytest.raises(ReplayFailed, match="is no input log"):
        trace_log(tmp_path / "none", "n1-1-1")
    assert CALLER == "caller"
