"""Roles of the bearers of tokens; `web/right.py` lists the rights of each."""

from enum import StrEnum


class Role(StrEnum):
    """An agent has a token for one agent; a wall shows boards on a screen for all to see."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ENGINEER = "engineer"
    ADMIN = "admin"
    WALL = "wall"
