"""From the files of the site to what new calls are served by.

Promises: files are published whole or not at all; only after they were checked, their tests
passed and their prompts were spoken; and files that cannot be published change nothing and
say why. Calls in flight keep the version they began with (the core sees to that). Going back
to an earlier version pins it until the files change or somebody publishes them.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from contactcenter_ari.config.old_key import OLD_KEY
from contactcenter_ari.config.problem import Problem, Severity, SiteInvalid, in_order
from contactcenter_ari.config.site import check_site
from contactcenter_ari.core.errors import ContactCenterError, RequestRefused
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.service.archive import Archive, Pin, site_version
from contactcenter_ari.service.site_folder import SiteFolder
from contactcenter_ari.web.port import (
    Condition,
    FlowProblem,
    FlowsRefused,
    FlowsState,
    PartHealth,
    PublishedVersion,
)

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=1)
READS_LIMIT = 5
"""How often files that change while they are read are read again."""


def first_site(folder: Path, archive: Archive) -> Site:
    """The site to begin with: the files, or the version published last when they have errors.
    Old keys in the files are logged.

    Raises:
        SiteInvalid: the files have errors, and nothing was published before.
    """
    site, problems = check_site(folder)
    for old in in_order(each for each in problems if each.code == OLD_KEY):
        log.warning("site.old_key", at=f"{old.file}:{old.line}:{old.column}", told=old.message)
    if not _errors(problems):
        return site
    for kept in archive.sites():
        with suppress(RequestRefused):
            site = archive.read(kept)
            log.error("site.invalid", problems=len(problems), served=kept.version)
            return site
    raise SiteInvalid(problems)


class Publisher(Protocol):
    """The driver, in which a site takes effect."""

    def check(self, site: Site) -> None:
        """Raises ContactCenterError if the site cannot be served here."""

    def publish(self, site: Site) -> None:
        """Take a new configuration; calls in flight keep theirs."""


class Tester(Protocol):
    """Runs the tests that lie beside the flows."""

    async def failures(self, folder: Path, site: Site) -> Sequence[FlowProblem]:
        """The failures of the tests of a folder against this site; nothing when all pass."""


class Untested:
    """For a site whose tests are run elsewhere."""

    async def failures(self, folder: Path, site: Site) -> Sequence[FlowProblem]:
        """Nothing is known against it."""
        del folder, site
        return ()


class Speaker(Protocol):
    """Makes prompts audible before a caller needs them."""

    async def speak(self, site: Site) -> None:
        """Render all prompts that can be; raises ContactCenterError."""


class Publishing:
    """Keeps what is served in step with a folder; `site` is what is served at first."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        *,
        archive: Archive,
        publisher: Publisher,
        tester: Tester,
        speaker: Speaker,
        now: Callable[[], datetime],
    ) -> None:
        self._folder = SiteFolder(folder)
        self._archive = archive
        self._publisher = publisher
        self._tester = tester
        self._speaker = speaker
        self._now = now
        self._site = site
        self._version = site_version(site)
        self._pinned = False
        self._problems: tuple[FlowProblem, ...] = ()
        self._failures = 0
        self._seen: str | None = None
        self._settled: str | None = None
        """The content of the folder that was published, refused, or overruled by a pin."""
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Publishing {self._version} of {self._folder!r}: {len(self._problems)} problems>"

    def begin(self) -> None:
        """Take up the pin that an earlier run left, if the folder is as it was then."""
        self._keep()
        pin = self._archive.pin()
        if pin is None or pin.content != self._folder.content():
            return
        try:
            site = self._archive.read(self._archive.find(pin.version))
        except ContactCenterError as error:
            log.warning("pin.not_taken_up", reason=str(error))
            return
        self._swap(site)
        self._pinned, self._settled = True, pin.content

    async def run(self) -> None:
        """Look at the folder every second, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def look(self) -> None:
        """Publish the files if they changed and then stood still for one look."""
        async with self._turn:
            content = await self._content()
            still, self._seen = content == self._seen, content
            if content is None or not still or content == self._settled:
                return
            try:
                await self._publish()
            except FlowsRefused as refused:
                log.warning("flows.refused", problems=len(refused.problems))

    async def publish(self) -> FlowsState:
        """Publish the files as they are; a pin is taken back. Raises FlowsRefused."""
        async with self._turn:
            await self._publish()
        return self.state()

    async def rollback(self, version: str = "") -> FlowsState:
        """Serve a version published earlier (the one before, when empty) and pin it.

        Raises:
            RequestRefused: there is no such version, it cannot be read any more, or it cannot be
                served here.
        """
        async with self._turn:
            kept = await asyncio.to_thread(
                self._archive.find if version else self._archive.before, version or self._version
            )
            site = await asyncio.to_thread(self._archive.read, kept)
            try:
                self._publisher.check(site)
            except ContactCenterError as error:
                raise RequestRefused("version_unusable", str(error)) from error
            await self._speak_if_possible(site)
            self._swap(site)
            content = await self._content() or ""
            self._pinned, self._settled, self._problems = True, content, ()
            self._write_pin(Pin(kept.version, content))
            log.info("flows.rolled_back", version=self._version)
        return self.state()

    async def versions(self) -> tuple[PublishedVersion, ...]:
        """The versions published, the latest first."""
        kept = await asyncio.to_thread(self._archive.sites)
        return tuple(
            PublishedVersion(version=one.version, published_at=one.published_at) for one in kept
        )

    def state(self) -> FlowsState:
        """The version that serves new calls, and the problems of the files."""
        return FlowsState(
            version=self._version,
            flows={flow.name: flow.version for flow in self._site.flows},
            pinned=self._pinned,
            problems=self._problems,
            failures=self._failures,
        )

    def health(self) -> PartHealth:
        """Degraded while the files cannot be published; tells places and codes, no content."""
        if self._problems:
            first, more = self._problems[0], len(self._problems) - 1
            place = f"{Path(first.file).name}:{first.line}:{first.column}"
            others = f" and {more} more" if more else ""
            why = f"{place}: {first.code}{others}; version {self._version} is still served"
            return PartHealth(Condition.DEGRADED, why)
        if self._pinned:
            return PartHealth(why=f"version {self._version} is pinned by a rollback")
        return PartHealth()

    async def _publish(self) -> None:
        """Read, check, test, speak, swap; raises FlowsRefused."""
        content, site, problems = await self._read()
        try:
            problems = problems or await self._tested(site)
        except Exception:
            log.exception("flows.publishing_failed")
            problems = (_fault(self._folder.path),)
        self._settled, self._problems = content, problems
        if problems:
            self._failures += 1
            raise FlowsRefused(problems)
        if site_version(site) != self._version:
            self._swap(site)
            log.info("flows.published", version=self._version)
        self._pinned = False
        self._keep()
        self._write_pin(None)

    async def _read(self) -> tuple[str | None, Site, tuple[FlowProblem, ...]]:
        """The site of files that did not change while they were read."""
        for _ in range(READS_LIMIT):
            content = await self._content()
            try:
                site, problems = await asyncio.to_thread(check_site, self._folder.path)
            except Exception:
                log.exception("flows.check_failed")
                return content, self._site, (_fault(self._folder.path),)
            if content == await self._content():
                return content, site, _errors(problems)
        message = "the files change while they are read; publish again when they stand still"
        return None, self._site, (_problem(self._folder.path, "changing", message),)

    async def _tested(self, site: Site) -> tuple[FlowProblem, ...]:
        try:
            self._publisher.check(site)
        except ContactCenterError as error:
            return (_problem(self._folder.path, "installation", str(error)),)
        failures = tuple(await self._tester.failures(self._folder.path, site))
        if failures:
            return failures
        if site_version(site) == self._version:
            return ()  # it is spoken already
        try:
            await self._speaker.speak(site)
        except ContactCenterError as error:
            return (_problem(self._folder.path, "speech", str(error)),)
        return ()

    async def _speak_if_possible(self, site: Site) -> None:
        """A rollback is urgent: prompts not spoken now are spoken when they are needed."""
        try:
            await self._speaker.speak(site)
        except ContactCenterError as error:
            log.warning("flows.not_spoken_ahead", reason=str(error))

    def _swap(self, site: Site) -> None:
        self._publisher.publish(site)
        self._site, self._version = site, site_version(site)

    def _keep(self) -> None:
        try:
            self._archive.keep(self._site, self._now())
        except OSError as error:
            log.error("flows.not_kept", reason=error.strerror)

    def _write_pin(self, pin: Pin | None) -> None:
        try:
            self._archive.set_pin(pin)
        except OSError as error:
            log.error("pin.not_written", reason=error.strerror)

    async def _content(self) -> str | None:
        try:
            return await asyncio.to_thread(self._folder.content)
        except OSError as error:
            log.warning("site.unreadable", reason=error.strerror)
            return None


def _errors(problems: Sequence[Problem]) -> tuple[FlowProblem, ...]:
    return tuple(
        FlowProblem(
            file=str(problem.file),
            line=problem.line,
            column=problem.column,
            code=problem.code,
            message=problem.message,
        )
        for problem in in_order(problems)
        if problem.severity is Severity.ERROR
    )


def _fault(folder: Path) -> FlowProblem:
    return _problem(folder, "fault", "the program failed to read this; its log says where")


def _problem(folder: Path, code: str, message: str) -> FlowProblem:
    return FlowProblem(file=str(folder), line=1, column=1, code=code, message=message)
