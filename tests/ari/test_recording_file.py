"""Files of recordings: whole, silent where they must be, and honest about what is missing."""

import wave
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from contactcenter_ari.ari.recording_encoder import keep
from contactcenter_ari.ari.recording_file import discard, finish
from contactcenter_ari.core.vocabulary.command import FinishRecording
from contactcenter_ari.core.vocabulary.ids import CallId, RecordingId
from contactcenter_ari.core.vocabulary.pause import Pause, PauseReason
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.core.vocabulary.signal import RecordingFinished

RATE = 8000
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RECORDING = RecordingId("n1-b1-7")
Audio = npt.NDArray[np.int16]


def at(seconds: float) -> datetime:
    """The instant this long after the recording began."""
    return START + timedelta(seconds=seconds)


def command(
    channels: int = 2, lasted: float | None = 10, silences: Sequence[tuple[float, float]] = ()
) -> FinishRecording:
    """Finish a recording that was to last this long."""
    pauses = tuple(Pause(PauseReason.SECRET, at(begin), at(end)) for begin, end in silences)
    ended_at = None if lasted is None else at(lasted)
    return FinishRecording(CallId("n1-b1-1"), RECORDING, channels, START, ended_at, pauses)


def written(folder: Path, seconds: float, channels: int = 2) -> Path:
    """The file that Asterisk left: samples that are nowhere silent."""
    raw = folder / f"{RECORDING}.raw"
    frames = round(seconds * RATE)
    np.full(frames * channels, 1000, dtype="<i2").tofile(raw)
    return raw


def heard(path: str) -> Audio:
    """The samples of a WAV file, a row an instant."""
    with wave.open(path, "rb") as sound:
        assert (sound.getframerate(), sound.getsampwidth()) == (RATE, 2)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return samples.reshape(-1, sound.getnchannels()).astype(np.int16)


def silences(path: str) -> list[tuple[float, float]]:
    """The stretches of which nothing is left on any channel, in seconds."""
    loud = heard(path).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], loud, [True]]).astype(int)))
    times = [round(float(edge) / RATE, 3) for edge in edges]
    return list(zip(times[::2], times[1::2], strict=True))


@pytest.mark.parametrize("channels", [1, 2])
def test_bare_samples_become_a_file_that_can_be_played(tmp_path: Path, channels: int) -> None:
    """Nothing is lost, the samples' file is gone, and only the owner may listen."""
    raw = written(tmp_path, 10.5, channels)
    done = finish(tmp_path, command(channels, lasted=10.6))
    assert done == RecordingFinished(RECORDING, str(tmp_path / f"{RECORDING}.wav"), 10.5)
    assert heard(done.path).shape == (84_000, channels)
    assert heard(done.path).all()
    assert not raw.exists()
    assert [path.name for path in tmp_path.iterdir()] == [f"{RECORDING}.wav"]
    assert Path(done.path).stat().st_mode & 0o077 == 0


def test_half_a_sample_is_left_out(tmp_path: Path) -> None:
    """Asterisk died within a write."""
    raw = written(tmp_path, 1)
    with raw.open("ab") as file:
        file.write(b"\x01\x02\x03")
    assert heard(finish(tmp_path, command(lasted=1)).path).shape == (8000, 2)


def test_a_secret_is_silence(tmp_path: Path) -> None:
    """On both sides, with a margin, and nothing else is."""
    written(tmp_path, 10)
    done = finish(tmp_path, command(silences=[(2.5, 4.5), (7.9, 8.1)]))
    assert silences(done.path) == [(2.3, 4.7), (7.7, 8.3)]


@pytest.mark.parametrize(("length", "silent"), [(8.5, (2.8, 5.7)), (11.5, (4.3, 7.2))])
def test_a_file_that_does_not_keep_time_is_silenced_wherever_the_secret_may_be(
    tmp_path: Path, length: float, silent: tuple[float, float]
) -> None:
    """Shorter: it may lie earlier; longer: later."""
    written(tmp_path, length)
    done = finish(tmp_path, command(silences=[(4.5, 5.5)]))
    assert silences(done.path) == [silent]


def test_a_secret_before_and_after_the_file(tmp_path: Path) -> None:
    """Only what is there can be silenced."""
    written(tmp_path, 3)
    done = finish(tmp_path, command(lasted=3, silences=[(-5, 0.5), (2.5, 60)]))
    assert silences(done.path) == [(0, 0.7), (2.3, 3)]


def test_finishing_twice_is_no_harm(tmp_path: Path) -> None:
    """The program ended in between: the file is the same, and reported again."""
    written(tmp_path, 10)
    wanted = command(silences=[(2.5, 4.5)])
    first = finish(tmp_path, wanted)
    before = Path(first.path).read_bytes()
    assert finish(tmp_path, wanted) == first
    assert Path(first.path).read_bytes() == before


def test_a_header_of_asterisk_that_tells_no_size_is_mended(tmp_path: Path) -> None:
    """It died before it closed a message."""
    written(tmp_path, 2, 1)
    path = Path(finish(tmp_path, command(1, lasted=None)).path)
    broken = path.read_bytes()
    path.write_bytes(broken[:4] + bytes(4) + broken[8:40] + bytes(4) + broken[44:])
    with pytest.raises(wave.Error):
        heard(str(path))
    assert finish(tmp_path, command(1, lasted=None)).seconds == 2
    assert path.read_bytes() == broken


