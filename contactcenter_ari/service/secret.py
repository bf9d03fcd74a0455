"""The secrets that an installation makes for itself, below its data folder."""

from pathlib import Path

from contactcenter_ari.machine.secret import FOLDER, SecretFolder
from contactcenter_ari.postgres.token import PREFIX
from contactcenter_ari.runtime.vault import Vault

ADMINISTRATOR = "administrator"
CALL_KEYS = "call_keys"
"""The file of keys for what callers type in secret."""
SNAPSHOT_KEY = "snapshot"
"""The file of the key that signs snapshots."""


def administrator_token(data: Path) -> str:
    """The administrator's token for the API; it is made when there is none."""
    return SecretFolder(data).secret(ADMINISTRATOR, prefix=PREFIX)


def administrator_file(data: Path) -> Path:
    """The file of the administrator's token for the API."""
    return data / FOLDER / ADMINISTRATOR


def call_vault(data: Path) -> Vault:
    """The keys that seal what callers type in secret."""
    return Vault(data / FOLDER / CALL_KEYS)


def snapshot_key(data: Path) -> str:
    """The key of this installation's snapshots; nothing is made where no data folder is."""
    return SecretFolder(data).secret(SNAPSHOT_KEY) if (data / FOLDER).is_dir() else ""
