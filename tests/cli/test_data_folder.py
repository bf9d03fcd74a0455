"""The data folder is for its owner alone, whatever it was before; other folders are left alone."""

import os
import stat
from pathlib import Path

import pytest

from contactcenter_ari.machine.data_folder import DataFolderUnusable, close_folder, private_files
from contactcenter_ari.machine.run_folder import fresh_folder

MODE = 0o700 if os.geteuid() else 0o711


def mode(path: Path) -> int:
    """The rights of each account on the folder."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("given", [None, 0o755, 0o777])
def test_a_new_or_empty_folder_is_closed(tmp_path: Path, given: int | None) -> None:
    """Also one that an administrator made for us."""
    data = tmp_path / "a" / "data"
    if given is not None:
        data.mkdir(parents=True)
        data.chmod(given)
    close_folder(data)
    assert mode(data) == MODE


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    """Files and folders at the top, so that nobody gets further; links are left alone."""
    for folder in ("secrets", "published", "asterisk"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder).chmod(0o755)
    (tmp_path / "addresses.json").write_text("{}")
    (tmp_path / "addresses.json").chmod(0o664)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "link").symlink_to("/etc")
    tmp_path.chmod(0o755)
    close_folder(tmp_path)
    assert mode(tmp_path) == MODE
    assert mode(tmp_path / "addresses.json") == 0o600
    assert {mode(tmp_path / name) for name in ("secrets", "published", "asterisk")} == {MODE}
    assert mode(Path("/etc")) & 0o055


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    """A home folder given by mistake, say."""
    (tmp_path / "letter").write_text("Dear")
    (tmp_path / "letter").chmod(0o644)
    tmp_path.chmod(0o755)
    close_folder(tmp_path)
    assert (mode(tmp_path), mode(tmp_path / "letter")) == (0o755, 0o644)


def test_runs_in_it_can_be_reached(tmp_path: Path) -> None:
    """A demonstration of root has a Postgres of another account in its folder, which a start
    beside it must not shut out.
    """
    run = fresh_folder(tmp_path / "data" / "demo", kept=3)
    with private_files():
        close_folder(run)
    (tmp_path / "data" / "secrets").mkdir()
    close_folder(tmp_path / "data")
    fresh_folder(tmp_path / "data" / "demo", kept=3)
    assert {mode(folder) for folder in (run, run.parent, run.parent.parent)} == {MODE}


def test_what_cannot_be_a_folder_is_told(tmp_path: Path) -> None:
    """With what to set."""
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file/data"):
        with pytest.raises(DataFolderUnusable, match="set CC_DATA_DIR"):
            close_folder(place)
