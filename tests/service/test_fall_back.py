"""The spool of the fall-back is taken up: once, whenever we are killed, whatever lies in it."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.core.vocabulary.request import RecordApology
from contactcenter_ari.fallback.spool import LONGEST_ENTRY, Entry, SpoolFile
from contactcenter_ari.service import fall_back
from contactcenter_ari.service.fall_back import FallBackIntake
from tests.recorded import channels_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "node1-1764447557.12"


class Killed(BaseException):
    """The program ends here."""


@dataclass
class Installation:
    """A spool, and what was entered; killed when it is told so `often`, before or after."""

    folder: Path
    encoder: Encoder
    taken: list[RecordApology] = field(default_factory=list)
    killed_before: int = 0
    killed_after: int = 0
    fault: Exception | None = None

    def __post_init__(self) -> None:
        """The script's folder is there."""
        self.spool.mkdir(parents=True)

    @property
    def spool(self) -> Path:
        """The folder in which the script writes."""
        return self.folder / "fall-back" / "spool"

    @property
    def recordings(self) -> Path:
        """The folder of messages."""
        return self.folder / "recordings"

    @property
    def aside(self) -> list[str]:
        """The files that were put aside."""
        folder = self.spool.parent / "aside"
        return sorted(file.name for file in folder.iterdir()) if folder.exists() else []

    def intake(self) -> FallBackIntake:
        """A new run of the program."""
        return FallBackIntake(self.spool, self.recordings, self.encoder, self.submit, lambda: NOW)

    async def submit(self, call: RecordApology) -> None:
        """Enter a call, unless the program is killed before."""
        if self.fault is not None:
            raise self.fault
        if self.killed_before:
            self.killed_before -= 1
            raise Killed
        self.taken.append(call)
        if self.killed_after:
            self.killed_after -= 1
            raise Killed

    def call(self, call: str = ID, *, number: str = "", message: float = 0.0) -> SpoolFile:
        """A call as the script writes it, not yet over."""
        at = NOW.timestamp() - 60
        entry = Entry(call, "caller", "+31200000000", "+31612345678", at, at + 20, "en", number)
        file = SpoolFile(self.spool, entry)
        file.begin()
        if message:
            (self.spool / f"{call}.message.wav").write_bytes(bytes(44 + int(message * 16_000)))
        return file


@pytest.fixture
def encoder() -> Iterator[Encoder]:
    """An encoder of FLAC."""
    flac = Encoder(RecordingFormat.FLAC)
    yield flac
    flac.close()


@pytest.fixture
def installation(tmp_path: Path, encoder: Encoder) -> Installation:
    """An installation of its own."""
    return Installation(tmp_path, encoder)


async def test_a_call_that_is_over_is_taken_up(installation: Installation) -> None:
    """With all the script knows; its file is gone then."""
    installation.call(number="+31687654321").end()
    await installation.intake().look()
    (call,) = installation.taken
    assert call == RecordApology(
        interaction=call.interaction,
        called_number="+31200000000",
        caller_number="+31612345678",
        language="en",
        started_at=NOW - timedelta(seconds=60),
        ended_at=NOW - timedelta(seconds=40),
        number="+31687654321",
    )
    assert call.interaction == ID
    assert not list(installation.spool.iterdir())


async def test_a_call_that_goes_on_is_left_alone(installation: Installation) -> None:
    """And its message, which is being recorded; then it is taken up."""
    file = installation.call(message=3)
    intake = installation.intake()
    for _ in range(3):
        await intake.look()
    assert installation.taken == []
    assert (installation.spool / f"{ID}.message.wav").exists()
    file.end()
    await intake.look()
    assert len(installation.taken) == 1
    assert installation.aside == []


async def test_what_a_killed_script_left_is_taken_up(installation: Installation) -> None:
    """Its lock is gone, a message it was recording is there."""
    file = installation.call(message=3)
    os.close(file._handle)
    await installation.intake().look()
    (call,) = installation.taken
    assert call.message is not None
    assert call.message.duration == timedelta(seconds=3)
    path = Path(call.message.path)
    assert (path.parent, path.name) == (installation.recordings, f"{ID}.message.flac")
    assert call.message.facts is not None
    assert (call.message.facts.format, call.message.facts.channels) == (RecordingFormat.FLAC, 1)
    (samples,) = channels_of(path)
    assert len(samples) == 24_000
    assert [file.name for file in installation.recordings.iterdir()] == [path.name]


async def test_a_breath_is_no_message(installation: Installation) -> None:
    """A message has a length; what is shorter is removed."""
    installation.call(message=1).end()
    await installation.intake().look()
    assert installation.taken[0].message is None
    assert not list(installation.spool.iterdir())


