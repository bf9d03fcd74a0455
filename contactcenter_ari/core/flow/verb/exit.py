"""The ways out of a step, from the destinations of its outcomes and keys."""

from collections.abc import Mapping

from contactcenter_ari.core.flow.language.destination import Destination, Exit, Lead


def each(
    leads: Mapping[str, Destination], *, pressed: bool = False, detour: bool = False
) -> tuple[Exit, ...]:
    """A way for each destination."""
    return tuple(Exit(outcome, lead, pressed, detour) for outcome, lead in leads.items())


def by_key(keys: Mapping[str, Destination]) -> tuple[Lead, ...]:
    """The destinations of single keys, each called a key."""
    return tuple((f"key {key}", to) for key, to in keys.items())
