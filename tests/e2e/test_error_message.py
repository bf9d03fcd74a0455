"""Error messages of the command: one sentence, no traceback, status 1."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.service.address import addresses
from tests.e2e.world import SITE

LIMIT = 60


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the site, to be changed."""
    return Path(shutil.copytree(SITE, tmp_path / "callflows"))


def _fails(data: Path, *words: str, **settings: str) -> str:
    """Run the program; gives its complaint, which is one sentence or list."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("CC_")}
    done = subprocess.run(
        [sys.executable, "-m", "contactcenter_ari", *words],
        env={**inherited, "CC_DATA_DIR": str(data), "CC_SITE": str(SITE), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    _, marker, complaint = done.stderr.partition("error: ")
    assert marker, done.stderr
    return complaint


@pytest.mark.parametrize("words", [("db", "migrate"), ("agent", "list")])
def test_a_wrong_database_url(data_folder: Path, words: tuple[str, ...]) -> None:
    """The message names the server that does not answer, and no password."""
    port = free_port(Protocol.TCP)
    url = f"postgresql://me:hush@{LOOPBACK}:{port}/none"
    complaint = _fails(data_folder / "data", *words, CC_DATABASE_URL=url)
    assert f"{LOOPBACK}:{port}" in complaint
    assert "CC_DATABASE_URL" in complaint
    assert "hush" not in complaint
    assert len(complaint.strip().splitlines()) == 1


def test_a_database_url_of_another_kind(data_folder: Path) -> None:
    """The message names the setting and an example."""
    complaint = _fails(data_folder / "data", "up", CC_DATABASE_URL="mysql://x/y")
    assert "CC_DATABASE_URL" in complaint
    assert "postgresql://" in complaint


def test_an_unknown_setting(data_folder: Path) -> None:
    """The message names the setting and a similar one."""
    complaint = _fails(data_folder / "data", "up", CC_DATABSE_URL="x")
    assert 'CC_DATABSE_URL is no setting; did you mean "CC_DATABASE_URL"?' in complaint


def test_the_http_port_of_asterisk_is_closed(data_folder: Path, database_url: str) -> None:
    """The message names the closed address, the setting and the file."""
    where = f"{LOOPBACK}:{free_port(Protocol.TCP)}"
    complaint = _fails(
        data_folder / "data", "serve", CC_DATABASE_URL=database_url, CC_ASTERISK_HTTP=where
    )
    assert where in complaint
    assert "CC_ASTERISK_HTTP" in complaint
    assert "http.conf" in complaint


@pytest.mark.parametrize("words", [("up",), ("tools", "install")])
def test_an_older_asterisk(data_folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """The message has the version found, the version needed, and a remedy."""
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 20.1.0\n")
    program.chmod(0o755)
    complaint = _fails(data_folder / "data", *words, CC_ASTERISK=str(program))
    assert f"Asterisk 20.1.0 at {program} is older than 22." in complaint
    assert "unset CC_ASTERISK" in complaint


def test_an_unknown_key(data_folder: Path, site: Path) -> None:
    """The message has file, line, column and a similar key."""
    queues = site / "queues.yaml"
    queues.write_text(queues.read_text().replace("wrap_up: 500ms", "wrap_upp: 500ms", 1))
    complaint = _fails(data_folder / "data", "up", CC_SITE=str(site))
    assert "queues.yaml:6:3: error[" in complaint
    assert '"wrap_upp"' in complaint
    assert 'did you mean "wrap_up"?' in complaint


def test_a_missing_prompt_file(data_folder: Path, site: Path) -> None:
    """The message has the position of the name in the flow."""
    flow = site / "longest.yaml"
    text = flow.read_text().replace('"Nobody is at work."', '"sound:nobody"')
    flow.write_text(text)
    line = 1 + text[: text.index("sound:nobody")].count("\n")
    complaint = _fails(data_folder / "data", "up", CC_SITE=str(site))
    assert f"longest.yaml:{line}:" in complaint
    assert "nobody" in complaint


def test_values_that_yaml_would_change(site: Path) -> None:
    """Hours and numbers without quotes are read as they are written."""
    flow = site / "desk.yaml"
    text = flow.read_text().replace("mon-fri: closed", "mon-fri: 06:00-22:00")
    flow.write_text(text.replace('["+31200000001"]', "[+31200000001, +31612345678]"))
    (desk,) = (flow for flow in load_site(site).flows if flow.name == "desk")
    assert desk.numbers == ("+31200000001", "+31612345678")
    (hours,) = desk.hours["never"].weekdays[0]
    assert (hours.start, hours.end) == (6 * 60, 22 * 60)


def test_a_number_that_yaml_would_shorten(data_folder: Path, site: Path) -> None:
    """The message has the position of a malformed number, and all its digits."""
    flow = site / "desk.yaml"
    flow.write_text(flow.read_text().replace('["+31200000001"]', "[0612345678]"))
    complaint = _fails(data_folder / "data", "up", CC_SITE=str(site))
    assert "desk.yaml:4:11: error[" in complaint
    assert '"0612345678"' in complaint


def test_the_sip_port_is_taken(data_folder: Path) -> None:
    """The message names the address and the setting."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        where = f"{LOOPBACK}:{taken.getsockname()[1]}"
        complaint = _fails(data_folder / "data", "up", CC_ASTERISK_SIP=where)
    assert f"cannot listen on {where}" in complaint
    assert "CC_ASTERISK_SIP" in complaint


def test_the_web_port_is_taken(data_folder: Path) -> None:
    """The message names the address and the setting; no input log was begun."""
    data = data_folder / "web"
    with socket.create_server((LOOPBACK, 0)) as taken:
        where = f"{LOOPBACK}:{taken.getsockname()[1]}"
        complaint = _fails(data, "up", CC_HTTP=where)
    assert where in complaint
    assert "CC_HTTP" in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert not (data / "input").exists()


def test_the_port_of_the_application_is_taken(data_folder: Path) -> None:
    """Another installation has the port, for example because its data folder was copied: the
    message names the address and the file with it; no input log was begun.
    """
    data = data_folder / "copied"
    chosen = addresses(Settings(site=SITE, data=data), data).application
    with socket.create_server((chosen.host, chosen.port)):
        complaint = _fails(data, "up")
    assert str(chosen) in complaint
    assert "addresses.json" in complaint
    assert len(complaint.strip().splitlines()) == 1
    assert not (data / "input").exists()
