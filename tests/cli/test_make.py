"""The targets of `make` on a checkout."""

import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_clean_removes_no_data(tmp_path: Path) -> None:
    """The virtual environment and caches go; the database, recordings and logs stay."""
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    gone = [".venv/bin/python", ".mypy_cache/x", ".ruff_cache/x", "package/__pycache__/x.pyc"]
    kept = [".run/postgres/x", ".run/recordings/a.wav", ".run/__pycache__/x", "package/x.py"]
    for name in (*gone, *kept):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"Makefile", *kept}
