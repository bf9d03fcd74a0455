"""The rendered configuration: complete, for the owner alone, and never half filled in."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.machine.asterisk_config import (
    PLACEHOLDER,
    AsteriskConfigInvalid,
    AsteriskFolders,
    AsteriskSite,
    Login,
    render,
)
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.runtime.address import Address, PortBlock

CHECKOUT: Final = Path(__file__).parents[2]


def site(folder: Path) -> AsteriskSite:
    """A site with a carrier and secrets kept in the folder."""
    secrets = SecretFolder(folder)
    return AsteriskSite(
        sip=Address("127.0.0.1", 5060),
        http=Address("127.0.0.1", 8088),
        application_at=Address("127.0.0.1", 8089),
        rtp=PortBlock(10000, 10399),
        ari=Login("contactcenter", secrets.secret("ari")),
        application_login=Login("asterisk", secrets.secret("application")),
        ami=Login("recorder", "ami-secret"),
        ami_port=5038,
        music=folder / "music",
        templates=CHECKOUT / "asterisk-conf",
        dialplan=CHECKOUT / "dialplan",
    )


def rendered(folder: Path, *trunks: Trunk, secrets: dict[str, str] | None = None) -> str:
    """All files of a site with these trunks, as one text."""
    named = replace(site(folder), trunks=trunks, trunk_secrets=secrets or {})
    render(named, folders(folder))
    return "\n".join(path.read_text() for path in folders(folder).etc.iterdir())


def folders(folder: Path) -> AsteriskFolders:
    """Folders of one Asterisk below the folder."""
    names = ("etc", "modules", "data", "state", "spool", "run", "log")
    return AsteriskFolders(**{name: folder / name for name in names})


def test_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    """The folder is 0700 and each file 0600, also where an older file was open to all."""
    etc = folders(tmp_path).etc
    etc.mkdir(mode=0o755)
    (etc / "ari.conf").write_text("old")
    (etc / "ari.conf").chmod(0o644)
    render(site(tmp_path), folders(tmp_path))
    assert etc.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in etc.iterdir()} == {0o600}


def test_rendering_again_keeps_the_secrets(tmp_path: Path) -> None:
    """A second start gives the same files."""
    render(site(tmp_path), folders(tmp_path))
    first = {path.name: path.read_text() for path in folders(tmp_path).etc.iterdir()}
    render(site(tmp_path), folders(tmp_path))
    second = {path.name: path.read_text() for path in folders(tmp_path).etc.iterdir()}
    assert first == second


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    """Every file is filled in, and each network of a trunk stands in a line of its own."""
    networks = ("192.0.2.1/32", "198.51.100.0/24")
    text = rendered(tmp_path, Trunk(host="192.0.2.1", port=5060, networks=networks))
    assert PLACEHOLDER.search(text) is None
    assert "match = 192.0.2.1/32\nmatch = 198.51.100.0/24\n" in text
    assert "permit = 192.0.2.1/32\npermit = 198.51.100.0/24\n" in text
    assert "contact = sip:192.0.2.1:5060\n" in text


def test_a_carrier_with_an_ipv6_address(tmp_path: Path) -> None:
    """An IPv6 address stands in brackets in a SIP URI (RFC 3261, section 25.1)."""
    text = rendered(tmp_path, Trunk(host="2001:db8::1", port=5060))
    assert "contact = sip:[2001:db8::1]:5060\n" in text


def test_an_unknown_placeholder_names_its_file(tmp_path: Path) -> None:
    """An engineer's typing mistake in a template is found before Asterisk starts."""
    shutil.copytree(CHECKOUT / "asterisk-conf", tmp_path / "templates")
    with (tmp_path / "templates/rtp.conf").open("a") as file:
        file.write("rtpstart = @RTP_FRIST@\n")
    wrong = replace(site(tmp_path), templates=tmp_path / "templates")
    with pytest.raises(AsteriskConfigInvalid, match=r"rtp\.conf.*@RTP_FRIST@"):
        render(wrong, folders(tmp_path))


