"""`trunks` and `via` of `site.yaml`: the ways to carriers, and their order for calls out.

A secret never stands here: it comes from the environment or from a file of its own.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar
from contactcenter_ari.config.phone import read_country
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.settings import UNNAMED_TRUNK_KEYS, read_called_from
from contactcenter_ari.core.telephony.trunk import QUALIFY_EVERY, NumberForm, Trunk, TrunkLogin

KEYS = (
    "name",
    "host",
    "register",
    "auth",
    "networks",
    "country",
    "send",
    "called_from",
    "codecs",
    "qualify",
    "from_domain",
)
SECRETS = {"secret", "password"}
LONGEST_NAME = 30
LEAST_QUALIFY, MOST_QUALIFY = timedelta(seconds=5), timedelta(hours=1)
OFF = "off"
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}")
_HOST = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_USER = re.compile(r"[A-Za-z0-9._+*#~!-]{1,64}")
_MOST_PORTS = 65535


class Codec(StrEnum):
    """The codecs that Asterisk speaks here."""

    ALAW = "alaw"
    ULAW = "ulaw"
    G722 = "g722"
    GSM = "gsm"


def read_trunks(reading: Reading, fields: Mapping[str, Node]) -> tuple[Trunk, ...]:
    """The trunks of a site, in the order of the file."""
    if "trunks" not in fields:
        return ()
    _refuse_settings(reading, fields)
    trunks: list[Trunk] = []
    for item in reading.items(fields["trunks"], "trunks"):
        mapping = reading.mapping(item, "a trunk")
        trunk = _Fields(reading, mapping).trunk()
        if trunk.name in {known.name for known in trunks}:
            message = f'two trunks have the name "{trunk.name}"'
            reading.blame("E211", message, mapping.get("name") or mapping)
        _refuse_overlap(reading, mapping, trunk, trunks)
        trunks.append(trunk)
    return tuple(trunks)


def read_via(
    reading: Reading, fields: Mapping[str, Node], trunks: tuple[Trunk, ...]
) -> tuple[str, ...]:
    """The names of the trunks that calls go out over, the first choice first; without `via` all
    that lead out, in the order of the file.
    """
    if "via" not in fields:
        return tuple(trunk.name for trunk in trunks if trunk.host)
    known = {trunk.name: trunk for trunk in trunks}
    via: list[str] = []
    for item in reading.items(fields["via"], "via"):
        node = reading.scalar(item, "a trunk")
        if node is None:
            continue
        if node.text not in known:
            reading.unknown("E216", "trunk", node, known)
        elif not known[node.text].host:
            message = f'trunk "{node.text}" has no host, so no call can go out over it'
            reading.blame("E111", message, node)
        elif node.text in via:
            reading.blame("E211", f'trunk "{node.text}" stands twice under via', node)
        else:
            via.append(node.text)
    return tuple(via)


def _refuse_settings(reading: Reading, fields: Mapping[str, Node]) -> None:
    settings = fields.get("settings")
    for key, _ in settings.entries if isinstance(settings, Map) else ():
        if key.text in UNNAMED_TRUNK_KEYS:
            message = f'"{key.text}" is of a site without trunks; write it into a trunk'
            reading.blame("E111", message, key)


def _refuse_overlap(reading: Reading, mapping: Map, trunk: Trunk, others: list[Trunk]) -> None:
    """A call that comes in must belong to one trunk."""
    for other in others:
        for mine in trunk.networks:
            for theirs in other.networks:
                first, second = ip_network(mine), ip_network(theirs)
                if first.version == second.version and first.overlaps(second):
                    message = f'trunk "{other.name}" has these networks, too: {theirs}'
                    reading.blame("E111", message, mapping.get("networks") or mapping)


class _Fields:
    """The keys of one trunk."""

    def __init__(self, reading: Reading, mapping: Map) -> None:
        self._reading = reading
        self._mapping = mapping
        self._name = ""
        for key, _ in mapping.entries:
            if key.text in SECRETS:
                message = (
                    f'"{key.text}" does not stand in site.yaml: a secret comes from'
                    " CC_TRUNK_SECRET_NAME in the environment, or from the file"
                    " secrets/trunk-NAME in CC_DATA_DIR"
                )
                reading.blame("E101", message, key)
        known = (*KEYS, *SECRETS)
        self._fields = reading.fields(mapping, "a trunk", known, needed=("name",))

    def trunk(self) -> Trunk:
        """The trunk; every mistake in it is noted."""
        host, port = self._host()
        trunk = Trunk(
            name=self._read_name(),
            host=host,
            port=port,
            register=self._register(),
            auth=self._auth(),
            networks=self._networks(),
            country=self._country(),
            send=self._send(),
            called_from=self._called_from(),
            codecs=self._codecs(),
            qualify=self._qualify(),
            from_domain=self._from_domain(),
        )
        self._refuse_gaps(trunk)
        return trunk

    def _refuse_gaps(self, trunk: Trunk) -> None:
        name = f'trunk "{trunk.name}"'
        if not {"host", "networks"} & self._fields.keys():
            message = f"{name} needs a host, networks, or both: who calls in, and where to call"
            self._reading.blame("E106", message, self._mapping)
        if trunk.register and not trunk.host and "host" not in self._fields:
            self._blame("register", "E106", f"{name} needs a host to register at")
        if trunk.send is NumberForm.NATIONAL and not trunk.country:
            message = f"{name} needs a country: in whose way are national numbers sent?"
            self._blame("send", "E106", message)

    def _blame(self, key: str, code: str, message: str) -> None:
        self._reading.blame(code, message, self._fields[key])

    def _text(self, key: str, form: re.Pattern[str], example: str) -> str:
        """The text of a key that has a form; empty without the key, or if it has not."""
        if key not in self._fields:
            return ""
        node = self._fields[key]
        text = node.text if isinstance(node, Scalar) else ""
        if form.fullmatch(text):
            return text
        self._blame(key, "E105", f'{key} cannot be "{text[:60]}"; an example: {example}')
        return ""

    def _read_name(self) -> str:
        node = self._fields.get("name")
        text = node.text if isinstance(node, Scalar) else ""
        if node is not None and not _NAME.fullmatch(text):
            message = f'a trunk cannot be named "{text[:60]}"; an example: main'
            self._blame("name", "E110", message)
        return text

    def _host(self) -> tuple[str, int]:
        text = self._text("host", _HOST, "sip.carrier.example or 203.0.113.8:5060")
        found = _HOST.fullmatch(text)
        if found is None:
            return "", 0
        port = int(found[2] or 0)
        if port > _MOST_PORTS:
            self._blame("host", "E105", f"host cannot have the port {port}")
        return found[1].removeprefix("[").removesuffix("]"), port

    def _register(self) -> str:
        fields = self._part("register", ("user",))
        return self._user(fields, "register")

    def _auth(self) -> TrunkLogin | None:
        if "auth" not in self._fields:
            return None
        fields = self._part("auth", ("user", "inbound"))
        inbound = fields.get("inbound")
        return TrunkLogin(
            self._user(fields, "auth"),
            inbound=inbound is not None and self._reading.boolean(inbound, "inbound"),
        )

    def _part(self, key: str, known: tuple[str, ...]) -> dict[str, Node]:
        if key not in self._fields:
            return {}
        mapping = self._reading.mapping(self._fields[key], key)
        return self._reading.fields(mapping, key, known, needed=("user",))

    def _user(self, fields: Mapping[str, Node], what: str) -> str:
        if "user" not in fields:
            return ""
        node = fields["user"]
        text = node.text if isinstance(node, Scalar) else ""
        if not _USER.fullmatch(text):
            message = f'user of {what} cannot be "{text[:60]}"; an example: "31201234567"'
            self._reading.blame("E105", message, node)
        return text

    def _networks(self) -> tuple[str, ...]:
        found: list[str] = []
        for item in self._items("networks"):
            text = item.text if isinstance(item, Scalar) else ""
            try:
                found.append(str(ip_network(text.strip())))
            except ValueError:
                message = f'networks cannot hold "{text[:60]}"; an example: 203.0.113.8/32'
                self._reading.blame("E105", message, item)
        return tuple(found)

    def _items(self, key: str) -> tuple[Node, ...]:
        return self._reading.items(self._fields[key], key) if key in self._fields else ()

    def _country(self) -> str:
        node = self._fields.get("country")
        return read_country(self._reading, node) if node is not None else ""

    def _send(self) -> NumberForm:
        node = self._fields.get("send")
        return self._reading.choice(node, "send", NumberForm) if node else NumberForm.E164

    def _called_from(self) -> str:
        node = self._fields.get("called_from")
        if node is None:
            return ""
        text = node.text if isinstance(node, Scalar) else ""
        try:
            return read_called_from(text)
        except ValueError:
            message = f'called_from cannot be "{text[:60]}"; it is uri, to, or header NAME'
            self._blame("called_from", "E105", message)
            return ""

    def _codecs(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                self._reading.choice(item, "a codec", Codec).value
                for item in self._items("codecs")
            )
        )

    def _qualify(self) -> timedelta | None:
        node = self._fields.get("qualify")
        if node is None:
            return QUALIFY_EVERY
        if isinstance(node, Scalar) and node.text.lower() == OFF:
            return None
        return self._reading.duration(node, "qualify", least=LEAST_QUALIFY, most=MOST_QUALIFY)

    def _from_domain(self) -> str:
        return self._text("from_domain", re.compile(r"[A-Za-z0-9.-]{1,253}"), "company.example")
