"""The sites that were published, kept as files so that each can be had again.

`<data>/published/<time>-<version>.json` is one site; `pin.json` says that one of them is to
stay, whatever the site's folder holds, until that changes. A version is a hash of the content.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.runtime.regular_file import JSON_LIMIT, read_json, read_regular

SITES_KEPT = 50
VERSION_LENGTH = 16
TIME_FORMAT = "%Y%m%dT%H%M%S.%fZ"
PIN_FILE = "pin.json"
FOLDER = "published"
"""Below the data of the installation."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A site that was published, and when."""

    version: str
    published_at: datetime
    file: Path


class Pin(msgspec.Struct, frozen=True):
    """This version stays while the site's folder has this content."""

    version: str
    content: str


def site_version(site: Site) -> str:
    """The hash of all that a site says."""
    return _hash(_encoded(site))


class Archive:
    """The folder of published sites, the latest first; reads and writes files at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<Archive {self._folder}>"

    def keep(self, site: Site, now: datetime) -> None:
        """Keep a site, unless it is the latest already; the oldest are dropped. Raises OSError."""
        encoded = _encoded(site)
        kept = self.sites()
        if kept and kept[0].version == _hash(encoded):
            return
        if kept:  # whatever was done to the clock: what is kept last is the latest
            now = max(now, kept[0].published_at + timedelta(microseconds=1))
        name = f"{now.astimezone(UTC).strftime(TIME_FORMAT)}-{_hash(encoded)}.json"
        self._write(name, encoded)
        for old in kept[SITES_KEPT - 1 :]:
            old.file.unlink(missing_ok=True)

    def sites(self) -> list[Kept]:
        """All that are kept, the latest first."""
        files = sorted(self._folder.glob("*-*.json"), reverse=True)
        return [kept for kept in map(_kept, files) if kept is not None]

    def find(self, version: str) -> Kept:
        """The latest of that version, or of the one version that begins so.

        Raises:
            RequestRefused: none is, or more than one.
        """
        found = [kept for kept in self.sites() if kept.version.startswith(version)]
        versions = {kept.version for kept in found}
        if not version or not versions:
            raise RequestRefused("unknown_version", f'no published version begins "{version}"')
        if len(versions) > 1:
            message = f'{len(versions)} versions begin "{version}": give more of its letters'
            raise RequestRefused("unknown_version", message)
        return found[0]

    def before(self, version: str) -> Kept:
        """The one published before that version; raises RequestRefused when there is none."""
        kept = self.sites()
        places = [n for n, one in enumerate(kept) if one.version == version]
        for older in kept[places[0] + 1 :] if places else kept:
            if older.version != version:
                return older
        raise RequestRefused("no_earlier_version", "no earlier version is kept")

    def read(self, kept: Kept) -> Site:
        """The site; raises RequestRefused when the file does not hold it any more."""
        try:
            encoded = read_regular(kept.file, JSON_LIMIT)
            if _hash(encoded) == kept.version:
                return msgspec.json.decode(encoded, type=Site)
            reason = "its content has been changed"
        except OSError as error:
            reason = error.strerror or "the file is gone"
        except msgspec.MsgspecError:
            reason = "another release of this program wrote it"
        message = f"version {kept.version} cannot be used: {reason}"
        raise RequestRefused("version_unreadable", message)

    def pin(self) -> Pin | None:
        """The version that is to stay, if there is one."""
        try:
            return read_json(self._folder / PIN_FILE, Pin)
        except (OSError, msgspec.MsgspecError):
            return None

    def set_pin(self, pin: Pin | None) -> None:
        """Let a version stay, or none; raises OSError."""
        if pin is None:
            (self._folder / PIN_FILE).unlink(missing_ok=True)
        else:
            self._write(PIN_FILE, msgspec.json.encode(pin))

    def _write(self, name: str, content: bytes) -> None:
        """A file is whole or absent."""
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f".{name}.new"
        aside.write_bytes(content)
        aside.replace(self._folder / name)


def _kept(file: Path) -> Kept | None:
    time, _, version = file.stem.rpartition("-")
    try:
        published_at = datetime.strptime(time, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Kept(version, published_at, file)


def _encoded(site: Site) -> bytes:
    # As it stands: maps keep the order of the file (which is the first queue matters), and
    # sorting would refuse the dates of opening hours as keys.
    return msgspec.json.encode(site)


def _hash(encoded: bytes) -> str:
    return hashlib.sha256(encoded).hexdigest()[:VERSION_LENGTH]
