"""The site of the machine: every strategy in some queue, and flows that lead everywhere."""

from datetime import time, timedelta

import msgspec

from contactcenter_ari.core.acd.settings import (
    CallWindow,
    LeaveWhenEmpty,
    MissLimits,
    QueueSettings,
    WrapUpKind,
)
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.flow.language.declaration import HttpLookUp, Prompt, Text, Words
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Section, Step
from contactcenter_ari.core.flow.verb.agent import RingAgent
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.flow.verb.set import SetVariables
from contactcenter_ari.core.flow.verb.switch import Switch
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.flow.verb.tag import Tag
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.core.site.catalog import CALLBACK_PROMPTS
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.skill import SkillStep
from contactcenter_ari.simulation.sample import MENU, sample_site

SALES, CLAIMS, TECH = QueueName("sales"), QueueName("claims"), QueueName("tech")
BILLING, NIGHT, DESK = QueueName("billing"), QueueName("night"), QueueName("desk")
EVERYBODY = QueueName("everybody")
AGENTS = tuple(map(AgentId, ("100", "101", "102", "103", "104")))
DISPOSITIONS = ("sold", "lost")
AGENT_PROMPT = "agent_prompt"


def seconds(number: float) -> timedelta:
    """A duration of this many seconds."""
    return timedelta(seconds=number)


