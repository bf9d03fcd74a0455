"""Errors of this machine, each in one sentence with its remedy."""

from contactcenter_ari.core.errors import ContactCenterError


class MachineTrouble(ContactCenterError):
    """This machine cannot do what was asked: one sentence why, one sentence what helps."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class ToolInstallFailed(MachineTrouble):
    """The native tools could not be installed; nothing half-made is left in place."""


class DatabaseStartFailed(MachineTrouble):
    """The embedded Postgres could not be started."""


class DatabaseClaimed(DatabaseStartFailed):
    """Another process runs the embedded Postgres of the data folder."""


class DatabaseDown(DatabaseStartFailed):
    """The server ended, or did not answer in time: it may do better the next time."""
