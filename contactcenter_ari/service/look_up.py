"""Look-ups: each question to the source that can answer it, and what may be read for it."""

import asyncio

import structlog

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.postgres.errors import DatabaseUnreachable, LookUpRoleRefused
from contactcenter_ari.postgres.look_up import LookUps
from contactcenter_ari.postgres.look_up_role import allow_look_ups, look_up_url
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.service.switch_trunk import SwitchTrunks
from contactcenter_ari.web.look_up import WebLookUps

SECRET = "look-up"  # noqa: S105  # the name of its file

log = structlog.get_logger(__name__)


class AllLookUps:
    """The database for SQL, web services for addresses."""

    def __init__(self, database: LookUps, web: WebLookUps) -> None:
        self._database = database
        self._web = web

    def __repr__(self) -> str:
        return f"<AllLookUps {self._database!r}, {self._web!r}>"

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The answer, or why there is none, within the question's limit."""
        source = self._web if look_up.url else self._database
        return await source.answer(look_up)


class LookUpAccess:
    """The rights of look-ups in the database: the tables that the served site lists. Their role is
    ours, unless CC_LOOKUP_URL names another.
    """

    def __init__(self, settings: Settings, tables: tuple[str, ...]) -> None:
        self._given = settings.lookup_url
        self._secrets = SecretFolder(settings.data.absolute())
        self._tables = tables
        self._changed = asyncio.Event()

    def __repr__(self) -> str:
        return f"<LookUpAccess to {', '.join(self._tables) or 'nothing'}>"

    def url(self, database_url: str) -> str:
        """The URL of look-ups, password included; never log it."""
        return self._given or look_up_url(database_url, self._password)

    @property
    def _password(self) -> str:
        return self._secrets.secret(SECRET)

    async def grant(self, database_url: str) -> None:
        """Let the role read the tables and nothing else; raises LookUpRoleRefused if there are
        any that it may not be allowed to read, and DatabaseUnreachable.
        """
        if self._given is not None:
            return
        try:
            await allow_look_ups(database_url, self._password, self._tables)
        except LookUpRoleRefused as refusal:
            if self._tables:
                raise
            log.info("look_up.no_role", reason=str(refusal))

    def follow(self, site: Site) -> None:
        """A site is served from now on."""
        if site.lookup_tables != self._tables:
            self._tables = site.lookup_tables
            self._changed.set()

    async def run(self, database_url: str) -> None:
        """Grant what sites need that are published meanwhile."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.grant(database_url)
            except (DatabaseUnreachable, LookUpRoleRefused) as error:
                log.error("look_up.not_granted", reason=str(error))


class Published:
    """Takes a site that is published to the core, to what look-ups may read, and to the trunks."""

    def __init__(self, driver: Driver, access: LookUpAccess, trunks: SwitchTrunks) -> None:
        self._driver = driver
        self._access = access
        self._trunks = trunks

    def __repr__(self) -> str:
        return f"<Published to {self._driver!r}>"

    def check(self, site: Site) -> None:
        """Raises ContactCenterError if the site cannot be served here."""
        self._trunks.check(site)

    def publish(self, site: Site) -> None:
        """Serve the site from now on."""
        self._access.follow(site)
        self._trunks.follow(site)
        self._driver.publish(site)
