"""The file that a recording is kept in: its formats, and the facts of one file."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class RecordingFormat(StrEnum):
    """How closed recordings are kept."""

    FLAC = "flac"
    """Without loss."""
    WAV = "wav"
    """As Asterisk records: linear samples of 16 bits."""
    OPUS = "opus"
    """With loss, and smallest."""


class FileKind(msgspec.Struct, frozen=True):
    """How a file of a format is named, and what it is called on the web."""

    ending: str
    media_type: str


FILE_KINDS: Mapping[RecordingFormat, FileKind] = {
    RecordingFormat.FLAC: FileKind(".flac", "audio/flac"),
    RecordingFormat.WAV: FileKind(".wav", "audio/wav"),
    RecordingFormat.OPUS: FileKind(".opus", "audio/ogg; codecs=opus"),
}


class AudioFacts(msgspec.Struct, frozen=True):
    """The facts of a file besides its path and its length. `format` is None for bare samples,
    which stay where a disk was full; `sha256` is hexadecimal.
    """

    format: RecordingFormat | None
    channels: int
    sha256: str
