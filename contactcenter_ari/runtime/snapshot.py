"""Snapshots: the whole state of a core in one file, for the same version of the code only.

The file is readable by its owner alone. It carries a MAC that is checked before anything of it
is unpickled, and the unpickler knows only classes of the core and the few of the libraries that
its state is made of. A file that is not whole, not ours or of other code is `SnapshotUnreadable`.
"""

import io
import os
import pickle
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from enum import EnumType
from functools import cache
from hashlib import blake2b
from hmac import compare_digest
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from contactcenter_ari import core
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.runtime.secret_state import put_back, without_secrets
from contactcenter_ari.runtime.vault import Vault

MAGIC = b"contactcenter snapshot 1\n"
MAC_SIZE = 32
CODE_SIZE = 32
SUFFIX = ".snapshot"
LIBRARIES = ("msgspec", "sortedcontainers", "tzdata")
OURS = "contactcenter_ari.core."
LIBRARY = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "deque"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("msgspec._utils", "rebuild"),
        ("sortedcontainers.sortedlist", "SortedKeyList"),
        ("zoneinfo", "ZoneInfo"),
    }
)
"""The types in the state of a core other than its own classes."""


class SnapshotUnreadable(ContactCenterError):
    """The file is no snapshot of this installation and this code; the message says why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A state: the center, the digest of all outcomes `before`, the instant it had come to, and
    the last events, some of which may not have been written down. What was typed in secret is
    `sealed`, by call, and stood in for.
    """

    center: Center
    before: str
    latest: datetime
    events: tuple[Event, ...] = ()
    sealed: dict[str, str] = field(default_factory=dict)


@cache
def code_version() -> bytes:
    """A fingerprint of all code that the meaning of a state depends on."""
    print_ = blake2b(digest_size=CODE_SIZE)
    print_.update(" ".join((python_version(), *map(version, LIBRARIES))).encode())
    folder = Path(core.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        print_.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return print_.digest()


def write_snapshot(path: Path, saved: Saved, key: str) -> None:
    """Write it aside, then rename: a reader never sees half a snapshot. Raises OSError."""
    parts = (saved.center, saved.before, saved.latest, saved.events, saved.sealed)
    with without_secrets(saved.center):
        state = pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + code_version() + _mac(state, key) + state)
            file.flush()
            os.fsync(handle)
        Path(aside).rename(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def read_snapshot(path: Path, key: str, vault: Vault | None = None) -> Saved:
    """The state of a snapshot; secrets of calls that have a key are as they were.

    Raises:
        SnapshotUnreadable: it is of other code, damaged, or not of this installation.
    """
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise SnapshotUnreadable(f"{path} cannot be read: {error.strerror}") from error
    head, rest = whole[: len(MAGIC)], whole[len(MAGIC) :]
    code, mac, state = rest[:CODE_SIZE], rest[CODE_SIZE:][:MAC_SIZE], rest[CODE_SIZE + MAC_SIZE :]
    if head != MAGIC:
        raise SnapshotUnreadable(f"{path} is no snapshot")
    if code != code_version():
        raise SnapshotUnreadable(f"{path} was written by another version of the code")
    if not compare_digest(mac, _mac(state, key)):
        raise SnapshotUnreadable(f"{path} is damaged, or of another installation")
    try:
        center, before, latest, events, sealed = _Unpickler(io.BytesIO(state)).load()
        put_back(center, sealed, vault)
    except Exception as error:
        raise SnapshotUnreadable(f"{path} cannot be unpickled: {error}") from error
    return Saved(center, before, latest, events, sealed)


def _mac(state: bytes, key: str) -> bytes:
    """Over the code's version, too, so that no file can pass for one of other code."""
    keyed = blake2b(key=key.encode()[:64], digest_size=MAC_SIZE)
    keyed.update(MAGIC + code_version())
    keyed.update(state)
    return keyed.digest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Unpickler(pickle.Unpickler):  # only after the MAC was checked
    """Knows the classes of the core, and of the libraries what is listed."""

    def find_class(self, module: str, name: str) -> object:
        """The class or function; raises UnpicklingError for all others."""
        if (module, name) == ("builtins", "getattr"):
            return _method
        if (module, name) in LIBRARY or (module.startswith(OURS) and "." not in name):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a state")


def _method(owner: object, name: str) -> object:
    """A bound method of one of our objects, a member of one of our enumerations (as some versions
    of Python pickle it), or how a time zone is made again.
    """
    if isinstance(owner, EnumType) and owner.__module__.startswith(OURS):
        return owner[name]
    ours = (
        type(owner).__module__.startswith(OURS) or getattr(owner, "__module__", "") == "zoneinfo"
    )
    if not ours or name.startswith("__"):  # as `ZoneInfo._unpickle`
        raise pickle.UnpicklingError(f"{name} of {type(owner)} is no part of a state")
    return getattr(owner, name)
