"""The folder of a site: what is loaded, and what is told when it is wrong."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcenter_ari.config.catalogue import EXPLANATIONS
from contactcenter_ari.config.document import parse_document
from contactcenter_ari.config.flow_file import Surroundings, read_flow
from contactcenter_ari.config.problem import Problem, SiteInvalid
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.silence import unsilenced
from contactcenter_ari.config.site import load_site
from contactcenter_ari.config.site_file import NEEDED_PROMPTS
from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.declaration import Blank, Words
from contactcenter_ari.core.flow.language.destination import Way
from contactcenter_ari.core.flow.language.expression import evaluate
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.if_ import If
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.hours.calendar import TimeRange
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.ids import QueueName
from contactcenter_ari.core.vocabulary.prompt import SoundFile

CHECKOUT = Path(__file__).parents[2]
WriteSite = Callable[..., Path]


def told(folder: Path) -> str:
    """All problems of a site in text form."""
    with pytest.raises(SiteInvalid) as caught:
        load_site(folder)
    return str(caught.value)


def test_the_flows_of_this_repository_are_right() -> None:
    """The example loads without a problem, and survives a trip through JSON."""
    site = load_site(CHECKOUT / "callflows")
    assert {flow.name for flow in site.flows} == {"clinic", "information", "insurance"}
    assert set(NEEDED_PROMPTS) <= site.prompts.keys()
    assert msgspec.json.decode(msgspec.json.encode(site), type=Site) == site


def test_inline_steps_become_sections_of_their_own(write_site: WriteSite, flow_text: str) -> None:
    """An inline list is a section named after its place, and nests."""
    text = flow_text.replace(
        '{"1": sales}', '{"1": [{if: size, then: [answer, hangup]}, hangup], "2": sales}'
    )
    (flow,) = load_site(write_site(desk=text)).flows
    menu = flow.sections["start"].steps[2].verb
    assert isinstance(menu, Menu)
    choice = menu.choices["1"]
    assert (choice.way, choice.section) == (Way.INLINE, "start[2].choices.1")
    step = flow.sections["start[2].choices.1"].steps[0]
    assert isinstance(step.verb, If)
    assert flow.sections[step.verb.then.section].inline
    assert step.line == 23


def test_telephony_values_stay_what_was_typed(write_site: WriteSite, flow_text: str) -> None:
    """Unquoted `22:00-06:00`, `0612345678` and `007` are no numbers of YAML's."""
    text = (
        flow_text.replace("08:30-17:30", "22:00-06:00")
        .replace('["+31201234567"]', "[+31201234567]")
        .replace(
            "- play: hello",
            "- set: {pin: 0612345678}\n"
            "    - gather: pin\n      prompt: hello\n"
            "      digits: 4-10\n      matches: 06[0-9]{8}",
        )
    )
    (flow,) = load_site(write_site(desk=text)).flows
    assert flow.hours["office"].weekdays[0] == (TimeRange(22 * 60, 30 * 60),)
    assert flow.numbers == ("+31201234567",)
    set_pin, gather = (step.verb for step in flow.sections["start"].steps[1:3])
    assert isinstance(set_pin, SetVariables)
    assert set_pin.assignments[0][1].text == "0612345678"
    assert isinstance(gather, Gather)
    assert (gather.least_digits, gather.most_digits, gather.matches) == (4, 10, "06[0-9]{8}")


def test_a_queue_step_keeps_its_options(write_site: WriteSite, flow_text: str) -> None:
    """Durations, head start, announcements and keys of a queue step."""
    text = flow_text.replace(
        "queue: sales",
        "queue: sales\n      head_start: 5m\n      max_wait: 1h30m\n      keys: {'1': hangup}\n"
        "      announce: [{prompt: hello, every: 45s}]\n      greeting: hello",
    )
    (flow,) = load_site(write_site(desk=text)).flows
    queue = flow.sections["sales"].steps[0].verb
    assert isinstance(queue, Queue)
    assert queue.max_wait == timedelta(minutes=90)
    assert queue.head_start is not None
    assert evaluate(queue.head_start, lambda _name: None) == timedelta(minutes=5)
    assert queue.announce[0].after == queue.announce[0].every == timedelta(seconds=45)
    assert queue.keys.keys() == {"1"}