@pytest.mark.parametrize(("length", "cut"), [(10, False), (8.5, False), (7.5, True), (0.1, True)])
def test_a_file_that_is_shorter_than_it_should_be(
    tmp_path: Path, length: float, *, cut: bool
) -> None:
    """The disk was full, or the switch died: it is kept, and told to be cut."""
    written(tmp_path, length)
    done = finish(tmp_path, command())
    assert (done.failed, done.cut, done.seconds) == (False, cut, length)


def test_a_disk_that_is_full_now(tmp_path: Path) -> None:
    """The samples stay, the secret among them does not, and the file is reported as it is."""
    written(tmp_path, 10)
    (tmp_path / f"{RECORDING}.part").symlink_to("/dev/full")
    done = finish(tmp_path, command(silences=[(2.5, 4.5)]))
    assert (done.failed, done.cut, done.seconds) == (False, True, 10)
    samples = np.fromfile(done.path, dtype="<i2").reshape(-1, 2)
    silent = np.flatnonzero(samples[:, 0] == 0)
    assert (silent[0], silent[-1] + 1, len(silent)) == (18_400, 37_600, 19_200)
    assert finish(tmp_path, command()) == done


def test_nothing_was_written(tmp_path: Path) -> None:
    """There is no usable file, whether it is empty or missing."""
    assert finish(tmp_path, command()) == RecordingFinished(RECORDING, "", 0, failed=True)
    written(tmp_path, 0)
    assert finish(tmp_path, command(lasted=0)) == RecordingFinished(RECORDING, "", 0, failed=True)


def test_what_nobody_wants_is_removed(tmp_path: Path) -> None:
    """Also when it is gone already; a finished file is left alone."""
    written(tmp_path, 1)
    discard(tmp_path, RECORDING)
    discard(tmp_path, RECORDING)
    assert list(tmp_path.iterdir()) == []
    written(tmp_path, 1)
    kept = finish(tmp_path, command(lasted=1))
    discard(tmp_path, RECORDING)
    assert Path(kept.path).exists()


@pytest.mark.parametrize(("loud", "speech"), [(0, 0.0), (2, 2.0)])
@pytest.mark.parametrize("twice", [False, True])
def test_the_speech_in_a_message_is_measured(
    tmp_path: Path, loud: float, speech: float, *, twice: bool
) -> None:
    """Bare samples are measured, and a file that is whole already."""
    samples = np.zeros(10 * RATE, dtype="<i2")
    at = np.arange(round(loud * RATE))
    samples[: len(at)] = 8000 * np.sin(at)
    samples.tofile(tmp_path / f"{RECORDING}.raw")
    measured = msgspec.structs.replace(command(1, lasted=None), measures_speech=True)
    done = finish(tmp_path, measured)
    if twice:
        done = finish(tmp_path, measured)
    assert done.seconds == 10
    assert done.speech == pytest.approx(speech, abs=0.02)


def test_the_speech_in_a_talk_is_not_measured(tmp_path: Path) -> None:
    """No command asks for it."""
    written(tmp_path, 10)
    assert finish(tmp_path, command()).speech is None


@pytest.mark.parametrize("wanted", RecordingFormat)
@pytest.mark.parametrize("channels", [1, 2])
def test_finishing_again_what_was_encoded(
    tmp_path: Path, wanted: RecordingFormat, channels: int
) -> None:
    """It is reported as before, in the format it has by now, and is not written again."""
    written(tmp_path, 7.5, channels)
    first = finish(tmp_path, command(channels, silences=[(2.5, 4.5)]))
    kept, _ = keep(Path(first.path), channels, wanted)
    before = kept.read_bytes()
    again = finish(tmp_path, command(channels, silences=[(2.5, 4.5)]))
    assert again == msgspec.structs.replace(first, path=str(kept))
    assert (again.seconds, again.cut) == (7.5, True)
    assert kept.read_bytes() == before


def test_killed_before_the_wav_was_removed(tmp_path: Path) -> None:
    """Both files are there and the same: the encoded one is kept."""
    written(tmp_path, 10)
    first = finish(tmp_path, command())
    wav = Path(first.path)
    content = wav.read_bytes()
    kept, _ = keep(wav, 2, RecordingFormat.FLAC)
    wav.write_bytes(content)
    assert finish(tmp_path, command()) == msgspec.structs.replace(first, path=str(kept))
    assert list(tmp_path.iterdir()) == [kept]


def test_the_speech_in_a_message_that_was_encoded(tmp_path: Path) -> None:
    """It is measured again."""
    samples = np.zeros(10 * RATE, dtype="<i2")
    samples[:16_000] = 8000 * np.sin(np.arange(16_000))
    samples.tofile(tmp_path / f"{RECORDING}.raw")
    measured = msgspec.structs.replace(command(1, lasted=None), measures_speech=True)
    first = finish(tmp_path, measured)
    keep(Path(first.path), 1, RecordingFormat.FLAC)
    assert finish(tmp_path, measured).speech == first.speech == pytest.approx(2, abs=0.02)


def test_an_encoded_file_that_cannot_be_read(tmp_path: Path) -> None:
    """There is no usable file."""
    (tmp_path / f"{RECORDING}.flac").write_bytes(b"nothing")
    assert finish(tmp_path, command()) == RecordingFinished(RECORDING, "", 0, failed=True)
