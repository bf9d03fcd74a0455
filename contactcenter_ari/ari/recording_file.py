"""Files of recordings: from the samples that Asterisk writes to a whole WAV.

Asterisk writes bare samples, so that nothing of a file is lost when it dies. `finish` puts a WAV
header before them, and silence where nothing may be kept. It may be called twice: a file is whole,
or still as Asterisk left it, or encoded already. It blocks, so call it in a thread.
"""

import math
import struct
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt
import soundfile
import structlog

from contactcenter_ari.ari.recording_encoder import OWNER_ONLY, encoded
from contactcenter_ari.ari.voice_activity import speech_in
from contactcenter_ari.core.vocabulary.command import FinishRecording
from contactcenter_ari.core.vocabulary.ids import RecordingId
from contactcenter_ari.core.vocabulary.signal import RecordingFinished

RATE: Final = 8000
SAMPLE: Final = 2
HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
RAW, WAV, PART, KEPT = ".raw", ".wav", ".part", ".samples"
OFFSETS: Final = {WAV: HEADER.size, KEPT: 0}
"""The position of the first sample in files that are not encoded."""
CHUNK: Final = 1 << 20
MARGIN: Final = timedelta(milliseconds=200)
"""The difference that a file and the clock may have."""
CUT_TOLERANCE: Final = timedelta(seconds=2)
"""A file that is shorter than planned by more than this is incomplete."""

Span = tuple[int, int]
"""A range of bytes in the samples, from and to."""

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


def finish(folder: Path, command: FinishRecording) -> RecordingFinished:
    """Make the file of a recording whole, and report it; the facts of it are still open."""
    raw, wav = folder / f"{command.recording}{RAW}", folder / f"{command.recording}{WAV}"
    try:
        path = _whole_file(raw, wav, command)
        length = length_of(path, command.channels)
        speech = _speech(path) if command.measures_speech else None
    except (OSError, soundfile.SoundFileError) as error:
        log.warning("recording.unusable", recording=command.recording, reason=str(error))
        return RecordingFinished(command.recording, "", 0, failed=True)
    return RecordingFinished(
        recording=command.recording,
        path=str(path) if length else "",
        seconds=round(length.total_seconds(), 3),
        failed=not length,
        cut=path.suffix == KEPT or _lacking(length, command) > CUT_TOLERANCE,
        speech=speech,
    )


def mend(wav: Path, channels: int) -> int:
    """Write a header that tells the true size of a WAV, and give the bytes of its samples.
    Asterisk, or an earlier start of ours, wrote a header already; it may tell a wrong size.
    """
    size = _whole(max(wav.stat().st_size - HEADER.size, 0), channels)
    with wav.open("r+b") as file:
        if size and file.read(HEADER.size) != _header(channels, size):
            file.seek(0)
            file.write(_header(channels, size))
    return size


def _whole_file(raw: Path, wav: Path, command: FinishRecording) -> Path:
    """The one file in which all of a recording is."""
    if raw.exists():
        return _wrapped(raw, wav, command)
    return encoded(wav) or _repaired(wav, command)


def length_of(path: Path, channels: int) -> timedelta:
    """The length of a finished file. Raises OSError, SoundFileError."""
    if path.suffix in OFFSETS:
        return _length(path.stat().st_size - OFFSETS[path.suffix], channels)
    return timedelta(seconds=soundfile.info(path).frames / RATE)


def _speech(path: Path) -> float:
    """The seconds of speech in a file of one channel."""
    samples: npt.NDArray[np.int16]
    if path.suffix in OFFSETS:
        samples = np.fromfile(path, dtype="<i2", offset=OFFSETS[path.suffix])
    else:
        samples, _ = soundfile.read(path, dtype="int16")
    return round(speech_in(samples).total_seconds(), 3)


def discard(folder: Path, recording: RecordingId) -> None:
    """Remove the file of a leg that was in no talk."""
    (folder / f"{recording}{RAW}").unlink(missing_ok=True)


def _wrapped(raw: Path, wav: Path, command: FinishRecording) -> Path:
    """Write header and samples aside, then rename: nobody ever sees half a file. On a full disk
    the samples stay as they are, except for the silence.
    """
    part = wav.with_suffix(PART)
    size = _whole(raw.stat().st_size, command.channels)
    spans = _spans(command, size)
    try:
        part.touch(mode=OWNER_ONLY)
        with raw.open("rb") as source, part.open("wb") as target:
            target.write(_header(command.channels, size))
            for chunk in _silenced(source, size, spans):
                target.write(chunk)
    except OSError as error:
        part.unlink(missing_ok=True)
        log.warning("recording.left_raw", recording=command.recording, reason=error.strerror)
        kept = raw.rename(wav.with_suffix(KEPT))
        _silence(kept, spans, offset=0)
        return kept
    part.replace(wav)
    raw.unlink()
    return wav


def _repaired(wav: Path, command: FinishRecording) -> Path:
    """A WAV that was there before, or the samples that a full disk has left."""
    kept = wav.with_suffix(KEPT)
    if not wav.exists() and kept.exists():
        return kept
    size = mend(wav, command.channels)
    _silence(wav, _spans(command, size), offset=HEADER.size)
    return wav


def _header(channels: int, size: int) -> bytes:
    """The 44 bytes before linear samples of 16 bits."""
    frame = SAMPLE * channels
    sound = (b"fmt ", 16, 1, channels, RATE, RATE * frame, frame, 8 * SAMPLE)
    return HEADER.pack(b"RIFF", HEADER.size - 8 + size, b"WAVE", *sound, b"data", size)


def _silenced(source: BinaryIO, size: int, spans: Sequence[Span]) -> Iterator[bytes]:
    """The samples, with zeros in the spans."""
    at = 0
    while chunk := bytearray(source.read(min(CHUNK, size - at))):
        for begin, end in spans:
            first, last = max(begin - at, 0), min(end - at, len(chunk))
            if first < last:
                chunk[first:last] = bytes(last - first)
        yield bytes(chunk)
        at += len(chunk)


def _silence(path: Path, spans: Sequence[Span], *, offset: int) -> None:
    """Write zeros over the spans."""
    if not spans:
        return
    with path.open("r+b") as file:
        for begin, end in spans:
            file.seek(offset + begin)
            for at in range(begin, end, CHUNK):
                file.write(bytes(min(CHUNK, end - at)))


def _spans(command: FinishRecording, size: int) -> list[Span]:
    """The spans of the silences, with a margin, and as much more as the file is longer or shorter
    than the time it was written in.
    """
    frame = SAMPLE * command.channels
    lacking = _lacking(_length(size, command.channels), command)
    before = MARGIN + max(lacking, timedelta())
    after = MARGIN + max(-lacking, timedelta())
    spans = []
    for pause in command.silences:
        begin = pause.started_at - command.started_at - before
        end = pause.ended_at - command.started_at + after
        first = max(math.floor(begin.total_seconds() * RATE), 0) * frame
        last = min(math.ceil(end.total_seconds() * RATE) * frame, size)
        if first < last:
            spans.append((first, last))
    return spans


def _lacking(length: timedelta, command: FinishRecording) -> timedelta:
    """The length that a file lacks of the time it was written in; negative when longer."""
    if command.ended_at is None:
        return timedelta()
    return command.ended_at - command.started_at - length


def _length(size: int, channels: int) -> timedelta:
    return timedelta(seconds=size / (RATE * SAMPLE * channels))


def _whole(size: int, channels: int) -> int:
    """The size without an incomplete sample at the end."""
    return size - size % (SAMPLE * channels)
