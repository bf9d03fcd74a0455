"""Fetch Debian packages with the machine's own apt, without root and beside the system.

Promises: apt gets a configuration, state and cache of its own below one folder; signatures are
verified against the machine's own keys; each failure is one `ToolInstallFailed` sentence.
Must not: touch the system's package state, or know any mirror by name (the machine's apt does).
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import IO
from urllib.parse import urlsplit

from contactcenter_ari.machine.errors import ToolInstallFailed

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1."""

ARCHITECTURES = ("amd64", "arm64")

_KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
_KEPT_SETTING = re.compile(r"Acquire::https?::", re.IGNORECASE)
_OWN_SETTINGS = """\
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Update::Error-Mode "any";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
"""

_UNSIGNED = (
    r"NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|GPG error|is not signed|Clearsigned file"
    r"|signatures? (couldn't be|was not|were invalid)|signature verification|Missing key"
    r"|no valid OpenPGP|Hash Sum mismatch"
)
_UNREACHED = (
    r"Failed to fetch|Could not (resolve|connect)|Cannot initiate|Unable to connect|timed out"
)
# What apt says (in the C locale), whose trouble that is, and what helps; first match counts.
_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|don't have enough free space",
        "The disk is full.",
        "Free at least 1.5 GB and start again.",
    ),
    (
        _UNSIGNED,
        "The package list or a package of {mirror} is not signed by a key this machine trusts.",
        "Check the mirror in its apt sources; Debian's keys come with debian-archive-keyring.",
    ),
    (
        r"Unable to locate package|no installation candidate|does not have a Release file",
        "The mirror {mirror} does not carry all the packages needed.",
        "Name a complete Debian mirror in this machine's apt sources.",
    ),
    (
        r"unmet dependencies|held broken packages",
        "The packages of {mirror} do not fit together today.",
        "Try again tomorrow, or install Asterisk yourself.",
    ),
    (
        _UNREACHED,
        "The mirror {mirror} cannot be reached.",
        "Check the network and the proxy of this machine's apt, then start again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A Debian mirror, a suite of it, and the keys it must be signed with."""

    address: str
    suite: str
    architecture: str
    keyring: Path | None

    @property
    def source_line(self) -> str:
        """The line of `sources.list` that says the same."""
        options = f"arch={self.architecture}"
        if self.keyring is not None:
            options += f" signed-by={self.keyring}"
        return f"deb [{options}] {self.address} {self.suite} main\n"


def find_mirror(suite: str, environ: Mapping[str, str]) -> Mirror:
    """Read the Debian mirror from the machine's own apt sources.

    Raises `ToolInstallFailed` when apt is missing, the processor is not supported, or the
    machine's sources name no Debian mirror.
    """
    for program in ("apt-get", "apt-config", "dpkg", "dpkg-deb"):
        if which(program, path=environ.get("PATH")) is None:
            raise ToolInstallFailed(
                f"The program {program} is missing: the tools are installed from Debian packages.",
                "Use Debian or Ubuntu, or install Asterisk, SIPp, espeak-ng and flite yourself.",
            )
    architecture = _output(["dpkg", "--print-architecture"], environ).strip()
    if architecture not in ARCHITECTURES:
        raise ToolInstallFailed(
            f"The processor architecture {architecture} is not supported.",
            f"Use one of: {', '.join(ARCHITECTURES)}.",
        )
    address = _debian_address(environ)
    return Mirror(address, suite, architecture, _keyring())


def _debian_address(environ: Mapping[str, str]) -> str:
    form = "$(REPO_URI)\t$(ORIGIN)\t$(LABEL)"
    rows = _output(["apt-get", "indextargets", "--format", form], environ).splitlines()
    sources = [row.split("\t") for row in rows if row.count("\t") == 2]  # noqa: PLR2004 the two tabs of `form`
    by_path = [uri for uri, _, _ in sources if urlsplit(uri).path.rstrip("/").endswith("/debian")]
    by_name = [uri for uri, origin, label in sources if (origin, label) == ("Debian", "Debian")]
    for address in by_path + by_name:
        if not address.startswith("cdrom:"):
            return address.rstrip("/")
    raise ToolInstallFailed(
        "The apt sources of this machine name no Debian mirror.",
        "Add one (on Ubuntu with the package debian-archive-keyring), or install Asterisk 22.10.1"
        " or newer with SIPp, espeak-ng and flite yourself.",
    )


def _keyring() -> Path | None:
    """Debian's own keys if the machine has them; else apt's trusted keys must do."""
    for name in _KEYRINGS:
        path = Path("/usr/share/keyrings") / name
        if path.exists():
            return path
    return None


def _output(command: Sequence[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, env=_plain(environ), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        complaint = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise ToolInstallFailed(
            f"{' '.join(command[:2])} failed: {complaint[-1]}", "Repair this machine's apt first."
        )
    return done.stdout


def _plain(environ: Mapping[str, str]) -> dict[str, str]:
    return {**environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


class Apt:
    """An apt of our own below one folder, which reads one mirror and only downloads."""

    def __init__(self, folder: Path, mirror: Mirror, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._mirror = mirror
        self._environ = {**_plain(environ), "APT_CONFIG": str(folder / "apt.conf")}
        self._machine = environ

    def prepare(self) -> None:
        """Write the configuration and the empty state."""
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "status").touch()
        (self._folder / "sources.list").write_text(self._mirror.source_line)
        settings = _OWN_SETTINGS.format(
            folder=self._folder, architecture=self._mirror.architecture
        )
        if os.geteuid() == 0:  # apt's own user could not write below our folder
            settings += 'APT::Sandbox::User "root";\n'
        (self._folder / "apt.conf").write_text(settings + self._network_settings())

    def _network_settings(self) -> str:
        """The machine's proxies and their kin."""
        dump = _output(["apt-config", "dump"], self._machine)
        return "".join(f"{line}\n" for line in dump.splitlines() if _KEPT_SETTING.match(line))

    def update(self, progress: Progress) -> None:
        """Fetch the package lists."""
        self._run(["update"], progress)

    def download(self, packages: Sequence[str], progress: Progress) -> list[Path]:
        """Fetch the packages with all they depend on; returns the files."""
        self._run(["install", "--yes", "--download-only", *packages], progress)
        return sorted((self._folder / "cache/archives").glob("*.deb"))

    def _run(self, arguments: Sequence[str], progress: Progress) -> None:
        with tempfile.TemporaryFile("w+", dir=self._folder) as complaints:
            code = self._watch(arguments, progress, complaints)
            complaints.seek(0)
            said = complaints.read()
        if code != 0:
            raise self._trouble(said, code)

    def _watch(self, arguments: Sequence[str], progress: Progress, complaints: IO[str]) -> int:
        """Run apt-get to its end and pass on the progress it reports."""
        read_end, write_end = os.pipe()
        with (
            os.fdopen(read_end) as statuses,
            subprocess.Popen(
                ["apt-get", "-o", f"APT::Status-Fd={write_end}", "--quiet=2", *arguments],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                pass_fds=[write_end],
            ) as apt,
        ):
            os.close(write_end)
            try:
                for line in statuses:
                    _, _, share = line.split(":", 2)
                    progress(float(share.split(":")[0]) / 100)
                return apt.wait()
            finally:
                apt.terminate()

    def _trouble(self, said: str, code: int) -> ToolInstallFailed:
        for pattern, reason, remedy in _COMPLAINTS:
            if re.search(pattern, said):
                return ToolInstallFailed(reason.format(mirror=self._mirror.address), remedy)
        lines = [line for line in said.splitlines() if line.strip()] or [f"status {code}"]
        return ToolInstallFailed(
            f"apt-get failed: {lines[-1].strip()}.", "Repair this machine's apt, then start again."
        )
