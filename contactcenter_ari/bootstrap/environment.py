"""The environment of the service: a database and an Asterisk, started here unless configured."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import structlog
from rich.console import Console

from contactcenter_ari.config.settings import CHECKOUT, Settings
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.machine.asterisk_config import AsteriskSite, Login
from contactcenter_ari.machine.asterisk_process import AsteriskProcess
from contactcenter_ari.machine.port import RTP_PORTS
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.postgres.migration import migrate
from contactcenter_ari.service.address import Addresses, addresses
from contactcenter_ari.service.database import (
    ServedDatabase,
    served_database,
)
from contactcenter_ari.service.fall_back_plan import plan_ahead, plan_file
from contactcenter_ari.service.look_up import LookUpAccess
from contactcenter_ari.service.own_asterisk import kept_running
from contactcenter_ari.service.prompts import dialplan_sound, prompt_cache, speak_ahead
from contactcenter_ari.service.trunk import KnownTrunks
from contactcenter_ari.speech.music import write_music
from contactcenter_ari.speech.prompt_cache import PromptCache

APPLICATION = "contactcenter"
AMI_USER = "recorder"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Variation:
    """How a start differs from the usual one: the demo and the tests save on safety of data
    and take few ports for audio (`rtp_ports`, where CC_RTP_PORTS says nothing), and tests and the
    benchmark add a dialplan, modules and files of their own.
    """

    fsync: bool = True
    extra_dialplan: Path | None = None
    extra_modules: tuple[str, ...] = ()
    extra_templates: tuple[Path, ...] = ()
    rtp_ports: int = RTP_PORTS


USUAL = Variation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The parts that the service needs; `asterisk` is None when somebody else runs it, and
    `configured` is the same one, or that whose files we may write.
    """

    data: Path
    addresses: Addresses
    database: ServedDatabase
    look_up_access: LookUpAccess
    prompts: PromptCache
    recordings: Path
    ari: Login = field(repr=False)
    application_login: Login = field(repr=False)
    ami: Login = field(repr=False)
    asterisk: AsteriskProcess | None
    configured: AsteriskProcess
    trunks: KnownTrunks

    @property
    def database_url(self) -> str:
        """The address of the database, password included; never log it."""
        return self.database.url


def asterisk_site(
    settings: Settings, site: Site, sound: str, where: Addresses, known: KnownTrunks
) -> AsteriskSite:
    """The facts about this site for the configuration of Asterisk; `sound` is the apology."""
    data = settings.data.absolute()
    secrets = SecretFolder(data)
    trunks = known.of(site.trunks)
    return AsteriskSite(
        sip=where.sip,
        http=where.asterisk_http,
        application_at=where.application,
        rtp=where.rtp,
        ari=Login(APPLICATION, secrets.secret("ari")),
        application_login=Login("asterisk", secrets.secret("application")),
        ami=Login(AMI_USER, secrets.secret("ami")),
        ami_port=where.ami.port,
        music=data / "music",
        templates=CHECKOUT / "asterisk-conf",
        dialplan=CHECKOUT / "dialplan",
        apology=sound,
        fall_back_plan=plan_file(data),
        node=settings.node,
        application=APPLICATION,
        trunks=trunks,
        trunk_secrets=known.secrets(trunks),
        phone_networks=settings.phone_networks,
        http_sessions=settings.asterisk_http_sessions,
    )


async def switch_process(
    settings: Settings,
    site: Site,
    tools: Tools,
    *,
    environ: Mapping[str, str],
    variation: Variation = USUAL,
) -> AsteriskProcess:
    """This site's Asterisk, not yet started."""
    data = settings.data.absolute()
    prompts = prompt_cache(tools, settings.site, environ)
    sound = await dialplan_sound(prompts, site)
    await plan_ahead(prompts, site, data)
    where = addresses(settings, data, variation.rtp_ports)
    switch = replace(
        asterisk_site(settings, site, sound, where, KnownTrunks(settings, environ)),
        extra_dialplan=variation.extra_dialplan,
        extra_modules=variation.extra_modules,
        extra_templates=variation.extra_templates,
    )
    write_music(switch.music)
    return AsteriskProcess(tools, switch, data / "asterisk")


async def _prepare(access: LookUpAccess, url: str) -> None:
    """Bring the tables up to date, and what look-ups may read of them."""
    await migrate(url)
    await access.grant(url)


@asynccontextmanager
async def prepared(
    settings: Settings,
    site: Site,
    tools: Tools,
    *,
    console: Console,
    environ: Mapping[str, str],
    variation: Variation = USUAL,
) -> AsyncIterator[Environment]:
    """Start what is not configured, and stop it again; raises ContactCenterError."""
    data = settings.data.absolute()
    prompts = prompt_cache(tools, settings.site, environ)
    async with AsyncExitStack() as stack:
        access = LookUpAccess(settings, site.lookup_tables)
        database = await stack.enter_async_context(
            served_database(settings, console, partial(_prepare, access), fsync=variation.fsync)
        )
        await speak_ahead(prompts, site, console)
        asterisk = await switch_process(
            settings, site, tools, environ=environ, variation=variation
        )
        if settings.asterisk_http is None:
            await stack.enter_async_context(kept_running(asterisk))
        yield Environment(
            data=data,
            addresses=addresses(settings, data, variation.rtp_ports),
            database=database,
            look_up_access=access,
            prompts=prompts,
            recordings=asterisk.folders.recordings,
            ari=asterisk.site.ari,
            application_login=asterisk.site.application_login,
            ami=asterisk.site.ami,
            asterisk=asterisk if settings.asterisk_http is None else None,
            configured=asterisk,
            trunks=KnownTrunks(settings, environ),
        )
