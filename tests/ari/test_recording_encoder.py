"""Recordings in the format they are kept in: none is lost by any failure on the way."""

import asyncio
import errno
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import get_native_id

import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
import soundfile
from numpy.testing import assert_array_equal
from structlog.testing import capture_logs

from contactcenter_ari.ari.recording_encoder import (
    AT_ONCE,
    NICENESS,
    Encoder,
    EncoderClosed,
    EncodingFailed,
    _check,
    _give_way,
    encoded,
    keep,
)
from contactcenter_ari.ari.recording_file import finish
from contactcenter_ari.core.vocabulary.command import FinishRecording
from contactcenter_ari.core.vocabulary.ids import CallId, RecordingId
from contactcenter_ari.core.vocabulary.recording_file import AudioFacts, RecordingFormat
from tests.recorded import channels_of

FLAC, WAV, OPUS = RecordingFormat
LIMIT = 20
RATE = 8000
NAME = RecordingId("n1-b1-7.3")
Audio = npt.NDArray[np.int16]


def noise(seconds: float, channels: int) -> Audio:
    """Samples that say whether one of them is lost, doubled or moved."""
    chance = np.random.default_rng(7)
    return chance.integers(-8000, 8000, (round(seconds * RATE), channels), dtype=np.int16)


def finished(folder: Path, samples: Audio) -> Path:
    """The whole WAV of what Asterisk recorded."""
    samples.astype("<i2").tofile(folder / f"{NAME}.raw")
    instant = datetime(2026, 3, 10, tzinfo=UTC)
    command = FinishRecording(CallId("n1-b1-7"), NAME, samples.shape[1], instant, None, ())
    return Path(finish(folder, command).path)


def heard(path: Path) -> Audio:
    """The samples of a file, a row an instant."""
    return np.stack(channels_of(path), axis=1)


def names(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(file.name for file in folder.iterdir())


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The disk takes this many bytes in one file, and no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest_asyncio.fixture
async def encoder() -> AsyncIterator[Encoder]:
    """An encoder of FLAC."""
    flac = Encoder(FLAC)
    yield flac
    flac.close()


# --- what is kept ------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [1 / RATE, 0.5, 8.5, 40])
def test_flac_keeps_each_sample(tmp_path: Path, seconds: float, channels: int) -> None:
    """On its side; the WAV is gone, and only the owner may listen."""
    samples = noise(seconds, channels)
    kept = keep(finished(tmp_path, samples), channels, FLAC)
    assert names(tmp_path) == [f"{NAME}.flac"]
    assert kept.path == tmp_path / f"{NAME}.flac"
    assert kept.path.stat().st_mode & 0o077 == 0
    assert soundfile.info(kept.path).format == "FLAC"
    assert_array_equal(heard(kept.path), samples)
    sha256 = hashlib.sha256(kept.path.read_bytes()).hexdigest()
    assert kept.facts == AudioFacts(FLAC, channels, sha256)


def test_wav_stays_as_it_is(tmp_path: Path) -> None:
    """The site wants WAV: no file is encoded."""
    wav = finished(tmp_path, noise(1, 2))
    content = wav.read_bytes()
    kept = keep(wav, 2, WAV)
    assert (kept.path, kept.path.read_bytes()) == (wav, content)
    assert kept.facts == AudioFacts(WAV, 2, hashlib.sha256(content).hexdigest())
    assert names(tmp_path) == [f"{NAME}.wav"]


def test_opus_keeps_length_and_sides(tmp_path: Path) -> None:
    """In a sixth of the space or less; the silent side stays silent."""
    tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(10 * RATE) / RATE)).astype(np.int16)
    samples = np.stack([tone, np.zeros_like(tone)], axis=1)
    wav = finished(tmp_path, samples)
    size = wav.stat().st_size
    kept = keep(wav, 2, OPUS)
    assert names(tmp_path) == [f"{NAME}.opus"]
    assert kept.facts.format is OPUS
    assert kept.path.stat().st_size < size / 6
    left, right = channels_of(kept.path)
    assert len(left) == len(tone)
    assert float(np.abs(left.astype(int)).mean()) == pytest.approx(
        float(np.abs(tone.astype(int)).mean()), rel=0.1
    )
    assert np.abs(right.astype(int)).max() < 100


def test_bare_samples_stay_as_they_are(tmp_path: Path) -> None:
    """A full disk left them; they are reported without a format."""
    bare = tmp_path / f"{NAME}.samples"
    bare.write_bytes(b"\x01\x02" * 80)
    kept = keep(bare, 2, FLAC)
    assert kept.path == bare
    assert kept.facts == AudioFacts(None, 2, hashlib.sha256(bare.read_bytes()).hexdigest())


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [FLAC, OPUS])
@pytest.mark.parametrize("room", [0, 100, 10_000])
def test_a_full_disk_keeps_the_wav(tmp_path: Path, wanted: RecordingFormat, room: int) -> None:
    """The report says so; there is no half a file beside it. With room again it is encoded."""
    samples = noise(10, 2)
    wav = finished(tmp_path, samples)
    with room_for(room), capture_logs() as logs:
        kept = keep(wav, 2, wanted)
    assert (kept.path, kept.facts.format) == (wav, WAV)
    assert_array_equal(heard(wav), samples)
    assert names(tmp_path) == [f"{NAME}.wav"]
    assert [(log["event"], log["recording"]) for log in logs] == [("recording.left_wav", NAME)]
    assert keep(wav, 2, wanted).facts.format is wanted