def test_prompts_are_words_blanks_and_sounds(write_site: WriteSite, flow_text: str) -> None:
    """A recorded file is found beside the folder; a blank knows how it is spoken."""
    text = flow_text.replace("{en: Hello.}", '{en: [sound:en/hello, "You have {size} calls."]}')
    folder = write_site(desk=text)
    (folder.parent / "prompts" / "en").mkdir(parents=True)
    (folder.parent / "prompts" / "en" / "hello.ulaw").write_bytes(b"\xff" * 160)
    (flow,) = load_site(folder).flows
    sound, spoken = flow.prompts["hello"].parts["en"]
    assert sound == SoundFile("en/hello")
    assert not isinstance(spoken, SoundFile)
    words, blank, rest = spoken.pieces
    assert (words, rest) == (Words("You have "), Words(" calls."))
    assert isinstance(blank, Blank)
    assert blank.kind == "number"


def test_a_missing_sound_names_the_file_the_line_and_where_it_was_looked_for(
    write_site: WriteSite, flow_text: str
) -> None:
    """The whole message of a missing prompt file."""
    folder = write_site(desk=flow_text.replace("{en: Hello.}", "{en: sound:en/hello}"))
    assert told(folder) == (
        "callflows/desk.yaml:16:15: error[E402]: "
        'sound "en/hello" is missing: looked for prompts/en/hello.wav, .ulaw, .alaw, .sln\n'
        "      hello: {en: sound:en/hello}\n"
        "                  ^^^^^^^^^^^^^^"
    )


def test_a_problem_shows_its_line_with_a_caret(write_site: WriteSite, flow_text: str) -> None:
    """The text form: place, code, message, source, caret, suggestion."""
    folder = write_site(desk=flow_text.replace("failed: sales", "failed: slaes"))
    assert told(folder) == (
        'callflows/desk.yaml:24:15: error[E201]: section "slaes" does not exist\n'
        "          failed: slaes\n"
        "                  ^^^^^\n"
        '  did you mean "sales"?'
    )


def test_all_problems_come_at_once_in_order(write_site: WriteSite, flow_text: str) -> None:
    """Problems of all files, sorted by place, none twice."""
    text = flow_text.replace("- play: hello", "- play: helo").replace("[low, high]", "[]")
    folder = write_site(desk=text, queues="sales: {ring_limit: never, max_wait: 5m}\n")
    with pytest.raises(SiteInvalid) as caught:
        load_site(folder)
    places = [(problem.file.name, problem.line) for problem in caught.value.problems]
    assert places == [("desk.yaml", 6), ("desk.yaml", 21), ("queues.yaml", 1)]


def test_one_number_in_two_flows_is_refused(write_site: WriteSite, flow_text: str) -> None:
    """A number, and a name, belong to one flow."""
    folder = write_site(later=flow_text)
    assert told(folder) == (
        'callflows/later.yaml:1:7: error[E211]: two flows have the name "desk"\n'
        "    flow: desk\n"
        "          ^^^^\n"
        'callflows/later.yaml:2:11: error[E209]: number "+31201234567" belongs to flow "desk"'
        " already\n"
        '    numbers: ["+31201234567"]\n'
        "              ^^^^^^^^^^^^^^"
    )


def test_tests_beside_a_flow_are_no_flows(write_site: WriteSite) -> None:
    """`desk.test.yaml` is left alone."""
    folder = write_site()
    (folder / "desk.test.yaml").write_text("flow: desk.yaml\n", encoding="utf-8")
    assert len(load_site(folder).flows) == 1


def test_queue_settings_are_read(write_site: WriteSite) -> None:
    """Strategy, durations, numbers and switches; what is left out has its default."""
    queues = (
        "sales: {strategy: longest_idle, ring_limit: 15s, wrap_up: 1m30s, max_waiting: none,"
        " ready_time_only: yes, recording: no, misses_before_not_ready: 2}\n"
        "claims:\n"
    )
    site = load_site(write_site(queues=queues))
    assert site.queues == {
        "sales": QueueSettings(
            name=QueueName("sales"),
            strategy=Strategy.LONGEST_IDLE,
            ring_limit=timedelta(seconds=15),
            wrap_up=timedelta(seconds=90),
            ready_time_only=True,
            recording=False,
            misses_before_not_ready=MissLimits.alike(2),
        ),
        "claims": QueueSettings(name=QueueName("claims")),
    }


