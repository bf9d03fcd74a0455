"""The walk of a leg that hangs up: the places of the core that must be read to know what follows.

A place is a function of the core to which the leg is handed while that one input is taken: its id,
the leg itself, or the signal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import get_args

import msgspec

import contactcenter_ari.core
from contactcenter_ari.core.flow.language.declaration import Blank
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.telephony.leg import Purpose
from contactcenter_ari.core.vocabulary.ids import LegId, QueueName
from contactcenter_ari.core.vocabulary.signal import LegHungUp
from tests.core.conftest import Floor
from tests.core.outbound.callback import AGENT_FIRST, BOB, booked, busy_agent, open_shop, ready
from tests.core.prompts import says

SALES = QueueName("sales")
CORE = Path(next(iter(contactcenter_ari.core.__path__)))
MOST_PLACES, MOST_FILES = 30, 12

Place = tuple[str, str]
"""A file of the core and a function in it."""


# The legs that hang up, one story for each


def caller_in_the_menu(floor: Floor) -> LegId:
    """A prompt is being played."""
    floor.open(floor.write({"start": [Play("welcome")]}))
    return floor.caller().leg


def caller_who_waits(floor: Floor) -> LegId:
    """Nobody is free."""
    busy_agent(floor)
    return floor.caller().leg


def caller_while_a_phone_rings(floor: Floor) -> LegId:
    """The offer is withdrawn."""
    floor.agent()
    return floor.caller().leg


def caller_in_a_talk(floor: Floor) -> LegId:
    """With an agent."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    return caller.leg


def caller_while_an_outside_line_rings(floor: Floor) -> LegId:
    """The line is hung up too."""
    dials_out(floor)
    return floor.caller().leg


def agent_whose_phone_rings(floor: Floor) -> LegId:
    """The call is refused."""
    agent = floor.agent()
    floor.caller()
    return agent.leg


def agent_who_is_told_who_comes(floor: Floor) -> LegId:
    """The agent prompt is being played."""
    sales = msgspec.structs.replace(floor.site.queues[SALES], agent_prompt="who_comes")
    floor.open(None, sales, prompts={"who_comes": says(Blank(parse("queue"), "text"))})
    agent = floor.agent()
    floor.caller()
    agent.answers()
    return agent.leg


def agent_who_is_being_joined(floor: Floor) -> LegId:
    """The switch has not said yet that the parties hear each other."""
    agent = floor.agent()
    floor.caller()
    agent.answers()
    return agent.leg


