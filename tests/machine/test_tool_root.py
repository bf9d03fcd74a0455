"""Installing the native tools: the real root, and every way the installation can fail."""

import os
import subprocess
import sys
import wave
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread

import pytest
from rich.console import Console

from contactcenter_ari.machine.errors import ToolInstallFailed
from contactcenter_ari.machine.tool import OLDEST_ASTERISK, Tools, parse_version
from contactcenter_ari.machine.tool_root import ensure_tools, require_space

FAKES = {
    "usr/lib/any/ld-linux-any.so.2": 'shift 2; exec "$@"',
    "usr/sbin/asterisk": 'echo "Asterisk ${FAKE_VERSION}+dfsg"',
    "usr/bin/sipp": 'echo " SIPp v3.8.0-TLS."; exit 99',
    "usr/bin/espeak-ng": 'echo "eSpeak NG text-to-speech: 1.52.0"',
    "usr/bin/flite": 'echo "version: flite-2.2-current"; exit 1',
}
FOLDERS = (
    "DEBIAN",
    "usr/lib/any/espeak-ng-data",
    "usr/lib/any/asterisk/modules",
    "usr/share/asterisk/rest-api",
)
CONTROL = """\
Package: tools
Version: 1
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: shell scripts in place of the native tools
"""
# Answers like apt-get; writes down each call; "downloads" the one package there is.
APT_GET = """\
case "$*" in *indextargets*) printf '%s\\n' "$SOURCES"; exit 0;; esac
echo "$*" >> "$FAKE/calls"
[ -z "$COMPLAINT" ] || { echo "$COMPLAINT" >&2; exit 100; }
case "$*" in *install*) cp "$FAKE/tools.deb" "${APT_CONFIG%/*}/cache/archives/";; esac
"""
INSTALLER = """
import os
from rich.console import Console
from contactcenter_ari.machine.tool_root import ensure_tools
ensure_tools(Console(), os.environ)
"""
DEBIAN = "http://127.0.0.1:9/debian/\tDebian\tDebian"
CLEARSIGNED_BY_A_STRANGER = """\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian
Suite: unstable
Codename: sid
Date: Sat, 01 Nov 2025 00:00:00 UTC
Architectures: amd64 arm64
Components: main
SHA256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQSmAXJAzKZ+xTn8UHnQTwVgjnqC9QUCawICpwAKCRDQTwVgjnqC
9XbAAP9c56o14kFMwxia/zhgcCohB9jrd+HuuqUD8TlFhEUHNwEArl67xpbd59Aa
pPnL3pLAlzGrmqh2DwutR9fNRMpQDAk=
=J7kL
-----END PGP SIGNATURE-----
"""


def script(path: Path, text: str) -> None:
    """Write a shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def system_program(name: str) -> str:
    """The path of a program every Debian has."""
    path = which(name)
    assert path is not None
    return path


@dataclass(frozen=True)
class FakeMachine:
    """A machine whose apt-get is a script and whose one package holds scripts."""

    folder: Path
    environ: dict[str, str]

    @property
    def cache(self) -> Path:
        """The folder in which the roots appear."""
        return self.folder / "cache/contactcenter"

    def install(self, **changes: str) -> Tools:
        """Install the tools on it, with changes to the environment."""
        return ensure_tools(quiet(), {**self.environ, **changes})

    def replace(self, name: str, text: str) -> None:
        """Put a script in place of a program."""
        script(self.folder / "bin" / name, text)

    def calls(self) -> list[str]:
        """The packages that apt-get was asked for."""
        return (self.folder / "calls").read_text().splitlines()

    def roots(self) -> list[str]:
        """The names of all roots in the cache, whole or not."""
        return [path.name for path in self.cache.glob("tools-*")]


def quiet() -> Console:
    """A console nobody sees."""
    return Console(quiet=True)


def build_package(folder: Path, target: Path) -> None:
    """Build the package with the scripts."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, mode=0o755)
    for name, text in FAKES.items():
        script(folder / name, text)
    (folder / "DEBIAN/control").write_text(CONTROL)
    subprocess.run(["dpkg-deb", "--build", folder, target], check=True, capture_output=True)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """A fake machine on which the installation works."""
    build_package(tmp_path / "package", tmp_path / "tools.deb")
    script(tmp_path / "bin/apt-get", APT_GET)
    monkeypatch.setenv("FAKE_VERSION", "22.10.1")
    return FakeMachine(
        tmp_path,
        {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "FAKE": str(tmp_path),
            "SOURCES": DEBIAN,
            "COMPLAINT": "",
        },
    )


