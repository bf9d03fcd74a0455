"""A folder with a small site, a real driver that serves it, and what publishes it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contactcenter_ari.config.settings import SettingInvalid
from contactcenter_ari.config.site import load_site
from contactcenter_ari.config.site_file import NEEDED_PROMPTS
from contactcenter_ari.core.site.site import Site, SitePublished
from contactcenter_ari.service.archive import Archive
from contactcenter_ari.service.publishing import Publishing, first_site
from contactcenter_ari.speech.voice import SpeechFailed
from contactcenter_ari.web.port import FlowProblem
from tests.runtime.world import World, quiet

DIRECT = "+31201111110"
FLOW = """\
flow: desk
numbers: ["+31201111110"]
timezone: Europe/Amsterdam
languages: [en]
hours:
  office: {mon-fri: 08:30-17:30, holidays: {country: NL}, dates: {2026-12-24: 08:30-15:00}}
prompts:
  hello: {en: First hello.}
  bye: {en: First goodbye.}
sections:
  start:
    - answer
    - menu: hello
      choices: {"1": sales}
      failed: sales
  sales:
    - play: bye
      barge_in: false
    - queue: sales
      next: {timeout: hangup, no_agents: hangup}
"""
BROKEN = FLOW.replace('{"1": sales}', '{"1": nowhere}')
SECOND = FLOW.replace("First", "Second")
THIRD = FLOW.replace("First", "Third")


class Desk:
    """Tests and speaks as it is told."""

    def __init__(self) -> None:
        self.verdict: Sequence[FlowProblem] = ()
        self.mute = False
        self.tested = 0
        self.fault: Exception | None = None
        self.spoken: list[Site] = []

    async def failures(self, folder: Path, site: Site) -> Sequence[FlowProblem]:
        """The verdict."""
        del folder, site
        self.tested += 1
        if self.fault is not None:
            raise self.fault
        return self.verdict

    async def speak(self, site: Site) -> None:
        """Note the site."""
        if self.mute:
            raise SpeechFailed("no voice")
        self.spoken.append(site)


@dataclass
class Engineer:
    """Edits a folder whose site a driver serves."""

    folder: Path
    archive: Archive
    world: World
    desk: Desk = field(default_factory=Desk)

    unusable: str = ""
    """Why a site cannot be served here."""

    def __post_init__(self) -> None:
        self.publishing = self.restarted()

    def check(self, site: Site) -> None:
        """Refuse what is unusable."""
        del site
        if self.unusable:
            raise SettingInvalid(self.unusable)

    def publish(self, site: Site) -> None:
        """Let the driver serve the site."""
        self.world.driver.publish(site)

    def restarted(self) -> Publishing:
        """The publishing of a center that starts on the same data."""
        self.publishing = Publishing(
            self.folder,
            first_site(self.folder, self.archive),
            archive=self.archive,
            publisher=self,
            tester=self.desk,
            speaker=self.desk,
            now=self.world.clock.now,
        )
        self.publishing.begin()
        return self.publishing

    def edit(self, text: str, name: str = "desk.yaml") -> None:
        """Write a file again."""
        (self.folder / name).write_text(text, encoding="utf-8")

    async def notice(self) -> None:
        """Look twice, as it does within two seconds, and let the driver take what comes."""
        await self.publishing.look()
        await self.publishing.look()
        await quiet(self.world.driver)


def write_site(folder: Path) -> Path:
    """A site folder without a mistake."""
    folder.mkdir()
    prompts = "".join(f"  {name}: {{en: {name}}}\n" for name in NEEDED_PROMPTS)
    site = f"name: test\nlanguages: [en]\nprompts:\n{prompts}"
    (folder / "site.yaml").write_text(site, encoding="utf-8")
    (folder / "queues.yaml").write_text("sales: {join_empty: true}\n", encoding="utf-8")
    (folder / "desk.yaml").write_text(FLOW, encoding="utf-8")
    return folder


@pytest.fixture
async def engineer(tmp_path: Path) -> AsyncIterator[Engineer]:
    """An engineer, and a driver that runs meanwhile."""
    folder = write_site(tmp_path / "callflows")
    world = World(tmp_path / "1.jsonl", site=SitePublished(load_site(folder)))
    async with world.running():
        yield Engineer(folder, Archive(tmp_path / "published"), world)
