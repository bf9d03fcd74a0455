"""The watch beside Asterisk: whom it sends to the fall-back, who hears music, who is left alone.

The fake Asterisk answers as a real one does; tests/e2e/test_application_away.py has a real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contactcenter_ari.fallback.watch import AGAIN_AFTER, AWAY_AFTER, Watch

NOW = 1_764_447_557.25
FALL_BACK = {"context": "fall-back", "extension": "apology", "priority": "1"}


@dataclass
class FakeAri:
    """Channels and bridges, and what was done to them."""

    alive_at: str = f"{NOW - AWAY_AFTER - 0.1}"
    channels: list[dict[str, Any]] = field(default_factory=list)
    bridges: list[dict[str, Any]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """The variable, the channels or the bridges."""
        if path == "asterisk/variable":
            assert query == {"variable": "CC_ALIVE"}
            return {"value": self.alive_at}
        return {"channels": self.channels, "bridges": self.bridges}[path]

    def do(self, method: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """Note it."""
        assert query == FALL_BACK or not path.endswith("continue")
        self.done.append(f"{method} {path}")

    def leg(
        self,
        name: str,
        state: str = "Up",
        *,
        inside: str = "contactcenter,caller,+312",
        tech: str = "PJSIP",
    ) -> None:
        """A channel in an application."""
        dialplan = {"app_name": "Stasis" if inside else "AGI", "app_data": inside}
        self.channels.append(
            {"id": name, "name": f"{tech}/trunk-{name}", "state": state, "dialplan": dialplan}
        )


def looked(ari: FakeAri, *, times: int = 1) -> list[str]:
    """The actions of a watch when it looks, a second apart."""
    watch = Watch(ari, "contactcenter")
    for second in range(times):
        watch.look(NOW + second)
    return ari.done


def test_while_the_application_lives_nothing_is_done() -> None:
    """A restart of some seconds sends nobody away."""
    ari = FakeAri(alive_at=str(NOW - AWAY_AFTER))
    ari.leg("a", "Ring")
    ari.leg("b")
    assert looked(ari) == []


def test_who_is_not_answered_goes_to_the_fall_back() -> None:
    """A caller, and an agent's phone that dialed a code; once, and again if they stay."""
    ari = FakeAri()
    ari.leg("a", "Ring")
    ari.leg("b", "Ring", inside="contactcenter,phone,p1,*11")
    sent = ["POST channels/a/continue", "POST channels/b/continue"]
    assert looked(ari, times=int(AGAIN_AFTER)) == sent
    ari.done.clear()
    assert looked(ari, times=int(AGAIN_AFTER) + 1) == sent * 2


def test_an_answered_caller_who_is_with_nobody_hears_music() -> None:
    """Once: more of it would begin it again."""
    ari = FakeAri()
    ari.leg("a")
    assert looked(ari, times=5) == ["POST channels/a/moh"]


def test_talks_go_on_and_legs_of_agents_are_left_alone() -> None:
    """So are ringing phones, listeners, other applications and the fall-back itself."""
    ari = FakeAri()
    ari.leg("a")
    ari.leg("agent", inside="contactcenter,agent")
    ari.leg("ringing", "Ringing", inside="contactcenter,agent")
    ari.leg("snoop", inside="contactcenter,snoop,r1", tech="Snoop")
    ari.leg("other", "Ring", inside="another,caller,1")
    ari.leg("away", inside="")
    ari.leg("recorder", inside="", tech="Recorder")
    ari.bridges = [{"id": "t", "channels": ["a", "agent", "recorder"]}]
    assert looked(ari, times=3) == []


def test_who_is_left_alone_in_a_bridge_hears_music() -> None:
    """The agent hung up meanwhile: nobody is there to tell the caller."""
    ari = FakeAri()
    ari.leg("a")
    ari.leg("recorder", inside="", tech="Recorder")
    ari.bridges = [{"id": "t", "channels": ["a", "recorder"]}]
    assert looked(ari) == ["POST bridges/t/removeChannel", "POST channels/a/moh"]


def test_an_application_that_comes_back_takes_over() -> None:
    """Music stops where it would drown a talk; the next time all begins again."""
    ari = FakeAri()
    ari.leg("a")
    ari.leg("b")
    watch = Watch(ari, "contactcenter")
    watch.look(NOW)
    ari.done.clear()
    ari.alive_at = str(NOW)
    ari.bridges = [{"id": "t", "channels": ["a", "agent"]}]
    for _ in range(2):
        watch.look(NOW + 1)
    assert ari.done == ["DELETE channels/a/moh"]
    ari.bridges = []
    watch.look(NOW + 60)
    assert ari.done[1:] == ["POST channels/a/moh", "POST channels/b/moh"]


def test_an_asterisk_that_knows_no_beat_has_no_application() -> None:
    """It started again, and nobody has come."""
    ari = FakeAri(alive_at="")
    ari.leg("a", "Ring")
    assert looked(ari) == ["POST channels/a/continue"]
