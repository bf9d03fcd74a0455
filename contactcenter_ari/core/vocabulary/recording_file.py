"""The file that a recording is kept in: its formats, and the facts of one file."""

from enum import StrEnum

import msgspec


class RecordingFormat(StrEnum):
    """How closed recordings are kept; the value is also the ending of a file's name."""

    FLAC = "flac"
    """Without loss."""
    WAV = "wav"
    """As Asterisk records: linear samples of 16 bits."""
    OPUS = "opus"
    """With loss, and smallest."""


class AudioFacts(msgspec.Struct, frozen=True):
    """The facts of a file other than its path and its length. `format` is None for bare samples,
    which stay where a disk was full; `sha256` is hexadecimal.
    """

    format: RecordingFormat | None
    channels: int
    sha256: str