QUEUE_MISTAKES = [
    ("sales: {ringlimit: 5s}", 'key "ringlimit" is not known in queue "sales"'),
    ("sales: {ring_limit: 1s}", "ring_limit must be from 2s to 300s"),
    (
        "sales: {strategy: longest}",
        (
            "strategy must be one of longest_idle, least_occupied, most_skilled, round_robin,"
            ' fewest_calls, linear, ring_all, not "longest"'
        ),
    ),
    ("sales: {recording: 1}", 'recording must be true or false, not "1"'),
    (
        "sales: {max_waiting: -1}",
        'max_waiting must be a whole number from 1 to 100000, for example 50, not "-1"',
    ),
    ("sales: {}\n7up: {}", 'a queue cannot be named "7up"; an example: claims'),
    ("- sales", "queues.yaml must be a map (key: value)"),
]


@pytest.mark.parametrize(("queues", "message"), QUEUE_MISTAKES)
def test_mistakes_in_queues_are_told(queues: str, message: str, write_site: WriteSite) -> None:
    """The message of each mistake; others may follow from it."""
    assert message in told(write_site(queues=queues))


def test_a_full_queue_needs_an_exit(write_site: WriteSite) -> None:
    """Only a queue with a limit can be full."""
    folder = write_site(queues="sales: {max_waiting: 5}\n")
    assert 'queue "sales" needs a destination for "full" under next' in told(folder)


SITE_MISTAKES = [
    ("pause_reasons: {x: lunch}", "the key of a pause reason must be one of the keys 0-9"),
    ('pause_reasons: {"1": lunch, "2": lunch}', 'pause reason "lunch" stands twice'),
    ("pause_reason_required: perhaps", "pause_reason_required must be true or false"),
    ('feature_codes: {log_in: "11"}', "a feature code must begin with * and hold digits"),
    ('feature_codes: {log_in: "*1"}', 'code "*1" is the beginning of "*12"'),
    ("timezone: Mars", 'time zone "Mars" does not exist'),
    ("settings: {htpp: 127.0.0.1:80}", 'key "htpp" is not known in settings'),
    ("nam: x", 'did you mean "name"?'),
]


@pytest.mark.parametrize(("line", "message"), SITE_MISTAKES)
def test_mistakes_in_the_site_are_told(
    line: str, message: str, write_site: WriteSite, site_text: str
) -> None:
    """The message of each mistake in site.yaml."""
    assert message in told(write_site(site=f"{site_text}{line}\n"))


@pytest.mark.parametrize(
    ("line", "required"),
    [("", True), ("pause_reason_required: no", False), ("pause_reason_required: yes", True)],
)
def test_whether_a_pause_needs_a_reason(
    line: str, write_site: WriteSite, site_text: str, *, required: bool
) -> None:
    """It does unless the site says otherwise."""
    site = load_site(write_site(site=f"{site_text}{line}\n"))
    assert site.pause_reason_required is required


def test_system_prompts_must_all_be_there(write_site: WriteSite, site_text: str) -> None:
    """A missing system prompt, and a language the flows speak but the system does not."""
    site = site_text.replace("  apology: {en: x, nl: x}\n", "").replace(
        "languages: [en, nl]", "languages: [nl]"
    )
    message = told(write_site(site=site))
    assert 'the system prompt "apology" is missing' in message
    assert 'flow "desk" speaks "en", the system prompts do not' in message


def test_a_folder_without_files_is_told(write_site: WriteSite) -> None:
    """No queues, no flows: both are said, and nothing that only follows from it."""
    assert told(write_site(desk=None, queues=None)) == (
        "callflows:1:1: error[E001]: there is no call flow in this folder\n"
        "callflows/queues.yaml:1:1: error[E001]: cannot be read: No such file or directory"
    )


def test_holidays_are_closed_and_may_have_hours(write_site: WriteSite, flow_text: str) -> None:
    """Holidays by their names: left out, with hours of their own, or closed."""
    text = flow_text.replace(
        "mon-fri: 08:30-17:30",
        "mon-fri: 08:30-17:30\n    dates: {2026-12-24: 08:30-15:00}\n"
        "    holidays: {country: NL, except: [Good Friday], hours: {King's Day: 10:00-14:00}}",
    )
    (flow,) = load_site(write_site(desk=text)).flows
    office = flow.hours["office"]
    assert office.dates == {date(2026, 12, 24): (TimeRange(510, 900),)}
    assert office.holidays[date(2026, 12, 25)] == ()
    assert office.holidays[date(2026, 4, 27)] == (TimeRange(600, 840),)
    assert date(2026, 4, 3) not in office.holidays


