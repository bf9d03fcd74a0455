"""The recorder: the kernel reports closed files, and a pause that fails is reported."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from contactcenter_ari.ari.errors import SwitchUnreachable
from contactcenter_ari.ari.recorder import Recorder, RecorderCommand
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.core.vocabulary.command import (
    DiscardRecording,
    FinishRecording,
    PauseRecording,
    ResumeRecording,
    StopRecording,
)
from contactcenter_ari.core.vocabulary.ids import CallId, LegId, RecordingId
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts, RecordingFormat
from contactcenter_ari.core.vocabulary.signal import (
    CommandFailed,
    RecordingClosed,
    RecordingFinished,
    Signal,
)
from tests.idle import until_idle

LIMIT = 20
CALL, LEG, RECORDING = CallId("n1-b1-1"), LegId("n1-b1-2"), RecordingId("n1-b1-3")
PAUSE = PauseRecording(CALL, RECORDING, LEG)
RESUME, STOP = ResumeRecording(CALL, RECORDING, LEG), StopRecording(CALL, RECORDING, LEG)


class FakeAmi:
    """Asterisk's manager interface; while it is `away` everything fails."""

    def __init__(self) -> None:
        self.away = False
        self.done: list[str] = []

    async def mute(self, leg: str, *, muted: bool) -> None:
        """Let all others go before a pause, so the recorder must keep the order."""
        if muted:
            await until_idle()
        self._do(f"{'mute' if muted else 'unmute'} {leg}")

    async def stop(self, leg: str) -> None:
        """End it."""
        self._do(f"stop {leg}")

    def _do(self, what: str) -> None:
        if self.away:
            raise SwitchUnreachable("nobody is there")
        self.done.append(what)


class Studio:
    """A recorder at work, and its reports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manager = FakeAmi()
        self.told: asyncio.Queue[Signal] = asyncio.Queue()
        encoder = Encoder(RecordingFormat.FLAC)
        self.recorder = Recorder(manager=self.manager, folder=folder, inbox=self, encoder=encoder)
        self._group: asyncio.TaskGroup | None = None

    def put(self, signal: Signal, /) -> None:
        """Take a signal."""
        self.told.put_nowait(signal)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Watch the folder meanwhile."""
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as self._group:
            run = self._group.create_task(self.recorder.run())
            await until_idle()  # it watches the folder now
            yield
            run.cancel()

    def do(self, *commands: RecorderCommand) -> None:
        """Give commands."""
        assert self._group is not None
        for command in commands:
            self.recorder.carry_out(command, self._group)


def finishing() -> FinishRecording:
    """Make the file whole."""
    return FinishRecording(CALL, RECORDING, 2, datetime(2026, 3, 10, tzinfo=UTC), None, ())


async def test_a_file_is_closed_finished_and_not_told_again(tmp_path: Path) -> None:
    """The kernel reports the files that Asterisk wrote, and not those that the recorder makes."""
    studio = Studio(tmp_path / "recording")
    async with studio.at_work():
        (studio.folder / f"{RECORDING}.raw").write_bytes(b"\x01" * 64_000)
        assert await studio.told.get() == RecordingClosed(RECORDING)
        studio.do(finishing(), finishing())
        done = await studio.told.get()
        assert isinstance(done, RecordingFinished)
        kept = studio.folder / f"{RECORDING}.flac"
        assert (done.seconds, done.failed, done.path) == (2, False, str(kept))
        sha256 = hashlib.sha256(kept.read_bytes()).hexdigest()
        assert done.facts == AudioFacts(RecordingFormat.FLAC, 2, sha256)
        (studio.folder / "n1-b1-4.raw").write_bytes(b"")
        assert await studio.told.get() == RecordingClosed(RecordingId("n1-b1-4"))
        studio.do(DiscardRecording(CALL, RecordingId("n1-b1-4")))
    assert [path.name for path in studio.folder.iterdir()] == [f"{RECORDING}.flac"]
    assert studio.folder.stat().st_mode & 0o077 == 0


async def test_an_empty_file_is_no_recording(tmp_path: Path) -> None:
    """It is reported as failed, and no file is encoded."""
    studio = Studio(tmp_path)
    async with studio.at_work():
        (tmp_path / f"{RECORDING}.raw").touch()
        studio.do(finishing())
        while not isinstance(done := await studio.told.get(), RecordingFinished):
            assert done == RecordingClosed(RECORDING)
    assert done == RecordingFinished(RECORDING, "", 0, failed=True)
    assert list(studio.folder.glob("*.flac")) == []


async def test_what_concerns_one_leg_is_done_in_order(tmp_path: Path) -> None:
    """Or a pause that is slow would outlast its end."""
    studio = Studio(tmp_path)
    async with studio.at_work():
        studio.do(PAUSE, RESUME, PAUSE, STOP)
    assert studio.manager.done == [
        f"mute {LEG}",
        f"unmute {LEG}",
        f"mute {LEG}",
        f"stop {LEG}",
    ]


async def test_what_could_not_be_paused_is_told(tmp_path: Path) -> None:
    """So is what could not go on; that there was nothing to stop is no news."""
    studio = Studio(tmp_path)
    studio.manager.away = True
    async with studio.at_work():
        studio.do(STOP, PAUSE, RESUME)
        for command in (PAUSE, RESUME):
            assert await studio.told.get() == CommandFailed(command, 0, "nobody is there")
    assert studio.told.empty()
    assert repr(studio.recorder) == f"<Recorder {tmp_path}>"
