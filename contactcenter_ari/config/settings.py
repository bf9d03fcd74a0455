"""Settings of one installation: the environment first, then `settings` in `site.yaml`.

All of them in one frozen value, read once at start. An unknown or bad setting is an error
that names the value and an example. Some stand in the environment only.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Scalar, read_document
from contactcenter_ari.config.problem import did_you_mean
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.number import is_country
from contactcenter_ari.core.spoken.value import read_duration
from contactcenter_ari.core.vocabulary.recording_file import RecordingFormat
from contactcenter_ari.runtime.address import Address, PortBlock

PREFIX = "CC_"
CHECKOUT = Path(__file__).resolve().parents[2]
PORTS = range(1, 65536)
UNPRIVILEGED = range(1024, 65536)
FEWEST_RTP_PORTS = 6
"""Those of one call and a spare leg: two ports each."""
SHORTEST_RTP_TIMEOUT = timedelta(seconds=40)
"""A leg has 32 s to answer when it is asked."""
FEWEST_SESSIONS = 20
DRAIN_MOST = timedelta(hours=12)
TRUNK_SECRET = f"{PREFIX}TRUNK_SECRET_"
"""The variable of the secret of a trunk, before its name in capitals."""
UNNAMED_TRUNK_KEYS = ("carrier", "trunk_networks", "trunk_country", "called_from")
"""The settings of the one trunk of a site that names none."""


class SettingInvalid(ContactCenterError):
    """A setting is unknown or bad; the message names it, its value and an example."""


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. None means: we start it ourselves, or choose.

    `site` is the folder of `site.yaml`; `data` where the installation keeps what it must;
    `asterisk` the program; `asterisk_http` an Asterisk that somebody else started. A site that
    names no trunks has one: calls from `trunk_networks` are let in without a password (none: those
    from 127.0.0.2), for they are the carrier's and nobody else's. Outside lines are dialed at
    `carrier`; without one there is no way out. The carrier writes national numbers as they are
    written in `trunk_country` (ISO 3166; empty: as in the country of the flow), and the called one
    into the header `called_from` (empty: into the URI of the request). Calls in progress when the
    program is to end go on for `drain_limit` at the most. A leg that sends no audio for
    `rtp_timeout`, on hold for `rtp_timeout_hold`, and does not answer when it is asked is given
    up. `asterisk_http_sessions` bounds the connections to Asterisk's HTTP server. Closed
    recordings are kept in `recording_format`.
    """

    site: Path
    data: Path
    database_url: str | None = None
    lookup_url: str | None = None
    http: Address | None = None
    asterisk_sip: Address | None = None
    asterisk_http: Address | None = None
    asterisk: Path | None = None
    trunk_networks: tuple[str, ...] = ()
    phone_networks: tuple[str, ...] = ("127.0.0.0/8",)
    carrier: Address | None = None
    trunk_country: str = ""
    called_from: str = ""
    drain_limit: timedelta = timedelta(minutes=5)
    rtp_ports: PortBlock | None = None
    rtp_timeout: timedelta = timedelta(seconds=60)
    rtp_timeout_hold: timedelta = timedelta(seconds=300)
    asterisk_http_sessions: int = 500
    recording_format: RecordingFormat = RecordingFormat.FLAC
    log: LogFormat = LogFormat.CONSOLE
    node: str = "n1"
    whole_logs: bool = False

    def __repr__(self) -> str:
        return f"<Settings site {self.site}, data {self.data}, node {self.node}>"