def test_the_real_tools_run(tmp_path: Path) -> None:
    """Asterisk is new enough, SIPp and flite run, and espeak-ng speaks."""
    tools = ensure_tools(Console(), os.environ)
    environ = {**os.environ, **tools.environment}
    said = subprocess.run([*tools.asterisk, "-V"], capture_output=True, text=True, check=True)
    assert OLDEST_ASTERISK <= parse_version(said.stdout) == tools.switch.version
    sipp = subprocess.run([*tools.sipp, "-v"], capture_output=True, text=True, check=False)
    assert "TLS" in sipp.stdout
    spoken = tmp_path / "spoken.wav"
    subprocess.run([*tools.espeak, "-w", spoken, "hello"], env=environ, check=True)
    with wave.open(str(spoken)) as sound:
        assert sound.getnframes() > sound.getframerate() / 4
    subprocess.run([*tools.flite, "-t", "hello", "-o", tmp_path / "f.wav"], check=True)
    assert (tmp_path / "f.wav").stat().st_size > 1000


def test_the_real_root_shows_what_asterisk_needs() -> None:
    """Modules, Swagger files and sounds are where `Tools` says."""
    switch = ensure_tools(Console(), os.environ).switch
    assert (switch.modules / "res_ari.so").exists()
    assert (switch.swagger / "channels.json").exists()
    assert list(switch.sounds.glob("*/hello-world.gsm"))


def test_a_second_run_needs_nothing(machine: FakeMachine) -> None:
    """Once the root is there, neither apt nor any other program is run."""
    first = machine.install()
    assert machine.install(PATH="/nowhere") == first
    assert len(machine.calls()) == 2


def test_two_installs_at_once_make_one_root(machine: FakeMachine) -> None:
    """Two installations at the same moment: one works and the other waits for it."""
    command = [sys.executable, "-c", INSTALLER]
    environ = {**machine.environ, "FAKE_VERSION": "22.10.1"}
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(subprocess.run, command, env=environ, check=True) for _ in range(2)]
        assert [run.result().returncode for run in runs] == [0, 0]
    assert len(machine.calls()) == 2
    assert len(machine.roots()) == 1


def test_what_a_killed_install_left_is_cleared(machine: FakeMachine) -> None:
    """A half-made root of a killed process is removed, never used."""
    (machine.cache / "tools-0123.partial-77/usr").mkdir(parents=True)
    tools = machine.install()
    assert machine.roots() == [tools.root.name]


def test_a_damaged_root_is_made_anew(machine: FakeMachine) -> None:
    """A root that lost a tool is replaced as a whole."""
    Path(machine.install().sipp[-1]).unlink()
    assert Path(machine.install().sipp[-1]).exists()


def test_apt_gets_a_configuration_of_its_own(machine: FakeMachine) -> None:
    """Signatures stay on, the system's state is out of reach, the machine's proxy is kept."""
    machine.replace("apt-config", "echo 'Acquire::http::Proxy \"http://127.0.0.1:3128\";'")
    machine.replace("apt-get", f'cp "$APT_CONFIG" "$FAKE/seen" 2>/dev/null\n{APT_GET}')
    machine.install()
    seen = (machine.folder / "seen").read_text()
    assert 'Acquire::http::Proxy "http://127.0.0.1:3128";' in seen
    assert f'Dir::State::status "{machine.cache}/tools-' in seen
    assert "AllowUnauthenticated" not in seen
    assert "AllowInsecure" not in seen


