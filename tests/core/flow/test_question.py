"""Whether a key that comes early is part of a secret: the next questions, on all ways."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.question import NextQuestion
from contactcenter_ari.core.flow.run import Frame
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.wait import Wait

SECRET = Gather("pin", InputRules(("ask",)), 4, 4, sensitive=True)
PLAIN = Gather("number", InputRules(("ask",)), 4, 4)
MENU = Menu(InputRules(("ask",)), {"1": Destination(Way.SECTION, "ask")})
HEARS = Play("welcome")
YES = parse("true")


def to(section: str, way: Way = Way.SECTION) -> Destination:
    """The way to a section."""
    return Destination(way, section)


def either(first: str, second: str) -> If:
    """A branch."""
    return If(YES, to(first), to(second))


def flow(**sections: list[Verb]) -> NextQuestion:
    """The sections of a flow; those named as a part of another one are inline."""
    return NextQuestion(
        {
            name: Section(tuple(Step(verb, line=1) for verb in verbs), inline=name == "inline")
            for name, verbs in sections.items()
        }
    )


SECRETS: dict[str, dict[str, list[Verb]]] = {
    "the next step": {"start": [HEARS, SECRET]},
    "after others": {"start": [HEARS, Wait(timedelta(seconds=1)), HEARS, SECRET]},
    "another section": {"start": [HEARS, Goto(to("ask"))], "ask": [SECRET]},
    "a called section": {"start": [HEARS, Goto(to("ask", Way.CALL))], "ask": [HEARS, SECRET]},
    "after a called section": {
        "start": [HEARS, Goto(to("say", Way.CALL)), SECRET],
        "say": [HEARS],
    },
    "after a return": {
        "start": [HEARS, Goto(to("say", Way.CALL)), SECRET],
        "say": [HEARS, Goto(Destination(Way.RETURN))],
    },
    "after an inline section": {
        "start": [HEARS, If(YES, to("inline", Way.INLINE), Destination(Way.CONTINUE)), SECRET],
        "inline": [HEARS],
    },
    "or the end": {"start": [HEARS, either("ask", "end")], "ask": [SECRET], "end": [HangUp()]},
    "in a circle": {"start": [HEARS, either("ask", "start")], "ask": [SECRET]},
    "by any outcome": {
        "start": [HEARS, LookUpStep("who", {}, "who", {"not_found": to("ask")}), SECRET],
        "ask": [SECRET],
    },
}
ORDINARY: dict[str, dict[str, list[Verb]]] = {
    "a menu": {"start": [HEARS, MENU], "ask": [SECRET]},
    "a gather": {"start": [HEARS, PLAIN, SECRET]},
    "a menu by one of two ways": {
        "start": [HEARS, either("ask", "choose")],
        "ask": [SECRET],
        "choose": [MENU],
    },
    "nothing": {"start": [HEARS, HangUp()], "ask": [SECRET]},
    "nothing without end": {"start": [HEARS, Goto(to("start"))], "ask": [SECRET]},
    "no secret anywhere": {"start": [HEARS, PLAIN]},
    "a section that is not there": {"start": [HEARS, Goto(to("nowhere"))], "ask": [SECRET]},
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_next(name: str) -> None:
    """By all ways, as far as they lead to a question at all."""
    assert flow(**SECRETS[name]).is_secret([Frame("start")])


@pytest.mark.parametrize("name", ORDINARY)
def test_something_else_comes_next(name: str) -> None:
    """An ordinary question may take the key, or no step does."""
    assert not flow(**ORDINARY[name]).is_secret([Frame("start")])


def test_a_step_that_may_be_left_out() -> None:
    """Both its own ways and the step after it come next."""
    steps = (
        Step(HEARS, line=1),
        Step(Goto(to("choose")), line=2, when=YES),
        Step(SECRET, line=3),
    )
    sections = {"start": Section(steps), "choose": Section((Step(MENU, line=4),))}
    assert not NextQuestion(sections).is_secret([Frame("start")])
    assert NextQuestion(sections).is_secret([Frame("start", 1)]) is False
    sections["choose"] = Section((Step(SECRET, line=4),))
    assert NextQuestion(sections).is_secret([Frame("start")])
