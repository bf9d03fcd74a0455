"""The digest as which a phone's secret is kept and checked; the secret cannot be had back.

SIP phones prove their secret by the MD5 of user, realm and secret (RFC 8760 calls it HA1), so that
is what the switch needs; with 32 random characters in it, nobody finds the secret by trying.
"""

import hashlib
from typing import Final

REALM: Final = "contactcenter"
"""The digest holds for this realm alone; changing it would lock out every phone."""


def phone_digest(user: str, secret: str) -> str:
    """The digest of a phone's user and secret, 32 hexadecimal digits."""
    text = f"{user}:{REALM}:{secret}".encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()
