"""The service: core, driver, switch, journal, look-ups, phones and web pages, wired together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.capacity import Capacity, Room
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.connection import listening as listening_for_switch
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.silence import SilenceLimits
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.bootstrap.environment import APPLICATION, Environment
from contactcenter_ari.bootstrap.fall_back import FallBackIntake
from contactcenter_ari.bootstrap.fall_back_plan import SpokenAhead, spool_folder
from contactcenter_ari.bootstrap.look_up import AllLookUps, Published
from contactcenter_ari.bootstrap.token import KnownTokens
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.machine.port import calls_in, legs_in
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.look_up import LookUps
from contactcenter_ari.postgres.spool import Spool
from contactcenter_ari.postgres.token import PREFIX, ApiTokens
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.listener import Listeners
from contactcenter_ari.runtime.recovery import begin
from contactcenter_ari.runtime.vault import Vault
from contactcenter_ari.service.archive import FOLDER, Archive
from contactcenter_ari.service.database import ServedDatabase
from contactcenter_ari.service.health import ServiceHealth
from contactcenter_ari.service.phones import Phones
from contactcenter_ari.service.publishing import Publishing, Tester, Untested
from contactcenter_ari.service.recent_offers import Announced, RecentOffers
from contactcenter_ari.service.restoring import Restoring
from contactcenter_ari.speech.prompt_cache import CallPrompts
from contactcenter_ari.web.application import make_application
from contactcenter_ari.web.look_up import WebLookUps
from contactcenter_ari.web.server import listening, serving_on

log = structlog.get_logger(__name__)

CONNECT_LIMIT = timedelta(seconds=15)
DRAIN_LIMIT = timedelta(seconds=10)
RESTORE_LIMIT = timedelta(seconds=5)
"""After this long the center starts without what the database knows, and is told later."""
CALL_KEYS = "call_keys"
"""The file of keys for what callers type in secret."""
SNAPSHOT_KEY = "snapshot"
"""The secret that signs snapshots."""
SPOKEN_FOLDER = "spoken"
"""Below the data: texts that were said to one caller."""
ADMINISTRATOR_FILE = "administrator"
"""The secret that is the administrator's token for the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running center."""

    driver: Driver
    clock: Clock
    switch: AriSwitch
    ami: Ami
    http: SwitchHttp
    journal: Journal
    directory: Directory
    database: Database
    phones: Phones
    prompts: CallPrompts
    tokens: KnownTokens
    callbacks: Callbacks
    offers: RecentOffers
    restoring: Restoring
    fall_back: FallBackIntake
    publishing: Publishing
    input_log: Path
    resumed: bool


@asynccontextmanager
async def serving(
    settings: Settings, site: Site, ground: Environment, *, tester: Tester | None = None
) -> AsyncIterator[Service]:
    """Run the service meanwhile; with a tester, publish the site's folder when it changes and
    passes its tests (without one the site is not the folder's). Raises ContactCenterError when
    it cannot start, and SwitchReplaced in the body when another program takes over.
    """
    async with AsyncExitStack() as stack:
        # All ports before the input log: who shares an address with us must not share a log.
        web, application = ground.addresses.web, ground.addresses.application
        web_sockets = stack.enter_context(listening(web.host, web.port))
        own_sockets = stack.enter_context(listening_for_switch(application.host, application.port))
        service = await _assembled(settings, site, ground, tester or Untested(), stack)
        look_ups = AllLookUps(
            await stack.enter_async_context(
                LookUps(
                    ground.look_up_access.url(ground.database_url), ready=ground.database.ready
                )
            ),
            await stack.enter_async_context(WebLookUps.opened()),
        )
        await stack.enter_async_context(service.switch.accepting(own_sockets))
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(service.journal.run())
            others = [
                group.create_task(service.switch.run()),
                group.create_task(service.ami.run()),
                group.create_task(service.driver.run(service.switch, look_ups)),
            ]
            await _connected(service.switch)
            if service.resumed:
                service.driver.resume()
                service.restoring.skip()
            others.append(group.create_task(ground.look_up_access.run(ground.database_url)))
            ready = ground.database.ready
            others += [
                group.create_task(_when(ready, work))
                for work in (service.restoring.run, service.tokens.run)
            ]
            if ready.is_set():
                await _restored(service.restoring)
                await service.phones.follow()
            others.append(group.create_task(_when(ready, service.phones.run)))
            others.append(group.create_task(service.fall_back.run()))
            others.append(group.create_task(service.prompts.run()))
            if tester is not None:
                others.append(group.create_task(service.publishing.run()))
            try:
                async with _api(service, ground.database, web_sockets):
                    yield service
            finally:
                for task in others:
                    task.cancel()
                await asyncio.wait(others)
                await service.journal.drain(DRAIN_LIMIT)
                await asyncio.wait({writing})


