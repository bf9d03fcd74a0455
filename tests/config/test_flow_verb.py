"""Every verb as data, shared files, recorded prompts that a line cannot carry, one flow alone."""

import wave
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import Problem, Severity, in_order
from contactcenter_ari.config.site import check_flow, check_site, flow_files, load_site
from contactcenter_ari.core.flow.language.declaration import HttpLookUp
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.expression import Literal
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.recording import Record, RecordingAct
from contactcenter_ari.core.flow.verb.split import Split
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.flow.verb.voicemail import Voicemail
from contactcenter_ari.core.vocabulary.skill import SkillStep

WriteSite = Callable[..., Path]


@pytest.fixture
def full(write_site: WriteSite, full_flow: str) -> Flow:
    """The flow with every verb."""
    (flow,) = load_site(write_site(desk=full_flow)).flows
    return flow


def verbs(flow: Flow, kind: type[Verb]) -> list[Verb]:
    """All verbs of a kind in a flow, in order."""
    steps = (step for section in flow.sections.values() for step in section.steps)
    return [step.verb for step in steps if isinstance(step.verb, kind)]


def to(section: str) -> Destination:
    """The way to a section."""
    return Destination(Way.SECTION, section)


def told(folder: Path) -> list[str]:
    """Place, code and message of each problem, in order."""
    return [line(problem) for problem in in_order(check_site(folder)[1])]


def line(problem: Problem) -> str:
    """One problem in one line."""
    return f"{problem.file}:{problem.line}:{problem.column} {problem.code} {problem.message}"


def test_ways_by_value_by_share_and_back(full: Flow) -> None:
    """Switch, split, call and return."""
    (switch,) = verbs(full, Switch)
    assert isinstance(switch, Switch)
    assert switch.cases["low"] == to("agents")
    assert switch.cases["high"].way is Way.INLINE
    assert switch.default == to("main")
    assert verbs(full, Split) == [Split(((to("main"), 50), (to("agents"), 50)))]
    leave, call, back = verbs(full, Goto)  # the inline list stands first
    assert call == Goto(Destination(Way.CALL, "survey"))
    assert leave == Goto(to("survey"))
    assert back == Goto(Destination(Way.RETURN))


def test_ways_to_a_person(full: Flow) -> None:
    """Agent, callback, dial, transfer and voicemail, with what they lead to."""
    agent, callback, dial, transfer, box = (
        verbs(full, kind)[0] for kind in (RingAgent, BookCallback, DialOut, TransferOut, Voicemail)
    )
    assert isinstance(agent, RingAgent)
    assert isinstance(agent.agent.root, Literal)
    assert (agent.agent.root.text, agent.ring) == ("1001", timedelta(seconds=20))
    assert isinstance(callback, BookCallback)
    assert (callback.queue, callback.hours, callback.attempts) == ("sales", "office", 5)
    assert callback.retry_after == timedelta(minutes=30)
    assert callback.expires == timedelta(hours=48)
    assert callback.number is not None
    assert callback.next["refused"] == Destination(Way.RETURN)
    assert isinstance(dial, DialOut)
    assert isinstance(dial.number.root, Literal)
    assert (dial.number.root.text, dial.screen) == ("+31612345678", "hello")
    assert dial.next["failed"] == Destination(Way.CONTINUE)
    assert isinstance(transfer, TransferOut)
    assert isinstance(transfer.number.root, Literal)
    assert transfer.number.root.text == "+31201234569"
    assert isinstance(box, Voicemail)
    assert (box.box, box.prompt, box.max_length) == ("sales", "hello", timedelta(minutes=2))
    assert box.max_silence == timedelta(seconds=8)
    assert box.min_speech == timedelta(seconds=1.5)
    assert box.keys == {"0": to("agents")}