@pytest.mark.parametrize("when", ["killed_before", "killed_after"])
async def test_killed_in_between_nothing_is_lost(installation: Installation, when: str) -> None:
    """The next run enters the very same, so that it counts once."""
    installation.call(number="+31687654321", message=3).end()
    setattr(installation, when, 2)
    for _ in range(2):
        with pytest.raises(Killed):
            await installation.intake().look()
    await installation.intake().look()
    assert len(set(map(repr, installation.taken))) == 1
    assert installation.taken[-1].message is not None
    assert not list(installation.spool.iterdir())


def valid() -> dict[str, object]:
    """An entry that is right."""
    at = NOW.timestamp() - 60
    return asdict(Entry("bad", "caller", "+31200000000", "", at, at + 20, "en"))


BROKEN: dict[str, object] = {
    "empty": "",
    "half": json.dumps(valid())[:40],
    "a list": "[]",
    "no utf-8": b"\xff\xfe",
    "too long": json.dumps(valid() | {"more": "x" * LONGEST_ENTRY}),
    "the id of another": json.dumps(valid() | {"id": "good"}),
    "a path for an id": json.dumps(valid() | {"id": "../bad"}),
    "a role unknown": json.dumps(valid() | {"role": "root"}),
    "a number that is none": json.dumps(valid() | {"number": "$(reboot)"}),
    "a line in a number": json.dumps(valid() | {"caller": "12\n"}),
    "before its begin": json.dumps(valid() | {"ended_at": 1}),
    "a far future": json.dumps(valid() | {"ended_at": 9e11}),
    "no time": json.dumps(valid() | {"started_at": -1e300}),
    "not a number": json.dumps(valid() | {"ended_at": float("nan")}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_file_is_put_aside(installation: Installation, content: object) -> None:
    """It holds up nobody, and can be looked at."""
    raw = content if isinstance(content, bytes) else str(content).encode()
    (installation.spool / "bad.json").write_bytes(raw)
    installation.call().end()
    await installation.intake().look()
    assert [call.interaction for call in installation.taken] == [ID]
    assert installation.aside == ["bad.json"]
    assert not list(installation.spool.iterdir())


async def test_a_foreign_file_is_put_aside(installation: Installation, tmp_path: Path) -> None:
    """Links are not followed, pipes do not block, folders are not entered."""
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(valid()))
    (installation.spool / "bad.json").symlink_to(secret)
    os.mkfifo(installation.spool / "pipe.json")
    os.mkfifo(installation.spool / "pipe.open")
    (installation.spool / "folder.json").mkdir()
    (installation.spool / "notes.txt").write_text("hello")
    (installation.spool / "nobody.message.wav").write_bytes(b"RIFF")
    (installation.spool / ".dead.new").write_text("{")
    installation.call().end()
    intake = installation.intake()
    for _ in range(3):
        await intake.look()
    assert [call.interaction for call in installation.taken] == [ID]
    assert installation.aside == [
        *("bad.json", "folder.json", "nobody.message.wav", "notes.txt", "pipe.json", "pipe.open"),
    ]
    assert secret.exists()
    assert not list(installation.spool.iterdir())


async def test_a_message_that_is_a_link_is_none(
    installation: Installation, tmp_path: Path
) -> None:
    """Nobody's file becomes a recording."""
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(100_000))
    file = installation.call()
    (installation.spool / f"{ID}.message.wav").symlink_to(secret)
    file.end()
    await installation.intake().look()
    assert installation.taken[0].message is None
    assert secret.exists()


async def test_a_fault_of_ours_costs_one_call(installation: Installation) -> None:
    """It is put aside rather than tried without end."""
    installation.call("a").end()
    installation.call("b").end()
    installation.fault = ValueError("a fault")
    await installation.intake().look()
    assert installation.aside == ["a.json", "b.json"]


async def test_only_so_many_are_kept_aside(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk does not fill with rubbish."""
    monkeypatch.setattr(fall_back, "MOST_ASIDE", 2)
    for number in range(4):
        (installation.spool / f"{number}.json").touch()
    await installation.intake().look()
    assert installation.aside == ["0.json", "1.json"]
    assert not list(installation.spool.iterdir())


async def test_without_a_spool_there_is_nothing_to_do(tmp_path: Path, encoder: Encoder) -> None:
    """The application may start before the first plan is written."""

    async def never(_: RecordApology) -> None:
        raise AssertionError

    none, kept = tmp_path / "none", tmp_path / "kept"
    await FallBackIntake(none, kept, encoder, never, lambda: NOW).look()
