"""The test language, line by line: what holds, and what is told when it does not."""

import pytest

from contactcenter_ari.flow_test.runner import StoryResult
from tests.flow_test.conftest import Tell

GOOD: dict[str, tuple[list[str], dict[str, str]]] = {
    "a prompt by its name": (["hears: hello"], {}),
    "a prompt by its text": (["hears: Hello there."], {}),
    "a part of the text, in any case and spacing": (['hears: "for  SALES, press"'], {}),
    "others may lie between": (["hears: menu"], {}),
    "a key at the question": (["presses: 1", "queued: sales"], {}),
    "a key during another prompt": (
        ["hears: hello", '{presses: "1", early: true}', "at: sales", "hangs up"],
        {"strict": "true"},
    ),
    "silence to the end": (
        ["silent", "hears: no_input", "silent"],
        {"expect": "{ends: contained, path: [start, choosing, bye]}"},
    ),
    "time that goes by in the queue": (
        ["presses: 1", "waits: 45s", "hears: position", "hangs up"],
        {"expect": "{ends: abandoned}"},
    ),
    "an agent after a while, and their talk": (
        ["presses: 1", "queued: sales", "hears: bye"],
        {
            "given": "{queues: {sales: {position: 4, answered_after: 90s, talk: 1m}}}",
            "expect": "{ends: completed}",
        },
    ),
    "the position in a long line": (
        ["presses: 1", "hears: You are number 4."],
        {"given": "{queues: {sales: {position: 4}}}"},
    ),
    "an agent by a line of the script": (
        ["presses: 1", "queued: sales", "agent: answers", "waits: 5s", "agent: hangs up"],
        {"expect": "{ends: completed, path: [start, choosing, sales, bye]}"},
    ),
    "a caller who hangs up on the agent": (
        ["presses: 1", "waits: 10s", "hangs up"],
        {
            "given": "{queues: {sales: {answered_after: 1s}}}",
            "expect": "{ends: caller}",
        },
    ),
    "a key while waiting": (
        ["presses: 1", "queued: sales", "waits: 3s", "presses: 1", "hears: bye"],
        {"expect": "{ends: hangup}"},
    ),
    "nobody logged in": (["presses: 1", "hears: bye"], {"given": "{queues: {sales: no_agents}}"}),
    "agents at lunch": (
        ["presses: 1", "hears: bye"],
        {"given": "{queues: {sales: paused}}", "expect": "{ends: turned_away}"},
    ),
    "agents at lunch, among other things": (
        ["presses: 1", "hears: bye"],
        {"given": "{queues: {sales: {paused: true, wait: 5m}}}"},
    ),
    "agents who go to lunch, where callers wait for their return": (
        ["presses: 1", "queued: sales", "waits: 60s", "hangs up"],
        {"given": "{queues: {sales: {paused_after: 15s}}}", "expect": "{ends: abandoned}"},
    ),
    "agents who go home": (
        ["presses: 1", "queued: sales", "hears: bye"],
        {
            "given": "{queues: {sales: {logged_out_after: 15s}}}",
            "expect": "{ends: turned_away}",
        },
    ),
    "a full line": (
        ["presses: 1", "hears: bye"],
        {"given": "{queues: {sales: full}}", "expect": "{ends: turned_away}"},
    ),
    "a wait that is known": (
        ["presses: 0", "waits: 11s", "hears: About 5 minutes.", "hangs up"],
        {"given": "{queues: {claims: {wait: 4m30s}}}", "expect": "{ends: abandoned}"},
    ),
    "a wait that is not known": (
        ["hears: hello", "hears: menu", "presses: 0", "waits: 2m", "hangs up"],
        {"given": "{queues: {claims: {position: 3}}}", "strict": "true"},
    ),
    "a wait that grows, and shrinks again": (
        ["presses: 0", "hears: About 5 minutes.", "hears: longer", "hears: About 4 minutes."],
        {"given": "{queues: {claims: {wait: [5m, 8m, 4m]}}}"},
    ),
    "a closed line": (
        ["presses: 0", "hears: shut"],
        {"given": "{queues: {claims: closed}}", "expect": "{ends: turned_away}"},
    ),
    "a closed line, among other things": (
        ["presses: 0", "hears: shut"],
        {"given": "{queues: {claims: {closed: true, wait: 5m}}}"},
    ),
    "a line that is closed meanwhile": (
        ["presses: 0", "hears: wait", "waits: 20s", "hears: shut"],
        {"given": "{queues: {claims: {position: 2, wait: 5m, closed_after: 25s}}}"},
    ),
    "a line that is full enough": (
        ["presses: 0", "hears: too_many"],
        {"given": "{queues: {claims: diverted}}", "expect": "{ends: turned_away}"},
    ),
    "a line that is full enough, among other things": (
        ["presses: 0", "hears: too_many"],
        {"given": "{queues: {claims: {diverted: true, closed: false}}}"},
    ),
    "an agent with the skills that are asked for": (
        ["presses: 0", "queued: claims", "agent: answers", "agent: hangs up"],
        {"expect": "{ends: completed, path: [start, choosing, claims, bye]}"},
    ),
    "a recording of the talk": (
        ["presses: 1", "recording: start", "agent: hangs up", "recording: stop"],
        {"given": "{queues: {sales: {answered_after: 1s}}}"},
    ),
    "a row of a look-up": (
        ['presses: "2"', 'presses: "1234"', "hears: You have 12 euros and 50 cents."],
        {
            "given": "{lookups: {account: {balance: 12.50}}}",
            "expect": '{tags: {topic: balance}, variables: {pin: "1234"}}',
        },
    ),
    "several answers of a look-up": (
        ["presses: 2", "presses: 1234", "at: choosing", "presses: 2", "presses: 1234"],
        {
            "given": "{lookups: {account: [not_found, error]}}",
            "expect": "{path: [start, choosing, account, choosing, account, bye]}",
        },
    ),
    "a look-up that fails from now on": (
        ["fails: {lookup: account}", "presses: 2", "presses: 1234", "hears: trouble"],
        {"given": "{lookups: {account: {balance: 1}}}"},
    ),
    "a look-up that never answers": (
        ["presses: 2", "presses: 1234", "hears: trouble"],
        {"given": "{lookups: {account: hangs}}"},
    ),
    "an answer of the wrong type": (
        ["presses: 2", "presses: 1234", "hears: trouble"],
        {"given": "{lookups: {account: {balance: much}}}"},
    ),
    "an input that is confirmed at the second try": (
        ["presses: 4", "presses: 42", "hears: right", "presses: 2", "presses: 7#", "presses: 1"],
        {"expect": '{variables: {size: "7"}}'},
    ),
    "an outside line that takes the call": (
        ["presses: 3", 'dialled: "+31611112222"', "agent: hangs up", "hears: bye"],
        {"given": '{lines: {"+31611112222": answered}}', "expect": "{ends: completed}"},
    ),
    "an outside line that is busy": (
        ["presses: 3", 'dialled: "+31611112222"', "hears: bye"],
        {"given": '{lines: {"+31611112222": busy}}'},
    ),
    "an outside line that nobody answers": (["presses: 3", "hears: bye"], {}),
    "an agent rung straight": (
        ["presses: 5", "agent: hangs up", "hears: bye"],
        {"given": '{agents: {"101": answered}}', "expect": "{ends: completed}"},
    ),
    "an agent who is busy": (
        ["presses: 5", "hears: bye"],
        {"given": '{agents: {"101": busy}}', "expect": "{path: [start, choosing, clerk, bye]}"},
    ),
    "an agent who does not answer": (
        ["presses: 5", "hears: bye"],
        {"given": '{agents: {"101": no_answer}}'},
    ),
    "an agent who is not there": (["presses: 5", "hears: bye"], {}),
    "a message": (
        ["presses: 6", "hears: speak", "records: 12s", "hears: bye"],
        {"expect": "{ends: hangup, tags: {voicemail: desk}}"},
    ),
    "a message of silence": (
        ["presses: 6", "silent", "at: choosing"],
        {"expect": "{path: [start, choosing, message, choosing]}"},
    ),
    "a message that ends with the call": (
        ["presses: 6", "hears: speak", "waits: 20s", "hangs up"],
        {"expect": "{ends: caller}"},
    ),
    "a callback that is booked": (
        ["presses: 7", "at: later", "hears: bye"],
        {"expect": "{path: [start, choosing, later, bye]}"},
    ),
    "a recording that is silent while secrets are typed, and a transfer": (
        [
            "presses: 8",
            "recording: start",
            "recording: pause",
            "hears: ask_pin",
            "presses: 1234",
            "recording: resume",
            "recording: stop",
            'dialled: "+31611113333"',
            "agent: hangs up",
        ],
        {"given": '{lines: {"+31611113333": answered}}', "expect": "{ends: completed}"},
    ),
    "one way of a split": (["presses: 9", "at: clerk"], {"given": "{split: [clerk]}"}),
    "the other way of a split": (["presses: 9", "at: sales"], {"given": "{split: [sales]}"}),
    "a flag": (["hears: storm"], {"given": "{flags: {storm: on}}"}),
    "another number": (["hears: hello"], {"given": '{called: "+31207654321"}'}),
    "another instant": (["hears: hello"], {"at": "2026-10-25 02:30+02:00"}),
    "no script at all": ([], {"expect": "{path: [start, choosing]}"}),
    "every prompt named": (
        ["hears: hello", "hears: menu", "silent", "hears: no_input", "hears: menu", "hangs up"],
        {"strict": "true"},
    ),
}


