"""The trunks of an installation and their secrets: its site names them, or its settings one.

A secret is in the environment, or in a file that the engineer has written; it is never in the
site, in a log or in a message.
"""

from collections.abc import Mapping

from contactcenter_ari.config.settings import (
    PREFIX,
    TRUNK_SECRET,
    UNNAMED_TRUNK_KEYS,
    SettingInvalid,
    Settings,
)
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.runtime.address import Address

CARRIER_OF_A_DEMONSTRATION = ("127.0.0.2/32",)
"""The address that calls come from out of the box."""
SIP_PORT = 5060


class KnownTrunks:
    """The trunks of sites as they are here."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._folder = SecretFolder(settings.data.absolute())
        self._environ = environ

    def __repr__(self) -> str:
        return f"<KnownTrunks of {self._settings!r}>"

    def of(self, named: tuple[Trunk, ...]) -> tuple[Trunk, ...]:
        """The trunks that a site names, or the one of the settings.

        Raises:
            SettingInvalid: both say which trunk there is.
        """
        if not named:
            return (_unnamed(self._settings),)
        for key in UNNAMED_TRUNK_KEYS:
            if getattr(self._settings, key):
                raise SettingInvalid(
                    f"{PREFIX}{key.upper()} is for a site without trunks, and this site names"
                    " some: unset it, and write into the trunk what it says"
                )
        return named

    def secrets(self, trunks: tuple[Trunk, ...]) -> dict[str, str]:
        """The secret of each trunk that has a user name.

        Raises:
            SettingInvalid: one has none.
            SecretUnreadable: its file is there, and cannot be read.
        """
        return {trunk.name: self._secret(trunk.name) for trunk in trunks if trunk.user}

    def _secret(self, name: str) -> str:
        variable, file = f"{TRUNK_SECRET}{name.upper()}", f"trunk-{name}"
        secret = self._environ.get(variable) or self._folder.kept(file)
        if not secret:
            raise SettingInvalid(
                f'the trunk "{name}" has no secret: set {variable}, or write it into the file'
                f" {self._folder.path(file)}, readable for you alone"
            )
        return secret


def host_address(trunk: Trunk) -> Address:
    """The address that calls to the outside go to; the trunk has a host."""
    return Address(trunk.host, trunk.port or SIP_PORT)


def _unnamed(settings: Settings) -> Trunk:
    carrier = settings.carrier
    return Trunk(
        host=carrier.host if carrier is not None else "",
        port=carrier.port if carrier is not None else 0,
        networks=settings.trunk_networks or CARRIER_OF_A_DEMONSTRATION,
        country=settings.trunk_country,
        called_from=settings.called_from,
        qualify=None,
    )
