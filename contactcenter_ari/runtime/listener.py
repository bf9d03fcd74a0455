"""Sockets that listen, had before anything else is begun.

A program that shares its address with another one finds out before it opens a log or starts a
server; a client that connects early waits in the kernel until the program accepts.
"""

import errno
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from contactcenter_ari.core.errors import ContactCenterError

BACKLOG = 128
Listeners = Sequence[socket.socket]
"""One for each address of a host."""


class AddressUnavailable(ContactCenterError):
    """An address cannot be listened on; the message names it, its setting and what to do."""


@contextmanager
def listeners(host: str, port: int, *, setting: str, remedy: str) -> Iterator[Listeners]:
    """Listen meanwhile on all addresses of a host; port 0 asks for any free one.

    Raises:
        AddressUnavailable: the port is taken, or the address is not ours.
    """
    with ExitStack() as opened:
        try:
            found = socket.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            sockets = [
                opened.enter_context(_listening(family, place))
                for family, place in dict.fromkeys((each[0], each[4]) for each in found)
            ]
        except (OSError, OverflowError, UnicodeError) as error:
            raise AddressUnavailable(
                _sentence(error, f"{setting}: cannot listen on {host}:{port}", remedy)
            ) from error
        yield sockets


def _listening(family: socket.AddressFamily, place: object) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.settimeout(0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(place)  # type: ignore[arg-type]  # as getaddrinfo gave it
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _sentence(error: Exception, place: str, remedy: str) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"{place}: another program has the port; end it or {remedy}"
        case OSError(errno=errno.EACCES):
            return f"{place}: this account may not use a port below 1024; {remedy}"
        case socket.gaierror() | OSError(errno=errno.EADDRNOTAVAIL):
            return f"{place}: this machine has no such address; {remedy}"
        case OSError(errno=int() as number):
            return f"{place}: {os.strerror(number)}; {remedy}"
        case _:
            return f"{place}: this is no address; {remedy}"
