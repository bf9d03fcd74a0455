"""The trunks of an installation: the site's or the settings' one, and where secrets come from."""

from dataclasses import replace
from pathlib import Path

import pytest

from contactcenter_ari.config.settings import SettingInvalid, Settings, read_settings
from contactcenter_ari.core.telephony.trunk import Trunk, TrunkLogin
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.service.trunk import KnownTrunks

MAIN = Trunk(name="main", host="sip.carrier.example", register="trunk1")


def of(settings: Settings, *named: Trunk) -> tuple[Trunk, ...]:
    """The trunks of a site that names these."""
    return KnownTrunks(settings, {}).of(named)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that say nothing of trunks."""
    return Settings(site=tmp_path, data=tmp_path)


def test_a_site_without_trunks_has_one(settings: Settings) -> None:
    """Out of the box callers come from 127.0.0.2, and there is no way out."""
    assert of(settings) == (Trunk(networks=("127.0.0.2/32",), qualify=None),)


def test_the_settings_describe_one_trunk(settings: Settings) -> None:
    """As they did before sites could name trunks."""
    told = replace(
        settings,
        carrier=Address("203.0.113.8", 5060),
        trunk_networks=("203.0.113.0/29",),
        trunk_country="NL",
        called_from="To",
    )
    (trunk,) = of(told)
    assert (trunk.host, trunk.port, trunk.networks) == ("203.0.113.8", 5060, ("203.0.113.0/29",))
    assert (trunk.country, trunk.called_from, trunk.qualify) == ("NL", "To", None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CC_CARRIER", "203.0.113.8:5060"),
        ("CC_TRUNK_NETWORKS", "203.0.113.8/32"),
        ("CC_TRUNK_COUNTRY", "NL"),
        ("CC_CALLED_FROM", "to"),
    ],
)
def test_both_at_once_are_refused(tmp_path: Path, variable: str, value: str) -> None:
    """The message names the setting, and what to do."""
    told = read_settings({"CC_SITE": str(tmp_path), variable: value})
    with pytest.raises(SettingInvalid, match=f"^{variable} is for a site without trunks"):
        of(told, MAIN)
    assert of(told)


def test_secrets_come_from_the_environment_or_a_file(settings: Settings, tmp_path: Path) -> None:
    """The environment first; a trunk without a user name needs none."""
    spare = Trunk(name="spare", host="203.0.113.8", auth=TrunkLogin("u"))
    other = Trunk(name="other", networks=("203.0.113.9/32",))
    folder = SecretFolder(tmp_path)
    folder.path("trunk-main").parent.mkdir()
    for name in ("main", "spare"):
        folder.path(f"trunk-{name}").write_text(f"of-the-file-{name}\n")
    environ = {"CC_TRUNK_SECRET_MAIN": "of the environment"}
    known = KnownTrunks(settings, environ)
    assert known.secrets((MAIN, spare, other)) == {
        "main": "of the environment",
        "spare": "of-the-file-spare",
    }


def test_a_missing_secret_is_told(settings: Settings, tmp_path: Path) -> None:
    """With both places where it could be."""
    with pytest.raises(SettingInvalid) as caught:
        KnownTrunks(settings, {}).secrets((MAIN,))
    assert "CC_TRUNK_SECRET_MAIN" in str(caught.value)
    assert str(tmp_path / "secrets" / "trunk-main") in str(caught.value)


def test_the_secret_of_a_trunk_is_no_unknown_setting(tmp_path: Path) -> None:
    """Whatever the names of the trunks are."""
    environ = {"CC_SITE": str(tmp_path), "CC_TRUNK_SECRET_MAIN": "hush"}
    assert "hush" not in repr(read_settings(environ))
