"""The inventory of Asterisk right now, and the removal of bridges that are left over.

Calls outlive our process and our connection; so the core is told the inventory after each
connection and again and again. This module only reads, in few requests, and removes our own
bridges that stayed empty. One channel or bridge that cannot be read does not hide the others:
where a list is refused its members are asked for one by one.
"""

import asyncio
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.messages import Application, Bridge, Channel, Endpoint, StasisStart
from contactcenter_ari.ari.operation import Operation
from contactcenter_ari.ari.reply import Asking, Reply
from contactcenter_ari.ari.translate import live_bridge
from contactcenter_ari.core.vocabulary.signal import LiveBridge

READ_LIMIT: Final = timedelta(seconds=10)
STASIS: Final = "Stasis"

Part = TypeVar("Part")

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The channels of our application, those that are elsewhere in the dialplan, those of ours in
    no bridge, the bridges with those in them, and every phone; None when Asterisk does not report
    phones.
    """

    legs: frozenset[str]
    elsewhere: frozenset[str]
    alone: tuple[StasisStart, ...]
    bridges: tuple[LiveBridge, ...]
    empty: frozenset[str]
    phones: tuple[Endpoint, ...] | None


async def take_inventory(switch: Asking, app: str) -> Inventory:
    """Ask Asterisk for the inventory; raises SwitchError.

    The arrival of the channels in `alone` is reported again, because an event that was on its way
    when a connection broke was lost with it.
    """
    owned = await _read(switch, operation.get_application(app), Application)
    channels = await _read_all(
        switch, operation.list_channels(), operation.get_channel, owned.channel_ids, Channel
    )
    bridges = await _read_all(
        switch, operation.list_bridges(), operation.get_bridge, owned.bridge_ids, Bridge
    )
    ours = [bridge for bridge in bridges if bridge.creator == STASIS]
    joined = {leg for bridge in bridges for leg in bridge.channels}
    arrivals = {
        channel.id: arrival
        for channel in channels
        if (arrival := arrival_of(channel, app)) is not None
    }
    legs = frozenset((*owned.channel_ids, *arrivals))
    return Inventory(
        legs=legs,
        elsewhere=frozenset(channel.id for channel in channels) - legs,
        alone=tuple(arrival for leg, arrival in arrivals.items() if leg not in joined),
        bridges=tuple(live_bridge(bridge, legs, arrivals) for bridge in ours if bridge.channels),
        empty=frozenset(bridge.id for bridge in ours if not bridge.channels),
        phones=await _phones_if_told(switch),
    )


def arrival_of(channel: Channel, app: str) -> StasisStart | None:
    """The event by which a channel entered our application; none when it has not."""
    name, *arguments = channel.dialplan.app_data.split(",")
    if channel.dialplan.app_name != STASIS or name != app:
        return None
    return StasisStart(tuple(arguments), channel)


async def _phones_if_told(switch: Asking) -> tuple[Endpoint, ...] | None:
    try:
        return await list_phones(switch)
    except SwitchError as error:
        log.warning("inventory.phones_untold", reason=str(error))
        return None


async def list_phones(switch: Asking) -> tuple[Endpoint, ...]:
    """Every phone and trunk; raises SwitchError."""
    return await _read(switch, operation.list_endpoints(), tuple[Endpoint, ...])


async def _read(switch: Asking, wanted: Operation, model: type[Part]) -> Part:
    return (await switch.send(wanted, limit=READ_LIMIT)).read(model)


async def _read_all(
    switch: Asking,
    whole: Operation,
    single: Callable[[str], Operation],
    names: Sequence[str],
    model: type[Part],
) -> list[Part]:
    """A list, or its members one by one: Asterisk refuses the whole list for one byte that is not
    UTF-8. A member that cannot be read is left out. Raises SwitchError.
    """
    reply = await switch.send(whole, limit=READ_LIMIT)
    try:
        return reply.read(list[model])  # type: ignore[valid-type]  # a type is made of a type
    except SwitchError as error:
        log.warning("inventory.list_refused", list=whole.template, reason=str(error))
    replies = await asyncio.gather(
        *(switch.send(single(name), limit=READ_LIMIT) for name in names)
    )
    parts = [part for each in replies if (part := _part(each, model)) is not None]
    if len(parts) < len(names):
        log.warning("inventory.members_unread", list=whole.template, count=len(names) - len(parts))
    return parts


def _part(reply: Reply, model: type[Part]) -> Part | None:
    try:
        return reply.read(model)
    except SwitchError:
        return None


class Sweep:
    """Removes bridges of ours that were empty at two looks in a row.

    One look is not enough: a bridge is empty between being made and being joined.
    """

    def __init__(self) -> None:
        self._empty: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Sweep {len(self._empty)} bridges empty>"

    async def run(
        self, switch: Asking, empty: frozenset[str], *, joining: Container[str] = ()
    ) -> int:
        """Take the bridges that are `empty` now, except for those in which legs are just being
        joined; gives the number of bridges removed. Raises SwitchError.
        """
        suspected = frozenset(bridge for bridge in empty if bridge not in joining)
        stale, self._empty = suspected & self._empty, suspected
        for bridge in sorted(stale):
            log.warning("bridge.swept", bridge=bridge)
            await switch.send(operation.destroy_bridge(bridge), limit=READ_LIMIT)
        return len(stale)
