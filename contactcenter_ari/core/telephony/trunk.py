"""Trunks: the ways between the center and its carriers, as an engineer describes them.

This is plain data. What a carrier must be told of it is rendered for Asterisk; secrets are not
here.
"""

from datetime import timedelta
from enum import StrEnum

import msgspec

from contactcenter_ari.core.number import dialed_in

UNNAMED = "carrier"
"""The name of the trunk of a site that names none."""
QUALIFY_EVERY = timedelta(seconds=30)


class NumberForm(StrEnum):
    """The way in which a carrier wants numbers."""

    E164 = "e164"
    """`+31201234567`"""
    NATIONAL = "national"
    """As people of the trunk's country dial: `0201234567`, `004420...`."""
    PLAIN = "plain"
    """`31201234567`"""


class TrunkLogin(msgspec.Struct, frozen=True):
    """The user name of a trunk; with `inbound` the carrier must prove that it is the carrier, by
    the same name and secret.
    """

    user: str
    inbound: bool = False


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """One way to a carrier and from it.

    Calls go out to `host` (without one there is no way out) and `port` (0: as SIP has it), and
    come in from `networks`; without networks from the host. With `register` the carrier learns
    from us, under this user name, where we are. Challenges of the carrier are answered as `auth`.
    National numbers are those of `country` (ISO 3166). Numbers are sent as `send` says. The
    called number is in the header `called_from`; empty: in the URI of the request. `codecs` in
    the order of preference; none: those of the center. The host is asked every `qualify` whether
    it is there; None: never. `from_domain` is our domain in the eyes of the carrier.
    """

    name: str = UNNAMED
    host: str = ""
    port: int = 0
    register: str = ""
    auth: TrunkLogin | None = None
    networks: tuple[str, ...] = ()
    country: str = ""
    send: NumberForm = NumberForm.E164
    called_from: str = ""
    codecs: tuple[str, ...] = ()
    qualify: timedelta | None = QUALIFY_EVERY
    from_domain: str = ""

    @property
    def user(self) -> str:
        """The user name that challenges are answered with; empty: none are."""
        return self.auth.user if self.auth is not None else self.register

    def written(self, number: str) -> str:
        """A number as the carrier wants it; what is not E.164 stays as it is."""
        match self.send:
            case NumberForm.E164:
                return number
            case NumberForm.NATIONAL:
                return dialed_in(self.country, number)
            case NumberForm.PLAIN:
                return number.removeprefix("+")
