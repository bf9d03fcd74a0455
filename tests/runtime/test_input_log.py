"""The input log: one line an input, before it is handled, also with a full disk."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcenter_ari.core.site.site import CenterResumed, SitePublished
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.ids import LegId, LookUpId, PhoneId
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    LookUpFinished,
    PhoneReachable,
    TimePassed,
)
from contactcenter_ari.runtime.input_log import Digest, Entry, InputLog, read_input_log
from tests.runtime.world import MORNING, SITE

HALF = "\ud83d"
"""Half of a smiling face: a text of Python's that UTF-8 cannot write."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of the log."""
    return tmp_path / "input" / "1.jsonl"


@contextmanager
def full_disk(free: int) -> Iterator[None]:
    """No file grows beyond this many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def inputs(path: Path) -> list[object]:
    """The inputs in the log."""
    return [entry.input for entry in read_input_log(path)]


def test_what_is_written_is_read(path: Path) -> None:
    """Instants, digests and inputs come back as they were, a whole site among them."""
    entries = [
        Entry(MORNING, "a", SitePublished(SITE)),
        Entry(MORNING + timedelta(microseconds=1), "b", CallArrived(LegId("1"), "2", "3", "Ж")),
        Entry(MORNING, "c", TimePassed()),
    ]
    log = InputLog(path)
    for entry in entries:
        log.append(entry.now, entry.input, entry.digest)
        assert [*read_input_log(path)][-1] == entry
    log.close(MORNING, "d")
    assert [*read_input_log(path)] == [*entries, Entry(MORNING, "d", None)]


def test_nobody_else_may_read_it(path: Path) -> None:
    """It holds numbers and keys: file and folder are the owner's alone."""
    umask = os.umask(0)
    try:
        InputLog(path).close(MORNING, "")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_log_is_gone_on_with(path: Path) -> None:
    """Opened again it is continued."""
    for digest in ("a", "b"):
        log = InputLog(path)
        log.append(MORNING, TimePassed(), digest)
        log.close(MORNING, digest)
    assert inputs(path) == [TimePassed(), None, TimePassed(), None]


@pytest.mark.parametrize("left", [1, 20, -1])
def test_half_a_last_line(path: Path, left: int) -> None:
    """The part of a line that a crash left is not read, and is cut off before the next line."""
    log = InputLog(path)
    log.append(MORNING, TimePassed(), "a")
    whole = path.read_bytes()
    log.append(MORNING, CenterResumed(), "b")
    path.write_bytes(whole + path.read_bytes()[len(whole) :][:left])
    assert inputs(path) == [TimePassed()]
    again = InputLog(path)
    assert path.read_bytes() == whole
    again.append(MORNING, PhoneReachable(PhoneId("p")), "b")
    assert inputs(path) == [TimePassed(), PhoneReachable(PhoneId("p"))]


def test_nothing_but_half_a_line(path: Path) -> None:
    """The first line of all was not finished."""
    InputLog(path)
    path.write_bytes(b'{"now":')
    assert inputs(path) == []
    InputLog(path)
    assert path.read_bytes() == b""


def test_a_full_disk_is_counted_and_leaves_no_half_line(path: Path) -> None:
    """The call goes on; lines wait, and are written in order once there is room again."""
    log = InputLog(path)
    log.append(MORNING, TimePassed(), "a")
    written = path.stat().st_size
    with capture_logs() as lines, full_disk(written + 10):
        log.append(MORNING, TimePassed(), "b")
        assert path.stat().st_size == written
        log.append(MORNING, TimePassed(), "c")
    assert [line["event"] for line in lines] == ["input_log.write_failed"]
    assert (log.failures, log.pending) == (2, 2)
    log.append(MORNING, CenterResumed(), "d")
    assert (log.failures, log.pending) == (2, 0)
    assert inputs(path) == [TimePassed(), TimePassed(), TimePassed(), CenterResumed()]
    assert log.size == path.stat().st_size


def test_a_closed_log_is_counted_and_writes_nowhere(path: Path, tmp_path: Path) -> None:
    """Its number may be another file's by now."""
    log = InputLog(path)
    log.close(MORNING, "a")
    other = (tmp_path / "other").open("wb")
    with other, capture_logs():
        log.append(MORNING, TimePassed(), "b")
    assert log.failures == 1
    assert (tmp_path / "other").read_bytes() == b""
    assert inputs(path) == [None]


@pytest.mark.parametrize(
    ("name", "kept"), [("a\0b", "a\0b"), (f"a{HALF}b", "a?b"), ("'\n", "'\n")]
)
def test_whatever_a_caller_is_called(path: Path, name: str, kept: str) -> None:
    """No text stops a line; what UTF-8 cannot write becomes a question mark."""
    log = InputLog(path)
    log.append(MORNING, CallArrived(LegId("1"), name, name, name), "a")
    log.append(MORNING, LookUpFinished(LookUpId("2"), {name: name}), "b")
    assert log.failures == 0
    assert inputs(path) == [
        CallArrived(LegId("1"), kept, kept, kept),
        LookUpFinished(LookUpId("2"), {kept: kept}),
    ]


def test_digests() -> None:
    """The same outcomes give the same digest, others another; halves of characters count."""

    def of(*outcomes: Outcome | str) -> str:
        digest = Digest()
        for outcome in outcomes:
            digest.add(outcome)
        return digest.text

    nothing = Outcome((), ())
    assert of(nothing, "fault") == of(nothing, "fault")
    assert len({of(), of(nothing), of("fault"), of("fault", nothing), of(nothing, "fault")}) == 5
    assert of(HALF) == of("?")


def test_a_line_that_is_none(path: Path) -> None:
    """Reading it is an error, unless it is the last and not finished."""
    path.parent.mkdir()
    path.write_bytes(b"nonsense\n")
    with pytest.raises(msgspec.DecodeError):
        [*read_input_log(path)]
