"""Free ports on a loopback address, so that several copies can run at once.

A port found here is free at this moment only: start what listens on it soon.
"""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.folder_lock import closed_in_copies
from contactcenter_ari.runtime.address import Address, PortBlock

LOOPBACK = "127.0.0.1"
RTP_LOWEST = 10_000
RTP_HIGHEST = 32_000  # below the range from which the kernel hands out ports
RTP_TRIES = 50
RTP_PORTS = 4000
PORTS_PER_LEG = 2
"""RTP and RTCP."""
LEGS_PER_CALL = 2
"""The caller's, and that of who is joined with them."""
SPARE_SHARE = 20
"""One leg in so many is spare."""


class NoFreePort(ContactCenterError):
    """No block of free ports was found; the machine is full of sockets."""


class Protocol(Enum):
    """The listener that the port is for."""

    TCP = socket.SOCK_STREAM
    UDP = socket.SOCK_DGRAM


@contextmanager
def reserved(address: Address, protocol: Protocol) -> Iterator[None]:
    """Keep an address from other programs of ours on this machine, from before something listens
    on it to the end; raises OSError when another one has it, or it is taken.
    """
    with socket.socket(socket.AF_UNIX) as mark, closed_in_copies(mark.fileno()):
        mark.bind(f"\0contactcenter {protocol.name} {address}")  # gone with this process
        require_free(address, protocol)
        yield


def require_free(address: Address, protocol: Protocol) -> None:
    """Raises OSError when nothing can listen on an address now."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, protocol.value) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, protocol is Protocol.TCP)
        probe.bind((address.host, address.port))


def free_port(protocol: Protocol, host: str = LOOPBACK) -> int:
    """A port nobody listens on now, chosen by the kernel."""
    with socket.socket(socket.AF_INET, protocol.value) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def free_rtp_block(size: int = RTP_PORTS, host: str = LOOPBACK) -> PortBlock:
    """A block of free UDP ports for audio (two a leg), starting at an even port.

    Raises `NoFreePort` when none of 50 random blocks is free.
    """
    for _ in range(RTP_TRIES):
        first = RTP_LOWEST + 2 * secrets.randbelow((RTP_HIGHEST - RTP_LOWEST - size) // 2)
        block = PortBlock(first, first + size - 1)
        if _is_free(block, host):
            return block
    raise NoFreePort(f"no {size} free UDP ports in a row between {RTP_LOWEST} and {RTP_HIGHEST}")


def _is_free(block: PortBlock, host: str) -> bool:
    """One socket at a time: a process may not have as many open as there are ports."""
    for port in range(block.first, block.last + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def legs_in(block: PortBlock) -> int:
    """How many legs there may be. A call takes ports before it can be refused, so a few legs'
    ports are left for those that come when there is no room.
    """
    legs = len(block) // PORTS_PER_LEG
    return legs - max(1, legs // SPARE_SHARE)


def calls_in(block: PortBlock) -> int:
    """The number of calls that may come in. Each keeps the ports of one more leg in reserve, so
    that every caller who is let in can be joined with an agent or an outside line.
    """
    return legs_in(block) // LEGS_PER_CALL
