"""The places to which a step of a call flow may lead, as plain data."""

from enum import StrEnum

import msgspec


class Way(StrEnum):
    """The kind of a destination."""

    SECTION = "section"
    """Go to a section; only the section that the call came from is remembered."""
    INLINE = "inline"
    """Run the steps of an inline list, then go on after the step that holds it."""
    REPEAT = "repeat"
    """Run this step again."""
    BACK = "back"
    """Go to the section the call came from; in the first one, run it again."""
    CONTINUE = "continue"
    """Go on with the next step."""
    CALL = "call"
    """Run a section, then go on after this step."""
    RETURN = "return"
    """Go back to where this section was called; from a key pressed while waiting, wait on."""
    HANG_UP = "hangup"
    """End the call."""


class Destination(msgspec.Struct, frozen=True):
    """A place to go to; `section` only for SECTION, INLINE and CALL."""

    way: Way
    section: str = ""


ON = Destination(Way.CONTINUE)
HANG_UP = Destination(Way.HANG_UP)


class Exit(msgspec.Struct, frozen=True):
    """One way out of a step: its outcome (empty when there is only one) and its destination;
    `pressed` when a key of the caller opens it, `detour` when its end leads back to the step.
    """

    outcome: str
    destination: Destination
    pressed: bool = False
    detour: bool = False


Lead = tuple[str, Destination]
"""A key, outcome or condition, and its destination; the label may be empty."""