WEEKDAYS = [
    ("mon-fri: 09:00-12:00, 13:00-17:00", [2, 2, 2, 2, 2, 0, 0]),
    ("sat,mon: 09:00-12:00", [1, 0, 0, 0, 0, 1, 0]),
    ("fri-mon: 09:00-12:00", [1, 0, 0, 0, 1, 1, 1]),
    ("mon-sun: 00:00-24:00", [1, 1, 1, 1, 1, 1, 1]),
    ("sun: closed", [0, 0, 0, 0, 0, 0, 0]),
]


@pytest.mark.parametrize(("line", "expected"), WEEKDAYS)
def test_weekdays_are_read(
    line: str, expected: list[int], write_site: WriteSite, flow_text: str
) -> None:
    """Days by name, lists and stretches of them, several ranges a day."""
    text = flow_text.replace("mon-fri: 08:30-17:30", line)
    (flow,) = load_site(write_site(desk=text)).flows
    assert [len(ranges) for ranges in flow.hours["office"].weekdays] == expected


def test_a_file_that_is_too_large_deep_or_not_text_is_refused(tmp_path: Path) -> None:
    """Neither size, nesting nor odd bytes get further than the reading of a file."""
    odd = {
        b"a: " + b"x" * 1_000_001: "E001",
        b"[" * 1000 + b"]" * 1000: "E005",
        b"a: \xff": "E001",
        b"a: \x00": "E002",
        b"--- a\n--- b\n": "E002",
        b"? [x]\n: y": "E002",
        b"a: &x 1\nb: {<<: *x}": "E004",
        b"a: !!python/object:os.system {}": "E004",
    }
    for content, code in odd.items():
        document = parse_document(content, tmp_path)
        assert document.root is None
        assert document.problems[0].code == code


def test_every_code_has_one_explanation() -> None:
    """The catalogue explains each code that the checker uses, and no other."""
    source = (CHECKOUT / "contactcenter_ari" / "config").glob("*.py")
    text = "".join(path.read_text() for path in source if path.name != "catalogue.py")
    unused = [code for code in EXPLANATIONS if f'"{code}"' not in text]
    assert unused == []


WORDS = st.sampled_from(
    """flow numbers languages sections start prompts hours lookups variables queue play menu
    choices next timeout goto if then else set tag gather digits hangup answer sales [ ] { } : -
    , " ' | > & * ! # ? % 1 0612 22:00 +31 ~ null en nl""".split()  # noqa: SIM905 - readable as it is
)
EXAMPLES = int(os.environ.get("FLOW_EXAMPLES", "150"))
"""How many texts are made up; a night has time for 10,000."""
YAMLISH = st.lists(
    st.one_of(WORDS, st.sampled_from(["\n", "\n  ", "\n    ", ": ", "- "]), st.text(max_size=4)),
    max_size=60,
).map("".join)


def read(text: str) -> list[Problem]:
    """The problems of a flow with nothing around it."""
    content = text.encode("utf-8", "surrogatepass")
    reading = Reading(parse_document(content, Path("x.yaml")))
    around = Surroundings(queues={}, prompts_folder=Path("/nowhere"), system_prompts=())
    read_flow(reading, around)
    return unsilenced(reading.problems, reading.documents)


@given(st.one_of(YAMLISH, st.text()))
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_text_breaks_the_reading_of_a_flow(text: str) -> None:
    """Whatever stands in a file, problems come out and no traceback."""
    for problem in read(text):
        assert problem.code in EXPLANATIONS
        place = f"{problem.file}:{problem.line}:{problem.column}"
        assert str(problem).startswith(f"{place}: {problem.severity}[{problem.code}]: ")


@given(st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_damage_to_a_flow_breaks_its_reading(
    flow_text: str, full_flow: str, data: st.DataObject
) -> None:
    """A right flow with stretches replaced by anything, or by others of it, gives problems."""
    text = data.draw(st.sampled_from([flow_text, full_flow]))
    for _ in range(data.draw(st.integers(1, 3))):
        start, stop, other = (data.draw(st.integers(0, len(text))) for _ in range(3))
        stop = min(stop, start + 20)
        put = data.draw(st.one_of(YAMLISH, st.just(text[other : other + 25])))
        text = text[:start] + put + text[max(start, stop) :]
    assert all(problem.code in EXPLANATIONS for problem in read(text))