@pytest.mark.parametrize(("script", "more"), GOOD.values(), ids=GOOD)
def test_a_story_that_holds(tell: Tell, script: list[str], more: dict[str, str]) -> None:
    """The language can check all that it can say."""
    assert str(tell(*script, **more).failure) == "None"


BAD: dict[str, tuple[list[str], dict[str, str], str]] = {
    "a prompt that is not heard": (
        ["hears: hello", "hears: menue"],
        {},
        (
            'desk.test.yaml:7:9: failed: test "Story": '
            """expected to hear menue, but the flow waits for a key in choosing
          - hears: menue
            ^^^^^
  nearest match: menu
  last events:
    10:00:00 entered start
    10:00:00 heard hello: "Hello there."
    10:00:00 entered choosing
    10:00:00 heard menu: "For sales, press 1.\""""
        ),
    ),
    "a prompt after the end": (
        ["hangs up", "hears: menu"],
        {},
        """\
desk.test.yaml:7:9: failed: test "Story": expected to hear menu, but the call is over
          - hears: menu
            ^^^^^
  last events:
    10:00:00 entered start
    10:00:00 heard hello: "Hello there."
    10:00:00 ended: caller left_flow""",
    ),
    "a key that nobody asks for": (
        ["presses: 1", "queued: sales", "agent: answers", "presses: 2"],
        {},
        "expected to press 2, but nobody asks for a key: the caller talks to somebody",
    ),
    "a queue that is not reached": (
        ["presses: 3", "queued: sales"],
        {},
        "expected to be queued in sales, but the call is over",
    ),
    "a section that is not reached": (
        ["at: sales"],
        {},
        "expected to come to section sales, but the flow waits for a key in choosing",
    ),
    "an agent who talks to nobody": (
        ["agent: hangs up"],
        {},
        "expected an agent to hang up, but the flow waits for a key in choosing",
    ),
    "an agent who answers nobody": (
        ["agent: answers"],
        {},
        "expected an agent to answer, but the call is in section start",
    ),
    "a number that is not dialled": (
        ["presses: 3", 'dialled: "+31611119999"'],
        {},
        "expected +31611119999 to be dialled, but the call is over",
    ),
    "no recording": (
        ["recording: start"],
        {},
        "expected recording: start, but the flow waits for a key in choosing",
    ),
    "a message where none is taken": (
        ["records: 5s"],
        {},
        "expected a message to be recorded, but the flow waits for a key in choosing",
    ),
    "silence where nothing is asked": (
        ["presses: 1", "agent: answers", "silent"],
        {},
        "expected a question to be silent at, but the caller talks to somebody",
    ),
    "a hang-up after the end": (
        ["hangs up", "hangs up"],
        {},
        "expected the caller to hang up, but the call is over",
    ),
    "a prompt in between, when strict": (
        ["hears: menu"],
        {"strict": "true"},
        "expected to hear menu, but hello was heard before (strict)",
    ),
    "a prompt at the end, when strict": (
        ["hears: hello"],
        {"strict": "true"},
        "expected no further prompt, but menu was heard before (strict)",
    ),
    "another end": (
        ["hangs up"],
        {"expect": "{ends: hangup}"},
        "expected the call to end with hangup, but it ended with caller (left_flow)",
    ),
    "no end": (
        [],
        {"expect": "{ends: hangup}"},
        "expected the call to end with hangup, but the flow waits for a key in choosing",
    ),
    "another path": (
        ["presses: 3"],
        {"expect": "{path: [start, choosing, sales]}"},
        "expected the path start, choosing, sales, but it was start, choosing, boss, bye",
    ),
    "another tag": (
        ["presses: 2", "presses: 1234"],
        {"given": "{lookups: {account: error}}", "expect": "{tags: {topic: claim}}"},
        'expected tag topic to be "claim", but it is "balance"',
    ),
    "no tag": (
        ["hangs up"],
        {"expect": "{tags: {topic: claim}}"},
        'expected tag topic to be "claim", but it was never set',
    ),
    "a sensitive variable": (
        ["presses: 2", "presses: 1234"],
        {"expect": '{variables: {pin: "9999"}}'},
        "expected another value of variable pin, but it is sensitive and not shown",
    ),
}


@pytest.mark.parametrize(("script", "more", "told"), BAD.values(), ids=BAD)
def test_a_story_that_does_not_hold(
    tell: Tell, script: list[str], more: dict[str, str], told: str
) -> None:
    """The message says where, what was expected, and what was found instead."""
    failure = tell(*script, **more).failure
    assert failure is not None
    if "\n" in told:
        assert str(failure) == told
    else:
        assert failure.headline.partition('"Story": ')[2] == told


def test_the_same_story_is_played_the_same(tell: Tell) -> None:
    """Nothing of chance or of the clock on the wall is in a flow test."""
    script = ["silent", "presses: 1", "hears: position", "agent: answers"]

    def played() -> StoryResult:
        return tell(*script, given="{queues: {sales: {position: 9, answered_after: 80s}}}")

    assert played() == played()
