"""Install the native tools without root rights: a private root below the user's cache folder.

Asterisk, SIPp, espeak-ng and flite come as signed Debian packages, unpacked into one folder.
Promises: the root appears whole or not at all; two installs at once do not collide; a root
that is there is used within milliseconds and without network.
Must not: touch anything outside the cache folder, or run a package's own scripts.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from contactcenter_ari.machine.apt import Apt, find_mirror
from contactcenter_ari.machine.errors import ToolInstallFailed
from contactcenter_ari.machine.tool import (
    OLDEST_ASTERISK,
    Asterisk,
    Tools,
    dotted,
    find_asterisk,
    record_version,
    tools_of_root,
)

SUITE = "sid"
PACKAGES = ("sip-tester", "espeak-ng", "flite")
FORMAT = 1
"""Raise it when the content of a root changes otherwise than by the packages."""

SPACE_NEEDED = 1_500_000_000
"""Bytes: the downloads and the unpacked root side by side, with room to spare."""

_UNPACKERS = 2


def ensure_tools(console: Console, environ: Mapping[str, str]) -> Tools:
    """The native tools, installed below the user's cache folder on the first call.

    Uses the machine's own Asterisk when it is new enough (or the one `CC_ASTERISK` names).
    Raises `ToolInstallFailed` with one sentence and a remedy.
    """
    switch = find_asterisk(environ)
    packages, root = _wanted(switch, environ)
    tools = tools_of_root(root, switch)
    if tools is not None:
        return tools
    try:
        with _alone(root.parent, console):
            return tools_of_root(root, switch) or _install(
                root, packages, switch, console, environ
            )
    except OSError as trouble:
        raise _explained(trouble, root.parent) from trouble


def installed_tools(environ: Mapping[str, str]) -> Tools | None:
    """The native tools if they are there; raises `ToolInstallFailed` for an old Asterisk."""
    switch = find_asterisk(environ)
    return tools_of_root(_wanted(switch, environ)[1], switch)


def _wanted(switch: Asterisk | None, environ: Mapping[str, str]) -> tuple[tuple[str, ...], Path]:
    packages = PACKAGES if switch else ("asterisk", *PACKAGES)
    return packages, cache_folder(environ) / f"tools-{_key(packages)}"


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the user's cache that belongs to this program."""
    base = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache"
    return Path(base).absolute() / "contactcenter"


def _key(packages: Sequence[str]) -> str:
    pinned = "\n".join([str(FORMAT), SUITE, dotted(OLDEST_ASTERISK), *packages])
    return hashlib.sha256(pinned.encode()).hexdigest()[:12]


@contextmanager
def _alone(cache: Path, console: Console) -> Iterator[None]:
    """Hold the lock of the cache folder, so that one process installs at a time."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "tools.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Another installation of the tools is under way; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(
    root: Path,
    packages: Sequence[str],
    switch: Asterisk | None,
    console: Console,
    environ: Mapping[str, str],
) -> Tools:
    """Build the root aside, try every tool, then rename; the caller holds the lock."""
    for stale in [root, *root.parent.glob("*.partial-*")]:
        shutil.rmtree(stale, ignore_errors=True)
    require_space(root.parent, SPACE_NEEDED)
    partial = root.with_name(f"{root.name}.partial-{os.getpid()}")
    try:
        (partial / "apt").mkdir(parents=True)
        _fill(partial, packages, console, environ)
        record_version(partial)
        _try_out(partial, switch)
        partial.rename(root)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    tools = tools_of_root(root, switch)
    if tools is None:
        raise AssertionError(f"{root} passed its trial and is incomplete")
    return tools


def require_space(folder: Path, needed: int) -> None:
    """Refuse to begin when fewer than `needed` bytes are free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ToolInstallFailed(
            f"The disk of {folder} is too full: {free / 1e9:.1f} GB free,"
            f" {needed / 1e9:.1f} GB needed.",
            "Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
        )


def _fill(
    partial: Path, packages: Sequence[str], console: Console, environ: Mapping[str, str]
) -> None:
    """Download and unpack, with a bar for each stage."""
    mirror = find_mirror(SUITE, environ)
    apt = Apt(partial / "apt", mirror, environ)
    apt.prepare()
    with Progress(console=console) as bars:
        lists = bars.add_task("Reading package lists", total=1.0)
        apt.update(lambda share: bars.update(lists, completed=share))
        bars.update(lists, completed=1.0)
        fetch = bars.add_task("Downloading tools", total=1.0)
        archives = apt.download(packages, lambda share: bars.update(fetch, completed=share))
        bars.update(fetch, completed=1.0)
        unpack = bars.add_task("Unpacking tools", total=len(archives))
        for _ in _unpacked(archives, partial, environ):
            bars.advance(unpack)
    shutil.rmtree(partial / "apt")


def _unpacked(archives: Sequence[Path], root: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Unpack the archives side by side; yields after each."""
    with ThreadPoolExecutor(_UNPACKERS) as pool:
        waiting = [pool.submit(_unpack, archive, root, environ) for archive in archives]
        try:
            for done in as_completed(waiting):
                done.result()
                yield
        finally:
            pool.shutdown(cancel_futures=True)


def _unpack(archive: Path, root: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["dpkg-deb", "--extract", archive, root],
        env={**environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        archive.unlink()  # keeps the peak of disk space low
        return
    if "No space left on device" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    complaint = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    raise ToolInstallFailed(
        f"The package {archive.name} cannot be unpacked: {complaint}.", "Start again."
    )


def _try_out(root: Path, switch: Asterisk | None) -> None:
    """Run every tool once and look at what it says; raises `ToolInstallFailed`."""
    tools = tools_of_root(root, switch)
    if tools is None:
        raise ToolInstallFailed(
            "The packages do not hold all the tools.", "Name a complete Debian mirror."
        )
    if tools.switch.version < OLDEST_ASTERISK:
        raise ToolInstallFailed(
            f"The mirror has Asterisk {dotted(tools.switch.version)},"
            f" older than {dotted(OLDEST_ASTERISK)}.",
            "Name a Debian mirror that is up to date.",
        )
    for program, option, expected in (
        (tools.sipp, "-v", "SIPp v"),
        (tools.espeak, "--version", "eSpeak NG"),
        (tools.flite, "--version", "flite-"),
    ):
        if expected not in _said([*program, option], tools):
            raise ToolInstallFailed(
                f"The tool {Path(program[-1]).name} does not run on this machine.",
                "Report this with the name and version of your system.",
            )


def _said(command: Sequence[str], tools: Tools) -> str:
    """The output of a tool; its status says nothing (SIPp ends its version with 99)."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **tools.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout + done.stderr


def _explained(trouble: OSError, cache: Path) -> ToolInstallFailed:
    if trouble.errno == errno.ENOSPC:
        return ToolInstallFailed(
            f"The disk of {cache} is full.",
            "Free at least 1.5 GB, or set XDG_CACHE_HOME to a folder on another disk.",
        )
    return ToolInstallFailed(
        f"The tools cannot be installed below {cache}: {trouble.strerror}.",
        "Set XDG_CACHE_HOME to a folder you may write to.",
    )
