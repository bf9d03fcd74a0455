"""Rights and the roles that have them, in one table; each route names its right.

A right that is not in the table is nobody's.
"""

from collections.abc import Mapping
from enum import StrEnum

from contactcenter_ari.core.vocabulary.role import Role


class Right(StrEnum):
    """Something that may be allowed. An agent has a right for the agent in the path alone."""

    READ_DESCRIPTION = "description:read"
    READ_QUEUES = "queues:read"
    READ_BOARD = "board:read"
    READ_FLOOR = "floor:read"
    READ_NUMBERS = "numbers:read"
    READ_AGENT = "agent:read"
    CHANGE_AGENT = "agent:change"
    CONTROL_FLOOR = "floor:control"
    READ_FLOWS = "flows:read"
    PUBLISH_FLOWS = "flows:publish"
    READ_METRICS = "metrics:read"


_ALL = frozenset(Role)
_FLOOR = frozenset({Role.SUPERVISOR, Role.ENGINEER, Role.ADMIN})
_LEAD = frozenset({Role.SUPERVISOR, Role.ADMIN})

GRANTS: Mapping[Right, frozenset[Role]] = {
    Right.READ_DESCRIPTION: _ALL,
    Right.READ_QUEUES: _ALL,
    Right.READ_BOARD: _FLOOR | {Role.WALL},
    Right.READ_FLOOR: _FLOOR,
    Right.READ_NUMBERS: _LEAD,
    Right.READ_AGENT: _FLOOR | {Role.AGENT},
    Right.CHANGE_AGENT: _LEAD | {Role.AGENT},
    Right.CONTROL_FLOOR: _LEAD,
    Right.READ_FLOWS: _FLOOR,
    Right.PUBLISH_FLOWS: frozenset({Role.ENGINEER, Role.ADMIN}),
    Right.READ_METRICS: _FLOOR,
}
"""The roles that have a right."""


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return role in GRANTS.get(right, ())


def roles_with(right: Right) -> tuple[str, ...]:
    """The names of the roles that have a right, in the order of `Role`."""
    return tuple(role.value for role in Role if may(role, right))