def test_whom_a_queue_step_asks_for(full: Flow) -> None:
    """Skills relaxed over the wait, an agent of choice, and what is said when it takes longer."""
    (queue,) = verbs(full, Queue)
    assert isinstance(queue, Queue)
    assert queue.skills == (
        SkillStep(timedelta(), {"dutch": 5, "claims": 2}),
        SkillStep(timedelta(seconds=30), {"dutch": 3}),
        SkillStep(timedelta(seconds=60), {}),
    )
    assert queue.prefer is not None
    assert (queue.prefer.text, queue.prefer_for) == ("customer.agent", timedelta(seconds=20))
    assert [each.longer for each in queue.announce] == ["", "hello"]
    assert queue.next["diverted"] == to("box")


def test_skills_and_agents_in_short(write_site: WriteSite, flow_text: str) -> None:
    """A map of levels asks from the beginning to the end; an extension stands for itself."""
    text = flow_text.replace(
        "queue: sales", "queue: sales\n      skills: {dutch: 5}\n      prefer: 101"
    )
    (flow,) = load_site(write_site(desk=text)).flows
    (queue,) = verbs(flow, Queue)
    assert isinstance(queue, Queue)
    assert queue.skills == (SkillStep(timedelta(), {"dutch": 5}),)
    assert queue.prefer is not None
    assert isinstance(queue.prefer.root, Literal)
    assert (queue.prefer.root.text, queue.prefer_for) == ("101", timedelta(seconds=30))


@pytest.mark.parametrize("divert", ["divert_wait: 10m", "divert_ratio: 3"])
def test_a_queue_that_diverts_needs_an_exit(divert: str, write_site: WriteSite) -> None:
    """Like one that can be full; both are told."""
    folder = write_site(queues=f"sales: {{max_wait: 10m, max_waiting: 5, {divert}}}\n")
    assert told(folder) == [
        f'callflows/desk.yaml:26:14 E208 queue "sales" needs a destination for "{outcome}" under'
        " next"
        for outcome in ("diverted", "full")
    ]


def test_the_wait_of_a_system_prompt(
    write_site: WriteSite, flow_text: str, site_text: str
) -> None:
    """A prompt of site.yaml that tells the wait is known as one, unless the flow has its own."""
    site = f'{site_text}  wait: {{en: "{{queue.wait}}", nl: x}}\n'
    text = flow_text.replace("queue: sales", "queue: sales\n      greeting: wait")
    folder = write_site(desk=text, site=site)
    message = "the wait is not known yet when the greeting is said: tell it by announce"
    assert told(folder) == [f"callflows/desk.yaml:27:17 E405 {message}"]
    own = text.replace("prompts:", "prompts:\n  wait: {en: Please wait.}")
    (folder / "desk.yaml").write_text(own, encoding="utf-8")
    assert told(folder) == []


def test_the_rest_of_a_flow(full: Flow) -> None:
    """Recording, confirm, http, what is done after the hang-up, what may be dialed."""
    assert verbs(full, Record) == [Record(RecordingAct.START)]
    (gather,) = verbs(full, Gather)
    assert isinstance(gather, Gather)
    assert (gather.confirm, gather.sensitive, gather.terminator) == ("hello", True, "")
    assert gather.keys["0"] == Destination(Way.SECTION, "agents")
    assert gather.keys["#"].way is Way.INLINE
    assert gather.rules.own_tries == {"no_input": 1, "no_match": 4}
    assert gather.rules.next["no_input"] == Destination(Way.SECTION, "agents")
    assert gather.rules.next["no_match"].way is Way.INLINE
    (look_up, _) = verbs(full, LookUpStep)
    assert isinstance(look_up, LookUpStep)
    assert look_up.filler == "calm"
    source = full.look_ups["customer"]
    assert isinstance(source, HttpLookUp)
    assert source.url == "https://crm.example/customers?phone={phone}"
    assert source.limit == timedelta(milliseconds=1500)
    assert full.dial_allow == ("+316", "+3120")
    assert len(full.sections[full.on_hangup].steps) == 2
    assert full.flags == {"storm": "off", "open": "on"}


