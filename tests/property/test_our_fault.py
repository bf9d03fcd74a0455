"""Faults of ours in every kind of input: they cost at most the call they belong to."""

from random import Random
from typing import get_args

import pytest

from contactcenter_ari.core.site.site import CenterResumed, SitePublished
from contactcenter_ari.core.vocabulary.request import Request
from contactcenter_ari.core.vocabulary.signal import Signal
from tests.property.faulty_world import FaultyWorld, trapped
from tests.property.incident import INCIDENTS
from tests.property.made_site import AGENTS

KINDS = (*get_args(Signal), *get_args(Request), SitePublished, CenterResumed)
DEPTHS = range(1, 9)
STUBBORN = (1, 1, 2, 3)
STEPS = 120
SEEDS = 12


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_costs_its_call_alone(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever turn it strikes in, and however deep: nobody is left without a deadline, no agent
    busy for nothing, and in the end every call is recorded, once.
    """
    for seed in range(SEEDS):
        random = Random(f"{kind.__name__} {seed}")  # noqa: S311  # a story must be repeatable
        with trapped(monkeypatch) as trap:
            world = FaultyWorld(trap)
            for agent in AGENTS[:-1]:
                world.arrive(agent)
            for _ in range(STEPS):
                world.plan = None
                if random.random() < 1 / 3:
                    world.plan = (kind, random.choice(DEPTHS), random.choice(STUBBORN))
                what = random.choice(INCIDENTS)
                what(world, random.randrange(128), random.randrange(128))
            world.end()
        monkeypatch.undo()
