"""A carrier that wants proof: it challenges REGISTER, INVITE, and the INVITE inside a call.

It calls the center where that has registered. Digest is that of RFC 2617 (MD5, qop=auth).
"""

import hashlib
import re
from dataclasses import dataclass, field

from contactcenter_ari.runtime.address import Address
from tests.e2e.caller import header
from tests.e2e.carrier import Carrier, Line
from tests.e2e.polling import until

REALM = "carrier.example"
NONCE = "4f1c"
EXPIRES = 300


def proves(request: str, user: str, secret: str) -> bool:
    """Whether a request holds the right answer to our challenge."""
    given = _authorization(request)
    if not given or given["username"] != user or given["nonce"] != NONCE:
        return False
    method = request.split(maxsplit=1)[0]
    first, second = _md5(f"{user}:{REALM}:{secret}"), _md5(f"{method}:{given['uri']}")
    proof = f"{first}:{NONCE}:{given['nc']}:{given['cnonce']}:auth:{second}"
    return given["response"] == _md5(proof)


def challenged(request: str) -> str:
    """The 401 to a request."""
    kept = "".join(
        f"{line}\r\n"
        for line in request.split("\r\n")
        if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))
    )
    tag = "" if ";tag=" in header(request, "To") else ";tag=registrar"
    kept = kept.replace(f"To: {header(request, 'To')}", f"To: {header(request, 'To')}{tag}")
    wanted = f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"'
    head = f"SIP/2.0 401 Unauthorized\r\n{kept}WWW-Authenticate: {wanted}\r\n"
    return f"{head}Content-Length: 0\r\n\r\n"


@dataclass(slots=True)
class Account:
    """The state of the center at the carrier: `contact` is where it registered, `proofs` are the
    methods that were proved, in their order.
    """

    user: str
    secret: str
    contact: str = ""
    proofs: list[str] = field(default_factory=list)

    def takes(self, request: str) -> bool:
        """Whether a request is proved; noted."""
        proved = proves(request, self.user, self.secret)
        if proved:
            self.proofs.append(request.split(maxsplit=1)[0])
        return proved


class ProvedLine(Line):
    """A line on which the INVITE inside the call is challenged, too, and soon comes: it wants the
    session refreshed (RFC 4028) as often as may be.
    """

    account: Account

    def _reply(self, request: str, body: str, status: str = "200 OK") -> None:
        if status == "200 OK" and "INVITE" in header(request, "CSeq") and body:
            status += (
                "\r\nSession-Expires: 90;refresher=uac\r\nRequire: timer\r\nAllow: INVITE, BYE"
            )
        super()._reply(request, body, status)

    def _take_request(self, text: str) -> None:
        if text.startswith("INVITE ") and not self.account.takes(text):
            data = challenged(text).encode("latin-1")
            self._sip_transport.sendto(data, (self._center.host, self._center.port))
            return
        super()._take_request(text)


class Registrar(Carrier):
    """A carrier with one account."""

    account: Account

    @classmethod
    async def opened_for(cls, account: Account) -> "Registrar":
        """A carrier that listens."""
        carrier = cls()
        carrier.account = account
        await carrier._open()
        return carrier

    async def registered(self) -> str:
        """Wait until the center has registered; gives the URI to call it by."""
        return await until(lambda: self.account.contact, "nobody has registered")

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Take what is proved."""
        text = data.decode("latin-1")
        method = text.split(maxsplit=1)[0]
        if method not in {"REGISTER", "INVITE"} or self.account.takes(text):
            if method == "REGISTER":
                self._register(text, address)
            super().datagram_received(data, address)
            return
        self._transport.sendto(challenged(text).encode("latin-1"), address)

    def _register(self, text: str, address: tuple[str, int]) -> None:
        contact = header(text, "Contact")
        self.account.contact = "" if "expires=0" in contact else re.sub("^<|>.*$", "", contact)
        reply = challenged(text).replace("401 Unauthorized", "200 OK")
        reply = re.sub(
            r"WWW-Authenticate: .*?\r\n", f"Contact: {contact};expires={EXPIRES}\r\n", reply
        )
        self._transport.sendto(reply.encode("latin-1"), address)

    async def _line(self, invite: str, center: Address) -> Line:
        line = await ProvedLine.rung(center, invite, self.frequency)
        assert isinstance(line, ProvedLine)
        line.account = self.account
        return line


def _authorization(request: str) -> dict[str, str]:
    found = re.search(r"^Authorization: Digest (.*?)\r$", request, re.MULTILINE)
    if found is None:
        return {}
    return dict(re.findall(r'(\w+)="?([^",]*)"?', found[1]))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - SIP digest has no better one
