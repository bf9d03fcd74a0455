"""The differences of two flows, in plain sentences; and edits that make no difference."""

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.spoken.value import DIGITS, INTEGER, TEXT
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.drawing.difference import flow_difference, site_difference
from tests.drawing.sample import (
    MENU,
    OFFICE,
    SALES,
    SECONDS,
    SECTIONS,
    changed,
    flow,
    inline,
    menu,
    sales,
    says,
    section,
    to,
)

BYE = 'say "<bye>" & #'
GOLD = 'caller.status == "gold"'
MENU_STEP = 'section "start", step 2 (menu offer)'
INLINE = "start[1].2"
FRIDAY_OFF = msgspec.structs.replace(OFFICE, weekdays=(*OFFICE.weekdays[:4], (), (), ()))
OTHER_CHOICES = {**MENU.choices, "1": to("bye"), "3": to("news")}
ACCOUNT = SqlLookUp("SELECT 1", {"pin": DIGITS}, {"size": INTEGER})
SLOW_ACCOUNT = SqlLookUp("SELECT 2", {"pin": DIGITS}, {"size": TEXT}, limit=5 * SECONDS)


def moved(old: Flow) -> Flow:
    """The same flow laid out differently: other lines, keys in another order, other spaces."""
    sections = {
        name: Section(
            tuple(Step(step.verb, line=step.line + 40, name="x") for step in part.steps),
            part.inline,
        )
        for name, part in reversed(old.sections.items())
    }
    sections["news"] = section(
        If(parse('(caller.status   ==  "gold")'), to("sales")), *SECTIONS["news"].steps[1:]
    )
    sections["moved"] = sections.pop(INLINE)
    choices = {**dict(reversed(MENU.choices.items())), "2": inline("moved")}
    sections["start"] = section(Answer(), Menu(MENU.rules, choices))
    return flow(sections, version="2", prompts=dict(reversed(old.prompts.items())))


def test_layout_makes_no_difference() -> None:
    """Lines, names of steps, spaces, the order of keys, where an inline list stands."""
    assert flow_difference(flow(), moved(flow())) == []
    assert flow_difference(flow(), flow()) == []


@pytest.mark.parametrize(
    ("new", "sentences"),
    [
        (
            flow(numbers=("+31200000000",)),
            ['number "+31201234567" removed', 'number "+31200000000" added'],
        ),
        (flow(timezone="UTC"), ['timezone was "Europe/Amsterdam", is "UTC"']),
        (
            flow(languages=("nl", "en")),
            ['language "nl" added', 'the default language was "en", is "nl"'],
        ),
        (flow(flags={"storm": "off"}), ['flag "storm" added']),
        (
            flow(hours={"office": FRIDAY_OFF}),
            ['hours "office": fri was 08:30-17:30, is closed'],
        ),
        (flow(hours={}), ['hours "office" removed']),
        (
            flow(prompts={"offer": says("Press 2."), BYE: says("Bye.")}),
            ['prompt "offer": language "en" was "Press 1.", is "Press 2."'],
        ),
        (flow(prompts={BYE: says("Bye.")}), ['prompt "offer" removed']),
        (
            flow(global_keys={"0": to("bye"), "*": to("start")}),
            [
                'global key 0 led to section "sales", leads to section "bye"',
                'global key * leads to section "start"',
            ],
        ),
        (flow(on_hangup="bye"), ['on_hangup was nothing, is "bye"']),
        (flow(on_error=to("bye")), ["after a fault: was queue sales, is goto bye"]),
        (changed(more=section(HangUp())), ['section "more" added']),
        (
            changed(bye=section(Wait(SECONDS), Play(BYE), HangUp())),
            ['section "bye": step 1 added: wait 1s'],
        ),
        (changed(bye=section(HangUp())), [f'section "bye": step 1 removed: play {BYE}']),
        (
            changed(bye=section(Play("offer", barge_in=False), HangUp())),
            [
                f'section "bye", step 1: was play {BYE}, is play offer',
                'section "bye", step 1 (play offer): barge_in was on, is off',
            ],
        ),
        (
            changed(start=menu(tries=2, timeout=8 * SECONDS, failed=to("bye"))),
            [
                f"{MENU_STEP}: tries was 3, is 2",
                f"{MENU_STEP}: timeout was 5s, is 8s",
                f'{MENU_STEP}: failed led to section "sales", leads to section "bye"',
            ],
        ),
        (
            changed(start=menu(own_tries={"no_input": 1}, next={"no_input": to("bye")})),
            [
                f"{MENU_STEP}: tries.no_input was not set, is 1",
                f'{MENU_STEP}: no_input leads to section "bye"',
            ],
        ),
        (
            changed(start=section(Answer(), Menu(MENU.rules, OTHER_CHOICES))),
            [
                f'{MENU_STEP}: 1 led to section "sales", leads to section "bye"',
                f'{MENU_STEP}: 3 leads to section "news"',
            ],
        ),
        (
            changed(**{INLINE: section(Play("offer"), HangUp(), inside=True)}),
            [
                f"{MENU_STEP}: 2: step 2 removed: call news",
                f"{MENU_STEP}: 2: step 2 added: hangup",
            ],
        ),
        (
            changed(sales=sales(max_wait=60 * SECONDS, priority=parse("1"), music="calm")),
            [
                'section "sales", step 1 (queue sales): priority was not set, is 1',
                'section "sales", step 1 (queue sales): music was not set, is "calm"',
                'section "sales", step 1 (queue sales): max_wait was not set, is 60s',
            ],
        ),
        (
            changed(sales=section(Queue(QueueName("claims"), {}))),
            [
                "after a fault: was queue sales, is queue claims",
                'section "sales", step 1: was queue sales, is queue claims',
                'section "sales", step 1 (queue claims): timeout is gone',
                'section "sales", step 1 (queue claims): no_agents is gone',
                'section "sales", step 1 (queue claims): answered is gone',
            ],
        ),
        (
            changed(news=section(If(parse("caller.status"), to("sales")))),
            [
                f'section "news", step 1: was if {GOLD}, is if caller.status',
                'section "news": step 2 removed: return',
            ],
        ),
    ],
)
def test_a_difference_is_told(new: Flow, sentences: list[str]) -> None:
    """In the words of who wrote the flow."""
    assert sorted(flow_difference(flow(), new)) == sorted(sentences)
    assert flow_difference(new, flow())


