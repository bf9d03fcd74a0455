"""The trunks of a site: what is read, and what is told where."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.telephony.trunk import NumberForm, Trunk, TrunkLogin

WriteSite = Callable[..., Path]

TRUNKS = """\
trunks:
  - name: main
    host: sip.carrier.example:5080
    register: {user: "31201234567"}
    auth: {user: trunk1, inbound: yes}
    country: NL
    send: national
    called_from: header P-Called-Party-ID
    codecs: [alaw, g722]
    qualify: 1m
    from_domain: company.example
  - {name: spare, host: "[2001:db8::8]:5060", networks: ["2001:db8::/64"], qualify: off}
  - {name: inbound, networks: 203.0.113.8}
"""
MAIN = Trunk(
    name="main",
    host="sip.carrier.example",
    port=5080,
    register="31201234567",
    auth=TrunkLogin("trunk1", inbound=True),
    country="NL",
    send=NumberForm.NATIONAL,
    called_from="P-Called-Party-ID",
    codecs=("alaw", "g722"),
    qualify=timedelta(minutes=1),
    from_domain="company.example",
)
SPARE = Trunk(
    name="spare", host="2001:db8::8", port=5060, networks=("2001:db8::/64",), qualify=None
)
INBOUND = Trunk(name="inbound", networks=("203.0.113.8/32",))


def test_trunks_are_read(write_site: WriteSite, site_text: str) -> None:
    """Calls go out over those that lead somewhere, in the order of the file."""
    site = load_site(write_site(site=site_text + TRUNKS))
    assert site.trunks == (MAIN, SPARE, INBOUND)
    assert site.via == ("main", "spare")


def test_the_order_of_trunks_is_chosen(write_site: WriteSite, site_text: str) -> None:
    """`via` names them."""
    assert load_site(write_site(site=f"{site_text}{TRUNKS}via: [spare, main]\n")).via == (
        "spare",
        "main",
    )


def test_a_site_needs_no_trunks(write_site: WriteSite, site_text: str) -> None:
    """It has the one of the settings then."""
    site = load_site(write_site(site=site_text))
    assert (site.trunks, site.via) == ((), ())


MISTAKES = [
    ("trunks: [{host: h.example}]", "10", 'E106]: a trunk needs the key "name"'),
    ("trunks: [{name: Main, host: h.example}]", "17", 'a trunk cannot be named "Main"'),
    ("trunks: [{name: a}]", "10", 'E106]: trunk "a" needs a host, networks, or both'),
    ("trunks: [{name: a, host: 'h:x'}]", "26", 'host cannot be "h:x"; an example:'),
    ("trunks: [{name: a, host: 'h:99999'}]", "26", "host cannot have the port 99999"),
    ("trunks: [{name: a, host: 'h;b'}]", "26", 'host cannot be "h;b"; an example:'),
    ("trunks: [{name: a, hots: h}]", "20", 'key "hots" is not known in a trunk'),
    ("trunks: [{name: a, host: h}, {name: a, host: i}]", "37", 'two trunks have the name "a"'),
    ("trunks: [{name: a, host: h, register: {}}]", "39", 'register needs the key "user"'),
    (
        "trunks: [{name: a, networks: 192.0.2.1, register: {user: u}}]",
        "51",
        'E106]: trunk "a" needs a host to register at',
    ),
    ("trunks: [{name: a, host: h, register: {user: 'a b'}}]", "46", "user of register cannot be"),
    ("trunks: [{name: a, networks: 192.0.2.999}]", "30", "networks cannot hold"),
    ("trunks: [{name: a, host: h, send: loud}]", "35", "send must be one of e164, national"),
    ("trunks: [{name: a, host: h, send: national}]", "35", 'E106]: trunk "a" needs a country'),
    ("trunks: [{name: a, host: h, country: UK}]", "38", 'did you mean "GB"?'),
    ("trunks: [{name: a, host: h, called_from: from}]", "42", "it is uri, to, or header NAME"),
    ("trunks: [{name: a, host: h, codecs: [g729]}]", "38", "a codec must be one of alaw"),
    ("trunks: [{name: a, host: h, qualify: 1s}]", "38", "qualify must be from 5s to 1h"),
    ("trunks: [{name: a, host: h, from_domain: a_b}]", "42", "from_domain cannot be"),
    (
        "trunks: [{name: a, host: h, secret: hush}]",
        "29",
        '"secret" does not stand in site.yaml: a secret comes from CC_TRUNK_SECRET_NAME',
    ),
    (
        "trunks: [{name: a, networks: 192.0.2.0/24}, {name: b, networks: 192.0.2.7}]",
        "65",
        'trunk "a" has these networks, too: 192.0.2.0/24',
    ),
    (
        "trunks: [{name: a, host: h}]\nsettings: {carrier: 192.0.2.1:5060}",
        "12",
        '"carrier" is of a site without trunks; write it into a trunk',
    ),
    ("trunks: [{name: main, host: h}]\nvia: [mian]", "7", 'E216]: trunk "mian" does not exist'),
    ("trunks: [{name: a, networks: 192.0.2.1}]\nvia: a", "6", 'trunk "a" has no host'),
    ("trunks: [{name: a, host: h}]\nvia: [a, a]", "10", 'trunk "a" stands twice under via'),
    ("via: [main]", "7", 'E216]: trunk "main" does not exist'),
]


@pytest.mark.parametrize(("lines", "column", "message"), MISTAKES)
def test_a_mistake_is_told_where_it_is(
    lines: str, column: str, message: str, write_site: WriteSite, site_text: str
) -> None:
    """File, line and column; nothing else is told, and never a secret."""
    with pytest.raises(SiteInvalid) as caught:
        load_site(write_site(site=f"{site_text}{lines}\n"))
    told = str(caught.value)
    line = len(f"{site_text}{lines}".splitlines())
    assert f"site.yaml:{line}:{column}: error[" in told
    assert message in told
    assert told.count("error[") == 1
    assert "hush" not in told.replace(lines, "")
