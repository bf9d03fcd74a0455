"""Legs that have died without a signal: power lost, network gone, a carrier that lost the call.

A leg that sends no audio may be dead, or alive and muted. So it is asked, by an UPDATE inside the
call: a leg that is alive answers, if only by refusing; a leg that does not is hung up by Asterisk
within `ANSWER_LIMIT`. (Asterisk's own `rtp_timeout` hangs up without asking.)

Guarantees: a leg that vanishes is given up within the limit for silence, one on hold within that
for hold; a leg that answers stays, however long it is silent. This module decides nothing else.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from contactcenter_ari.ari import operation
from contactcenter_ari.ari.errors import SwitchError
from contactcenter_ari.ari.reply import Asking

ANSWER_LIMIT: Final = timedelta(seconds=32)
"""How long Asterisk waits for an answer to its question, and then to its BYE: twice `timer_b` of
`pjsip.conf`.
"""
READ_LIMIT: Final = timedelta(seconds=2)
ON_HOLD: Final = "1"

log: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger(__name__)


class _Audio(msgspec.Struct):
    """The number of packets that a leg has sent us."""

    rxcount: int


class _Variable(msgspec.Struct):
    value: str


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """The silences after which a vanished leg is given up: in a talk, and on hold. Both are longer
    than Asterisk waits for an answer.
    """

    talking: timedelta = timedelta(seconds=60)
    on_hold: timedelta = timedelta(seconds=300)

    @property
    def look_every(self) -> timedelta:
        """How often each leg is looked at. The start of a silence is noticed up to one look late,
        and so is the time to ask.
        """
        return (self.talking - ANSWER_LIMIT) / 4

    def ask_after(self, *, held: bool) -> timedelta:
        """The silence after which a leg is asked, and asked again."""
        limit = self.on_hold if held else self.talking
        return limit - ANSWER_LIMIT - 2 * self.look_every


@dataclass(slots=True)
class _Leg:
    """The last sign of life of a leg; instants are those of the event loop."""

    packets: int = -1
    heard_at: float = 0.0


class SilenceWatch:
    """Looks at the legs one after the other, again and again; `add` and `drop` return at once."""

    def __init__(self, socket: Asking, http: Asking, limits: SilenceLimits) -> None:
        self._socket = socket
        self._http = http
        self._limits = limits
        self._legs: dict[str, _Leg] = {}
        self.asked = 0

    def __repr__(self) -> str:
        return f"<SilenceWatch of {len(self._legs)} legs, {self.asked} times asked>"

    def __len__(self) -> int:
        """The number of legs that are watched."""
        return len(self._legs)

    def add(self, leg: str) -> None:
        """Watch a leg."""
        self._legs.setdefault(leg, _Leg())

    def drop(self, leg: str) -> None:
        """Watch a leg no more."""
        self._legs.pop(leg, None)

    def keep(self, legs: Iterable[str]) -> None:
        """Watch these legs and no others."""
        self._legs = {leg: self._legs.get(leg, _Leg()) for leg in legs}

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(self._limits.look_every.total_seconds())
            for name, leg in list(self._legs.items()):
                try:
                    await self._look(name, leg)
                except SwitchError as error:
                    log.warning("leg.not_looked_at", reason=str(error))
                    break  # no other would answer, either

    async def _look(self, name: str, leg: _Leg) -> None:
        reply = await self._socket.send(operation.rtp_statistics(name), limit=READ_LIMIT)
        if not reply.succeeded:  # gone, or no leg with audio of its own
            self.drop(name)
            return
        packets, now = reply.read(_Audio).rxcount, asyncio.get_running_loop().time()
        if packets != leg.packets:
            leg.packets, leg.heard_at = packets, now
            return
        silent_for = timedelta(seconds=now - leg.heard_at)
        if silent_for < self._limits.ask_after(held=False):
            return
        if silent_for >= self._limits.ask_after(held=await self._is_held(name)):
            leg.heard_at = now
            await self._ask(name)

    async def _is_held(self, name: str) -> bool:
        reply = await self._socket.send(operation.is_on_hold(name), limit=READ_LIMIT)
        return reply.succeeded and reply.read(_Variable).value == ON_HOLD

    async def _ask(self, name: str) -> None:
        """Ask a leg. While a prompt plays, the question waits for its end."""
        self.asked += 1
        log.info("leg.asked_whether_alive", leg=name)
        try:
            await self._http.send(operation.refresh_session(name), limit=READ_LIMIT)
        except SwitchError as error:
            log.warning("leg.asked_late", leg=name, reason=str(error))
