"""SIP messages as a ladder for the terminal: carriers on the left, Asterisk in the middle, phones
on the right; a line a message.
"""

from ipaddress import ip_address, ip_network

from contactcenter_ari.machine.sip_message import SipMessage
from contactcenter_ari.runtime.address import Address

PEER, ARROW = 21, 30
"""Columns."""
CALL_MARKS = "abcdefghijklmnopqrstuvwxyz"


class Ladder:
    """Draws messages; calls from `trunk_networks` are on the left. The logger names no target of
    what Asterisk receives.
    """

    def __init__(self, asterisk: Address, trunk_networks: tuple[str, ...]) -> None:
        self._asterisk = asterisk
        self._trunks = tuple(map(ip_network, trunk_networks))
        self._calls: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<Ladder of {self._asterisk}: {len(self._calls)} calls>"

    def head(self) -> str:
        """The names of the columns."""
        left, right = "carrier".rjust(PEER), "phone".ljust(PEER)
        return f"{'':12} {left} {'':{ARROW}} Asterisk {'':{ARROW}} {right}".rstrip()

    def line(self, message: SipMessage) -> str:
        """One message; calls are told apart by the letter at its end."""
        is_in = not message.target.port or message.target == self._asterisk
        peer = message.source if is_in else message.target
        is_left = any(ip_address(peer.host) in network for network in self._trunks)
        arrow = _arrow(_label(message), to_right=is_in is is_left)
        time = f"{message.at.astimezone():%H:%M:%S}.{message.at.microsecond // 1000:03}"
        mark = self._mark(message.call_id)
        if is_left:
            return f"{time} {peer!s:>{PEER}} {arrow} Asterisk {'':{ARROW}} {'':{PEER}} {mark}"
        return f"{time} {'':{PEER}} {'':{ARROW}} Asterisk {arrow} {peer!s:<{PEER}} {mark}"

    def _mark(self, call_id: str) -> str:
        number = self._calls.setdefault(call_id, len(self._calls))
        turn, letter = divmod(number, len(CALL_MARKS))
        return f"{CALL_MARKS[letter]}{turn or ''}"


def _label(message: SipMessage) -> str:
    method = message.header("CSeq").rpartition(" ")[2]
    title = message.title
    if message.is_reply and method not in {"INVITE", ""}:
        title += f" ({method})"
    return f"{title} +SDP" if message.has_audio else title


def _arrow(label: str, *, to_right: bool) -> str:
    label = label[: ARROW - 6]
    line = f" {label} ".center(ARROW - 1, "-")
    return f"{line}>" if to_right else f"<{line}"
