"""Skills: those that an agent has, and those that an interaction asks for."""

from datetime import timedelta

import msgspec

Skills = dict[str, int]
"""Levels by skill, 1 (a little) to 9 (best): those of an agent, or the least ones asked for."""


class SkillStep(msgspec.Struct, frozen=True):
    """The least levels asked for from so long a wait on; a later step relaxes an earlier one."""

    after: timedelta
    skills: Skills