def test_an_announcement_and_a_split() -> None:
    """Values in lists are told whole."""
    said = Announcement("offer", 5 * SECONDS)
    (told,) = flow_difference(flow(), changed(sales=sales(announce=(said,))))
    assert told.endswith('announce was nothing, is "prompt "offer" after 5s every not set"')
    steps = (SkillStep(0 * SECONDS, {"dutch": 5, "claims": 2}), SkillStep(30 * SECONDS, {}))
    (asked,) = flow_difference(flow(), changed(sales=sales(skills=steps)))
    assert asked.endswith('is "after 0s skills dutch 5, claims 2", "after 30s skills nothing"')
    halves = changed(bye=section(Split(((to("news"), 50), (to("sales"), 50)))))
    thirds = changed(bye=section(Split(((to("news"), 33), (to("sales"), 67)))))
    assert flow_difference(halves, thirds) == [
        'section "bye", step 1: was split 50 % news, 50 % sales, is split 33 % news, 67 % sales'
    ]


def test_a_step_under_a_condition() -> None:
    """The condition is part of the step."""
    guarded = Step(Goto(to("sales")), line=1, when=parse("caller.status"))
    old, new = changed(bye=section(Goto(to("sales")))), changed(bye=section(guarded))
    assert flow_difference(old, new) == [
        'section "bye", step 1: was goto sales, is when caller.status: goto sales'
    ]


def test_look_ups() -> None:
    """The source, inputs, results and time limit of a look-up."""
    old, new = flow(look_ups={"account": ACCOUNT}), flow(look_ups={"account": SLOW_ACCOUNT})
    assert flow_difference(old, new) == [
        'lookup "account": what it asks changed',
        'lookup "account": result "size" was integer, is text',
        'lookup "account": timeout was 2s, is 5s',
    ]


def test_sites() -> None:
    """Flows by name, and the queues' own settings."""
    queue = QueueSettings(name=SALES)
    old = Site(
        name="x", flows=(flow(),), queues={SALES: queue}, pause_reasons={"1": "lunch"}, prompts={}
    )
    slower = msgspec.structs.replace(queue, wrap_up=60 * SECONDS)
    new = Site(
        name="x",
        flows=(flow(timezone="UTC"), flow(name="more")),
        queues={SALES: slower},
        pause_reasons={},
        prompts={"apology": says("Sorry.")},
    )
    assert site_difference(old, old) == []
    assert site_difference(old, new) == [
        'flow "desk": timezone was "Europe/Amsterdam", is "UTC"',
        'flow "more" added',
        'queue "sales": wrap_up was 15s, is 60s',
        'pause reason "1" removed',
        'system prompt "apology" added',
    ]
