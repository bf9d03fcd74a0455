"""Stories of typed numbers and of mailboxes: the flow test goes as the switch does."""

from dataclasses import replace
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.flow_test.recorded_call import retell
from contactcenter_ari.flow_test.trace import trace_events
from tests.flow_test.conftest import Tell
from tests.flow_test.test_retelling import GIVEN, held, played

FLOW = """\
flow: desk
numbers: ["+31201234567"]
timezone: Europe/Amsterdam
languages: [en]
global_keys: {"0": person, "*": more}
variables: {reading: integer, policy: digits}
prompts:
  what: {en: "To leave a message, press 1. To give a reading, press 2."}
  leave: {en: "Leave a message after the tone, then press any key."}
  saved: {en: "Your message is saved."}
  nothing: {en: "You said nothing."}
  more: {en: "To speak to someone, press 1. To hang up, press 2."}
  ask_reading: {en: "Your reading, please."}
  right: {en: "It is {reading | number}. Press 1."}
  thanks: {en: "Thank you."}
  ask_policy: {en: "Your policy number, please."}
  no_input: {en: "I heard nothing."}
  no_match: {en: "That cannot be used."}
sections:
  start:
    - answer
    - menu: what
      choices: {"1": message, "2": reading, "3": policy}
      failed: person
  message:
    - voicemail: sales
      prompt: leave
      max_length: 60s
      max_silence: 5s
      keys: {"0": person}
      next: {saved: [play: saved, goto: more], empty: [play: nothing, goto: more]}
  more:
    - menu: more
      choices: {"1": person, "2": hangup}
      failed: hangup
  reading:
    - gather: reading
      prompt: ask_reading
      digits: 1-6
      confirm: right
      no_input: no_input
      no_match: no_match
      tries: {no_input: 1, no_match: 3}
      next: {no_input: more}
      failed: person
    - tag: {reading: reading}
    - play: thanks
    - goto: more
  policy:
    - gather: policy
      prompt: ask_policy
      digits: 8
      no_match: no_match
      failed: person
    - goto: more
  person:
    - queue: sales
      max_wait: 10m
      next: {answered: hangup, timeout: hangup, no_agents: hangup}
"""

MESSAGE = ["hears: what", "presses: 1", "hears: leave"]
LEFT = ["hears: saved", "hears: more", "hangs up"]
BOX = "{tags: {voicemail: sales}}"
NO_BOX = "{tags: {voicemail: ''}}"
STRICT = {"strict": "true"}
READING = ["hears: what", "presses: 2", "hears: ask_reading"]

