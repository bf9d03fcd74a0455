"""The requirement of a waiting caller: the least levels of skills, or one agent by name.

Callers with the same requirement stand in one sub-line, and agents who meet it are kept in one
pool, so that no agent is looked at who cannot be chosen.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep

Levels = tuple[tuple[str, int], ...]
"""The least levels by skill, sorted by skill; empty when anybody will do."""


class Requirement(NamedTuple):
    """The agents who may be offered: those with these levels; only `agent`, if there is one.
    `relaxes` when less will be asked for later.
    """

    levels: Levels = ()
    agent: AgentId = AgentId("")
    relaxes: bool = False


ANYBODY = Requirement()


def levels_of(skills: Skills) -> Levels:
    """The levels asked for, in the one form that can be compared."""
    return tuple(sorted(skills.items()))


def meets(skills: Mapping[str, int], levels: Levels) -> bool:
    """Whether an agent of these skills is good enough."""
    return not levels or all(skills.get(skill, 0) >= least for skill, least in levels)


def step_at(steps: Sequence[SkillStep], waited: timedelta) -> int:
    """The number of the step that counts after so long a wait; 0 when none has come yet."""
    return max((n for n, step in enumerate(steps) if step.after <= waited), default=0)


def steps_left(steps: Sequence[SkillStep], step: int, waited: timedelta) -> tuple[SkillStep, ...]:
    """The steps from the present one on, for a wait that begins again after so long."""
    return tuple(
        SkillStep(max(each.after - waited, timedelta()), each.skills) for each in steps[step:]
    )
