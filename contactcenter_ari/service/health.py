"""The health of the parts of the service, put together for monitoring."""

from contactcenter_ari.ari.ami import Ami
from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.runtime.keeper import SCARCE, Keeper
from contactcenter_ari.service.database import ServedDatabase
from contactcenter_ari.service.publishing import Publishing
from contactcenter_ari.service.restoring import Restoring
from contactcenter_ari.web.port import Condition, HealthReport, PartHealth


class ServiceHealth:
    """Looks at the switch, the journal and the flows; never waits."""

    def __init__(
        self,
        driver: Driver,
        switch: AriSwitch,
        journal: Journal,
        *,
        database: ServedDatabase,
        ami: Ami,
        publishing: Publishing,
        restoring: Restoring,
    ) -> None:
        self._driver = driver
        self._switch = switch
        self._journal = journal
        self._database = database
        self._ami = ami
        self._publishing = publishing
        self._restoring = restoring

    def __repr__(self) -> str:
        return f"<ServiceHealth of {self._switch!r}, {self._journal!r}>"

    def report(self) -> HealthReport:
        """How it is now."""
        journal, database = PartHealth(), self._database.health()
        if database == PartHealth():
            database = self._restoring.health()
        if self._journal.lost:
            journal = PartHealth(Condition.FAILED, f"{self._journal.lost} events were lost")
        elif self._journal.degraded:
            journal = PartHealth(
                Condition.DEGRADED, f"{self._journal.spooled} events wait on disk"
            )
        switch = PartHealth()
        if trouble := self._switch.trouble:
            switch = PartHealth(Condition.FAILED, trouble)
        keeper = self._driver.keeper
        recorder = PartHealth()
        if not self._ami.connected:
            why = "Asterisk's manager interface does not answer: recordings cannot be paused"
            recorder = PartHealth(Condition.DEGRADED, why)
        capacity = self._switch.capacity
        room = PartHealth()
        if low := capacity.trouble:
            room = PartHealth(Condition.DEGRADED, f"{low}; more ports: CC_RTP_PORTS")
        return HealthReport(
            switch=switch,
            recorder=recorder,
            journal=journal,
            database=database,
            flows=self._publishing.health(),
            disk=disk_health(self._driver.keeper),
            input_log_failures=keeper.input_log.failures if keeper else 0,
            input_log_pending=keeper.input_log.pending if keeper else 0,
            snapshot_failures=keeper.failures if keeper else 0,
            disk_free_bytes=keeper.free_bytes() if keeper else 0,
            capacity=room,
            calls_limit=capacity.room.calls,
            calls_refused=capacity.refused,
            legs_limit=capacity.room.legs,
            legs_in_use=capacity.legs,
            journal_pending=self._journal.pending,
            journal_spooled=self._journal.spooled,
            draining=self._driver.leaving,
        )


def disk_health(keeper: Keeper | None) -> PartHealth:
    """Whether inputs and snapshots can be written, and for how long."""
    if keeper is None:
        return PartHealth()
    input_log, free = keeper.input_log, keeper.free_bytes()
    if input_log.has_hole:
        why = "the disk was full for too long: a restart now would lose calls in progress"
        return PartHealth(Condition.FAILED, why)
    if input_log.pending:
        why = f"the disk is full: {input_log.pending} inputs wait in memory"
        return PartHealth(Condition.DEGRADED, why)
    if free < SCARCE:
        why = f"only {free // 1_000_000} MB are free on the disk of the data folder"
        return PartHealth(Condition.DEGRADED, why)
    if keeper.snapshot_overdue:
        why = "snapshots cannot be written; see the log"
        return PartHealth(Condition.DEGRADED, why)
    return PartHealth()
