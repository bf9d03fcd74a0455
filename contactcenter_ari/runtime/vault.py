"""Keys under which typed secrets are sealed, one for each call, as long as the call lives.

They are kept apart from the input log, in a file that its owner alone can read and that is
written again, whole, when a key comes or goes. Without its key what was sealed cannot be opened.
"""

import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_SIZE = 12
KEY_BITS = 256

log = structlog.get_logger(__name__)


class Vault:
    """Seals and opens texts of calls by AES-256-GCM."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, bytes] = {}
        try:
            self._keys = msgspec.json.decode(path.read_bytes(), type=dict[str, bytes])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.MsgspecError) as error:
            log.error("vault.unreadable", reason=str(error))

    def __repr__(self) -> str:
        return f"<Vault of {len(self._keys)} calls>"

    def calls(self) -> list[str]:
        """The calls that have a key."""
        return list(self._keys)

    def seal(self, call: str, text: bytes) -> str:
        """Seal a text; the call gets its key with the first one."""
        if call not in self._keys:
            self._keys[call] = AESGCM.generate_key(KEY_BITS)
            self._write()
        nonce = secrets.token_bytes(NONCE_SIZE)
        return b64encode(
            nonce + AESGCM(self._keys[call]).encrypt(nonce, text, call.encode())
        ).decode()

    def open(self, call: str, sealed: str) -> bytes | None:
        """The text; None when the key is gone, or the seal broken."""
        key = self._keys.get(call)
        if key is None:
            return None
        try:
            whole = b64decode(sealed)
            return AESGCM(key).decrypt(whole[:NONCE_SIZE], whole[NONCE_SIZE:], call.encode())
        except (Error, InvalidTag, ValueError):
            return None

    def forget(self, calls: Iterable[str]) -> None:
        """Delete the keys of calls that are over."""
        for call in calls:
            self._keys.pop(call, None)
        self._write()

    def _write(self) -> None:
        """Write aside and rename; what cannot be written is told, and calls go on."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=".keys-", dir=self._path.parent)  # 0600
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(self._keys))
            Path(aside).rename(self._path)
        except OSError as error:
            log.error("vault.write_failed", error=error.strerror)
