"""The ways in which tests send a caller through a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.vocabulary.event import SectionEntered

if TYPE_CHECKING:
    from tests.core.conftest import Caller, Floor


ON, BACK, REPEAT, HANG_UP = (
    Destination(way) for way in (Way.CONTINUE, Way.BACK, Way.REPEAT, Way.HANG_UP)
)
Sections = dict[str, list[Verb | Step]]


def to(section: str) -> Destination:
    """Go to a section, or into an inline list if the name is in parentheses."""
    return Destination(Way.INLINE if section.startswith("(") else Way.SECTION, section)


def say(words: str) -> Play:
    """A prompt that is played to its end."""
    return Play(words, barge_in=False)


def walk(floor: Floor, sections: Sections) -> Caller:
    """A caller who hears every prompt to its end."""
    floor.open(floor.write(sections))
    caller = floor.caller()
    listen(floor, caller)
    return caller


def listen(floor: Floor, caller: Caller) -> None:
    """Hear every prompt to its end, as long as there is one."""
    for _ in range(1000):
        if not caller.is_spoken_to():
            return
        caller.hears_out()
    raise AssertionError(f"there is no end of prompts: {floor.switch.heard[-3:]}")


def path(caller: Caller) -> list[str]:
    """The sections the caller went through."""
    return [event.section for event in caller.told(SectionEntered)]
