"""queues.yaml: every setting of a queue, and what is told when one is wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import in_order
from contactcenter_ari.config.site import check_site, load_site
from contactcenter_ari.core.acd.settings import (
    CallWindow,
    LeaveWhenEmpty,
    MissLimits,
    QueueSettings,
    WrapUpKind,
)
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.hours.calendar import is_open
from contactcenter_ari.core.hours.calling_time import every_day
from contactcenter_ari.core.site.catalog import CALLBACK_PROMPTS
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.event import QueueExit
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName

WriteSite = Callable[..., Path]
EVERYTHING = """\
sales:
  strategy: linear
  order: [101, 102]
  ring_limit: 15s
  wrap_up: 30s
  wrap_up_kind: until_disposition
  wrap_up_limit: 10m
  dispositions: [sold, no_sale]
  max_wait: {default: 15m, gold: 5m, "not yet known": 20m}
  max_waiting: 50
  head_start: {gold: 5m, platinum: 1h}
  divert_wait: 10m
  divert_ratio: 2.5
  service_level: 30s
  short_abandon: 3s
  lost_calls: [abandoned, timeout, no_agents]
  misses_before_not_ready: {no_answer: 1, busy: 3, refused: 2}
  miss_pause: 45s
  miss_return: 5m
  keep_last_ready: true
  unreachable_after: 6s
  count_flow_time: true
  prefer_last_agent: 30s
  resume_position: 60s
  agent_prompt: goodbye
  music: calm
  recording: false
  join_empty: true
  callback_mode: agent_first
  shared_numbers: true
  call_window: 9:00-20:30
  unknown_zone: Europe/Moscow
claims:
  strategy: ring_all
  ring_at_most: 5
  wrap_up_kind: extendable
  max_wait: 10m
  divert_ratio: 3
  leave_when_empty: paused
  leave_grace: 1m
support:
  ready_time_only: true
  callback_keys: true
"""


ASKING = "".join(f"  {name}: {{en: x, nl: x}}\n" for name in CALLBACK_PROMPTS)
"""Prompts of site.yaml that a queue with callback_keys needs."""


def seconds(number: int) -> timedelta:
    """A duration of this many seconds."""
    return timedelta(seconds=number)


def all_settings(write_site: WriteSite, site_text: str) -> Path:
    """A folder with a site that has every setting of a queue somewhere."""
    return write_site(site=site_text + ASKING, queues=EVERYTHING, desk=None, night=NIGHT)


def told(folder: Path) -> list[str]:
    """Place, code, word under the caret and message of each problem of queues.yaml."""
    return [
        f"{each.line}:{each.column} {each.code} "
        f"[{each.source[each.column - 1 : each.column - 1 + each.length]}] {each.message}"
        f"{f' ({each.suggestion})' if each.suggestion else ''}"
        for each in in_order(check_site(folder)[1])
        if each.file.name == "queues.yaml"
    ]


def test_every_setting_is_read(write_site: WriteSite, site_text: str) -> None:
    """Each lands in its field; what is left out has its default."""
    queues = load_site(all_settings(write_site, site_text)).queues
    assert queues[QueueName("sales")] == QueueSettings(
        name=QueueName("sales"),
        strategy=Strategy.LINEAR,
        order=(AgentId("101"), AgentId("102")),
        ring_limit=seconds(15),
        wrap_up=seconds(30),
        wrap_up_kind=WrapUpKind.UNTIL_DISPOSITION,
        wrap_up_limit=seconds(600),
        dispositions=("sold", "no_sale"),
        max_wait=seconds(900),
        max_wait_by_status={"gold": seconds(300), "not yet known": seconds(1200)},
        head_start_by_status={"gold": seconds(300), "platinum": seconds(3600)},
        max_waiting=50,
        divert_wait=seconds(600),
        divert_ratio=2.5,
        service_level=seconds(30),
        short_abandon=seconds(3),
        lost_calls=(QueueExit.ABANDONED, QueueExit.TIMEOUT, QueueExit.NO_AGENTS),
        misses_before_not_ready=MissLimits(no_answer=1, busy=3, refused=2, unreachable=1),
        miss_pause=seconds(45),
        miss_return=seconds(300),
        keep_last_ready=True,
        unreachable_after=seconds(6),
        count_flow_time=True,
        prefer_last_agent=seconds(30),
        resume_position=seconds(60),
        agent_prompt="goodbye",
        music="calm",
        recording=False,
        join_empty=True,
        callback_mode=CallbackMode.AGENT_FIRST,
        shared_numbers=True,
        call_window=CallWindow(time(9), time(20, 30)),
        unknown_zone="Europe/Moscow",
    )
    assert queues[QueueName("support")].callback_keys
    assert queues[QueueName("claims")] == QueueSettings(
        name=QueueName("claims"),
        strategy=Strategy.RING_ALL,
        ring_at_most=5,
        wrap_up_kind=WrapUpKind.EXTENDABLE,
        max_wait=seconds(600),
        divert_ratio=3,
        leave_when_empty=LeaveWhenEmpty.PAUSED,
        leave_grace=seconds(60),
    )
    assert queues[QueueName("support")].ready_time_only


def test_every_setting_there_is_can_be_written(write_site: WriteSite, site_text: str) -> None:
    """The three queues above differ from the defaults in every field but their names."""
    queues = load_site(all_settings(write_site, site_text)).queues.values()
    same = QueueSettings(name=QueueName("x"))
    kept = [
        field
        for field in QueueSettings.__struct_fields__
        if all(getattr(queue, field) == getattr(same, field) for queue in queues)
    ]
    assert kept == []


NIGHT = """\
flow: night
numbers: ["+31201234567"]
timezone: Europe/Amsterdam
languages: [en]
sections:
  start: [answer, hangup]
