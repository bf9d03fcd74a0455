"""Call flows made up at random: any verb, any destination, such as the loader would make them.

They may be nonsense, loop, or lead nowhere.
"""

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import strategies as st

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import (
    Blank,
    HttpLookUp,
    Prompt,
    SqlLookUp,
    Text,
    Words,
)
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.answer import Answer
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.input_rules import WASTED, InputRules
from contactcenter_ari.core.flow.verb.language import Language
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import SPECS, Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.flow.verb.wait import Wait
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.spoken.value import INTEGER, TEXT
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.prompt import SoundFile
from contactcenter_ari.core.vocabulary.skill import SkillStep

NUMBER = "+31201234567"
QUEUES = {
    QueueName("open"): QueueSettings(name=QueueName("open"), max_wait=timedelta(minutes=2)),
    QueueName("empty"): QueueSettings(name=QueueName("empty")),
    QueueName("nobody"): QueueSettings(
        name=QueueName("nobody"), join_empty=True, max_wait=timedelta(seconds=40)
    ),
    QueueName("narrow"): QueueSettings(
        name=QueueName("narrow"),
        divert_wait=timedelta(minutes=2),
        divert_ratio=1,
        max_wait=timedelta(minutes=5),
    ),
}
SECTIONS = ("start", "one", "two", "three")
INLINES = ("in_0", "in_1", "in_2")
PROMPTS = ("plain", "file", "blanks", "mute", "wait", "position")
KEYS = ("1", "2", "12", "*", "0")

TRUTHS = [
    parse(text)
    for text in (
        "x",
        'x == "1"',
        "n > 3 and not x",
        "hours.office.open",
        "customer.found",
        'customer.status in ["gold", "platinum"]',
        "queue.position < 2",
        'queue.wait > "3m"',
        'language == "en" or flag.storm',
    )
]
VALUES = [
    parse(text)
    for text in ('"1"', "x", "n + 1", "caller.number", "customer.status", '"nl" if x else "en"')
]
OUTSIDE = parse('"+31687654321"')
WANTED = [parse('"100"'), parse('"999"')]
SKILLS = (
    (),
    (SkillStep(timedelta(), {"dutch": 5}),),
    (SkillStep(timedelta(), {"dutch": 9}), SkillStep(timedelta(seconds=20), {})),
)
PRIORITIES = [parse("1 if x else 5"), parse("n"), parse("x")]

durations = st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(seconds=30)])
texts = st.sampled_from(PROMPTS)
prompt_lists = st.lists(texts, max_size=2).map(tuple)


def destinations(depth: int) -> st.SearchStrategy[Destination]:
    """Anywhere; an inline list may only hold lists further in."""
    ways = [Way.REPEAT, Way.BACK, Way.CONTINUE, Way.RETURN, Way.HANG_UP]
    inner = INLINES[depth:]
    choices = [
        st.sampled_from(ways).map(Destination),
        st.sampled_from(SECTIONS).map(lambda name: Destination(Way.SECTION, name)),
        st.sampled_from(SECTIONS).map(lambda name: Destination(Way.CALL, name)),
    ]
    if inner:
        choices.append(st.sampled_from(inner).map(lambda name: Destination(Way.INLINE, name)))
    return st.one_of(choices)


def rules(depth: int) -> st.SearchStrategy[InputRules]:
    """How a menu or gather listens."""
    return st.builds(
        InputRules,
        prompt_lists,
        no_input=prompt_lists,
        no_match=prompt_lists,
        tries=st.integers(1, 3),
        timeout=durations,
        inter_digit_timeout=durations,
        barge_in=st.booleans(),
        failed=destinations(depth),
        own_tries=st.dictionaries(st.sampled_from(WASTED), st.integers(1, 3)),
        next=st.dictionaries(st.sampled_from(WASTED), destinations(depth)),
    )