def read_address(text: str) -> Address:
    """`host:port`, or a port alone on the loopback address.

    Raises:
        ValueError: it is neither.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else "127.0.0.1"
    bare_ipv6 = ":" in host and not text.startswith("[")
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) not in PORTS or bare_ipv6:
        raise ValueError(text)
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", host):
        raise ValueError(text)
    return Address(host, int(port))


def read_loopback(text: str) -> Address:
    """An address on this machine that no other can reach.

    Raises:
        ValueError: it is another.
    """
    address = read_address(text)
    if address.host != "localhost" and not ip_address(address.host).is_loopback:
        raise ValueError(text)
    return address


def _read_database_url(text: str) -> str:
    if urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError(text)
    return text


def _read_node(text: str) -> str:
    if re.fullmatch(r"[a-z][a-z0-9]{0,15}", text) is None:
        raise ValueError(text)
    return text


def _read_networks(text: str) -> tuple[str, ...]:
    return tuple(str(ip_network(part.strip())) for part in text.split(","))


def _read_drain_limit(text: str) -> timedelta:
    limit = read_duration(text)
    if limit > DRAIN_MOST:
        raise ValueError(text)
    return limit


def _read_ports(text: str) -> PortBlock:
    first, _, last = text.partition("-")
    block = PortBlock(_read_whole(first), _read_whole(last))
    if block.first not in UNPRIVILEGED or block.last not in UNPRIVILEGED or block.first % 2:
        raise ValueError(text)
    if len(block) < FEWEST_RTP_PORTS:
        raise ValueError(text)
    return block


def _read_limit(text: str) -> timedelta:
    limit = read_duration(text)
    if limit < SHORTEST_RTP_TIMEOUT:
        raise ValueError(text)
    return limit


def _read_sessions(text: str) -> int:
    sessions = _read_whole(text)
    if sessions < FEWEST_SESSIONS:
        raise ValueError(text)
    return sessions


def _read_whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text.strip()):
        raise ValueError(text)
    return int(text)


def _read_country(text: str) -> str:
    if not is_country(text):
        raise ValueError(text)
    return text


def read_called_from(text: str) -> str:
    """The header that has the called number; empty for the URI of the request.

    Raises:
        ValueError: it is none of the ways to say so.
    """
    if text in {"uri", "to"}:
        return "To" if text == "to" else ""
    found = re.fullmatch(r"header ([A-Za-z][A-Za-z0-9-]{0,63})", text)
    if found is None:
        raise ValueError(text)
    return found[1]


def _read_switch(text: str) -> bool:
    if text not in {"on", "off"}:
        raise ValueError(text)
    return text == "on"


def _read_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


@dataclass(frozen=True, slots=True)
class _Setting:
    """One setting: how it is read, an example, and whether it may be shown and kept in a file."""

    read: Callable[[str], object]
    example: str
    secret: bool = False
    in_file: bool = True


_SETTINGS: Mapping[str, _Setting] = {
    "site": _Setting(_read_path, "callflows", in_file=False),
    "data_dir": _Setting(_read_path, "/var/lib/contactcenter"),
    "database_url": _Setting(
        _read_database_url, "postgresql://user@127.0.0.1:5432/contactcenter", secret=True
    ),
    "lookup_url": _Setting(
        _read_database_url, "postgresql://lookup@127.0.0.1:5432/contactcenter", secret=True
    ),
    "http": _Setting(read_address, "127.0.0.1:8080"),
    "asterisk_sip": _Setting(read_address, "127.0.0.1:5060"),
    "asterisk_http": _Setting(
        read_loopback, "127.0.0.1:8088 (on loopback: its password is sent in clear)"
    ),
    "asterisk": _Setting(_read_path, "/usr/sbin/asterisk"),
    "trunk_networks": _Setting(_read_networks, "203.0.113.8/32, 203.0.113.16/29"),
    "phone_networks": _Setting(_read_networks, "192.168.10.0/24"),
    "carrier": _Setting(read_address, "203.0.113.8:5060"),
    "trunk_country": _Setting(_read_country, "NL (two letters of ISO 3166)"),
    "called_from": _Setting(read_called_from, "uri, to, or header P-Called-Party-ID"),
    "drain_limit": _Setting(_read_drain_limit, "5m"),
    "rtp_ports": _Setting(_read_ports, "10000-13999"),
    "rtp_timeout": _Setting(_read_limit, "60s"),
    "rtp_timeout_hold": _Setting(_read_limit, "300s"),
    "asterisk_http_sessions": _Setting(_read_sessions, "500"),
    "recording_format": _Setting(RecordingFormat, "flac, wav or opus"),
    "log": _Setting(LogFormat, "json"),
    "whole_logs": _Setting(
        _read_switch, "on (input logs are kept from the first input on) or off"
    ),
    "node": _Setting(_read_node, "n1", in_file=False),
}
SITE_KEYS = tuple(name for name, setting in _SETTINGS.items() if setting.in_file)
"""The keys that may stand under `settings` in `site.yaml`."""


def read_settings(environment: Mapping[str, str], *, checkout: Path = CHECKOUT) -> Settings:
    """The settings of this installation; an empty variable counts as not set.

    Raises:
        SettingInvalid: one is unknown or bad.
    """
    chosen = {
        name.removeprefix(PREFIX).lower(): _read(name, name.removeprefix(PREFIX).lower(), text)
        for name, text in environment.items()
        if name.startswith(PREFIX) and text and not name.startswith(TRUNK_SECRET)
    }
    site = chosen.pop("site", checkout / "callflows")
    assert isinstance(site, Path), "a path is read as one"
    chosen = {**_from_file(site / "site.yaml"), **chosen}
    data = chosen.pop("data_dir", checkout / ".run")
    return Settings(site=site, data=data, **chosen)  # type: ignore[arg-type]  # each reader gives the type of its field


def _from_file(path: Path) -> dict[str, object]:
    """The settings in `site.yaml`. Whatever else is wrong there, `load_site` tells."""
    root = read_document(path, within=path.parent).root
    settings = root.get("settings") if isinstance(root, Map) else None
    if not isinstance(settings, Map):
        return {}
    chosen: dict[str, object] = {}
    for key, node in settings.entries:
        place = f"{path}:{key.line}:{key.column}: {key.text}"
        if key.text in _SETTINGS and not _SETTINGS[key.text].in_file:
            variable = f"{PREFIX}{key.text.upper()}"
            raise SettingInvalid(f"{place}: set this in the environment, as {variable}")
        chosen[key.text] = _read(place, key.text, node.text if isinstance(node, Scalar) else "")
    return chosen


def _read(shown: str, name: str, text: str) -> object:
    setting = _SETTINGS.get(name)
    if setting is None:
        wanted = did_you_mean(shown, [f"{PREFIX}{known.upper()}" for known in _SETTINGS])
        raise SettingInvalid(f"{shown} is no setting; {wanted or _all_settings()}")
    try:
        return setting.read(text)
    except ValueError as error:
        value = "its value" if setting.secret else f'"{text[:60]}"'
        example = setting.example
        raise SettingInvalid(f"{shown}: {value} cannot be used; an example: {example}") from error


def _all_settings() -> str:
    return "there are " + ", ".join(f"{PREFIX}{name.upper()}" for name in _SETTINGS)
