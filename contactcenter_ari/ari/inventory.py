"""What lives in Asterisk right now, and the sweeping of what is left over.

Calls outlive our process and our connection; so after each connection the core is told what
there is. Only reads, and the removal of our own bridges that stayed empty.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.messages import Application, Bridge, Endpoint
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply

READ_LIMIT: Final = timedelta(seconds=10)
OURS: Final = "Stasis"

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class Asking(Protocol):
    """Sends an operation; the awaitable raises SwitchError."""

    def send(self, wanted: Operation, *, limit: timedelta) -> Awaitable[Reply]:
        """The reply, whatever its status."""
        ...


@dataclass(frozen=True, slots=True)
class Inventory:
    """The channels of our application, and every phone with its state."""

    legs: tuple[str, ...]
    phones: tuple[Endpoint, ...]


async def take_inventory(switch: Asking, app: str) -> Inventory:
    """Ask Asterisk what is there; raises SwitchError."""
    channels = await switch.send(operation.get_application(app), limit=READ_LIMIT)
    phones = await list_phones(switch)
    return Inventory(channels.read(Application).channel_ids, phones)


async def list_phones(switch: Asking) -> tuple[Endpoint, ...]:
    """Every phone and trunk; raises SwitchError."""
    reply = await switch.send(operation.list_endpoints(), limit=READ_LIMIT)
    return tuple(reply.read(list[Endpoint]))


class Sweep:
    """Removes bridges of ours that were empty at two looks in a row.

    One look is not enough: a bridge is empty between being made and being joined.
    """

    def __init__(self) -> None:
        self._empty: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Tell what is suspected."""
        return f"<Sweep {len(self._empty)} bridges empty>"

    async def run(self, switch: Asking) -> int:
        """Look once; gives the number of bridges removed. Raises SwitchError."""
        reply = await switch.send(operation.list_bridges(), limit=READ_LIMIT)
        empty = frozenset(
            bridge.id
            for bridge in reply.read(list[Bridge])
            if bridge.creator == OURS and not bridge.channels
        )
        stale, self._empty = empty & self._empty, empty
        for bridge in sorted(stale):
            log.warning("bridge.swept", bridge=bridge)
            await switch.send(operation.destroy_bridge(bridge), limit=READ_LIMIT)
        return len(stale)
