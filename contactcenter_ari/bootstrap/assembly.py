"""The parts of the service: core, driver, switch, journal, phones and API, made for each other."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.capacity import Capacity, Room
from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.ari.recorder import Recorder
from contactcenter_ari.ari.recording_encoder import Encoder
from contactcenter_ari.ari.silence import SilenceLimits
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.bootstrap.environment import APPLICATION, Environment
from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.machine.port import calls_in, legs_in
from contactcenter_ari.postgres.callback import Callbacks
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.postgres.spool import Spool
from contactcenter_ari.postgres.token import ApiTokens
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.garbage import Collector
from contactcenter_ari.runtime.listener import Listeners
from contactcenter_ari.runtime.loop_lag import LoopLag
from contactcenter_ari.runtime.recovery import begin
from contactcenter_ari.service.archive import FOLDER, Archive
from contactcenter_ari.service.database import ServedDatabase
from contactcenter_ari.service.event_log import EventLog
from contactcenter_ari.service.fall_back import FallBackIntake
from contactcenter_ari.service.fall_back_plan import SpokenAhead, spool_folder
from contactcenter_ari.service.health import ServiceHealth
from contactcenter_ari.service.look_up import Published
from contactcenter_ari.service.phones import Phones
from contactcenter_ari.service.publishing import Publishing, Tester
from contactcenter_ari.service.recent_offers import Announced, RecentOffers
from contactcenter_ari.service.restoring import Restoring
from contactcenter_ari.service.secret import administrator_token, call_vault, snapshot_key
from contactcenter_ari.service.switch_trunk import SwitchTrunks
from contactcenter_ari.service.token import KnownTokens
from contactcenter_ari.speech.prompt_cache import CallPrompts
from contactcenter_ari.web.application import make_application
from contactcenter_ari.web.event_count import EventCounts
from contactcenter_ari.web.port import Meters
from contactcenter_ari.web.server import serving_on

SPOKEN_FOLDER = "spoken"
"""Below the data: texts that were said to one caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running center."""

    driver: Driver
    collector: Collector
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
    counts: EventCounts
    loop_lag: LoopLag
    restoring: Restoring
    fall_back: FallBackIntake
    publishing: Publishing
    trunks: SwitchTrunks
    input_log: Path
    resumed: bool


async def assembled(
    settings: Settings, site: Site, environment: Environment, tester: Tester, stack: AsyncExitStack
) -> Service:
    """The parts of the service, made and not yet running; the stack closes them. Raises
    ContactCenterError.
    """
    clock = Clock()
    http = await stack.enter_async_context(
        SwitchHttp.opened(
            str(environment.addresses.asterisk_http),
            Credentials(environment.ari.user, environment.ari.secret),
        )
    )
    await http.check()
    database = await stack.enter_async_context(Database(environment.database_url))
    directory = Directory(database)
    spool = Spool(environment.data / "spool" / "events.jsonl")
    stack.callback(spool.close)
    journal = Journal(environment.database_url, spool, ready=environment.database.ready)
    offers, counts = RecentOffers(), EventCounts()
    told = Announced(journal, offers, counts, EventLog())
    vault = call_vault(environment.data)
    begun = begin(
        environment.data / "input",
        node=settings.node,
        site=site,
        now=clock.now(),
        key=snapshot_key(environment.data),
        keep_all=settings.whole_logs,
        vault=vault,
    )
    collector = Collector()
    driver = Driver(
        center=begun.center,
        digest=begun.digest,
        clock=clock,
        journal=told,
        input_log=begun.input_log,
        keeper=begun.keeper,
        vault=vault,
        collector=collector,
    )
    if begun.latest is not None:
        clock.reach(begun.latest)
        driver.hold_timers()
        driver.log_out(begun.gone_home)
        driver.publish(site)
        told.record(begun.events)
    trunks = SwitchTrunks(
        environment.trunks, environment.configured, http, environment.trunks.of(site.trunks)
    )
    publishing = Publishing(
        settings.site,
        site,
        archive=Archive(environment.data / FOLDER),
        publisher=Published(driver, environment.look_up_access, trunks),
        tester=tester,
        speaker=SpokenAhead(environment.prompts, environment.data),
        now=clock.now,
    )
    publishing.begin()
    stack.callback(lambda: begun.input_log.close(clock.now(), driver.digest.text))
    stack.callback(driver.finish)
    ami = Ami(
        environment.addresses.ami.host,
        environment.addresses.ami.port,
        Credentials(environment.ami.user, environment.ami.secret),
    )
    encoder = Encoder(settings.recording_format)
    stack.callback(encoder.close)
    prompts = CallPrompts(environment.prompts, environment.data / SPOKEN_FOLDER)
    switch = AriSwitch(
        node=settings.node,
        app=APPLICATION,
        credentials=Credentials(
            environment.application_login.user, environment.application_login.secret
        ),
        http=http,
        prompts=prompts,
        inbox=driver,
        recorder=Recorder(
            manager=ami, folder=environment.recordings, inbox=driver, encoder=encoder
        ),
        now=clock.now,
        capacity=Capacity(
            Room(
                calls=calls_in(environment.addresses.rtp), legs=legs_in(environment.addresses.rtp)
            )
        ),
        silence=SilenceLimits(settings.rtp_timeout, settings.rtp_timeout_hold),
    )
    callbacks = Callbacks(database)
    return Service(
        driver=driver,
        collector=collector,
        clock=clock,
        switch=switch,
        ami=ami,
        http=http,
        journal=journal,
        directory=directory,
        database=database,
        prompts=prompts,
        phones=Phones(
            directory,
            http,
            switch,
            driver,
            environment.database.revision,
            interface=environment.addresses.sip.interface,
        ),
        tokens=KnownTokens(
            ApiTokens(database),
            administrator_token(environment.data),
            clock.now,
            environment.database.revision,
        ),
        callbacks=callbacks,
        offers=offers,
        counts=counts,
        loop_lag=LoopLag(),
        restoring=Restoring(callbacks, journal, driver, clock.now),
        fall_back=FallBackIntake(
            spool_folder(environment.data),
            environment.recordings,
            encoder,
            driver.request,
            clock.now,
        ),
        publishing=publishing,
        trunks=trunks,
        input_log=begun.input_log.path,
        resumed=begun.resumed,
    )


def api_served(
    service: Service, database: ServedDatabase, sockets: Listeners
) -> AbstractAsyncContextManager[int]:
    """The API of the service, on sockets that listen."""
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
        counts=service.counts,
        meters=_meters(service),
    )
    return serving_on(sockets, application)


def _meters(service: Service) -> Meters:
    switch, tally = service.switch, service.switch.tally
    return Meters(
        loop_lag=service.loop_lag.late,
        answer_to_prompt=switch.meter.answer_to_prompt,
        switch_failures=switch.meter.failures,
        switch_connections=lambda: switch.connections,
        frames_not_understood=lambda: tally.malformed + tally.unknown.total(),
    )
