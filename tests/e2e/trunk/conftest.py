"""A center whose site names its trunks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.world import SITE

NamesTrunks = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def names_trunks(data_folder: Path) -> NamesTrunks:
    """Writes a site with these lines at the end of its `site.yaml`; gives the settings for it."""

    def write(*lines: str, **more: str) -> dict[str, str]:
        site = data_folder / "site"
        shutil.copytree(SITE, site)
        shutil.copy(Path(__file__).parent / "bridge.yaml", site)
        with (site / "site.yaml").open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(lines) + "\n")
        return {"CC_SITE": str(site), **more}

    return write