@pytest.mark.parametrize("of_folder", [False, True])
def test_a_disk_that_takes_nothing_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, of_folder: bool
) -> None:
    """The WAV stays in any case, and is removed once the encoded file is safe."""

    def broken(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode) is of_folder:
            raise OSError(errno.EIO, "Input/output error")

    wav = finished(tmp_path, noise(1, 2))
    with monkeypatch.context() as disk, capture_logs() as logs:
        disk.setattr(os, "fsync", broken)
        kept = keep(wav, 2, FLAC)
    assert kept.facts.format is (FLAC if of_folder else WAV)
    assert kept.path.exists()
    assert wav.exists()
    event = "recording.wav_not_removed" if of_folder else "recording.left_wav"
    assert [log["event"] for log in logs] == [event]
    assert (encoded(wav) is None, wav.exists()) == (not of_folder, not of_folder)


def test_what_is_no_audio_is_kept(tmp_path: Path) -> None:
    """A person may be able to use it."""
    odd = tmp_path / f"{NAME}.wav"
    odd.write_bytes(b"nothing")
    with capture_logs() as logs:
        assert keep(odd, 1, FLAC).path == odd
    assert odd.read_bytes() == b"nothing"
    assert [log["event"] for log in logs] == ["recording.left_wav"]


@pytest.mark.parametrize("wanted", [FLAC, OPUS])
def test_an_encoded_file_that_lacks_its_end_is_found_out(
    tmp_path: Path, wanted: RecordingFormat
) -> None:
    """Before the WAV is removed."""
    wav = finished(tmp_path, noise(10, 2))
    content = wav.read_bytes()
    encoded = keep(wav, 2, wanted).path
    wav.write_bytes(content)
    _check(wav, encoded)
    encoded.write_bytes(encoded.read_bytes()[:-5000])
    with pytest.raises((EncodingFailed, soundfile.SoundFileError)):
        _check(wav, encoded)


def test_another_recording_is_found_out(tmp_path: Path) -> None:
    """One sample less is another one."""
    wav = finished(tmp_path, noise(1, 2))
    soundfile.write(tmp_path / "short.flac", noise(1, 2)[1:], RATE)
    soundfile.write(tmp_path / "mono.flac", noise(1, 1), RATE)
    for name in ("short.flac", "mono.flac"):
        with pytest.raises(EncodingFailed):
            _check(wav, tmp_path / name)


KILLED = """
import os, signal, sys
from pathlib import Path
from contactcenter_ari.ari.recording_encoder import keep
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat

left = [int(sys.argv[2])]

def closing():
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return False

keep(Path(sys.argv[1]), 2, RecordingFormat.FLAC, closing)
"""


@pytest.mark.parametrize("after", [0, 2])
def test_killed_while_it_is_encoded(tmp_path: Path, after: int) -> None:
    """The WAV is whole; what was written aside is written again."""
    samples = noise(40, 2)
    wav = finished(tmp_path, samples)
    killed = subprocess.run([sys.executable, "-c", KILLED, wav, str(after)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert names(tmp_path) == [f"{NAME}.encoding", f"{NAME}.wav"]
    kept = keep(finished(tmp_path, samples), 2, FLAC)
    assert_array_equal(heard(kept.path), samples)
    assert names(tmp_path) == [f"{NAME}.flac"]


def test_the_program_ends_meanwhile(tmp_path: Path) -> None:
    """The WAV is as it was, and nothing lies beside it."""
    wav = finished(tmp_path, noise(1, 2))
    content = wav.read_bytes()
    with pytest.raises(EncoderClosed):
        keep(wav, 2, FLAC, lambda: True)
    assert (names(tmp_path), wav.read_bytes()) == ([f"{NAME}.wav"], content)


# --- off the event loop ------------------------------------------------------------------------


async def reader_of(pipe: Path) -> int:
    """The end to write into, once a thread reads the pipe."""
    return await asyncio.to_thread(os.open, pipe, os.O_WRONLY)


async def test_only_so_many_at_once_and_messages_first(tmp_path: Path, encoder: Encoder) -> None:
    """The loop goes on; one more waits, and a message that a call waits for does not."""
    pipes = [tmp_path / f"{number}.samples" for number in range(AT_ONCE + 1)]
    for pipe in pipes:
        os.mkfifo(pipe)
    message = finished(tmp_path, noise(1, 1))
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        tasks = [group.create_task(encoder.keep(pipe, 1)) for pipe in pipes]
        ends = [await reader_of(pipe) for pipe in pipes[:-1]]
        kept = await encoder.keep(message, 1, first=True)
        assert kept.facts.format is FLAC
        with pytest.raises(OSError, match="No such device"):
            os.open(pipes[-1], os.O_WRONLY | os.O_NONBLOCK)
        assert not any(task.done() for task in tasks)
        os.close(ends.pop())
        os.close(await reader_of(pipes[-1]))
        os.close(ends.pop())
    assert repr(encoder) == "<Encoder flac>"


async def test_calls_have_the_cpu_first() -> None:
    """The threads of the encoder have less priority than all others."""

    def priority() -> int:
        _give_way()
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    before = os.getpriority(os.PRIO_PROCESS, get_native_id())
    encoder = Encoder(FLAC)
    wanted = await asyncio.get_running_loop().run_in_executor(encoder._threads[False], priority)
    assert wanted == NICENESS
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == before
    encoder.close()
