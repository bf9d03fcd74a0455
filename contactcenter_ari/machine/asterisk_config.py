"""Asterisk's configuration, rendered from `asterisk-conf/` and `dialplan/` for one site.

Promises: complete files that only the owner can read, in a folder that only the owner can
open; a placeholder without a value, or a value that could break out of its line, is an error.
Must not invent secrets or ports: it is given them.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.port import calls_in, legs_in
from contactcenter_ari.machine.secret import OWNER_ONLY_FILE, OWNER_ONLY_FOLDER
from contactcenter_ari.machine.trunk_config import trunk_lines
from contactcenter_ari.runtime.address import Address, PortBlock

PLACEHOLDER = re.compile(r"@([A-Z][A-Z_]*)@")
UNSAFE = re.compile(r"[;\r\n\\]")
UNSAFE_ARGUMENT = re.compile(r'[,"$]')
"""The characters that would part or quote an argument of the dialplan."""
FALL_BACK_SCRIPT = Path(__file__).parents[1] / "fallback" / "script.py"


class AsteriskConfigInvalid(ContactCenterError):
    """A template or a site value is wrong; the message names the file or the setting."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its secret; `repr` keeps the secret to itself."""

    user: str
    secret: str

    def __repr__(self) -> str:
        return f"Login(user={self.user!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSite:
    """The facts about the site that one Asterisk needs.

    `trunks` are the ways to carriers, whose secrets are in `trunk_secrets` by their names.
    `apology` names sounds without their extension, joined by &, for the moment when the script of
    the fall-back, which reads the plan, fails. `http_sessions` bounds the connections to
    Asterisk's HTTP server.
    """

    sip: Address
    http: Address
    application_at: Address
    rtp: PortBlock
    ari: Login
    application_login: Login
    ami: Login
    ami_port: int
    music: Path
    templates: Path
    dialplan: Path
    apology: str = "im-sorry&please-try-call-later"
    fall_back_plan: Path | None = None
    node: str = "node1"
    application: str = "contactcenter"
    trunks: tuple[Trunk, ...] = (Trunk(networks=("127.0.0.2/32",)),)
    trunk_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    phone_networks: tuple[str, ...] = ("127.0.0.0/8",)
    codecs: tuple[str, ...] = ("ulaw", "alaw", "g722")
    language: str = "en"
    tone_country: str = "us"
    http_sessions: int = 500
    extra_modules: tuple[str, ...] = ()
    extra_dialplan: Path | None = None
    extra_templates: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskFolders:
    """The folders of one Asterisk."""

    etc: Path
    modules: Path
    data: Path
    state: Path
    spool: Path
    run: Path
    log: Path

    @property
    def recordings(self) -> Path:
        """The folder in which Asterisk puts what ARI asked it to record."""
        return self.spool / "recording"


def render(site: AsteriskSite, folders: AsteriskFolders) -> None:
    """Write all configuration files into `folders.etc`; raises `AsteriskConfigInvalid`."""
    values = _values(site, folders)
    folders.etc.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    folders.etc.chmod(OWNER_ONLY_FOLDER)
    templates = sorted(site.templates.glob("*.conf")) + sorted(site.dialplan.glob("*.conf"))
    if not templates:
        raise AsteriskConfigInvalid(f"no configuration templates in {site.templates}")
    for template in (*templates, *site.extra_templates):
        _write(folders.etc / template.name, _filled(template, values))
    if site.extra_dialplan is not None:
        _append(folders.etc / "extensions.conf", _filled(site.extra_dialplan, values))


def rewrite(site: AsteriskSite, folders: AsteriskFolders, name: str) -> bool:
    """Write one file anew if it is there and differs; gives whether it did. Raises
    `AsteriskConfigInvalid` and OSError.
    """
    file = folders.etc / name
    text = _filled(site.templates / name, _values(site, folders))
    if not file.exists() or file.read_text("utf-8") == text:
        return False
    _write(file, text)
    return True