def agent_in_a_talk(floor: Floor) -> LegId:
    """With a caller."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    return agent.leg


def agent_who_is_rung_again(floor: Floor) -> LegId:
    """Their leg was lost in a talk."""
    agent = floor.agent()
    floor.caller()
    agent.picks_up()
    agent.is_lost()
    return agent.leg


def agent_who_waits_for_a_customer(floor: Floor) -> LegId:
    """The customer of a callback is being dialed."""
    open_shop(floor, callback_mode=AGENT_FIRST)
    busy_agent(floor)
    booked(floor)
    ready(floor)
    agent = floor.known("100")
    agent.answers()
    agent.hears_out()
    return agent.leg


def customer_whose_phone_rings(floor: Floor) -> LegId:
    """An agent waits for the customer."""
    agent_who_waits_for_a_customer(floor)
    return floor.callee().leg


def customer_who_is_called_first(floor: Floor) -> LegId:
    """No agent waits for the customer yet."""
    open_shop(floor)
    busy_agent(floor)
    booked(floor)
    return floor.callee().leg


def customer_who_waits(floor: Floor) -> LegId:
    """Called first, and nobody is free."""
    customer_who_is_called_first(floor)
    floor.callee().answers()
    return floor.callee().leg


def customer_in_a_talk(floor: Floor) -> LegId:
    """The callback is made."""
    agent_who_waits_for_a_customer(floor)
    floor.callee().picks_up()
    return floor.callee().leg


def agent_in_a_talk_with_a_customer(floor: Floor) -> LegId:
    """The callback is made."""
    agent_who_waits_for_a_customer(floor)
    floor.callee().picks_up()
    return floor.known("100").leg


def outside_line_that_rings(floor: Floor) -> LegId:
    """The callee refuses the call."""
    dials_out(floor)
    floor.caller()
    return floor.callee().leg


def outside_line_that_is_asked(floor: Floor) -> LegId:
    """The callee hears who calls."""
    dials_out(floor, screen="screen")
    floor.caller()
    floor.callee().answers()
    return floor.callee().leg


def outside_line_in_a_talk(floor: Floor) -> LegId:
    """With a caller."""
    dials_out(floor)
    floor.caller()
    floor.callee().picks_up()
    return floor.callee().leg


def phone_that_dialed_a_feature_code(floor: Floor) -> LegId:
    """The announcement is being played."""
    agent = floor.agent()
    agent.is_busy()
    return agent.own_leg


def agent_hung_up_by_us(floor: Floor) -> LegId:
    """The caller has left the talk."""
    agent = floor.agent()
    caller = floor.caller()
    agent.picks_up()
    leg = agent.leg
    caller.hangs_up()
    return leg


def caller_hung_up_by_us(floor: Floor) -> LegId:
    """The flow is over."""
    floor.open(floor.write({"start": [HangUp()]}))
    return floor.caller().leg


STORIES: tuple[Callable[[Floor], LegId], ...] = (
    caller_in_the_menu,
    caller_who_waits,
    caller_while_a_phone_rings,
    caller_in_a_talk,
    caller_while_an_outside_line_rings,
    agent_whose_phone_rings,
    agent_who_is_told_who_comes,
    agent_who_is_being_joined,
    agent_in_a_talk,
    agent_who_is_rung_again,
    agent_who_waits_for_a_customer,
    customer_whose_phone_rings,
    customer_who_is_called_first,
    customer_who_waits,
    customer_in_a_talk,
    agent_in_a_talk_with_a_customer,
    outside_line_that_rings,
    outside_line_that_is_asked,
    outside_line_in_a_talk,
    phone_that_dialed_a_feature_code,
    agent_hung_up_by_us,
    caller_hung_up_by_us,
)


def dials_out(floor: Floor, screen: str = "") -> None:
    """A flow that dials an outside line."""
    flow = floor.write({"start": [DialOut(parse(f'"{BOB}"'), {}, screen=screen)]})
    prompts = flow.prompts | {"screen": says("a call for you")}
    floor.open(msgspec.structs.replace(flow, dial_allow=("+316",), prompts=prompts))


# The count


class Walk:
    """The purposes and the places of the legs that have hung up."""

    def __init__(self) -> None:
        self.purposes: set[type[Purpose]] = set()
        self.places: set[Place] = set()

    def hang_up(self, story: Callable[[Floor], LegId]) -> None:
        """Let the leg of a story hang up, and note to whom it is handed."""
        floor = Floor()
        leg_id = story(floor)
        leg = floor.center._calls.legs.find(leg_id)
        assert leg is not None, f"nobody knows the leg of {story.__name__}"
        self.purposes.add(type(leg.purpose))
        signal = LegHungUp(leg_id, 16)

        def note(frame: FrameType, event: str, _argument: object) -> None:
            code, file = frame.f_code, Path(frame.f_code.co_filename)
            if event != "call" or not file.is_relative_to(CORE):
                return
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            given = [frame.f_locals.get(name) for name in names]
            if any(each is leg or each is signal or each == leg_id for each in given):
                self.places.add((str(file.relative_to(CORE)), code.co_qualname))

        sys.setprofile(note)
        try:
            floor.take(signal)
        finally:
            sys.setprofile(None)
        floor.close()


def test_a_leg_that_hangs_up_passes_few_places() -> None:
    """One look-up and one match: the code for it is read in few files."""
    walk = Walk()
    for story in STORIES:
        walk.hang_up(story)
    assert walk.purposes == set(get_args(Purpose)), "each purpose has a story"
    files = {file for file, _ in walk.places}
    told = "\n".join(["", *(f"{file}: {function}" for file, function in sorted(walk.places))])
    assert (len(walk.places) <= MOST_PLACES, len(files) <= MOST_FILES) == (True, True), told
