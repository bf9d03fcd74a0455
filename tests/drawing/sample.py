"""A small flow to draw and to compare, written by hand."""

from collections.abc import Mapping
from datetime import timedelta

from contactcenter_ari.core.flow.language.declaration import Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.vocabulary.ids import QueueName

DAY = (TimeRange(510, 1050),)
OFFICE = Calendar("Europe/Amsterdam", (DAY, DAY, DAY, DAY, DAY, (), ()))
SALES = QueueName("sales")


def to(section: str) -> Destination:
    """A lead to a section."""
    return Destination(Way.SECTION, section)


def inline(section: str) -> Destination:
    """A lead to an inline list of steps."""
    return Destination(Way.INLINE, section)


def says(text: str) -> Prompt:
    """A prompt in English."""
    return Prompt({"en": (Text((Words(text),)),)})


def section(*verbs: Verb | Step, inside: bool = False) -> Section:
    """A section of these steps."""
    steps = (v if isinstance(v, Step) else Step(v, line=n) for n, v in enumerate(verbs, start=1))
    return Section(tuple(steps), inline=inside)


HANG_UP = Destination(Way.HANG_UP)
MENU = Menu(
    InputRules(("offer",), failed=to("sales")),
    {"1": to("sales"), "2": inline("start[1].2"), "*": Destination(Way.BACK)},
)
SECTIONS: Mapping[str, Section] = {
    "start": section(Answer(), MENU),
    "start[1].2": section(Play("offer"), Goto(Destination(Way.CALL, "news")), inside=True),
    "news": section(
        If(parse('caller.status == "gold"'), to("sales")), Goto(Destination(Way.RETURN))
    ),
    "sales": section(
        Queue(SALES, {"timeout": to("bye"), "no_agents": to("bye"), "answered": HANG_UP})
    ),
    "bye": section(Play('say "<bye>" & #'), HangUp()),
}


def flow(sections: Mapping[str, Section] = SECTIONS, **changes: object) -> Flow:
    """The flow, with changes."""
    fields: dict[str, object] = {
        "name": "desk",
        "version": "1",
        "numbers": ("+31201234567",),
        "timezone": "Europe/Amsterdam",
        "languages": ("en",),
        "prompts": {"offer": says("Press 1."), 'say "<bye>" & #': says("Bye.")},
        "global_keys": {"0": to("sales")},
        "hours": {"office": OFFICE},
        **changes,
    }
    return Flow(sections=dict(sections), **fields)  # type: ignore[arg-type]  # as they come


def changed(**sections: Section) -> Flow:
    """The flow with other sections in their place."""
    return flow({**SECTIONS, **sections})


def sales(**options: object) -> Section:
    """The section that waits, with other options of its step."""
    ways = {"timeout": to("bye"), "no_agents": to("bye"), "answered": HANG_UP}
    return section(Queue(SALES, ways, **options))  # type: ignore[arg-type]  # as they come


def menu(**rules: object) -> Section:
    """The section that asks, with other rules."""
    kept = {"failed": to("sales"), **rules}
    rewritten = InputRules(("offer",), **kept)  # type: ignore[arg-type]  # as they come
    return section(Answer(), Menu(rewritten, MENU.choices))


SECONDS = timedelta(seconds=1)
