"""What the bearer of a token is to the center; `web/right.py` says what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """An agent has a token for one agent; a wall shows boards on a screen for all to see."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ENGINEER = "engineer"
    ADMIN = "admin"
    WALL = "wall"
