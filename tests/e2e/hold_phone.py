"""Phones with a hold key: a caller's, and an agent's.

The key sends a re-INVITE (RFC 3264, section 8.4). While the other side is on hold nothing is sent.
"""

from tests.e2e.caller import Caller
from tests.e2e.carrier import Line
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.polling import until


class HoldKey(Caller):
    """A call with a hold key; `_order` numbers our requests in it."""

    _order = 1
    _holds = False
    _agreed = 0

    async def hold(self, *, held: bool) -> None:
        """Press the key, or press it again; wait until the center has agreed."""
        self._order += 1
        self._holds = held
        order = self._order
        self._send("INVITE", order, self._sdp(), branch=f"hold-{order}")
        await until(lambda: self._agreed == order, "the center did not answer the hold key")

    def hang_up(self) -> None:
        """A BYE after all our other requests."""
        if self.talking:
            self._transact("BYE", self._order + 1)
        else:
            super().hang_up()

    def _sdp(self) -> str:
        return super()._sdp() + ("a=sendonly\r\n" if self._holds else "")

    def _take_reply(self, text: str) -> None:
        order, method = text.split("CSeq: ")[1].split("\r\n", maxsplit=1)[0].split()
        if method != "INVITE" or self.status != 200:
            super()._take_reply(text)
        elif text.startswith("SIP/2.0 200"):
            self._send("ACK", int(order), branch=f"ack-{order}")
            self._agreed = int(order)

    def _speak(self, sequence: int, center: tuple[str, int]) -> None:
        if not self._holds:
            super()._speak(sequence, center)


class HoldingLine(HoldKey, Line):
    """A call at an agent's phone."""

    _order = 0

    def pick_up_on_hold(self) -> None:
        """Answer, and send nothing until the key is pressed."""
        self._holds = True
        self.pick_up()


class HoldingPhone(DeskPhone):
    """An agent's phone with a hold key."""

    kind = HoldingLine