@pytest.mark.parametrize("node", ["", "a\nb", "a;b"])
def test_a_value_cannot_break_out_of_its_line(tmp_path: Path, node: str) -> None:
    """Nothing from the site becomes a setting of its own."""
    with pytest.raises(AsteriskConfigInvalid, match="NODE"):
        render(replace(site(tmp_path), node=node), folders(tmp_path))


def test_templates_that_are_not_there(tmp_path: Path) -> None:
    """A wrong folder is named."""
    with pytest.raises(AsteriskConfigInvalid, match="nowhere"):
        render(
            replace(site(tmp_path), templates=Path("/nowhere"), dialplan=Path("/nowhere")),
            folders(tmp_path),
        )


def test_a_login_keeps_its_secret_to_itself() -> None:
    """A log line with a login in it gives nothing away."""
    assert "hush" not in repr(Login("asterisk", "hush"))


@pytest.mark.parametrize("letter", [",", '"', "$"])
def test_a_path_that_would_part_an_argument_is_refused(tmp_path: Path, letter: str) -> None:
    """The dialplan passes the plan of the fall-back on; the message names the character."""
    plan = tmp_path / f"a{letter}b" / "plan.json"
    with pytest.raises(AsteriskConfigInvalid, match=f"FALL_BACK_PLAN: .*has a \\{letter}"):
        render(replace(site(tmp_path), fall_back_plan=plan), folders(tmp_path))


def test_the_fall_back_runs_in_our_own_python(tmp_path: Path) -> None:
    """Isolated from the environment of Asterisk, and with paths that hold spaces."""
    plan = tmp_path / "two words" / "plan.json"
    render(replace(site(tmp_path), fall_back_plan=plan), folders(tmp_path))
    dialplan = (folders(tmp_path).etc / "extensions.conf").read_text()
    script = CHECKOUT / "contactcenter_ari" / "fallback" / "script.py"
    assert f"AGI({sys.executable},-I,{script},{plan}," in dialplan


def test_a_trunk_says_its_name_and_how_it_writes_numbers(tmp_path: Path) -> None:
    """The dialplan reads it; where a header has the called number, names are let in, too."""
    text = rendered(
        tmp_path,
        Trunk(name="main", host="sip.carrier.example", country="NL", called_from="To"),
        Trunk(name="spare", host="192.0.2.1"),
    )
    main, spare = (part for part in text.split("](trunk)\n") if part.startswith("context"))
    assert main.startswith(
        "context = from-trunk-by-header\nset_var = TRUNK=main\nset_var = COUNTRY=NL\n"
        "set_var = CALLED_FROM=To\n"
    )
    assert spare.startswith("context = from-trunk\nset_var = TRUNK=spare\naors = trunk-spare\n")


def test_a_trunk_that_registers(tmp_path: Path) -> None:
    """It proves itself by its own user name, and a semicolon in a secret is no comment."""
    trunk = Trunk(name="main", host="sip.carrier.example", register="trunk1", country="NL")
    text = rendered(tmp_path, trunk, secrets={"main": "se;cret"})
    assert "username = trunk1\npassword = se\\;cret\n" in text
    assert "server_uri = sip:sip.carrier.example\n" in text
    assert "client_uri = sip:trunk1@sip.carrier.example\n" in text
    assert "match = sip.carrier.example\n" in text
    assert "permit = sip.carrier.example" not in text


@pytest.mark.parametrize("secret", ["a\nb", "a\\b"])
def test_a_secret_cannot_break_out_of_its_line(tmp_path: Path, secret: str) -> None:
    """The message names the key and keeps the secret to itself."""
    trunk = Trunk(name="main", host="192.0.2.1", register="trunk1")
    with pytest.raises(AsteriskConfigInvalid, match=r"^password: empty, or has") as caught:
        rendered(tmp_path, trunk, secrets={"main": secret})
    assert secret not in str(caught.value)
