"""The native tools: their places, and how to run them.

A tool of the private root is started by that root's own loader, so that it never meets the
machine's libraries. Promises: paths of a `Tools` exist. Must not: install anything.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from contactcenter_ari.machine.errors import ToolInstallFailed

OLDEST_ASTERISK = (22, 10, 1)
"""Security floor: the ARI advisories of 2026 are fixed in it."""

Command = tuple[str, ...]

_VERSION_FILE = "asterisk.version"


@dataclass(frozen=True, slots=True)
class Asterisk:
    """One Asterisk: how to start it, and the folders its configuration must name."""

    command: Command
    version: tuple[int, ...]
    modules: Path
    data: Path

    @property
    def swagger(self) -> Path:
        """The folder of the Swagger files of ARI (`*.json`) this Asterisk ships."""
        return self.data / "rest-api"

    @property
    def sounds(self) -> Path:
        """The folder of the sounds it ships, one folder per voice."""
        return self.data / "sounds"


@dataclass(frozen=True, slots=True)
class Tools:
    """The native tools: the first words of each command line, and additions to the environment."""

    root: Path
    switch: Asterisk
    sipp: Command
    espeak: Command
    flite: Command
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def asterisk(self) -> Command:
        """The first words of Asterisk's command line."""
        return self.switch.command


def tools_of_root(root: Path, switch: Asterisk | None = None) -> Tools | None:
    """The tools of a private root, or None if it lacks one; `switch` replaces its Asterisk."""
    loader = _loader(root)
    if loader is None:
        return None
    libraries, prefix = loader.parent, _prefix(loader)
    programs = [root / f"usr/bin/{name}" for name in ("sipp", "espeak-ng", "flite")]
    voices = libraries / "espeak-ng-data"
    switch = switch or _asterisk_of_root(root, prefix, libraries)
    if switch is None or not all(path.exists() for path in (*programs, voices)):
        return None
    sipp, espeak, flite = ((*prefix, str(program)) for program in programs)
    return Tools(root, switch, sipp, espeak, flite, {"ESPEAK_DATA_PATH": str(voices)})


def _loader(root: Path) -> Path | None:
    return next(iter(sorted(root.glob("usr/lib/*/ld-linux-*.so.*"))), None)


def _prefix(loader: Path) -> Command:
    path = f"{loader.parent}:{loader.parent / 'pulseaudio'}"
    return (str(loader), "--library-path", path)


def _asterisk_of_root(root: Path, prefix: Command, libraries: Path) -> Asterisk | None:
    program, data = root / "usr/sbin/asterisk", root / "usr/share/asterisk"
    modules, version = libraries / "asterisk/modules", root / _VERSION_FILE
    if not all(path.exists() for path in (program, modules, data / "rest-api", version)):
        return None
    command = (*prefix, str(program))
    return Asterisk(command, parse_version(version.read_text()), modules, data)


def record_version(root: Path) -> None:
    """Ask the Asterisk of a private root for its version once, so that later starts need not."""
    loader = _loader(root)
    if loader is None:
        return
    done = subprocess.run(
        [*_prefix(loader), root / "usr/sbin/asterisk", "-V"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    if done.returncode == 0:
        (root / _VERSION_FILE).write_text(done.stdout)


def find_asterisk(environ: Mapping[str, str]) -> Asterisk | None:
    """The machine's own Asterisk if it is new enough and has ARI, else None.

    Raises `ToolInstallFailed` when `CC_ASTERISK` names one that cannot serve.
    """
    wanted = environ.get("CC_ASTERISK")
    if wanted:
        return _asked_for(wanted)
    found = which("asterisk", path=environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        return None
    try:
        return _asked_for(found)
    except ToolInstallFailed:  # a private one is installed instead
        return None


def _asked_for(program: str) -> Asterisk:
    version = _version_of(program)
    if version < OLDEST_ASTERISK:
        raise ToolInstallFailed(
            f"Asterisk {dotted(version)} at {program} is older than {dotted(OLDEST_ASTERISK)}.",
            "Upgrade it, or unset CC_ASTERISK to have a private one installed.",
        )
    prefix = Path(program).resolve().parent.parent
    modules = _first(prefix, "lib/asterisk/modules", "lib/*/asterisk/modules", "lib64/asterisk/*")
    swagger = _first(
        Path("/"), f"{str(prefix)[1:]}/share/asterisk/rest-api", "var/lib/asterisk/rest-api"
    )
    if modules is None or swagger is None or not (modules / "res_ari.so").exists():
        raise ToolInstallFailed(
            f"Asterisk {dotted(version)} at {program} has no ARI modules.",
            "Install them, or unset CC_ASTERISK to have a private Asterisk installed.",
        )
    return Asterisk((program,), version, modules, swagger.parent)


def _first(folder: Path, *patterns: str) -> Path | None:
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            return path
    return None


def _version_of(program: str) -> tuple[int, ...]:
    try:
        done = subprocess.run(
            [program, "-V"], capture_output=True, text=True, check=False, timeout=10
        )
        return parse_version(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as trouble:
        raise ToolInstallFailed(
            f"{program} does not say its Asterisk version: {trouble}.",
            "Set CC_ASTERISK to an Asterisk that runs, or unset it.",
        ) from trouble


def parse_version(said: str) -> tuple[int, ...]:
    """The version in `Asterisk 22.10.1+dfsg`; raises ValueError if there is none."""
    found = re.search(r"Asterisk\s+(?:certified[/-])?(\d+(?:\.\d+)+)", said)
    if found is None:
        raise ValueError("no version in its answer")
    return tuple(int(part) for part in found[1].split("."))


def dotted(version: tuple[int, ...]) -> str:
    """`(22, 10, 1)` as people write it."""
    return ".".join(str(part) for part in version)