@pytest.mark.parametrize(
    ("complaint", "message"),
    [
        ("E: write failed (28: No space left on device)", r"^The disk is full\. Free at least"),
        ("W: GPG error: sid InRelease: NO_PUBKEY 6ED0E7B82643E131", "is not signed by a key"),
        ("E: Failed to fetch x  Hash Sum mismatch", "is not signed by a key"),
        ("E: Failed to fetch x  Temporary failure resolving", "cannot be reached"),
        ("E: Unable to locate package asterisk", "does not carry all the packages"),
        ("E: Unable to correct problems, you have held broken packages.", "do not fit together"),
        ("E: something new", "apt-get failed: E: something new"),
    ],
)
def test_what_apt_complains_of_becomes_one_sentence(
    machine: FakeMachine, complaint: str, message: str
) -> None:
    """Each complaint of apt-get is a sentence with a remedy, and nothing is left behind."""
    with pytest.raises(ToolInstallFailed, match=message) as caught:
        machine.install(COMPLAINT=complaint)
    assert caught.value.remedy
    assert machine.roots() == []


@pytest.mark.parametrize("missing", ["apt-get", "apt-config", "dpkg", "dpkg-deb"])
def test_a_system_without_apt_is_told_so(machine: FakeMachine, missing: str) -> None:
    """A machine that is neither Debian nor Ubuntu gets a clear message."""
    folder = machine.folder / "few"
    for name in {"apt-get", "apt-config", "dpkg", "dpkg-deb"} - {missing}:
        folder.mkdir(exist_ok=True)
        (folder / name).symlink_to(system_program(name))
    with pytest.raises(ToolInstallFailed, match=f"The program {missing} is missing"):
        machine.install(PATH=str(folder))
    assert machine.roots() == []


@pytest.mark.parametrize(
    ("program", "text", "message"),
    [
        ("dpkg", "echo mips", "architecture mips is not supported"),
        ("dpkg-deb", "echo 'tar: No space left on device' >&2; exit 2", "The disk of .* is full"),
        ("dpkg-deb", "echo 'not a Debian archive' >&2; exit 2", "tools.deb cannot be unpacked"),
        ("dpkg-deb", "exit 0", "do not hold all the tools"),
    ],
)
def test_what_dpkg_complains_of_becomes_one_sentence(
    machine: FakeMachine, program: str, text: str, message: str
) -> None:
    """A processor without packages, a disk that fills up and a damaged package are told apart."""
    machine.replace(program, text)
    with pytest.raises(ToolInstallFailed, match=message):
        machine.install()
    assert machine.roots() == []


def test_a_full_disk_is_seen_beforehand(tmp_path: Path) -> None:
    """Too little space is refused before anything is fetched."""
    with pytest.raises(ToolInstallFailed, match=r"too full: .* 1000000000\.0 GB needed"):
        require_space(tmp_path, 10**18)


def test_a_cache_that_cannot_be_written_is_told_so(machine: FakeMachine) -> None:
    """A cache folder that cannot be made is named."""
    with pytest.raises(ToolInstallFailed, match="cannot be installed below /dev/null/"):
        machine.install(XDG_CACHE_HOME="/dev/null")


def test_sources_without_debian_are_told_so(machine: FakeMachine) -> None:
    """Ubuntu's own sources do not carry the packages: the message says what to add."""
    with pytest.raises(ToolInstallFailed, match="name no Debian mirror"):
        machine.install(SOURCES="http://127.0.0.1:9/ubuntu/\tUbuntu\tUbuntu")


def test_the_mirror_is_debian_itself(machine: FakeMachine) -> None:
    """Neither Debian's security archive nor another vendor's is taken for the mirror."""
    sources = [
        "http://127.0.0.1:9/security/\tDebian\tDebian-Security",
        "http://127.0.0.1:9/vendor/\tVendor\tVendor",
        "http://127.0.0.1:9/mirror/\tDebian\tDebian",
    ]
    machine.replace("apt-get", f'cp "${{APT_CONFIG%/*}}/sources.list" "$FAKE/seen"\n{APT_GET}')
    machine.install(SOURCES="\n".join(sources))
    seen = (machine.folder / "seen").read_text()
    assert "] http://127.0.0.1:9/mirror sid main\n" in seen


def test_a_tool_that_does_not_run_is_told_so(machine: FakeMachine) -> None:
    """A root whose tools do not run on this machine never appears."""
    script(machine.folder / "package/usr/bin/flite", "exit 127")
    package = [machine.folder / "package", machine.folder / "tools.deb"]
    subprocess.run(["dpkg-deb", "--build", *package], check=True, capture_output=True)
    with pytest.raises(ToolInstallFailed, match="The tool flite does not run"):
        machine.install()
    assert machine.roots() == []


