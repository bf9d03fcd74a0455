"""Snapshots: the same state again, or a plain reason why not, and nothing unpickled before."""

import os
import pickle
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.runtime import snapshot
from contactcenter_ari.runtime.snapshot import (
    MAGIC,
    Saved,
    SnapshotUnreadable,
    code_version,
    read_snapshot,
    write_snapshot,
)
from tests.runtime.world import MORNING, SITE, STARTED, Moment, busy_hour

KEY = "k" * 32


def lived(center: Center, moments: list[Moment]) -> bytes:
    """All that comes of these inputs."""
    outcomes: list[object] = []
    for now, input_ in moments:
        try:
            outcomes.append(center.take(input_, now).outcome)
        except RequestRefused as refusal:
            outcomes.append(refusal.code)
    return msgspec.json.encode(outcomes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a snapshot of an hour's beginning."""
    center = Center(STARTED, SITE)
    lived(center, busy_hour(1, minutes=10))
    file = tmp_path / "b1.000001.snapshot"
    write_snapshot(file, Saved(center, "0123456789abcdef", MORNING), KEY)
    return file


@pytest.mark.parametrize("seed", range(4))
def test_the_same_state(tmp_path: Path, seed: int) -> None:
    """All later inputs lead to the same commands and events, wherever the hour is cut."""
    moments = busy_hour(seed, minutes=20)
    for share in (0.2, 0.5, 0.8):
        cut = round(share * len(moments))
        center = Center(STARTED, SITE)
        lived(center, moments[:cut])
        write_snapshot(tmp_path / "s", Saved(center, "ab", moments[cut][0]), KEY)
        saved = read_snapshot(tmp_path / "s", KEY)
        assert (saved.before, saved.latest) == ("ab", moments[cut][0])
        assert saved.center.calls_in_progress() == center.calls_in_progress() > 0
        assert lived(saved.center, moments[cut:]) == lived(center, moments[cut:])
        later = moments[-1][0] + timedelta(hours=1)
        assert saved.center.agents(later) == center.agents(later)


def test_nobody_else_may_read_it(path: Path) -> None:
    """It has numbers of callers: with any umask, it is the owner's alone."""
    umask = os.umask(0)
    try:
        write_snapshot(path, Saved(Center(STARTED, SITE), "", MORNING), KEY)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def _flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda whole: whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda _: b"", "no snapshot"),
        (lambda whole: whole[:-1], "damaged"),
        (lambda whole: whole[: len(whole) // 2], "damaged"),
        (lambda whole: whole + b"x", "damaged"),
        (_flipped(-5), "damaged"),
        (_flipped(len(MAGIC) + 40), "damaged"),
        (_flipped(len(MAGIC) + 3), "another version"),
    ],
)
def test_a_snapshot_that_is_not_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch, edit: Callable[[bytes], bytes], why: str
) -> None:
    """It is refused before anything of it is unpickled."""
    monkeypatch.setattr(snapshot, "_Unpickler", None)
    path.write_bytes(edit(path.read_bytes()))
    with pytest.raises(SnapshotUnreadable, match=why):
        read_snapshot(path, KEY)


def test_another_key(path: Path) -> None:
    """A file of another maker is refused before any part of it is unpickled."""
    with pytest.raises(SnapshotUnreadable, match="another installation"):
        read_snapshot(path, KEY[:-1] + "x")


def test_no_file(path: Path) -> None:
    """The error has the reason."""
    path.unlink()
    with pytest.raises(SnapshotUnreadable, match="No such file"):
        read_snapshot(path, KEY)


def test_another_version_of_the_code(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state has its meaning only in the code that made it."""
    other = bytes(len(code_version()))
    monkeypatch.setattr(snapshot, "code_version", lambda: other)
    with pytest.raises(SnapshotUnreadable, match="another version of the code"):
        read_snapshot(path, KEY)


class _Evil:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("made_of", [_Evil(), Path, os.getenv, pickle.loads])
def test_only_the_core_is_unpickled(path: Path, made_of: object) -> None:
    """Even with the right MAC nothing is made but classes of the core and a few others."""
    events = (made_of,)
    saved = Saved(Center(STARTED, SITE), "", MORNING, events)  # type: ignore[arg-type]  # on purpose
    write_snapshot(path, saved, KEY)
    with pytest.raises(SnapshotUnreadable, match="is no part of a state"):
        read_snapshot(path, KEY)


class _NamedMember:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[type[AgentState], str]]:
        return getattr, (AgentState, "READY")


def test_an_enumeration_in_any_python(path: Path) -> None:
    """Python 3.11.2, which Debian 12 ships, pickles a member by its name."""
    events = (_NamedMember(),)
    saved = Saved(Center(STARTED, SITE), "", MORNING, events)  # type: ignore[arg-type]  # on purpose
    write_snapshot(path, saved, KEY)
    restored: object = read_snapshot(path, KEY).events[0]
    assert restored is AgentState.READY
