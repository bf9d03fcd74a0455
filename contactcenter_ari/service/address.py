"""The addresses that all parts listen on: as set, else chosen once and kept with the data.

Kept, because phones and browsers remember where they found us.
"""

from pathlib import Path

import msgspec

from contactcenter_ari.config.settings import PORTS, Settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.data_folder import close_folder
from contactcenter_ari.machine.port import (
    LOOPBACK,
    RTP_PORTS,
    Protocol,
    free_port,
    free_rtp_block,
)
from contactcenter_ari.runtime.address import Address, PortBlock
from contactcenter_ari.runtime.regular_file import read_json

FILE = "addresses.json"


class AddressesUnreadable(ContactCenterError):
    """The kept addresses cannot be read; the message names the file."""


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """SIP, HTTP and AMI of Asterisk, its audio ports, our socket for it, and our web pages."""

    sip: Address
    asterisk_http: Address
    rtp: PortBlock
    application: Address
    web: Address
    ami: Address = msgspec.field(default_factory=lambda: _free(Protocol.TCP))


def addresses(settings: Settings, data: Path, rtp_ports: int = RTP_PORTS) -> Addresses:
    """The addresses of this installation, with so many ports for audio unless they are set or
    chosen already; raises AddressesUnreadable.
    """
    kept = _kept(data / FILE)
    chosen = Addresses(
        sip=settings.asterisk_sip or (kept.sip if kept else _free(Protocol.UDP)),
        asterisk_http=settings.asterisk_http
        or (kept.asterisk_http if kept else _free(Protocol.TCP)),
        rtp=settings.rtp_ports or (kept.rtp if kept else free_rtp_block(rtp_ports)),
        application=kept.application if kept else _free(Protocol.TCP),
        web=settings.http or (kept.web if kept else _free(Protocol.TCP)),
        ami=kept.ami if kept else _free(Protocol.TCP),
    )
    close_folder(data)
    (data / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(chosen), indent=2))
    return chosen


def _kept(file: Path) -> Addresses | None:
    try:
        return _checked(read_json(file, Addresses))
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise AddressesUnreadable(
            f"{file} cannot be read ({error}); remove it to have addresses chosen again"
        ) from error


def _checked(kept: Addresses) -> Addresses:
    """Ports that can be; raises msgspec.ValidationError."""
    block = kept.rtp
    listed = (kept.sip, kept.asterisk_http, kept.application, kept.web)
    ports = (*(address.port for address in listed), block.first, block.last)
    if not all(port in PORTS for port in ports) or block.first >= block.last:
        raise msgspec.ValidationError("a port is not between 1 and 65535")
    return kept


def _free(protocol: Protocol) -> Address:
    return Address(LOOPBACK, free_port(protocol))
