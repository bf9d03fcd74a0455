"""`promtool` of Prometheus, fetched once into the user's cache, as other native tools are."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from contactcenter_ari.machine.apt import Apt, find_mirror
from contactcenter_ari.machine.tool_root import cache_folder

SUITE = "stable"


def promtool() -> Path:
    """The program; 20 MB are fetched when it is not there."""
    kept = cache_folder(os.environ) / "promtool"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            _fetch(Path(name)).rename(kept)
    return kept


def _fetch(folder: Path) -> Path:
    apt = Apt(folder, find_mirror(SUITE, os.environ), os.environ)
    apt.prepare()
    apt.update(lambda _: None)
    own = {**os.environ, "APT_CONFIG": str(folder / "apt.conf")}
    subprocess.run(
        ["apt-get", "--quiet=2", "download", "promtool"], env=own, cwd=folder, check=True
    )
    (package,) = folder.glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, folder / "root"], check=True)
    return Path(shutil.move(folder / "root/usr/bin/promtool", folder / "promtool"))
