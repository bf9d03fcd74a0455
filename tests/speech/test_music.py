"""Hold music is soft, loops without a seam and lies ready in each codec."""

from pathlib import Path

import numpy as np
import pytest

from contactcenter_ari.speech.music import compose, write_music
from contactcenter_ari.speech.tone import encode_ulaw
from tests.hearing import level_of


def test_hold_music_is_soft_and_has_no_seam() -> None:
    """A minute at -25 dBFS; from the end to the beginning it moves no more than elsewhere."""
    music = compose()
    steps = np.abs(np.diff(music.astype(np.int32)))
    assert len(music) == 60 * 8000
    assert level_of(music) == pytest.approx(-25, abs=0.1)
    assert np.abs(music.astype(np.int32)).max() < 32767
    assert abs(int(music[0]) - int(music[-1])) <= steps.max()


def test_music_is_never_silent() -> None:
    """In no half second does a caller think the line is dead."""
    parts = compose().reshape(-1, 4000)
    assert min(level_of(part) for part in parts) > -40


def test_music_is_written_once_in_each_codec(tmp_path: Path) -> None:
    """Asterisk finds native files; a second start leaves them alone."""
    folder = tmp_path / "music"
    write_music(folder, "calm")
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    write_music(folder, "calm")
    assert written == {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert sorted(written) == ["calm.alaw", "calm.sln", "calm.ulaw"]
    assert (folder / "calm.ulaw").read_bytes() == encode_ulaw(compose()).tobytes()
