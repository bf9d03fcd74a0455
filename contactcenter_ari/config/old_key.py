"""Keys of flow and queue files that have a new name.

An old key is read as the new one, with a warning, for one version: an entry of this table is
deleted in the version after the one that made it.
"""

from collections.abc import Mapping

OLD_KEYS: Mapping[str, str] = {
    "whisper": "agent_prompt",
    "resume_place": "resume_position",
}
"""New keys by old ones."""
OLD_KEY = "E112"
"""The code of the warning."""
