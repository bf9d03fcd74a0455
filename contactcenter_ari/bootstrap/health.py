"""How the parts of the service are, put together for whoever watches it."""

from contactcenter_ari.ari.switch import AriSwitch
from contactcenter_ari.bootstrap.database import ServedDatabase
from contactcenter_ari.bootstrap.publishing import Publishing
from contactcenter_ari.bootstrap.restoring import Restoring
from contactcenter_ari.postgres.journal import Journal
from contactcenter_ari.runtime.driver import Driver
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
        publishing: Publishing,
        restoring: Restoring,
    ) -> None:
        self._driver = driver
        self._switch = switch
        self._journal = journal
        self._database = database
        self._publishing = publishing
        self._restoring = restoring

    def __repr__(self) -> str:
        """Tell whose health."""
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
        return HealthReport(
            switch=switch,
            journal=journal,
            database=database,
            flows=self._publishing.health(),
            journal_pending=self._journal.pending,
            journal_spooled=self._journal.spooled,
            draining=self._driver.leaving,
        )
