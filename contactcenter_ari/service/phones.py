"""Keeps the core and the switch in step with the people in the directory.

An agent added while calls are running can register a moment later; nothing is restarted.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.inventory import list_phones
from contactcenter_ari.ari.phone import push_phone, remove_phone
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile, PutAgent, RemoveAgent
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.errors import DatabaseUnreachable
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.log_limit import LogLimit
from contactcenter_ari.service.revision import LOOK_EVERY, RETRY_AFTER, Revision
from contactcenter_ari.service.waiting import until_first

log = structlog.get_logger(__name__)

TELL_EVERY = timedelta(minutes=1)
"""A directory that is away for hours is told of once a minute."""
DIRECTORY = "directory"
"""The author of the request when an agent was taken out of the directory."""


class Phones:
    """Agents and phones as they were last told to the core and the switch."""

    def __init__(
        self,
        directory: Directory,
        http: SwitchHttp,
        switch: AriSwitch,
        driver: Driver,
        revision: Revision,
        *,
        interface: str | None,
    ) -> None:
        self._directory = directory
        self._http = http
        self._switch = switch
        self._driver = driver
        self._revision = revision
        self._interface = interface
        self._one_at_a_time = asyncio.Lock()
        self._told = LogLimit(TELL_EVERY)
        self._connections = 0
        self._known: set[str] = set()
        self._agents: dict[AgentId, AgentProfile] = {}
        self._pushed: dict[PhoneId, str] = {}
        self._digests: dict[PhoneId, str] = {}

    def __repr__(self) -> str:
        return f"<Phones of {len(self._agents)} agents>"

    async def run(self) -> None:
        """Look into the directory after each change, until cancelled; after a new connection at
        once, for nobody can be rung by a restarted Asterisk before.
        """
        while True:
            connections, seen = self._switch.connections, self._revision.number
            limit = LOOK_EVERY if await self.follow() else RETRY_AFTER
            await until_first(
                self._revision.changed(seen, limit),
                self._switch.until_new_connection(connections),
            )

    async def follow(self) -> bool:
        """Pass on what has changed, now or at the next look; whether it was now."""
        try:
            await self.refresh()
        except (DatabaseUnreachable, SwitchError) as error:
            if times := self._told.take(type(error).__name__):
                log.warning("directory.not_followed", reason=str(error), times=times)
            return False
        return True

    async def refresh(self) -> None:
        """Pass on what has changed; raises DatabaseUnreachable and SwitchError."""
        async with self._one_at_a_time:
            await self._refresh()

    async def _refresh(self) -> None:
        await self._look_at_switch()
        await self._push(self._digests)
        profiles = {p.agent: p for p in await self._directory.load_profiles()}
        digests = {each.phone: each.digest for each in await self._directory.phone_logins()}
        for phone in [phone for phone in self._pushed if phone not in digests]:
            await remove_phone(self._http, phone)
            del self._pushed[phone]
            self._known.discard(phone)
        self._digests = digests
        await self._push(digests)
        await self._tell_core(profiles)

    async def _push(self, digests: Mapping[PhoneId, str]) -> None:
        """Let Asterisk know the phones that it does not know, or not with this digest."""
        for phone, digest in digests.items():
            if self._pushed.get(phone) != digest:
                await push_phone(
                    self._http,
                    phone,
                    digest,
                    known=phone in self._known,
                    interface=self._interface,
                )
                self._pushed[phone] = digest
                self._known.add(phone)

    async def _look_at_switch(self) -> None:
        """After a new connection: a restarted Asterisk has forgotten the phones."""
        connections = self._switch.connections
        if connections != self._connections:
            self._known = {phone.resource for phone in await list_phones(self._http)}
            self._pushed = {p: s for p, s in self._pushed.items() if p in self._known}
            self._connections = connections

    async def _tell_core(self, profiles: dict[AgentId, AgentProfile]) -> None:
        for profile in profiles.values():
            if self._agents.get(profile.agent) != profile:
                await self._driver.request(PutAgent(profile))
        for agent in [agent for agent in self._agents if agent not in profiles]:
            try:
                await self._driver.request(RemoveAgent(agent, DIRECTORY))
            except RequestRefused:
                log.warning("agent.gone_already")
        self._agents = profiles
