"""An engineer edits a flow while people are on the phone: the real core on a virtual clock."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.site.site import Site, SitePublished
from contactcenter_ari.core.vocabulary.event import InteractionEnded, InteractionStarted
from contactcenter_ari.core.vocabulary.ids import LegId
from contactcenter_ari.core.vocabulary.prompt import PromptPart, SpokenText
from contactcenter_ari.service.archive import Archive
from contactcenter_ari.service.publishing import Publishing
from contactcenter_ari.simulation.people import Caller, CallerPlan
from contactcenter_ari.simulation.simulation import Simulation
from tests.service.conftest import BROKEN, DIRECT, SECOND, Desk, write_site

MORNING = datetime(2026, 11, 23, 10, tzinfo=UTC)
CALLS = 20


class Listener(Caller):
    """A caller who remembers every word."""

    def __init__(self, simulation: Simulation, number: int) -> None:
        plan = CallerPlan(
            called_number=DIRECT,
            caller_number=f"+31612{number:06}",
            keys=("1",),
            patience=timedelta(minutes=2),
            talk=timedelta(minutes=1),
        )
        super().__init__(plan, simulation.agenda, simulation.switch)
        self.heard: list[str] = []

    def hears(self, leg: LegId, parts: tuple[PromptPart, ...]) -> None:
        """Remember, and press the key planned for the first prompt."""
        self.heard += [part.text for part in parts if isinstance(part, SpokenText)]
        super().hears(leg, parts)


class Stage:
    """Publishes into the simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def check(self, site: Site) -> None:
        """Any site can be served."""

    def publish(self, site: Site) -> None:
        """Now, in virtual time."""
        self._simulation.submit(SitePublished(site))


def calls(simulation: Simulation, first: int) -> list[Listener]:
    """Twenty people call at once, and hear the beginning of the first prompt."""
    callers = [Listener(simulation, first + number) for number in range(CALLS)]
    for caller in callers:
        caller.call()
    simulation.run_until(simulation.agenda.now + timedelta(milliseconds=500))
    assert all(len(caller.heard) == 1 for caller in callers)
    return callers


async def test_editing_a_flow_during_twenty_calls(tmp_path: Path) -> None:
    """None is dropped; the old calls end on the old version, and new ones are on the new."""
    folder = write_site(tmp_path / "callflows")
    simulation = Simulation(load_site(folder), MORNING)
    publishing = Publishing(
        folder,
        load_site(folder),
        archive=Archive(tmp_path / "published"),
        publisher=Stage(simulation),
        tester=(desk := Desk()),
        speaker=desk,
        now=lambda: simulation.agenda.now,
    )
    publishing.begin()
    old = publishing.state().flows["desk"]
    early = calls(simulation, 0)
    (folder / "desk.yaml").write_text(BROKEN, encoding="utf-8")
    await publishing.look()
    await publishing.look()
    assert publishing.state().flows["desk"] == old
    middle = calls(simulation, CALLS)
    (folder / "desk.yaml").write_text(SECOND, encoding="utf-8")
    await publishing.look()
    await publishing.look()
    new = publishing.state().flows["desk"]
    late = calls(simulation, 2 * CALLS)
    assert simulation.center.calls_in_progress() == 3 * CALLS
    simulation.run_out()
    for caller in (*early, *middle):
        assert caller.heard == ["First hello.", "First goodbye."]
    for caller in late:
        assert caller.heard == ["Second hello.", "Second goodbye."]
    versions = {e.interaction: e for e in simulation.events if isinstance(e, InteractionStarted)}
    ends = [e for e in simulation.events if isinstance(e, InteractionEnded)]
    assert Counter(end.flow_version for end in ends) == {old: 2 * CALLS, new: CALLS}
    assert all(end.flow_version == versions[end.interaction].flow_version for end in ends)
    assert all(end.at - end.started_at == timedelta(minutes=2) for end in ends)