def queues(depth: int) -> st.SearchStrategy[Queue]:
    """Waiting in one of the queues."""
    outcomes = st.sampled_from(SPECS["queue"].outcome_names)
    announcements = st.builds(
        Announcement,
        texts,
        after=durations,
        every=st.sampled_from([None, timedelta(seconds=5), timedelta(seconds=45)]),
        longer=st.sampled_from(("", *PROMPTS)),
    )
    return st.builds(
        Queue,
        st.sampled_from(sorted(QUEUES)),
        st.dictionaries(outcomes, destinations(depth)),
        priority=st.none() | st.sampled_from(PRIORITIES),
        skills=st.sampled_from(SKILLS),
        prefer=st.none() | st.sampled_from(WANTED),
        prefer_for=durations,
        greeting=st.sampled_from(("", *PROMPTS)),
        announce=st.lists(announcements, max_size=2).map(tuple),
        keys=st.dictionaries(st.sampled_from("012*"), destinations(depth)),
        max_wait=st.sampled_from([None, timedelta(), timedelta(seconds=30)]),
    )


def verbs(depth: int) -> st.SearchStrategy[Verb]:
    """Any verb."""
    to = destinations(depth)
    choices = st.dictionaries(st.sampled_from(KEYS), to, min_size=1)
    digits = st.tuples(st.integers(1, 3), st.integers(0, 3))
    values = st.sampled_from(VALUES)
    names = st.sampled_from(("x", "n", "caller.status"))
    pairs = st.lists(st.tuples(names, values), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.just(Answer()),
        st.just(HangUp()),
        durations.map(Wait),
        st.builds(Play, texts, barge_in=st.booleans()),
        st.builds(Menu, rules(depth), choices),
        st.builds(Menu, rules(depth), choices),
        queues(depth),
        st.builds(
            lambda rules, least, sensitive, matches, confirm, keys: Gather(
                "x",
                rules,
                least[0],
                sum(least),
                sensitive=sensitive,
                matches=matches,
                confirm=confirm,
                keys=keys,
            ),
            rules(depth),
            digits,
            st.booleans(),
            st.sampled_from(("[0-5]*", "[0-5*]*")),
            st.sampled_from(("", *PROMPTS)),
            st.dictionaries(st.sampled_from("0*#"), to),
        ),
        look_ups(to),
        away(to),
        away(to),
        away(to),
        pairs.map(SetVariables),
        pairs.map(Tag),
        values.map(Language),
        st.builds(If, st.sampled_from(TRUTHS), to, to),
        to.map(Goto),
        st.builds(
            Switch, values, st.dictionaries(st.sampled_from(("1", "gold", "")), to), default=to
        ),
        st.tuples(to, to).map(lambda two: Split(((two[0], 30), (two[1], 70)))),
        queues(depth),
    )


def look_ups(to: st.SearchStrategy[Destination]) -> st.SearchStrategy[Verb]:
    """Ask the database or a web service, in silence or with music."""
    return st.builds(
        lambda name, leads, filler: LookUpStep(
            name, {"number": VALUES[3]}, "customer", leads, filler
        ),
        st.sampled_from(("customer", "web")),
        st.dictionaries(st.sampled_from(("found", "not_found", "error")), to),
        st.sampled_from(("", "jazz")),
    )


