"""Where something listens, in settings, in Asterisk's configuration and in what is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name or IP address) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it stands in a setting: `127.0.0.1:8080`, `[::1]:8080`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
