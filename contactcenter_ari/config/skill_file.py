"""The skills a queue step asks for: one map of levels, or steps that relax them over the wait."""

from datetime import timedelta

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.vocabulary.skill import Skills, SkillStep

MOST_LEVEL = 9
MOST_STEPS = 10
AT_ONCE = timedelta()


def read_skills(reading: Reading, node: Node) -> tuple[SkillStep, ...]:
    """`{dutch: 5}`, or `[{skills: {dutch: 5}}, {after: 30s, skills: {}}]`; later steps ask for
    no more than those before.
    """
    if not isinstance(node, Sequence):
        return (SkillStep(AT_ONCE, read_levels(reading, node)),)
    if len(node.items) > MOST_STEPS:
        reading.blame("E105", f"skills must not have more than {MOST_STEPS} steps", node)
    steps: list[SkillStep] = []
    for item in node.items[:MOST_STEPS]:
        steps.append(_step(reading, item, steps[-1] if steps else None))
    return tuple(steps)


def _step(reading: Reading, item: Node, before: SkillStep | None) -> SkillStep:
    if not isinstance(item, Map):
        message = "a step of skills must be like {after: 30s, skills: {dutch: 3}}"
        reading.blame("E105", message, item)
        return before or SkillStep(AT_ONCE, {})
    fields = reading.fields(item, "a step of skills", ("after", "skills"), needed=("skills",))
    after = reading.duration(fields["after"], "after") if "after" in fields else AT_ONCE
    skills = read_levels(reading, fields["skills"]) if "skills" in fields else {}
    place = fields.get("after", item)
    if before is None:
        if after:
            message = 'the first step of skills counts from the beginning: leave out "after"'
            reading.blame("E111", message, place)
        return SkillStep(AT_ONCE, skills)
    if after <= before.after:
        reading.blame("E111", "a step of skills must come later than the one before", place)
    for name, level in skills.items():
        least = before.skills.get(name, 0)
        if level > least:
            message = f"a later step must not ask for more: {name} was {least or 'not asked for'}"
            reading.blame("E111", message, _place(fields["skills"], name))
    return SkillStep(max(after, before.after), skills)


def read_levels(reading: Reading, node: Node) -> Skills:
    """`{dutch: 5}`."""
    if isinstance(node, Scalar) and node.text:
        wanted = "levels by name, for example {dutch: 5}"
        reading.blame("E105", f'skills must be {wanted}, not "{node.text[:60]}"', node)
        return {}
    return {
        reading.name(name, "a skill"): reading.integer(
            level, f"the level of {name.text[:60]}", least=1, most=MOST_LEVEL, example=5
        )
        for name, level in reading.mapping(node, "skills").entries
    }


def _place(node: Node, name: str) -> Node:
    return (node.get(name) if isinstance(node, Map) else None) or node
