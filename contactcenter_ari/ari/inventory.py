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
from contactcenter_ari.ari.messages import Application, Bridge, Channel, Endpoint, StasisStart
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Reply

READ_LIMIT: Final = timedelta(seconds=10)
STASIS: Final = "Stasis"

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class Asking(Protocol):
    """Sends an operation; the awaitable raises SwitchError."""

    def send(self, wanted: Operation, *, limit: timedelta) -> Awaitable[Reply]:
        """The reply, whatever its status."""
        ...


@dataclass(frozen=True, slots=True)
class Inventory:
    """The channels of our application, those of them in no bridge, and every phone."""

    legs: tuple[str, ...]
    alone: tuple[StasisStart, ...]
    phones: tuple[Endpoint, ...]


async def take_inventory(switch: Asking, app: str) -> Inventory:
    """Ask Asterisk what is there; raises SwitchError.

    `alone` tells their arrival again, for what was on its way when a connection broke was
    lost with it.
    """
    owned = await switch.send(operation.get_application(app), limit=READ_LIMIT)
    channels = await switch.send(operation.list_channels(), limit=READ_LIMIT)
    bridges = await switch.send(operation.list_bridges(), limit=READ_LIMIT)
    joined = {leg for bridge in bridges.read(list[Bridge]) for leg in bridge.channels}
    arrivals = [
        arrival
        for channel in channels.read(list[Channel])
        if channel.id not in joined and (arrival := _arrival(channel, app)) is not None
    ]
    legs = {*owned.read(Application).channel_ids, *(there.channel.id for there in arrivals)}
    return Inventory(tuple(sorted(legs)), tuple(arrivals), await list_phones(switch))


def _arrival(channel: Channel, app: str) -> StasisStart | None:
    """The event by which a channel entered our application; none when it has not."""
    name, *arguments = channel.dialplan.app_data.split(",")
    if channel.dialplan.app_name != STASIS or name != app:
        return None
    return StasisStart(tuple(arguments), channel)


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
            if bridge.creator == STASIS and not bridge.channels
        )
        stale, self._empty = empty & self._empty, empty
        for bridge in sorted(stale):
            log.warning("bridge.swept", bridge=bridge)
            await switch.send(operation.destroy_bridge(bridge), limit=READ_LIMIT)
        return len(stale)
