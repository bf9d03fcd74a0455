"""A center whose program is a process of its own, to be killed and started again; Asterisk,
Postgres and all phones live in this process.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from baresip import Runtime
from rich.console import Console

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.bootstrap.environment import Environment, Variation, prepared
from contactcenter_ari.config.settings import read_settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.vocabulary.prompt import SpokenText
from contactcenter_ari.loadtest.agent import Phone
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.report import Report
from contactcenter_ari.postgres.report_row import InteractionRow
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.service.secret import administrator_token
from contactcenter_ari.speech.tone import Samples
from tests.e2e.caller import Caller
from tests.e2e.phone import AgentPhone
from tests.e2e.polling import until_holds
from tests.e2e.program import Program
from tests.e2e.world import SITE
from tests.recorded import mono_of


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An agent to be entered in the directory; without a voice (in hertz) they have no phone."""

    extension: str
    queues: tuple[str, ...]
    skills: tuple[str, ...] = ()
    frequency: float | None = None


@dataclass(slots=True, kw_only=True)
class SeparateProgram:
    """The parts of the center that outlive the program."""

    environment: Environment
    program: Program
    database: Database
    since: datetime
    phones: dict[str, AgentPhone]
    callers: dict[str, Caller] = field(default_factory=dict)

    async def call(self, who: str, dialed: str, frequency: float = 440) -> Caller:
        """A caller who was answered."""
        number = f"+3162000000{len(self.callers)}"
        sip = self.environment.addresses.sip
        caller = await Caller.place(sip, dialed, number=number, frequency=frequency)
        self.callers[who] = caller
        await caller.until_answered()
        return caller

    async def sound(self, text: str) -> Samples:
        """A prompt as callers hear it, except for its very end."""
        (media,) = await self.environment.prompts.media((SpokenText(text, "en"),))
        return mono_of(Path(media.removeprefix("sound:")).with_suffix(".wav"))[:-2000]

    async def rows(self) -> dict[str, InteractionRow]:
        """The row of each caller, once all rows are there; each caller has one."""
        names = {caller.number: who for who, caller in self.callers.items()}
        found: list[InteractionRow] = []

        async def missing() -> str:
            rows = await Report(self.database).interactions(self.since)
            found[:] = [row for row in rows if row.direction == "inbound"]
            return "" if len(found) >= len(names) else f"only {len(found)} rows"

        await until_holds(missing)
        assert sorted(row.caller_number for row in found) == sorted(names)
        return {names[row.caller_number]: row for row in found}

    async def until_nothing_is_left(self) -> None:
        """Asterisk has no channel and no bridge, and no turn met a fault."""
        login = self.environment.ari
        address = str(self.environment.addresses.asterisk_http)
        async with SwitchHttp.opened(address, Credentials(login.user, login.secret)) as http:

            async def left() -> str:
                channels = (await http.send(operation.list_channels())).read(list[object])
                bridges = (await http.send(operation.list_bridges())).read(list[object])
                return f"left over: {channels} {bridges}" if channels or bridges else ""

            await until_holds(left)
        assert await self.program.metric("contactcenter_calls_in_progress") == 0
        assert await self.program.metric("contactcenter_faults_total") == 0


@asynccontextmanager
async def separate_program(
    data: Path,
    tools: Tools,
    runtime: Runtime,
    staff: Sequence[AgentEntry],
    more: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[SeparateProgram]:
    """A center whose program was started and whose agents' phones are registered; `more` settings
    go before ours.
    """
    environ = {**os.environ, "CC_DATA_DIR": str(data), "CC_SITE": str(SITE), **more}
    settings = read_settings(environ)
    site = load_site(settings.site)
    quick, console = Variation(fsync=False, rtp_ports=400), Console(stderr=True, quiet=True)
    async with (
        prepared(
            settings, site, tools, console=console, environ=environ, variation=quick
        ) as environment,
        Database(environment.database_url) as database,
        Program.of(
            _environ_of(environ, environment),
            output=data / "program.log",
            web=str(environment.addresses.web),
            token=administrator_token(data),
        ) as program,
    ):
        phones = await _phones_of(staff, Directory(database))
        await program.start()
        center = SeparateProgram(
            environment=environment,
            program=program,
            database=database,
            since=Clock().now(),
            phones={},
        )
        try:
            for extension, (phone, frequency) in phones.items():
                center.phones[extension] = await AgentPhone.registered(
                    runtime, phone, environment.addresses.sip, frequency=frequency
                )
            yield center
        finally:
            for seat in center.phones.values():
                await seat.close()
            for caller in center.callers.values():
                caller.close()


async def _phones_of(
    staff: Sequence[AgentEntry], directory: Directory
) -> dict[str, tuple[Phone, float]]:
    """Enter the agents in the directory; gives the credentials and voices of their phones."""
    phones: dict[str, tuple[Phone, float]] = {}
    for entry in staff:
        hired = await directory.add_agent(
            entry.extension, "Agent", entry.queues, skills=entry.skills
        )
        if entry.frequency is not None:
            phone = Phone(hired.credential.phone, hired.credential.secret)
            phones[entry.extension] = phone, entry.frequency
    return phones


def _environ_of(environ: dict[str, str], environment: Environment) -> dict[str, str]:
    """The settings with which the program uses the running database and Asterisk."""
    return {
        **environ,
        "CC_DATABASE_URL": environment.database_url,
        "CC_ASTERISK_HTTP": str(environment.addresses.asterisk_http),
    }