QUEUES = (
    QueueSettings(
        name=SALES,
        max_wait=seconds(90),
        wrap_up=timedelta(),
        prefer_last_agent=seconds(12),
        miss_return=seconds(95),
        max_wait_by_status={"gold": seconds(31)},
        leave_grace=seconds(12),
    ),
    QueueSettings(
        name=CLAIMS,
        strategy=Strategy.LEAST_OCCUPIED,
        misses_before_not_ready=MissLimits.alike(2),
        max_waiting=5,
        join_empty=True,
        leave_when_empty=LeaveWhenEmpty.LOGGED_OUT,
        resume_position=seconds(95),
    ),
    QueueSettings(
        name=TECH,
        strategy=Strategy.MOST_SKILLED,
        wrap_up=seconds(12),
        wrap_up_kind=WrapUpKind.EXTENDABLE,
        wrap_up_limit=seconds(31),
        miss_pause=seconds(12),
        misses_before_not_ready=MissLimits(no_answer=2, busy=3),
        leave_when_empty=LeaveWhenEmpty.PAUSED,
        keep_last_ready=True,
        callback_keys=True,
    ),
    QueueSettings(
        name=BILLING,
        strategy=Strategy.ROUND_ROBIN,
        wrap_up_kind=WrapUpKind.UNTIL_DISPOSITION,
        wrap_up_limit=seconds(95),
        dispositions=DISPOSITIONS,
        count_flow_time=True,
        callback_mode=CallbackMode.AGENT_FIRST,
        call_window=CallWindow(until=time(10, 2)),
        agent_prompt=AGENT_PROMPT,
        leave_when_empty=LeaveWhenEmpty.NEVER,
    ),
    QueueSettings(
        name=NIGHT,
        strategy=Strategy.FEWEST_CALLS,
        ring_limit=seconds(12),
        miss_return=seconds(31),
        divert_ratio=1.5,
        divert_wait=seconds(400),
        leave_when_empty=LeaveWhenEmpty.PAUSED,
        leave_grace=timedelta(),
        keep_last_ready=True,
        miss_pause=timedelta(),
        misses_before_not_ready=MissLimits.alike(3),
    ),
    QueueSettings(
        name=DESK,
        strategy=Strategy.LINEAR,
        order=(AGENTS[2], AGENTS[0]),
        head_start_by_status={"gold": seconds(31)},
        join_empty=True,
        leave_when_empty=LeaveWhenEmpty.PAUSED,
    ),
    QueueSettings(
        name=EVERYBODY,
        strategy=Strategy.RING_ALL,
        ring_at_most=3,
        ready_time_only=True,
        callback_mode=CallbackMode.AGENT_FIRST,
        misses_before_not_ready=MissLimits.alike(2),
        miss_pause=seconds(12),
        join_empty=True,
    ),
)
PROFILES: dict[AgentId, tuple[tuple[tuple[QueueName, ...], dict[str, int]], ...]] = {
    AGENTS[0]: (((SALES, DESK, EVERYBODY), {}), ((SALES, TECH), {"nl": 9}), ((BILLING,), {})),
    AGENTS[1]: (((SALES, CLAIMS, TECH, EVERYBODY), {"nl": 3}), ((CLAIMS, NIGHT), {"nl": 5})),
    AGENTS[2]: (((CLAIMS, DESK, EVERYBODY), {}), ((), {})),
    AGENTS[3]: (((TECH, BILLING, NIGHT), {"nl": 5, "law": 2}), ((TECH, BILLING), {})),
    AGENTS[4]: ((tuple(q.name for q in QUEUES), {"nl": 2}), ((BILLING,), {"law": 1})),
}
RELAXING = (
    SkillStep(timedelta(), {"nl": 5, "law": 1}),
    SkillStep(seconds(12), {"nl": 3}),
    SkillStep(seconds(31), {}),
)
STEPS: dict[str, Queue] = {
    "+311": Queue(SALES, {}),
    "+312": Queue(SALES, {}, priority=parse("1")),
    "+313": Queue(SALES, {}, head_start=parse("1m"), max_wait=seconds(400)),
    "+314": Queue(CLAIMS, {}, prefer=parse('"101"'), prefer_for=seconds(31)),
    "+315": Queue(TECH, {}, skills=RELAXING),
    "+316": Queue(TECH, {}, skills=RELAXING, prefer=parse('"104"'), prefer_for=seconds(12)),
    "+317": Queue(
        BILLING,
        {"answered": Destination(Way.CONTINUE)},
        announce=(Announcement("told", seconds(3), seconds(12)),),
    ),
    "+318": Queue(NIGHT, {}, head_start=parse("12s")),
    "+319": Queue(DESK, {}),
    "+320": Queue(EVERYBODY, {}),
    "+321": Queue(EVERYBODY, {}, skills=RELAXING[1:], head_start=parse("31s")),
}
KEYS = {
    "1": Destination(Way.CALL, "told"),
    "5": Destination(Way.SECTION, "out"),
}
"""The keys of a caller who waits, in addition to 2 for a callback, and 9 for one to the number of
another caller.
"""
BOOKED = "+322"
"""Straight to a callback."""
AWAY = "+31201111112"
"""Agent 100 straight, a doctor who must accept, the claims queue with keys, another number."""
NUMBERS = (*STEPS, *STEPS, MENU, AWAY, *(BOOKED,) * 3, "+999")
CALLERS = ("", "+31612345678", "+31612345679", "0612345678")


_CALLED = parse("called.number")


def _section(*verbs: Verb) -> Section:
    return Section(tuple(Step(verb, line=1) for verb in verbs))


def _flow(
    name: str, numbers: tuple[str, ...], sections: dict[str, Section], on_hangup: str
) -> Flow:
    return Flow(
        name=name,
        version="1",
        numbers=numbers,
        timezone="Europe/Amsterdam",
        languages=("en",),
        sections=sections,
        prompts={word: Prompt({"en": (Text((Words(word),)),)}) for word in ("screen", "told")},
        look_ups={"crm": HttpLookUp("https://crm.example/", {}, {})},
        on_hangup=on_hangup,
        dial_allow=("+316",),
        country_code="31",
    )


def _bye() -> Section:
    return _section(LookUpStep("crm", {}, "crm", {}), Tag((("done", parse('"1"')),)))