"""

MISTAKES = [
    (
        "wrap_up_kind: extendible",
        (
            "1:23 E105 [extendible] wrap_up_kind must be one of fixed, extendable,"
            ' until_disposition, not "extendible" (did you mean "extendable"?)'
        ),
    ),
    (
        "callback_mode: customer",
        (
            "1:24 E105 [customer] callback_mode must be one of agent_first, customer_first,"
            ' not "customer" (did you mean "customer_first"?)'
        ),
    ),
    (
        "strategy: linear, order: [101, ann]",
        '1:40 E105 [ann] order must be agents, for example [101, 102], not "ann"',
    ),
    (
        "strategy: linear, order: [101, 101]",
        "1:40 E211 [101] agent 101 stands twice in the order",
    ),
    (
        "strategy: ring_all, ring_at_most: 0",
        '1:43 E105 [0] ring_at_most must be a whole number from 1 to 100, for example 20, not "0"',
    ),
    (
        "dispositions: [sold, sold]",
        '1:30 E211 [sold] disposition "sold" stands twice',
    ),
    (
        "dispositions: [no sale]",
        '1:24 E110 [no sale] a disposition cannot be named "no sale"; an example: main_menu',
    ),
    (
        "max_wait: {gold: 5m}",
        '1:19 E106 [{] max_wait needs the key "default", for callers of no other status',
    ),
    (
        "max_wait: {default: 15m, gold: 5}",
        '1:40 E107 [5] max_wait of gold must be a duration, for example 20s or 1h30m, not "5"',
    ),
    (
        "head_start: 5m",
        "1:21 E105 [5m] head_start must be a map by caller status, for example {gold: 5m}",
    ),
    (
        "head_start: {gold: 25h}",
        "1:28 E107 [25h] head_start of gold must be from 0s to 24h",
    ),
    (
        "divert_ratio: 0",
        '1:23 E105 [0] divert_ratio must be callers per agent, for example 3 or 2.5, not "0"',
    ),
    (
        "misses_before_not_ready: {busi: 3}",
        (
            '1:35 E101 [busi] key "busi" is not known in misses_before_not_ready'
            ' (did you mean "busy"?)'
        ),
    ),
    (
        "misses_before_not_ready: {busy: 0}",
        '1:41 E105 [0] busy must be a whole number from 1 to 100, for example 1, not "0"',
    ),
    (
        "agent_prompt: goodby",
        '1:23 E202 [goodby] system prompt "goodby" does not exist (did you mean "goodbye"?)',
    ),
    (
        "unknown_zone: all_zone",
        (
            "1:23 E105 [all_zone] unknown_zone must be flow, block, all_zones, or a time zone such"
            ' as Europe/Moscow, not "all_zone" (did you mean "all_zones"?)'
        ),
    ),
    (
        "unknown_zone: Europe/Moscou",
        (
            "1:23 E105 [Europe/Moscou] unknown_zone must be flow, block, all_zones, or a time zone"
            ' such as Europe/Moscow, not "Europe/Moscou" (did you mean "Europe/Moscow"?)'
        ),
    ),
    (
        "call_window: 21:00-08:00",
        (
            "1:22 E105 [21:00-08:00] call_window must be times of one day, for example"
            ' 08:00-21:00, not "21:00-08:00"'
        ),
    ),
    (
        "call_window: 08:00-25:00",
        (
            "1:22 E105 [08:00-25:00] call_window must be times of one day, for example"
            ' 08:00-21:00, not "08:00-25:00"'
        ),
    ),
    (
        "lost_calls: [timeout, closed, timeout]",
        '1:39 E211 [timeout] "timeout" stands twice in lost_calls',
    ),
    (
        "lost_calls: [time_out]",
        (
            "1:22 E105 [time_out] lost_calls must be some of abandoned, abandoned_short, timeout,"
            ' full, closed, no_agents, diverted, system_error, not "time_out"'
            ' (did you mean "timeout"?)'
        ),
    ),
    (
        "lost_calls: [key_exit]",
        (
            "1:22 E105 [key_exit] lost_calls must be some of abandoned, abandoned_short, timeout,"
            ' full, closed, no_agents, diverted, system_error, not "key_exit"'
        ),
    ),
    (
        "resume_position: 2h",
        "1:26 E107 [2h] resume_position must be from 0s to 1h",
    ),
    (
        "count_flow_time: often",
        '1:26 E105 [often] count_flow_time must be true or false, not "often"',
    ),
]


@pytest.mark.parametrize(("settings", "message"), MISTAKES)
def test_a_mistake_is_told_at_its_place(
    settings: str, message: str, write_site: WriteSite
) -> None:
    """Line, column, code, the word to blame, what would be right, and what may be meant."""
    assert told(write_site(queues=f"sales: {{{settings}}}\n")) == [message]


CONTRADICTIONS = [
    (
        "order: [101, 102]",
        "[[] order is for strategy linear, and this queue has longest_idle",
    ),
    (
        "strategy: linear",
        "[linear] strategy linear needs an order, for example order: [101, 102]",
    ),
    (
        "strategy: linear, order: []",
        "[linear] strategy linear needs an order, for example order: [101, 102]",
    ),
    (
        "strategy: round_robin, ring_at_most: 3",
        "[3] ring_at_most is for strategy ring_all, and this queue has round_robin",
    ),
    (
        "strategy: fewest_calls, ready_time_only: no",
        "[no] ready_time_only is for strategy longest_idle, and this queue has fewest_calls",
    ),
    (
        "wrap_up_kind: until_disposition",
        "[until_disposition] until_disposition needs dispositions, for example [sold, no_sale]",
    ),
    (
        "wrap_up_limit: 5m",
        (
            "[5m] wrap_up_limit is for wrap_up_kind extendable or until_disposition,"
            " and this is fixed"
        ),
    ),
    (
        "wrap_up_kind: extendable, wrap_up: 30s, wrap_up_limit: 20s",
        "[20s] wrap_up_limit must not be below wrap_up, which comes first",
    ),
    (
        "wrap_up_kind: extendable, wrap_up: 1h",
        "[1h] wrap_up_limit must not be below wrap_up, which comes first",
    ),
    (
        "max_wait: {default: 10m, gold: 30s}, prefer_last_agent: 30s",
        "[30s] prefer_last_agent must be shorter than max_wait, or nobody else is ever asked",
    ),
    (
        "leave_when_empty: never, leave_grace: 10s",
        "[10s] leave_grace is for leave_when_empty logged_out or paused, and here it is never",
    ),
    (
        "join_empty: true, leave_grace: 10s",
        (
            "[10s] leave_grace is for leave_when_empty logged_out or paused, and here it is never "
            "with join_empty: true"
        ),
    ),
]


@pytest.mark.parametrize(("settings", "message"), CONTRADICTIONS)
def test_a_contradiction_is_told(settings: str, message: str, write_site: WriteSite) -> None:
    """Two settings of which one makes the other senseless, blamed on one that was given."""
    (problem,) = told(write_site(queues=f"sales: {{{settings}}}\n"))
    assert problem.partition(" E111 ")[2] == message


def test_asking_by_key_needs_its_prompts(write_site: WriteSite, site_text: str) -> None:
    """A customer who answers would be asked nothing."""
    site = (site_text + ASKING).replace("  callback_later: {en: x, nl: x}\n", "")
    (problem,) = told(write_site(site=site, queues="sales: {callback_keys: true}\n"))
    assert problem == (
        '1:24 E202 [true] callback_keys needs the system prompt "callback_later" in site.yaml'
    )


def test_a_wrong_value_is_no_contradiction(write_site: WriteSite) -> None:
    """The contradictions of a mistyped strategy are not known."""
    (problem,) = told(write_site(queues="sales: {strategy: liniar, order: [101]}\n"))
    assert 'did you mean "linear"?' in problem


@pytest.mark.parametrize("begin", ["00:00", "8:00"])
def test_customers_may_be_called_up_to_midnight(begin: str, write_site: WriteSite) -> None:
    """24:00 is the end of the day, as in opening hours; from 00:00 on it is always."""
    queues = f"sales: {{max_wait: 5m, call_window: {begin}-24:00}}\n"
    folder = write_site(queues=f"{queues}claims: {{max_wait: 5m}}\n")
    window = load_site(folder).queues[QueueName("sales")].call_window
    assert window == CallWindow(time.fromisoformat(f"{begin:0>5}"), time())
    for hour in (time(8), time(23, 59)):
        at = datetime.combine(date(2026, 3, 10), hour, UTC)
        assert is_open(every_day("UTC", window.since, window.until), at)


def test_an_old_key_is_read_with_a_warning(write_site: WriteSite, site_text: str) -> None:
    """It says where it stands and the new key; the queue is as if the new key were written."""
    queues = "sales: {max_wait: 5m, whisper: goodbye, resume_place: 60s}\n"
    folder = write_site(site=site_text, queues=queues, desk=None, night=NIGHT)
    expected = [
        f'1:{column} E112 [{old}] "{old}" is now "{new}"; the next version will not know'
        " the old key"
        for column, old, new in (
            (23, "whisper", "agent_prompt"),
            (41, "resume_place", "resume_position"),
        )
    ]
    assert expected == told(folder)
    assert load_site(folder).queues[QueueName("sales")] == QueueSettings(
        name=QueueName("sales"),
        max_wait=seconds(300),
        agent_prompt="goodbye",
        resume_position=seconds(60),
    )


def test_a_key_by_both_its_names(write_site: WriteSite, site_text: str) -> None:
    """Only one of the two can be meant, as when a key stands twice."""
    queues = "sales: {max_wait: 5m, whisper: goodbye, agent_prompt: goodbye}\n"
    folder = write_site(site=site_text, queues=queues, desk=None, night=NIGHT)
    message = '"whisper" is the old name of "agent_prompt", which is given too'
    assert told(folder) == [f"1:23 E003 [whisper] {message}"]


def test_without_a_site_any_agent_prompt_is_taken_to_exist(write_site: WriteSite) -> None:
    """The prompts of a site.yaml that is missing are not told one by one."""
    folder = write_site(site=None, queues="sales: {max_wait: 5m, agent_prompt: hello}\n")
    assert told(folder) == []


def test_what_an_agent_prompt_may_name(write_site: WriteSite, site_text: str) -> None:
    """A prompt of the site may name both; it has the caller's wait so far, no estimate."""
    prompt = '  next: {en: "{queue}, {waited | duration}.", nl: "{queue | phone}, {waiting}."}\n'
    folder = write_site(
        site=site_text + prompt, queues="sales: {max_wait: 5m, agent_prompt: next}\n"
    )
    problems = [(each.code, each.message) for each in in_order(check_site(folder)[1])]
    assert problems == [("E302", 'name "waiting" does not exist')]


@pytest.mark.parametrize(
    ("line", "expected"), [("", 45), ("occupancy_window: 1h\n", 60), ("occupancy_window: 3m\n", 3)]
)
def test_the_window_of_occupancy_is_one_of_the_site(
    line: str, expected: int, write_site: WriteSite, site_text: str
) -> None:
    """An agent of several queues has one occupancy; so its window is the site's."""
    site = load_site(write_site(site=f"{site_text}{line}"))
    assert site.occupancy_window == timedelta(minutes=expected)