def _values(site: AsteriskSite, folders: AsteriskFolders) -> dict[str, str]:
    """Every placeholder's text; a list becomes one line per item."""
    single = {
        "ETC_DIR": str(folders.etc),
        "MODULE_DIR": str(folders.modules),
        "DATA_DIR": str(folders.data),
        "STATE_DIR": str(folders.state),
        "SPOOL_DIR": str(folders.spool),
        "RUN_DIR": str(folders.run),
        "LOG_DIR": str(folders.log),
        "MUSIC_DIR": str(site.music),
        "NODE": site.node,
        "LANGUAGE": site.language,
        "TONE_COUNTRY": site.tone_country,
        "MAX_CALLS": str(calls_in(site.rtp)),
        "MAX_LEGS": str(legs_in(site.rtp)),
        "HTTP_SESSIONS": str(site.http_sessions),
        "HTTP_HOST": site.http.host,
        "HTTP_PORT": str(site.http.port),
        "SIP_HOST": site.sip.host,
        "SIP_PORT": str(site.sip.port),
        "RTP_FIRST": str(site.rtp.first),
        "RTP_LAST": str(site.rtp.last),
        "AMI_PORT": str(site.ami_port),
        "AMI_USER": site.ami.user,
        "AMI_SECRET": site.ami.secret,
        "ARI_USER": site.ari.user,
        "ARI_SECRET": site.ari.secret,
        "APPLICATION": site.application,
        "APPLICATION_HOST": site.application_at.host,
        "APPLICATION_PORT": str(site.application_at.port),
        "APPLICATION_USER": site.application_login.user,
        "APPLICATION_SECRET": site.application_login.secret,
        "APOLOGY": site.apology,
        "CODECS": ",".join(site.codecs),
    }
    arguments = {
        "RECORDINGS_DIR": str(folders.recordings),
        "PYTHON": sys.executable,
        "FALL_BACK_SCRIPT": str(FALL_BACK_SCRIPT),
        "FALL_BACK_PLAN": str(site.fall_back_plan or folders.spool / "no-plan"),
    }
    _refuse_unsafe(single | arguments)
    _refuse_unsafe_arguments(arguments)
    lists = {
        "PHONE_PERMIT": _lines("permit", site.phone_networks),
        "EXTRA_MODULES": _lines("load", site.extra_modules),
        "TRUNKS": _trunks(site),
        "TRUNK_MEDIA": "\n".join(_media(site.sip.interface)),
    }
    return single | arguments | lists


def _trunks(site: AsteriskSite) -> str:
    lines = trunk_lines(site.trunks, site.trunk_secrets, site.codecs)
    for line in filter(None, lines):
        _refuse_unsafe({line.partition(" = ")[0]: line.replace("\\;", "")})
    return "\n".join(lines)


def _media(interface: str | None) -> tuple[str, ...]:
    """Audio is bound where SIP is; where SIP is on all addresses, audio is, too."""
    if interface is None:
        return ()
    return (f"media_address = {interface}", "bind_rtp_to_media_address = yes")


def _refuse_unsafe(values: dict[str, str]) -> None:
    for name, value in values.items():
        if not value or UNSAFE.search(value):
            raise AsteriskConfigInvalid(
                f"{name}: empty, or has a character Asterisk's files cannot hold (; or a new line)"
            )


def _refuse_unsafe_arguments(values: dict[str, str]) -> None:
    for name, value in values.items():
        if found := UNSAFE_ARGUMENT.search(value):
            raise AsteriskConfigInvalid(
                f"{name}: the path {value} has a {found[0]}, which the dialplan cannot hold;"
                " choose a folder without it"
            )


def _lines(key: str, items: tuple[str, ...]) -> str:
    _refuse_unsafe({f"{key} {item!r}": item for item in items})
    return "\n".join(f"{key} = {item}" for item in items)


def _filled(template: Path, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in values:
            raise AsteriskConfigInvalid(f"{template}: nothing is known for @{name}@")
        return values[name]

    try:
        return PLACEHOLDER.sub(value, template.read_text("utf-8"))
    except OSError as error:
        raise AsteriskConfigInvalid(f"cannot read the template {template}: {error}") from error


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)  # so that the mode below holds for an older file, too
    path.touch(mode=OWNER_ONLY_FILE)
    path.write_text(text, "utf-8")


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
