"""The folders of demonstrations: few are kept, and never one fewer than runs."""

from pathlib import Path

from contactcenter_ari.machine.folder_lock import ProgramRole
from contactcenter_ari.machine.run_folder import fresh_folder, remove_run
from tests.cli.program import holder


def test_the_oldest_make_room(tmp_path: Path) -> None:
    """This many runs are left, with the new one; other files are left alone."""
    for day in range(1, 6):
        (tmp_path / f"2026010{day}-120000-1" / "input").mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    new = fresh_folder(tmp_path, kept=3)
    assert not new.exists()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["20260104-120000-1", "20260105-120000-1", "notes"]
    assert fresh_folder(tmp_path / "none", kept=3).parent == tmp_path / "none"


def test_one_that_runs_is_kept(tmp_path: Path) -> None:
    """However old it is; once it has ended it goes."""
    old = tmp_path / "20250101-120000-1"
    with holder(old, ProgramRole.SWITCH):
        fresh_folder(tmp_path, kept=1)
        assert (old / "switch.lock").exists()
    fresh_folder(tmp_path, kept=1)
    assert not old.exists()
    remove_run(old)
    assert not old.exists()