def test_shared_files_are_read_with_the_flow(write_site: WriteSite, flow_text: str) -> None:
    """An included file declares names like the flow itself, and is no flow of its own."""
    shared = "prompts:\n  hello: {en: Hello.}\n  bye: {en: 'Goodbye {pin | digits}.'}\n"
    start, stop = flow_text.index("prompts:"), flow_text.index("sections:")
    text = f"{flow_text[:start]}include: [prompts.yaml]\n{flow_text[stop:]}"
    folder = write_site(desk=text, prompts=shared)
    assert told(folder) == []
    assert [file.name for file in flow_files(folder)] == ["desk.yaml"]
    (before,) = load_site(folder).flows
    assert set(before.prompts) == {"hello", "bye"}
    (folder / "prompts.yaml").write_text(shared.replace("Hello", "Hi"), encoding="utf-8")
    (after,) = load_site(folder).flows
    assert before.version != after.version


def test_mistakes_in_a_shared_file_are_told_there(write_site: WriteSite, flow_text: str) -> None:
    """Its own name and line; a name declared twice, and sections, are refused."""
    shared = "prompts:\n  hello: {en: Hello.}\n  two: {en: '{pim}'}\nsections: {}\n"
    folder = write_site(desk=f"include: shared.yaml\n{flow_text}", shared=shared)
    assert told(folder) == [
        'callflows/shared.yaml:2:3 E211 "hello" is declared in another file already',
        'callflows/shared.yaml:3:15 E302 name "pim" does not exist',
        'callflows/shared.yaml:4:1 E101 key "sections" is not known in an included file',
    ]


def test_a_sound_that_no_line_can_carry(write_site: WriteSite, flow_text: str) -> None:
    """A WAV file must be 8 kHz, mono, 16 bits; what is no WAV file is told as well."""
    folder = write_site(desk=flow_text.replace("{en: Hello.}", "{en: [sound:hi, sound:odd]}"))
    sounds = folder.parent / "prompts"
    sounds.mkdir()
    with wave.open(str(sounds / "hi.wav"), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44100)
        sound.writeframes(bytes(4))
    (sounds / "odd.wav").write_bytes(b"MP3")
    wanted, given = "8000 Hz, 1 channel(s), 16 bits", "44100 Hz, 2 channel(s), 16 bits"
    assert told(folder) == [
        f'callflows/desk.yaml:16:16 E404 sound "hi" must be {wanted}, not {given}',
        'callflows/desk.yaml:16:26 E404 sound "odd" is no WAV file',
    ]


def test_warnings_do_not_stop_publishing(write_site: WriteSite) -> None:
    """A queue nobody limits is a warning, and the site is loaded."""
    folder = write_site(queues="sales: {}\n")
    _, (warning,) = check_site(folder)
    assert (warning.code, warning.severity) == ("E705", Severity.WARNING)
    assert warning.message == 'queue "sales" has no max_wait, neither here nor in queues.yaml'
    assert len(load_site(folder).flows) == 1


def test_one_flow_is_checked_without_a_site(write_site: WriteSite) -> None:
    """Without `queues.yaml` and `site.yaml` any queue and system prompt is taken to exist."""
    folder = write_site(queues=None, site=None)
    flow, problems = check_flow(folder / "desk.yaml")
    assert problems == []
    assert flow is not None
    assert flow.name == "desk"


def test_a_global_key_must_not_begin_a_choice(write_site: WriteSite, flow_text: str) -> None:
    """Every menu hears the global keys too; the same key in a menu goes before."""
    keys = 'global_keys: {"2": sales, "1": sales}\n'
    text = flow_text.replace('{"1": sales}', '{"1": sales, "25": sales}')
    folder = write_site(desk=keys + text)
    assert told(folder) == [
        'callflows/desk.yaml:24:29 E501 "2" is the beginning of "25", so one cannot be typed'
    ]
