"""An agent's phone each packet of which the test controls: it answers in the instant that the test
chooses, and keeps all that comes out of its earpiece.
"""

import asyncio

from contactcenter_ari.postgres.directory import NewAgent
from contactcenter_ari.runtime.address import Address
from tests.contract.conftest import SipPhone
from tests.e2e.caller import header
from tests.e2e.carrier import Line
from tests.e2e.polling import until

LOOPBACK = "127.0.0.1"
REGISTERED_FOR = 300


class DeskPhone(SipPhone):
    """A registered phone; `lines` are the calls it had, the last one last, each of `kind`."""

    kind: type[Line] = Line

    def __init__(self, center: Address, frequency: float) -> None:
        super().__init__(LOOPBACK)
        self.frequency = frequency
        self.lines: list[Line] = []
        self._center = center
        self._by_id: dict[str, Line | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def registered(
        cls, hired: NewAgent, center: Address, *, frequency: float
    ) -> "DeskPhone":
        """A phone that has proved its secret."""
        phone = cls(center, frequency)
        await phone.start(center.host, center.port)
        await phone.register(hired.credential.phone, hired.credential.secret, REGISTERED_FOR)
        return phone

    def datagram_received(self, data: bytes, address: object) -> None:
        """Take a call and its end; the rest is the phone's."""
        text = data.decode(errors="replace")
        method = text.split(maxsplit=1)[0]
        if method not in {"INVITE", "CANCEL"}:
            super().datagram_received(data, address)
            return
        call_id = header(text, "Call-ID")
        if method == "CANCEL":
            line = self._by_id.get(call_id)
            assert line is not None, "what is canceled has begun"
            line.cancelled(text)
        elif call_id not in self._by_id:
            self._by_id[call_id] = None
            task = asyncio.get_running_loop().create_task(self._ring(text, call_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def rings(self, calls: int = 1) -> Line:
        """Wait until it was called so often; gives the last call."""
        await until(lambda: len(self.lines) >= calls, "the phone did not ring")
        return self.lines[-1]

    def close(self) -> None:
        """Put everything away."""
        for line in self.lines:
            line.hang_up()
            line.close()
        self.stop()

    async def _ring(self, invite: str, call_id: str) -> None:
        line = await self.kind.rung(self._center, invite, self.frequency, LOOPBACK)
        self._by_id[call_id] = line
        self.lines.append(line)
