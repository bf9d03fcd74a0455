"""Settings: the environment first, then site.yaml; a bad one names itself and an example."""

import re
from pathlib import Path

import pytest

from contactcenter_ari.config.settings import (
    LogFormat,
    SettingInvalid,
    Settings,
    read_address,
    read_settings,
)
from contactcenter_ari.runtime.address import Address


def test_without_settings_the_checkout_is_used(tmp_path: Path) -> None:
    """Flows lie in callflows, data in .run, and all else we start or choose ourselves."""
    assert read_settings({"PATH": "/bin"}, checkout=tmp_path) == Settings(
        site=tmp_path / "callflows", data=tmp_path / ".run"
    )


def test_the_environment_beats_the_site_file(tmp_path: Path) -> None:
    """A setting in both is taken from the environment; an empty variable is none."""
    (tmp_path / "site.yaml").write_text(
        "settings: {http: 127.0.0.1:8081, asterisk_sip: 127.0.0.2:5070, log: json}\n"
    )
    environment = {
        "CC_SITE": str(tmp_path),
        "CC_HTTP": "0.0.0.0:9000",
        "CC_LOG": "",
        "CC_DATA_DIR": "/data",
        "CC_DATABASE_URL": "postgresql://cc@db.example/cc",
        "CC_NODE": "a2",
    }
    assert read_settings(environment) == Settings(
        site=tmp_path,
        data=Path("/data"),
        database_url="postgresql://cc@db.example/cc",
        http=Address("0.0.0.0", 9000),  # noqa: S104 - an example
        asterisk_sip=Address("127.0.0.2", 5070),
        log=LogFormat.JSON,
        node="a2",
    )


BAD = [
    ("CC_HTPP", "127.0.0.1:80", 'CC_HTPP is no setting; did you mean "CC_HTTP"?'),
    ("CC_HTTP", "web:http", 'CC_HTTP: "web:http" cannot be used; an example: 127.0.0.1:8080'),
    ("CC_HTTP", "web:70000", 'CC_HTTP: "web:70000" cannot be used; an example: 127.0.0.1:8080'),
    *(
        (
            "CC_ASTERISK_HTTP",
            f"{host}:8088",
            (
                f'CC_ASTERISK_HTTP: "{host}:8088" cannot be used; an example: '
                "127.0.0.1:8088 (on loopback: its password is sent in clear)"
            ),
        )
        for host in ("0.0.0.0", "192.0.2.1", "[::]", "example.org")  # noqa: S104 - an example
    ),
    (
        "CC_TRUNK_COUNTRY",
        "nl",
        'CC_TRUNK_COUNTRY: "nl" cannot be used; an example: NL (two letters of ISO 3166)',
    ),
    *(
        (
            "CC_CALLED_FROM",
            text,
            (
                f'CC_CALLED_FROM: "{text}" cannot be used; an example: uri, to, or'
                " header P-Called-Party-ID"
            ),
        )
        for text in ("from", "header", "header X Y", "header X:1", "header X)")
    ),
    (
        "CC_RECORDING_FORMAT",
        "mp3",
        'CC_RECORDING_FORMAT: "mp3" cannot be used; an example: flac, wav or opus',
    ),
    ("CC_LOG", "xml", 'CC_LOG: "xml" cannot be used; an example: json'),
    ("CC_NODE", "n-1", 'CC_NODE: "n-1" cannot be used; an example: n1'),
    (
        "CC_DATABASE_URL",
        "mysql://me:hush@x/y",
        (
            "CC_DATABASE_URL: its value cannot be used;"
            " an example: postgresql://user@127.0.0.1:5432/contactcenter"
        ),
    ),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_a_bad_setting_is_told_with_an_example(name: str, value: str, message: str) -> None:
    """The name, the value unless it may be secret, and an example."""
    with pytest.raises(SettingInvalid) as caught:
        read_settings({name: value})
    assert str(caught.value) == message
    assert "hush" not in str(caught.value)


def test_a_bad_setting_in_the_site_file_names_its_line(tmp_path: Path) -> None:
    """File, line, column and key of a setting that cannot be used."""
    (tmp_path / "site.yaml").write_text("name: x\nsettings:\n  http: nowhere\n")
    with pytest.raises(SettingInvalid) as caught:
        read_settings({"CC_SITE": str(tmp_path)})
    expected = f'{tmp_path}/site.yaml:3:3: http: "nowhere" cannot be used'
    assert str(caught.value) == f"{expected}; an example: 127.0.0.1:8080"


def test_the_node_may_not_stand_in_the_site_file(tmp_path: Path) -> None:
    """The nodes of an installation may share the file; each has a name of its own."""
    (tmp_path / "site.yaml").write_text("settings: {node: a2}\n")
    with pytest.raises(SettingInvalid, match="set this in the environment, as CC_NODE"):
        read_settings({"CC_SITE": str(tmp_path)})


ADDRESSES = [
    ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
    ("8080", Address("127.0.0.1", 8080)),
    ("[::1]:8080", Address("::1", 8080)),
    ("pbx.example:5060", Address("pbx.example", 5060)),
]


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_addresses_are_read(text: str, expected: Address) -> None:
    """Host and port; a port alone is on the loopback address."""
    assert read_address(text) == expected
    assert read_address(str(expected)) == expected


@pytest.mark.parametrize("text", ["x", "::1:8080", "a b:80", "host:", "host:0"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """No port, a port out of range, or a host that is none."""
    with pytest.raises(ValueError, match=re.escape(text)):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "header"),
    [("uri", ""), ("to", "To"), ("header P-Called-Party-ID", "P-Called-Party-ID")],
)
def test_where_a_carrier_puts_the_called_number(tmp_path: Path, text: str, header: str) -> None:
    """The settings of the one trunk, in the environment or in the site's file."""
    (tmp_path / "site.yaml").write_text("settings: {trunk_country: DE, called_from: to}\n")
    settings = read_settings({"CC_SITE": str(tmp_path), "CC_CALLED_FROM": text})
    assert (settings.trunk_country, settings.called_from) == ("DE", header)