def test_an_old_asterisk_of_the_mirror_is_refused(
    machine: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale mirror is refused: older versions have known holes."""
    monkeypatch.setenv("FAKE_VERSION", "22.9.0")
    with pytest.raises(ToolInstallFailed, match=r"has Asterisk 22\.9\.0, older than 22\.10\.1"):
        machine.install()
    assert machine.roots() == []


def own_asterisk(folder: Path, version: str) -> str:
    """An Asterisk of the machine's own, with ARI."""
    script(folder / "usr/sbin/asterisk", f'echo "Asterisk {version}"')
    for name in ("usr/lib/x/asterisk/modules/res_ari.so", "usr/share/asterisk/rest-api/a.json"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    return str(folder / "usr/sbin/asterisk")


def test_an_asterisk_of_the_machine_is_used(machine: FakeMachine) -> None:
    """A suitable Asterisk on the path is used, and only the other tools are fetched."""
    own = own_asterisk(machine.folder / "own", "22.11.0")
    tools = machine.install(PATH=f"{Path(own).parent}:{machine.environ['PATH']}")
    assert tools.asterisk == (own,)
    assert tools.switch.swagger == machine.folder / "own/usr/share/asterisk/rest-api"
    assert machine.calls()[-1].endswith("--download-only sip-tester espeak-ng flite")


def test_an_older_asterisk_of_the_machine_is_passed_over(machine: FakeMachine) -> None:
    """An older Asterisk on the path is no obstacle: a private one is installed."""
    own = own_asterisk(machine.folder / "own", "20.1.0")
    tools = machine.install(PATH=f"{Path(own).parent}:{machine.environ['PATH']}")
    assert tools.asterisk[-1] == str(tools.root / "usr/sbin/asterisk")


def test_an_older_asterisk_asked_for_is_refused(machine: FakeMachine) -> None:
    """`CC_ASTERISK` naming an older one is an error, never silently replaced."""
    own = own_asterisk(machine.folder / "own", "20.1.0")
    with pytest.raises(
        ToolInstallFailed, match=rf"^Asterisk 20\.1\.0 at {own} is older than 22\.10\.1\."
    ):
        machine.install(CC_ASTERISK=own)


def test_an_asterisk_asked_for_that_does_not_run_is_refused(machine: FakeMachine) -> None:
    """`CC_ASTERISK` naming something else is an error of one sentence."""
    with pytest.raises(ToolInstallFailed, match="does not say its Asterisk version"):
        machine.install(CC_ASTERISK="/nowhere/asterisk")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name it has
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; gives the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/debian"
        finally:
            server.shutdown()
            thread.join()


def with_real_apt(machine: FakeMachine, mirror: str) -> Mapping[str, str]:
    """The environment in which the real apt reads the given mirror."""
    real = system_program("apt-get")
    machine.replace(
        "apt-get",
        f'case "$*" in *indextargets*) printf "%s\\n" "$SOURCES"; exit 0;; esac\nexec {real} "$@"',
    )
    return {**machine.environ, "SOURCES": f"{mirror}/\tDebian\tDebian"}


@pytest.mark.parametrize("name", ["InRelease", "Release"])
def test_a_mirror_signed_by_a_stranger_is_refused(machine: FakeMachine, name: str) -> None:
    """The real apt trusts neither a list signed by an unknown key nor one without signature."""
    release = machine.folder / "www/debian/dists/sid" / name
    release.parent.mkdir(parents=True)
    signed = CLEARSIGNED_BY_A_STRANGER
    plain = signed.split("\n\n", 1)[1].split("-----BEGIN PGP SIGNATURE")[0]
    release.write_text(signed if name == "InRelease" else plain)
    with (
        served(machine.folder / "www") as mirror,
        pytest.raises(ToolInstallFailed, match=f"{mirror} is not signed by a key"),
    ):
        ensure_tools(quiet(), with_real_apt(machine, mirror))
    assert machine.roots() == []


def test_a_mirror_that_is_away_is_told_so(machine: FakeMachine) -> None:
    """The real apt and a mirror nobody serves: one sentence that names it."""
    with served(machine.folder) as mirror:
        pass
    with pytest.raises(ToolInstallFailed, match=f"The mirror {mirror} cannot be reached"):
        ensure_tools(quiet(), with_real_apt(machine, mirror))
    assert machine.roots() == []
