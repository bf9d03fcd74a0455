"""Test files that are wrong in themselves: every problem at once, with its place."""

from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.flow_test.suite import run_files
from tests.flow_test.conftest import HEAD

BROKEN: dict[str, tuple[str, list[str]]] = {
    "no flow": ("tests: []\n", ['1:1: error[E106]: a test file needs the key "flow"']),
    "another flow": (
        "flow: desck.yaml\n",
        ['1:7: error[E001]: there is no flow file "desck.yaml" beside this file'],
    ),
    "no flow file": (
        "flow: site.yaml\n",
        ['1:7: error[E001]: "site.yaml" is no flow of its folder'],
    ),
    "an unknown key": (
        f"{HEAD}  - name: a\n    scrypt: []\n",
        ['5:5: error[E101]: key "scrypt" is not known in a test'],
    ),
    "two of a name": (
        f"{HEAD}  - name: a\n  - name: a\n",
        ['5:5: error[E211]: two tests have the name "a"'],
    ),
    "no instant": (
        "flow: desk.yaml\ntests:\n  - name: a\n",
        ['3:11: error[E106]: test "a" needs the key "at", or defaults do'],
    ),
    "a skipped instant": (
        f"{HEAD}  - name: a\n    at: 2026-03-29 02:30\n",
        [
            (
                "5:9: error[E105]: at must be an instant that exists; "
                "the clocks of Europe/Amsterdam skip 2026-03-29 02:30"
            )
        ],
    ),
    "no instant at all": (
        "flow: desk.yaml\nhours: {office: {open: [noon]}}\n",
        ['2:25: error[E105]: open must be an instant, for example 2026-12-24 14:59, not "noon"'],
    ),
    "instants that nobody calls at": (
        "flow: desk.yaml\nhours: {office: {open: [9999-12-31 23:59, 2026-03-10 10:00+99:99]}}\n",
        [
            f"2:{column}: error[E105]: open must be an instant, for example 2026-12-24 14:59, "
            f'not "{text}"'
            for column, text in ((25, "9999-12-31 23:59"), (43, "2026-03-10 10:00+99:99"))
        ],
    ),
    "unknown names, all at once": (
        (
            f"{HEAD}  - name: a\n"
            "    given:\n"
            '      called: "+31200000000"\n'
            "      lookups: {acount: not_found, account: {balans: 1}}\n"
            "      queues: {sails: {position: 0}}\n"
            "      flags: {strom: on}\n"
            "    script: [{queued: sails}, {at: choosin}, {fails: {lookup: acount}}]\n"
            "    expect: {path: [strat], variables: {pim: 1}, language: nl}\n"
        ),
        [
            '6:15: error[E201]: number "+31200000000" does not exist',
            '7:17: error[E204]: look-up "acount" does not exist',
            '7:46: error[E101]: key "balans" is not known in a row of account',
            '8:16: error[E203]: queue "sails" does not exist',
            (
                "8:34: error[E105]: position must be a whole number from 1 to 500, for example 3, "
                'not "0"'
            ),
            '9:15: error[E302]: flag "strom" does not exist',
            '10:23: error[E203]: queue "sails" does not exist',
            '10:36: error[E201]: section "choosin" does not exist',
            '10:63: error[E204]: look-up "acount" does not exist',
            '11:21: error[E201]: section "strat" does not exist',
            '11:41: error[E205]: variable "pim" does not exist',
            '11:60: error[E105]: language must be one of: en, not "nl"',
        ],
    ),
    "queues that cannot be": (
        (
            f"{HEAD}  - name: a\n"
            "    given:\n"
            "      queues:\n"
            "        sales: shut\n"
            "        claims: {closed: true, diverted: true, wait: [5, soon], talk: x}\n"
        ),
        [
            (
                "7:16: error[E105]: sales must be a map, or one of staffed, no_agents, paused, "
                'full, closed, diverted, not "shut"'
            ),
            "8:42: error[E111]: a queue is closed, diverts callers or is paused: say one of these",
            '8:55: error[E107]: wait must be a duration, for example 20s or 1h30m, not "5"',
            '8:58: error[E107]: wait must be a duration, for example 20s or 1h30m, not "soon"',
            '8:71: error[E107]: talk must be a duration, for example 20s or 1h30m, not "x"',
        ],
    ),
    "no way of a split": (
        f"{HEAD}  - name: a\n    given: {{split: [boss]}}\n",
        ['5:21: error[E201]: section of a split "boss" does not exist'],
    ),
    "lines that are none": (
        (
            f"{HEAD}  - name: a\n"
            "    script: [shouts, {presses: 1a}, {waits: 5}, {agent: sings}, [], {hears: }, "
            "{presses: 1, late: true}, {hears: {a: b}}]\n"
            "    expect: {ends: well}\n"
        ),
        [
            (
                '5:14: error[E101]: "shouts" is no script line; there are: presses, silent, '
                "waits, records, hangs up, agent, fails, hears, queued, dialled, recording, at"
            ),
            '5:32: error[E109]: presses must be keys out of 0-9, * and #, not "1a"',
            '5:45: error[E107]: waits must be a duration, for example 20s or 1h30m, not "5"',
            "5:57: error[E105]: agent must be: answers, or: hangs up",
            "5:65: error[E105]: a script line is like {presses: 1} or hangs up",
            "5:70: error[E106]: hears needs a value",
            '5:93: error[E101]: key "late" is not known in a line with presses',
            "5:114: error[E105]: hears must be a single value",
            (
                "6:20: error[E105]: ends must be one of: hangup, caller, agent, completed, "
                "contained, abandoned, left_flow, turned_away, rejected, not_reached, "
                'apologized, system_error, orphaned, not "well"'
            ),
        ],
    ),
}


@pytest.mark.parametrize(("text", "problems"), BROKEN.values(), ids=BROKEN)
def test_problems_of_a_test_file(folder: Path, text: str, problems: list[str]) -> None:
    """A test file is checked like a flow: all at once, in order, with carets."""
    (folder / "desk.test.yaml").write_text(text)
    with pytest.raises(SiteInvalid) as caught:
        list(run_files([folder / "desk.test.yaml"]))
    told = [str(problem).splitlines()[0] for problem in caught.value.problems]
    assert [line.removeprefix("desk.test.yaml:") for line in told] == problems


def test_truth_tables(folder: Path) -> None:
    """Each instant of a truth table is a test; one that fails says when it opens."""
    path = folder / "desk.test.yaml"
    path.write_text(
        "flow: desk.yaml\nhours:\n  office:\n"
        "    open: [2026-03-10 08:30, 2026-03-14 10:00]\n    closed: [2026-03-10 17:29:59]\n"
    )
    (done,) = run_files([path])
    assert [test.name for test in done.results] == [
        "office is open at 2026-03-10 08:30",
        "office is open at 2026-03-14 10:00",
        "office is closed at 2026-03-10 17:29:59",
    ]
    assert [str(test.failure) for test in done.failed] == [
        (
            'desk.test.yaml:4:30: failed: test "hours": expected office to be open at '
            "2026-03-14 10:00, but it is closed; it opens Mon 2026-03-16 08:30\n"
            "        open: [2026-03-10 08:30, 2026-03-14 10:00]\n"
            "                                 ^^^^^^^^^^^^^^^^"
        ),
        (
            'desk.test.yaml:5:14: failed: test "hours": expected office to be closed at '
            "2026-03-10 17:29:59, but it is open\n"
            "        closed: [2026-03-10 17:29:59]\n"
            "                 ^^^^^^^^^^^^^^^^^^^"
        ),
    ]
