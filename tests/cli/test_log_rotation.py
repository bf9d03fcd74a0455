"""Logs that others write are cut by size, and few old ones are kept."""

from pathlib import Path

from contactcenter_ari.machine.log_rotation import KEPT, cut, is_long, set_aside


def test_a_log_that_is_set_aside(tmp_path: Path) -> None:
    """The latest is `.1`, the oldest goes; without a log there is nothing to set aside."""
    log = tmp_path / "a.log"
    for number in range(KEPT + 3):
        set_aside(log)
        log.write_text(f"{number}")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.log": "6",
        "a.log.1": "5",
        "a.log.2": "4",
        "a.log.3": "3",
        "a.log.4": "2",
    }


def test_a_log_that_its_writer_keeps_open(tmp_path: Path) -> None:
    """The writer goes on at the beginning of the same file; the copy is private."""
    log = tmp_path / "a.log"
    with log.open("ab", buffering=0) as writer:
        for number in range(KEPT + 3):
            writer.write(b"%d" % number)
            assert is_long(log, 0)
            cut(log)
            assert not is_long(log, 0)
        writer.write(b"last")
    assert log.read_text() == "last"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.log",
        *(f"a.log.{number}" for number in range(1, KEPT + 1)),
    ]
    assert (tmp_path / "a.log.1").read_text() == "6"
    assert (tmp_path / "a.log.1").stat().st_mode & 0o077 == 0
