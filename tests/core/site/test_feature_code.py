"""Agents dial codes on their phones and hear what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.flow.language.declaration import Blank, Prompt, Text, Words
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.site.site import CenterStarted, SitePublished
from contactcenter_ari.core.vocabulary.command import HangUpLeg
from contactcenter_ari.core.vocabulary.event import AgentStateChanged
from contactcenter_ari.core.vocabulary.ids import LegId, PhoneId
from contactcenter_ari.core.vocabulary.request import AgentProfile, GoNotReady, PutAgent
from contactcenter_ari.core.vocabulary.signal import LegHungUp, PhoneDialed, PlaybackFinished

if TYPE_CHECKING:
    from tests.core.conftest import Colleague, Floor

OWN = LegId("own")


def dial(floor: Floor, agent: Colleague, code: str) -> list[str]:
    """Dial a code and hang up; gives what was said."""
    before = len(floor.switch.heard)
    floor.take(PhoneDialed(OWN, agent.phone, code))
    floor.take(LegHungUp(OWN, 16))
    return [words for _, words in floor.switch.heard[before:]]


@pytest.mark.parametrize(
    ("codes", "said", "state"),
    [
        (["*11"], ["agent_logged_in"], ("ready", "")),
        (["*11", "*12"], ["agent_logged_in", "agent_logged_out"], ("logged_out", "")),
        (["*11", "*131"], ["agent_logged_in", "agent_not_ready"], ("not_ready", "lunch")),
        (["*11", "*132", "*14"], ["agent_logged_in", "agent_not_ready", "agent_ready"],
         ("ready", "")),
        (["*11", "*139"], ["agent_logged_in", "feature_code_unknown"], ("ready", "")),
        (["*11", "*13"], ["agent_logged_in", "feature_code_unknown"], ("ready", "")),
        (["*11", "0800123"], ["agent_logged_in", "feature_code_unknown"], ("ready", "")),
        (["*14"], ["request_refused"], ("logged_out", "")),
        (["*131"], ["agent_not_ready"], ("not_ready", "lunch")),
        (["*12"], ["agent_logged_out"], ("logged_out", "")),
        ([""], ["feature_code_unknown"], ("logged_out", "")),
    ],
)  # fmt: skip
def test_codes(floor: Floor, codes: list[str], said: list[str], state: tuple[str, str]) -> None:
    """Each code does what it stands for, and the phone says so."""
    agent = floor.colleague()
    assert [words for code in codes for words in dial(floor, agent, code)] == said
    assert agent.state == state
    assert {e.by for e in floor.told(AgentStateChanged)} <= {"phone"}


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        ("*13", "agent_paused", ("not_ready", "")),
        ("*131", "agent_not_ready", ("not_ready", "lunch")),
        ("*139", "feature_code_unknown", ("ready", "")),
    ],
)
def test_a_site_whose_pauses_need_no_reason(
    floor: Floor, code: str, said: str, state: tuple[str, str]
) -> None:
    """The code may be dialed without a digit, and nothing is said of a reason then; a digit that
    stands for none is wrong still.
    """
    site = msgspec.structs.replace(floor.site, pause_reason_required=False)
    floor.take(SitePublished(site))
    agent = floor.agent()
    assert dial(floor, agent, code) == [said]
    assert agent.state == state


def test_a_site_without_pause_reasons(floor: Floor) -> None:
    """A pause needs no reason when there is none to choose."""
    floor.take(SitePublished(msgspec.structs.replace(floor.site, pause_reasons={})))
    agent = floor.agent()
    assert dial(floor, agent, "*131") == ["feature_code_unknown"]
    assert dial(floor, agent, "*13") == ["agent_paused"]
    assert agent.state == ("not_ready", "")
    assert floor.refuses(GoNotReady(agent.id, "golf", agent.id)) == "unknown_reason"


def test_a_phone_nobody_has(floor: Floor) -> None:
    """It is told that it is unknown, and nothing happens."""
    floor.take(PhoneDialed(OWN, PhoneId("stranger"), "*11"))
    assert floor.switch.heard == [(OWN, "agent_unknown_phone")]
    assert floor.events == []


def test_after_the_confirmation_we_hang_up(floor: Floor) -> None:
    """The call to a code ends by itself and is no interaction."""
    agent = floor.colleague()
    floor.take(PhoneDialed(OWN, agent.phone, "*11"))
    floor.take(PlaybackFinished(floor.switch.playing[OWN].playback))
    assert [c.leg for c in floor.done(HangUpLeg)] == [OWN]
    floor.settle()
    assert floor.center.calls_in_progress() == 0
    assert [type(e) for e in floor.events] == [AgentStateChanged]


def test_an_agent_who_logs_in_by_phone_is_rung_after_it(floor: Floor) -> None:
    """Not while the agent listens to the confirmation."""
    floor.agent("200").is_busy()
    caller = floor.caller()
    agent = floor.agent("100")
    agent.hangs_up(21)
    assert dial(floor, agent, "*14") == ["agent_ready"]
    floor.wait(30)
    assert agent.is_rung()
    agent.picks_up()
    assert caller.exits == ["answered"]


def test_a_code_told_twice(floor: Floor) -> None:
    """A second report of the same call changes nothing."""
    agent = floor.colleague()
    floor.take(PhoneDialed(OWN, agent.phone, "*11"))
    again = floor.take(PhoneDialed(OWN, agent.phone, "*11"))
    assert (again.commands, again.events) == ((), ())


def test_the_confirmation_in_the_language_of_the_agent(floor: Floor) -> None:
    """And with the reason the agent gave."""
    blank = Blank(parse("reason"), "text")
    prompt = Prompt(
        {
            "en": (Text((Words("paused for "), blank)),),
            "nl": (Text((Words("pauze voor "), blank)),),
        }
    )
    prompts = {**floor.site.prompts, "agent_not_ready": prompt}
    floor.site = msgspec.structs.replace(floor.site, prompts=prompts)
    floor.center = Center(CenterStarted("n1", "b1"), floor.site)
    agent = floor.colleague()
    floor.take(
        PutAgent(AgentProfile(agent=agent.id, name="Ann", phone=agent.phone, language="nl"))
    )
    dial(floor, agent, "*11")
    assert dial(floor, agent, "*131") == ["pauze voor lunch"]
