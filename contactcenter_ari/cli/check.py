"""A question of `contactcenter doctor`: one entry with its name, its look, and what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import site_trunks
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.errors import MachineTrouble
from contactcenter_ari.machine.postgres_process import running_dsn
from contactcenter_ari.runtime.clock import Clock
from contactcenter_ari.service.address import FILE, Addresses, addresses
from contactcenter_ari.service.trunk import KnownTrunks


class Wrong(ContactCenterError):
    """A look found a fault; the message says what is wrong, in one sentence."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The installation that is looked at; `clock` is that of this machine."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)

    @property
    def data(self) -> Path:
        """Its data folder, which may not be there yet."""
        return self.settings.data.absolute()

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """Its trunks; raises SettingInvalid when both the site and the settings name some."""
        return KnownTrunks(self.settings, {}).of(site_trunks(self.settings.site))

    @property
    def database_url(self) -> str | None:
        """The address of its database: as set, or of the one that runs."""
        return self.settings.database_url or running_dsn(self.data)

    @property
    def addresses(self) -> Addresses | None:
        """The addresses it listens on; empty while they are still to be chosen."""
        if not (self.data / FILE).exists():
            return None
        return addresses(self.settings, self.data)


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of one check; when it is not fine, `detail` says what is wrong, and `advice`
    what to do.
    """

    what: str
    fine: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One question; the look gives a sentence when all is well, else it raises ContactCenterError
    with one about the fault.
    """

    what: str
    look: Callable[[Installation], Awaitable[str]]
    advice: str

    async def finding(self, installation: Installation) -> Finding:
        """The answer."""
        try:
            return Finding(self.what, True, await self.look(installation))
        except MachineTrouble as trouble:
            return Finding(self.what, False, trouble.reason, trouble.remedy)
        except ContactCenterError as error:
            return Finding(self.what, False, str(error), self.advice)
        except OSError as error:
            told = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
            return Finding(self.what, False, told, self.advice)


async def findings(checks: tuple[Check, ...], installation: Installation) -> list[Finding]:
    """The answers, in order; the looks go on side by side."""
    return await asyncio.gather(*(check.finding(installation) for check in checks))
