"""Sound files hold what was put in; what a line cannot carry is refused by name."""

import wave
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from contactcenter_ari.speech.sound_file import (
    SoundUnreadable,
    read_ulaw,
    read_wav,
    write_linear,
    write_ulaw,
    write_wav,
)
from contactcenter_ari.speech.tone import decode_ulaw, encode_ulaw, sine

TONE = sine(440, timedelta(milliseconds=200))


def test_files_hold_what_was_put_in(tmp_path: Path) -> None:
    """WAV is exact, mu-law as exact as the law; nothing else is left in the folder."""
    write_wav(tmp_path / "a.wav", TONE)
    write_ulaw(tmp_path / "a.ulaw", TONE)
    write_linear(tmp_path / "a.sln", TONE)
    assert_array_equal(read_wav(tmp_path / "a.wav"), TONE)
    assert_array_equal(read_ulaw(tmp_path / "a.ulaw"), decode_ulaw(encode_ulaw(TONE)))
    assert (tmp_path / "a.sln").read_bytes() == TONE.tobytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sln", "a.ulaw", "a.wav"]


def test_a_recording_cut_in_the_middle_of_a_sample_is_read(tmp_path: Path) -> None:
    """A recording still being written may end in half a sample."""
    write_wav(tmp_path / "a.wav", TONE)
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:-801])
    assert_array_equal(read_wav(tmp_path / "b.wav"), TONE[:-401])


def test_another_sample_rate_is_refused(tmp_path: Path) -> None:
    """A 16 kHz file is no telephone sound; the message says what was expected."""
    with wave.open(str(tmp_path / "wide.wav"), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(np.zeros(10, dtype="<i2").tobytes())
    with pytest.raises(SoundUnreadable, match=r"wide.wav: is 16000 Hz.*expected 8000 Hz"):
        read_wav(tmp_path / "wide.wav")


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    """A file that is missing or no sound at all is an error naming the file."""
    (tmp_path / "text.wav").write_text("hello")
    for name in ("text.wav", "none.wav"):
        with pytest.raises(SoundUnreadable, match=name):
            read_wav(tmp_path / name)
    with pytest.raises(SoundUnreadable, match=r"none\.ulaw"):
        read_ulaw(tmp_path / "none.ulaw")
