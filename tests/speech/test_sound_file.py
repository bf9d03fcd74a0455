"""Sound files hold the samples that were put in."""

from datetime import timedelta
from pathlib import Path

from numpy.testing import assert_array_equal

from contactcenter_ari.speech.sound_file import write_linear, write_ulaw, write_wav
from contactcenter_ari.speech.tone import encode_ulaw, sine
from tests.recorded import mono_of

TONE = sine(440, timedelta(milliseconds=200))


def test_files_hold_what_was_put_in(tmp_path: Path) -> None:
    """WAV and bare samples are exact, mu-law has its code words; nothing else is left in the
    folder.
    """
    write_wav(tmp_path / "a.wav", TONE)
    write_ulaw(tmp_path / "a.ulaw", TONE)
    write_linear(tmp_path / "a.sln", TONE)
    assert_array_equal(mono_of(tmp_path / "a.wav"), TONE)
    assert (tmp_path / "a.ulaw").read_bytes() == encode_ulaw(TONE).tobytes()
    assert (tmp_path / "a.sln").read_bytes() == TONE.tobytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sln", "a.ulaw", "a.wav"]