def _lines(name: str, steps: dict[str, Queue], on_hangup: str) -> Flow:
    """A flow that leads to a queue at once; those of gold status have one caller id."""
    status = parse(f'"gold" if caller.number == "{CALLERS[2]}" else ""')
    ways = {number: Destination(Way.SECTION, number) for number in steps}
    sections = {
        "start": _section(SetVariables((("caller.status", status),)), Switch(_CALLED, ways)),
        "told": _section(Play("told", barge_in=False)),
        "out": _section(TransferOut(parse('"+31687654322"'))),
        "bye": _bye(),
    }
    for number, step in steps.items():
        keys = KEYS | {
            "2": Destination(Way.CALL, f"callback {step.queue}"),
            "9": Destination(Way.CALL, f"callback {step.queue} elsewhere"),
        }
        sections[number] = _section(msgspec.structs.replace(step, keys=keys))
        sections[f"callback {step.queue}"] = _section(_request_callback(step.queue))
        elsewhere = msgspec.structs.replace(
            _request_callback(step.queue), number=parse(f'"{CALLERS[1]}"')
        )
        sections[f"callback {step.queue} elsewhere"] = _section(elsewhere)
    return _flow(name, tuple(steps), sections, on_hangup)


def _request_callback(queue: QueueName) -> BookCallback:
    return BookCallback(
        queue,
        {"booked": Destination(Way.HANG_UP)},
        attempts=2,
        retry_after=seconds(31),
        expires=seconds(400),
    )


def _booked() -> Flow:
    sections = {"start": _section(_request_callback(SALES), Queue(SALES, {})), "bye": _bye()}
    return _flow("booked", (BOOKED,), sections, "bye")


def _away() -> Flow:
    """A flow that leads to everybody there is, and asks a look-up when the call is over."""
    on = {"answered": Destination(Way.CONTINUE)}
    keys = {
        "1": Destination(Way.CALL, "told"),
        "2": Destination(Way.SECTION, "out"),
        "5": Destination(Way.HANG_UP),
    }
    sections = {
        "start": _section(
            RingAgent(parse('"100"'), on, seconds(12)),
            DialOut(parse('"+31687654321"'), on, screen="screen"),
            Queue(CLAIMS, {}, keys=keys, max_wait=seconds(95)),
            TransferOut(parse('"+31687654322"')),
        ),
        "told": _section(Play("told", barge_in=False)),
        "out": _section(TransferOut(parse('"+31687654322"'))),
        "bye": _bye(),
    }
    return _flow("away", (AWAY,), sections, "bye")


def _site(queues: tuple[QueueSettings, ...]) -> Site:
    sample = sample_site(QUEUES)
    known = {queue.name for queue in queues}
    steps = {number: step for number, step in STEPS.items() if step.queue in known}
    plain = {number: step for number, step in steps.items() if number < "+315"}
    rest = {number: step for number, step in steps.items() if number not in plain}
    lines = (_lines("plain", plain, ""), _lines("rest", rest, "bye"))
    more = {
        name: Prompt({"en": (Text((Words(name),)),)}) for name in (AGENT_PROMPT, *CALLBACK_PROMPTS)
    }
    return msgspec.structs.replace(
        sample,
        flows=(*sample.flows, *lines, _booked(), _away()),
        queues={queue.name: queue for queue in queues},
        prompts=sample.prompts | more,
        pause_reason_required=False,
    )


def _changed(number: int, queue: QueueSettings) -> QueueSettings:
    """The same queue under another regime."""
    strategies = list(Strategy)
    after = strategies[(strategies.index(queue.strategy) + number) % len(strategies)]
    return msgspec.structs.replace(
        queue,
        strategy=after,
        wrap_up=seconds(3 * number),
        miss_pause=seconds(12 * number),
        max_wait=seconds(31 * number),
        agent_prompt=AGENT_PROMPT if number == 1 else "",
    )


SITE = _site(QUEUES)
SITES = (
    SITE,
    _site(tuple(_changed(1, queue) for queue in QUEUES)),
    _site(tuple(_changed(2, queue) for queue in QUEUES if queue.name != NIGHT)),
)
"""The sites that may be published: as it was, other strategies everywhere, and without a queue."""
