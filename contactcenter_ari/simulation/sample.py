"""A small site to simulate: one number, a welcome, a menu, queues, and a flow after the talk."""

from collections.abc import Sequence
from datetime import timedelta

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.site.catalog import SYSTEM_PROMPTS
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import QueueName

DIRECT = "+31201111110"
"""Straight into the first queue."""
MENU = "+31201111111"
"""Welcome, a menu with a key for each queue, a question after the talk."""
CALL_ME_BACK = "3"
"""The key for who does not want to wait."""
PROMPTS = ("welcome", "menu", "wrong_key", "position", "sorry", "rate_us", "goodbye")


def sample_site(queues: Sequence[QueueSettings]) -> Site:
    """The site with the given queues, in the order of the menu's keys from 1."""
    return Site(
        name="sample",
        flows=(_direct_flow(queues), _menu_flow(queues)),
        queues={queue.name: queue for queue in queues},
        pause_reasons={"1": "lunch", "2": "training"},
        prompts={name: _spoken(name.replace("_", " ")) for name in SYSTEM_PROMPTS},
    )


def _direct_flow(queues: Sequence[QueueSettings]) -> Flow:
    sections = {"start": _section(Queue(queues[0].name, {}))}
    return _flow("direct", DIRECT, sections)


def _menu_flow(queues: Sequence[QueueSettings]) -> Flow:
    choices = {str(key): _to(f"queue_{queue.name}") for key, queue in enumerate(queues, start=1)}
    sections = {
        "start": _section(Answer(), Play("welcome", barge_in=False), Menu(_MENU_RULES, choices)),
        "turned_away": _section(Play("sorry", barge_in=False), HangUp()),
        "booked": _section(Play("goodbye", barge_in=False), HangUp()),
        "rating": _section(
            Gather("rating", InputRules(("rate_us",), tries=1), least_digits=1, most_digits=1),
            Play("goodbye", barge_in=False),
        ),
    }
    for queue in queues:
        sections[f"queue_{queue.name}"] = _section(_waiting(queue.name))
        sections[f"callback_{queue.name}"] = _section(_request_callback(queue.name))
    return _flow("menu", MENU, sections)


def _waiting(queue: QueueName) -> Queue:
    away = dict.fromkeys(("timeout", "no_agents", "full", "closed"), _to("turned_away"))
    position = Announcement("position", timedelta(seconds=10), timedelta(seconds=60))
    keys = {CALL_ME_BACK: _to(f"callback_{queue}")}
    return Queue(queue, {"answered": _to("rating"), **away}, announce=(position,), keys=keys)


def _request_callback(queue: QueueName) -> BookCallback:
    return BookCallback(
        queue,
        {"booked": _to("booked"), "refused": Destination(Way.RETURN)},
        retry_after=timedelta(minutes=10),
    )


def _flow(name: str, number: str, sections: dict[str, Section]) -> Flow:
    return Flow(
        name=name,
        version="1",
        numbers=(number,),
        timezone="Europe/Amsterdam",
        languages=("en",),
        sections=sections,
        prompts={prompt: _spoken(f"this is the {prompt}") for prompt in PROMPTS},
        dial_allow=("+316",),
    )


def _to(section: str) -> Destination:
    return Destination(Way.SECTION, section)


def _section(*verbs: Verb) -> Section:
    return Section(tuple(Step(verb, line=number) for number, verb in enumerate(verbs, start=1)))


def _spoken(text: str) -> Prompt:
    return Prompt({"en": (Text((Words(text),)),)})


_MENU_RULES = InputRules(("menu",), no_match=("wrong_key",), failed=_to("turned_away"))