STORIES: dict[str, tuple[list[str], dict[str, str]]] = {
    "a message": ([*MESSAGE, "records: 10s", *LEFT], {**STRICT, "expect": BOX}),
    "a choice in the greeting is none of the menu after it": (
        [*MESSAGE, "{presses: 1, early: true}", "records: 10s", *LEFT],
        STRICT,
    ),
    "a hash in the greeting is none either": (
        [*MESSAGE, '{presses: "#", early: true}', "records: 10s", *LEFT],
        STRICT,
    ),
    "a message up to its limit": ([*MESSAGE, "records: 2m", *LEFT], STRICT),
    "silence is no message": (
        [*MESSAGE, "silent", "hears: nothing", "hears: more", "hangs up"],
        {**STRICT, "expect": NO_BOX},
    ),
    "silence ends the recording": (
        [*MESSAGE, "waits: 9s", "hears: nothing", "hears: more", "hangs up"],
        STRICT,
    ),
    "less than the least of speech is no message": (
        [*MESSAGE, "records: 900ms", "hears: nothing", "hears: more", "hangs up"],
        {**STRICT, "expect": NO_BOX},
    ),
    "a key of the box in the greeting": (
        [*MESSAGE, "presses: 0", "queued: sales", "hangs up"],
        {"expect": NO_BOX},
    ),
    "a key of the box in the message": (
        [*MESSAGE, '{records: 4s, presses: "0"}', "queued: sales", "hangs up"],
        {"expect": BOX},
    ),
    "a key of the box in a silent message": (
        [*MESSAGE, "waits: 5s", '{presses: "0"}', "queued: sales", "hangs up"],
        {"expect": NO_BOX},
    ),
    "a hang-up that ends a message": (
        [*MESSAGE, "{records: 4s, hangs up: true}"],
        {"expect": "{ends: caller, tags: {voicemail: sales}}"},
    ),
    "a hang-up in silence": (
        [*MESSAGE, "waits: 4s", "hangs up"],
        {"expect": "{ends: caller, tags: {voicemail: ''}}"},
    ),
    "the global star does not act at the box": (
        [*MESSAGE, '{presses: "*", early: true}', "records: 4s", *LEFT],
        STRICT,
    ),
    "a reading that ends with a hash": (
        [*READING, 'presses: "124#"', "hears: right", "presses: 1", "hears: thanks", "hangs up"],
        {**STRICT, "expect": "{tags: {reading: '124'}}"},
    ),
    "a star leads out of a reading": (
        [*READING, 'presses: "12*"', "hears: more", "hangs up"],
        STRICT,
    ),
    "a zero is a reading": (
        [*READING, 'presses: "0#"', "presses: 1", "hears: thanks", "hangs up"],
        {"expect": "{tags: {reading: '0'}}"},
    ),
    "a zero leads out of the confirmation": (
        [*READING, 'presses: "124#"', "presses: 0", "queued: sales"],
        {"expect": "{tags: {reading: ''}, variables: {reading: ''}}"},
    ),
    "a zero alone is no policy number": (
        ["hears: what", "presses: 3", "hears: ask_policy", "presses: 0", "queued: sales"],
        STRICT,
    ),
    "silence has one try": ([*READING, "silent", "hears: more", "hangs up"], STRICT),
    "wrong entries have three": (
        [
            *["hears: what", "presses: 3"],
            *["hears: ask_policy", 'presses: "12#"', "hears: no_match"] * 2,
            *["hears: ask_policy", 'presses: "12#"', "queued: sales"],
        ],
        STRICT,
    ),
}


@pytest.fixture
def desk(folder: Path) -> Path:
    """The flow of these stories."""
    (folder / "desk.yaml").write_text(FLOW)
    return folder


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("script", "more"), STORIES.values(), ids=STORIES)
def test_a_story_of_input(tell: Tell, script: list[str], more: dict[str, str]) -> None:
    """Heard is what the story says, and nothing else where it is strict."""
    assert str(tell(*script, **more).failure) == "None"


CALLS = {
    "a message": ["1", "", "#"],
    "a greeting that was cut short": ["1", "5", "#", "1"],
    "a key in the greeting": ["1", "0"],
    "a key in the message": ["1", "", "0"],
    "a message of silence": ["1", "", "", "+9s", "h"],
    "a hang-up in silence": ["1", "", "+3s", "h"],
    "wrong readings": ["2", "1#", "2", "##", "h"],
    "a star in a reading": ["2", "12*", "2"],
    "a zero for a policy number": ["3", "0", "", "h"],
}


@pytest.mark.parametrize("lines", CALLS.values(), ids=CALLS)
def test_a_call_becomes_a_story(desk: Path, lines: list[str]) -> None:
    """Keys, speech and silence at the simulator go the same way as a test."""
    simulated = played(desk, GIVEN, *lines)
    own = [e for e in simulated.events if getattr(e, "interaction", "") == simulated.interaction]
    traced = trace_events(simulated.interaction, simulated.flow, own)
    assert held(
        desk, retell(replace(traced.call, tags=simulated.transcript.run.tags), "desk.yaml")
    )


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{records: 4s, presses: "00"}', 'presses must be one of the keys 0-9, * and #, not "00"'),
        ("{records: 4s, hangs up: perhaps}", 'hangs up must be true or false, not "perhaps"'),
        ("{records: 4s, early: true}", 'key "early" is not known in a line with records'),
    ],
)
def test_what_ends_a_message_is_checked(tell: Tell, line: str, told: str) -> None:
    """A key, or the hang-up."""
    with pytest.raises(SiteInvalid) as refused:
        tell(*MESSAGE, line)
    assert [problem.message for problem in refused.value.problems] == [told]
