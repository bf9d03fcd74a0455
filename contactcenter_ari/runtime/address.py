"""The addresses of sockets, in settings, in Asterisk's configuration and on disk."""

from dataclasses import dataclass
from ipaddress import ip_address


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name or IP address) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it stands in a setting: `127.0.0.1:8080`, `[::1]:8080`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def interface(self) -> str | None:
        """The one IP address it is bound to; none where it is a name, or all of the machine's."""
        try:
            address = ip_address(self.host)
        except ValueError:
            return None
        return None if address.is_unspecified else self.host


@dataclass(frozen=True, slots=True)
class PortBlock:
    """Ports from `first` to `last`, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1