async def _assembled(
    settings: Settings, site: Site, ground: Environment, tester: Tester, stack: AsyncExitStack
) -> Service:
    clock = Clock()
    http = await stack.enter_async_context(
        SwitchHttp.opened(
            str(ground.addresses.asterisk_http), Credentials(ground.ari.user, ground.ari.secret)
        )
    )
    await http.check()
    database = await stack.enter_async_context(Database(ground.database_url))
    directory = Directory(database)
    spool = Spool(ground.data / "spool" / "events.jsonl")
    stack.callback(spool.close)
    journal = Journal(ground.database_url, spool, ready=ground.database.ready)
    offers = RecentOffers()
    told = Announced(journal, offers)
    vault = Vault(ground.data / "secrets" / CALL_KEYS)
    begun = begin(
        ground.data / "input",
        node=settings.node,
        site=site,
        now=clock.now(),
        key=snapshot_key(ground.data),
        keep_all=settings.whole_logs,
        vault=vault,
    )
    driver = Driver(
        center=begun.center,
        digest=begun.digest,
        clock=clock,
        journal=told,
        input_log=begun.input_log,
        keeper=begun.keeper,
        vault=vault,
    )
    if begun.latest is not None:
        clock.reach(begun.latest)
        driver.hold_timers()
        driver.log_out(begun.gone_home)
        driver.publish(site)
        told.record(begun.events)
    publishing = Publishing(
        settings.site,
        site,
        archive=Archive(ground.data / FOLDER),
        publisher=Published(driver, ground.look_up_access),
        tester=tester,
        speaker=SpokenAhead(ground.prompts, ground.data),
        now=clock.now,
    )
    publishing.begin()
    stack.callback(lambda: begun.input_log.close(clock.now(), driver.digest.text))
    stack.callback(driver.finish)
    ami = Ami(
        ground.addresses.ami.host,
        ground.addresses.ami.port,
        Credentials(ground.ami.user, ground.ami.secret),
    )
    prompts = CallPrompts(ground.prompts, ground.data / SPOKEN_FOLDER)
    switch = AriSwitch(
        app=APPLICATION,
        credentials=Credentials(ground.application_login.user, ground.application_login.secret),
        http=http,
        prompts=prompts,
        inbox=driver,
        recordings=ground.recordings,
        manager=ami,
        now=clock.now,
        capacity=Capacity(
            Room(calls=calls_in(ground.addresses.rtp), legs=legs_in(ground.addresses.rtp))
        ),
        silence=SilenceLimits(settings.rtp_timeout, settings.rtp_timeout_hold),
    )
    callbacks = Callbacks(database)
    administrator = SecretFolder(ground.data / "secrets").secret(ADMINISTRATOR_FILE, prefix=PREFIX)
    return Service(
        driver=driver,
        clock=clock,
        switch=switch,
        ami=ami,
        http=http,
        journal=journal,
        directory=directory,
        database=database,
        prompts=prompts,
        phones=Phones(directory, http, switch, driver, interface=ground.addresses.sip.interface),
        tokens=KnownTokens(ApiTokens(database), administrator, clock.now),
        callbacks=callbacks,
        offers=offers,
        restoring=Restoring(callbacks, journal, driver, clock.now),
        fall_back=FallBackIntake(
            spool_folder(ground.data), ground.recordings, driver.request, clock.now
        ),
        publishing=publishing,
        input_log=begun.input_log.path,
        resumed=begun.resumed,
    )


def snapshot_key(data: Path) -> str:
    """The key of this installation's snapshots; nothing is made where no data folder is."""
    secrets = data / "secrets"
    return SecretFolder(secrets).secret(SNAPSHOT_KEY) if secrets.is_dir() else ""


def _api(
    service: Service, database: ServedDatabase, sockets: Listeners
) -> AbstractAsyncContextManager[int]:
    application = make_application(
        driver=service.driver,
        clock=service.clock,
        tokens=service.tokens,
        health=ServiceHealth(
            service.driver,
            service.switch,
            service.journal,
            database=database,
            ami=service.ami,
            publishing=service.publishing,
            restoring=service.restoring,
        ),
        flows=service.publishing,
        offers=service.offers,
        callbacks=service.callbacks,
    )
    return serving_on(sockets, application)


async def _connected(switch: AriSwitch) -> None:
    """Wait for Asterisk's socket; late is not never: it is only told about."""
    try:
        async with asyncio.timeout(CONNECT_LIMIT.total_seconds()):
            await switch.until_connected()
    except TimeoutError:
        log.warning("switch.not_connected_yet")


async def _when(ready: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Begin once the tables of the database are up to date."""
    await ready.wait()
    await work()


async def _restored(restoring: Restoring) -> None:
    """Wait until the center knows what was promised; late is not never here, too."""
    try:
        async with asyncio.timeout(RESTORE_LIMIT.total_seconds()):
            await restoring.until_known()
    except TimeoutError:
        log.warning("callbacks.not_restored_yet")