def away(to: st.SearchStrategy[Destination]) -> st.SearchStrategy[Verb]:
    """The verbs that lead to somebody without a queue: an agent, an outside line, a machine."""
    rings = st.sampled_from([timedelta(seconds=1), timedelta(seconds=20)])
    numbers = st.sampled_from((OUTSIDE, OUTSIDE, OUTSIDE, VALUES[1]))
    direct = st.sampled_from(("answered", "busy", "no_answer", "not_available"))
    dialed = st.sampled_from(("answered", "busy", "no_answer", "declined", "failed"))
    taken = st.sampled_from(("saved", "empty"))
    return st.one_of(
        st.builds(RingAgent, st.sampled_from(WANTED), st.dictionaries(direct, to), ring=rings),
        st.builds(
            DialOut,
            numbers,
            st.dictionaries(dialed, to),
            ring=rings,
            screen=st.sampled_from(("", *PROMPTS)),
        ),
        st.builds(TransferOut, numbers, ring=rings),
        st.builds(
            Voicemail,
            st.just("box"),
            texts,
            st.dictionaries(taken, to),
            keys=st.dictionaries(st.sampled_from("0*#"), to),
        ),
        st.builds(
            BookCallback,
            st.sampled_from(sorted(QUEUES)),
            st.dictionaries(st.sampled_from(("booked", "refused")), to),
        ),
        st.builds(Record, st.sampled_from(list(RecordingAct))),
    )


def sections(depth: int, *, inline: bool, least: int = 0) -> st.SearchStrategy[Section]:
    """Up to five steps."""
    when = st.none() | st.sampled_from(TRUTHS)
    steps = st.builds(lambda verb, when: Step(verb, line=1, when=when), verbs(depth), when)
    return st.lists(steps, min_size=least, max_size=5).map(
        lambda some: Section(tuple(some), inline=inline)
    )


def flow_of(
    parts: Mapping[str, Section],
    keys: Mapping[str, Destination],
    on_error: Destination | None,
    on_hangup: str,
) -> Flow:
    """A flow of these sections."""
    return Flow(
        name="f",
        version="1",
        numbers=(NUMBER,),
        timezone="Europe/Amsterdam",
        languages=("en", "nl"),
        sections=dict(parts),
        prompts=_prompts(),
        look_ups={
            "customer": SqlLookUp("SELECT", {}, {"status": TEXT, "age": INTEGER}),
            "web": HttpLookUp("https://x/{number}", {"number": TEXT}, {"status": TEXT}),
        },
        hours={"office": Calendar("Europe/Amsterdam", ((TimeRange(540, 900),),) * 7)},
        variables={"x": TEXT, "n": INTEGER},
        flags={"storm": "off"},
        global_keys=dict(keys),
        on_error=on_error,
        on_hangup=on_hangup,
        dial_allow=("+316",),
    )


def _prompts() -> dict[str, Prompt]:
    blanks = (
        Blank(parse("queue.position"), "number"),
        Blank(parse("caller.number"), "digits"),
        Blank(parse("hours.office.next_open"), "datetime"),
        Blank(parse("x"), "money"),
    )
    return {
        "plain": Prompt({"en": (Text((Words("hello"),)),)}),
        "file": Prompt({"nl": (SoundFile("nl/hallo"),)}),
        "blanks": Prompt({"en": (Text((Words("it is "), *blanks)),)}),
        "mute": Prompt({}),
        "wait": Prompt({"en": (Text((Blank(parse("queue.wait"), "duration"),)),)}),
        "position": Prompt({"en": (Text((Blank(parse("queue.position"), "number"),)),)}),
    }


farewells = st.lists(
    st.one_of(
        look_ups(st.just(Destination(Way.CONTINUE))),
        st.sampled_from(VALUES).map(lambda value: Tag((("done", value),))),
        st.sampled_from(VALUES).map(lambda value: SetVariables((("x", value),))),
    ),
    max_size=3,
).map(lambda some: Section(tuple(Step(verb, line=1) for verb in some)))
flows = st.builds(
    flow_of,
    st.fixed_dictionaries(
        {
            **{name: sections(0, inline=False, least=2) for name in SECTIONS},
            **{name: sections(n + 1, inline=True) for n, name in enumerate(INLINES)},
            "bye": farewells,
        }
    ),
    st.sampled_from(({}, {"0": Destination(Way.SECTION, "two")})),
    st.none() | st.sampled_from(SECTIONS).map(lambda name: Destination(Way.SECTION, name)),
    st.sampled_from(("", "bye")),
)
