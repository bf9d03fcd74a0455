"""The service: its parts run together, begin in order, and end in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import structlog

from contactcenter_ari.ari.connection import listening as listening_for_switch
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.bootstrap.assembly import Service, api_served, assembled
from contactcenter_ari.bootstrap.environment import Environment
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.postgres.look_up import LookUps
from contactcenter_ari.service.look_up import AllLookUps
from contactcenter_ari.service.publishing import Tester, Untested
from contactcenter_ari.service.restoring import Restoring
from contactcenter_ari.web.look_up import WebLookUps
from contactcenter_ari.web.server import listening

log = structlog.get_logger(__name__)

CONNECT_LIMIT = timedelta(seconds=15)
DRAIN_LIMIT = timedelta(seconds=10)
RESTORE_LIMIT = timedelta(seconds=5)
"""After this long the center starts without what the database knows, and is told later."""


@asynccontextmanager
async def serving(
    settings: Settings, site: Site, environment: Environment, *, tester: Tester | None = None
) -> AsyncIterator[Service]:
    """Run the service meanwhile; with a tester, publish the site's folder when it changes and
    passes its tests (without one the site is not the folder's). Raises ContactCenterError when
    it cannot start, and SwitchReplaced in the body when another program takes over.
    """
    async with AsyncExitStack() as stack:
        # All ports before the input log: two programs at one address must not share a log.
        web, application = environment.addresses.web, environment.addresses.application
        web_sockets = stack.enter_context(listening(web.host, web.port))
        own_sockets = stack.enter_context(listening_for_switch(application.host, application.port))
        service = await assembled(settings, site, environment, tester or Untested(), stack)
        look_ups = AllLookUps(
            await stack.enter_async_context(
                LookUps(
                    environment.look_up_access.url(environment.database_url),
                    ready=environment.database.ready,
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
                group.create_task(service.loop_lag.run()),
                group.create_task(service.driver.run(service.switch, look_ups)),
            ]
            await _connected(service.switch)
            if service.resumed:
                service.driver.resume()
                service.restoring.skip()
            others.append(
                group.create_task(environment.look_up_access.run(environment.database_url))
            )
            ready = environment.database.ready
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
            others.append(group.create_task(service.trunks.run(service.switch)))
            if tester is not None:
                others.append(group.create_task(service.publishing.run()))
            try:
                async with api_served(service, environment.database, web_sockets):
                    with service.collector:
                        yield service
            finally:
                for task in others:
                    task.cancel()
                await asyncio.wait(others)
                await service.journal.drain(DRAIN_LIMIT)
                await asyncio.wait({writing})


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
    """Wait until the center knows the open callbacks; late is not never here, too."""
    try:
        async with asyncio.timeout(RESTORE_LIMIT.total_seconds()):
            await restoring.until_known()
    except TimeoutError:
        log.warning("callbacks.not_restored_yet")
