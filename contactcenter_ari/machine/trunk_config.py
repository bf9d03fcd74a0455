"""The sections of `pjsip.conf` that a trunk is made of, beside the template they all share.

A call is let in only from the networks of the trunk; where it names none, from its host, or on a
registration of ours.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.runtime.address import Address

ENDPOINT = "trunk-"
"""Before the name of a trunk: its objects in PJSIP."""
EVERYWHERE = ("0.0.0.0/0.0.0.0", "::/0")
REGISTERED_FOR = timedelta(minutes=5)
RETRY_AFTER = timedelta(seconds=20)
"""A registration that was not answered, or was refused, is tried again after this."""
MOST_RETRIES = 1_000_000
QUALIFY_LIMIT = timedelta(seconds=3)
MODULES = (
    "res_pjsip.so",
    "res_pjsip_endpoint_identifier_ip.so",
    "res_pjsip_outbound_registration.so",
)
"""The modules that read these sections, in the order in which they are to be reloaded."""
Lines = Iterator[str]


def trunk_lines(
    trunks: tuple[Trunk, ...], secrets: Mapping[str, str], codecs: tuple[str, ...]
) -> list[str]:
    """All sections of these trunks; `secrets` by their names. A semicolon in a value is escaped
    by a backslash; nothing else is looked at.
    """
    lines: list[str] = []
    for trunk in trunks:
        lines += [*_endpoint(trunk, codecs), "", *_aor(trunk), ""]
        if trunk.user:
            lines += [*_auth(trunk, secrets[trunk.name]), ""]
        lines += [*_identify(trunk), ""]
        if trunk.register:
            lines += [*_registration(trunk), ""]
    return lines


def _endpoint(trunk: Trunk, codecs: tuple[str, ...]) -> Lines:
    name = f"{ENDPOINT}{trunk.name}"
    yield f"[{name}](trunk)"
    yield f"context = {'from-trunk-by-header' if trunk.called_from else 'from-trunk'}"
    yield f"set_var = TRUNK={trunk.name}"
    if trunk.country:
        yield f"set_var = COUNTRY={trunk.country}"
    if trunk.called_from:
        yield f"set_var = CALLED_FROM={trunk.called_from}"
    yield f"aors = {name}"
    yield f"allow = {','.join(trunk.codecs or codecs)}"
    if trunk.user:
        yield f"outbound_auth = {name}"
    if trunk.auth is not None and trunk.auth.inbound:
        yield f"auth = {name}"
    if trunk.from_domain:
        yield f"from_domain = {trunk.from_domain}"
    if trunk.networks:  # beside them nobody, even if the identify section is widened
        yield from (f"deny = {network}" for network in EVERYWHERE)
        yield from (f"permit = {network}" for network in trunk.networks)


def _aor(trunk: Trunk) -> Lines:
    yield f"[{ENDPOINT}{trunk.name}]"
    yield "type = aor"
    if not trunk.host:
        return
    yield f"contact = {_uri(trunk)}"
    if trunk.qualify is not None:
        yield f"qualify_frequency = {trunk.qualify.total_seconds():.0f}"
        yield f"qualify_timeout = {QUALIFY_LIMIT.total_seconds():.0f}"


def _auth(trunk: Trunk, secret: str) -> Lines:
    """Without a realm: the carrier's when it asks us, our own when we ask the carrier."""
    yield f"[{ENDPOINT}{trunk.name}]"
    yield "type = auth"
    yield "auth_type = digest"
    yield f"username = {trunk.user}"
    yield f"password = {_escaped(secret)}"


def _identify(trunk: Trunk) -> Lines:
    yield f"[{ENDPOINT}{trunk.name}]"
    yield "type = identify"
    yield f"endpoint = {ENDPOINT}{trunk.name}"
    yield f"srv_lookups = {'no' if trunk.networks else 'yes'}"
    yield from (f"match = {network}" for network in trunk.networks or (trunk.host,))


def _registration(trunk: Trunk) -> Lines:
    """A refusal is no reason to give up: the account may be paid for tomorrow."""
    name = f"{ENDPOINT}{trunk.name}"
    yield f"[{name}]"
    yield "type = registration"
    yield f"endpoint = {name}"
    yield "line = yes"
    yield f"outbound_auth = {name}"
    yield f"server_uri = {_uri(trunk)}"
    yield f"client_uri = sip:{trunk.register}@{trunk.from_domain or _host(trunk)}"
    yield f"contact_user = {trunk.register}"
    yield f"expiration = {REGISTERED_FOR.total_seconds():.0f}"
    yield f"max_retries = {MOST_RETRIES}"
    for kind in ("retry", "forbidden_retry", "fatal_retry"):
        yield f"{kind}_interval = {RETRY_AFTER.total_seconds():.0f}"
    yield "auth_rejection_permanent = no"


def _uri(trunk: Trunk) -> str:
    return f"sip:{_host(trunk)}"


def _host(trunk: Trunk) -> str:
    """With its port, if it has one; IPv6 stands in brackets (RFC 3261, section 25.1)."""
    shown = str(Address(trunk.host, trunk.port))
    return shown if trunk.port else shown.removesuffix(":0")


def _escaped(secret: str) -> str:
    return secret.replace(";", "\\;")
