"""A shop that takes callbacks: waiting callers press 1, and the stories told of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import Prompt
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.language.step import Step
from contactcenter_ari.core.flow.verb.callback import BookCallback
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.hangup import HangUp
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Queue
from contactcenter_ari.core.flow.verb.table import Verb
from contactcenter_ari.core.hours.calendar import Calendar, TimeRange
from contactcenter_ari.core.site.site import SitePublished
from contactcenter_ari.core.vocabulary import event, request
from contactcenter_ari.core.vocabulary.callback import CallbackMode
from contactcenter_ari.core.vocabulary.command import DialOutside
from contactcenter_ari.core.vocabulary.event import (
    CallbackAttempted,
    CallbackBooked,
    CallbackClosed,
)
from contactcenter_ari.core.vocabulary.ids import CallbackId, InteractionId, QueueName

if TYPE_CHECKING:
    from tests.core.conftest import Callee, Caller, Floor

CUSTOMER_FIRST, AGENT_FIRST = CallbackMode.CUSTOMER_FIRST, CallbackMode.AGENT_FIRST
BOTH = pytest.mark.parametrize("mode", [CUSTOMER_FIRST, AGENT_FIRST])
ANN, BOB, CAS = "+31612345678", "+31687654321", "+31611111111"
SALES = QueueName("sales")
BESIDE = "+31207654321"
"""The number of the other flow, see `opens_beside`."""
NOBODY = InteractionId("n0-b0-1")
"""A callback of another process's call."""


def open_shop(
    floor: Floor,
    *,
    allowed: tuple[str, ...] = ("+316",),
    head_start: str = "",
    flow: dict[str, Any] | None = None,
    step: dict[str, Any] | None = None,
    line: dict[str, Any] | None = None,
    next: dict[str, Destination] | None = None,  # noqa: A002  # as in a flow
    more: dict[str, list[Verb | Step]] | None = None,
    first: Verb | None = None,
    inline: bool = False,
    prompts: dict[str, Prompt] | None = None,
    **settings: Any,  # noqa: ANN401  # of the queue
) -> None:
    """A queue in which key 1 asks for a call back, key 2 for one to Bob's number, and key 0 leads
    out of the line; `inline`, the steps of key 1 are written beside it. `next` is where the queue
    leads, `more` are other sections, and `first` is done before all else.
    """
    keys = {
        key: Destination(Way.SECTION, name)
        for key, name in {"1": "own", "2": "bob", "0": "menu"}.items()
    }
    if inline:
        keys = {"1": Destination(Way.INLINE, "(key)")}
    said = {"booked": Destination(Way.SECTION, "yes"), "refused": Destination(Way.SECTION, "no")}
    book = BookCallback(SALES, said, **(step or {}))
    sections: dict[str, list[Verb | Step]] = {
        "start": [
            *([first] if first else []),
            Goto(Destination(Way.SECTION, "vip")) if head_start else Play("welcome"),
            Queue(SALES, next or {}, keys=keys, **(line or {})),
        ],
        "vip": [Queue(SALES, {}, keys=keys, head_start=parse(head_start) if head_start else None)],
        "own": [book],
        "bob": [msgspec.structs.replace(book, number=parse(f'"{BOB}"'))],
        "(key)": [BookCallback(SALES, {}), Play("thank you", barge_in=False)],
        "yes": [Play("we call you", barge_in=False)],
        "no": [Play("we cannot", barge_in=False)],
        "menu": [Play("menu", barge_in=False), HangUp()],
    }
    sections |= more or {}
    shop = msgspec.structs.replace(floor.write(sections), dial_allow=allowed, **(flow or {}))
    floor.open(shop, QueueSettings(name=SALES, **{"join_empty": True} | settings), prompts=prompts)


def waits(floor: Floor, number: str = ANN) -> Caller:
    """Somebody who stands in line."""
    caller = floor.caller(number)
    if caller.is_spoken_to():
        caller.hears_out()
    return caller


def booked(floor: Floor, number: str = ANN, *, hangs_up: bool = True) -> CallbackId:
    """Somebody who waited, asked for a call back and hung up."""
    caller = waits(floor, number)
    caller.presses("1")
    assert caller.heard[-1] == "we call you"
    if hangs_up:
        caller.hangs_up()
    return floor.told(CallbackBooked)[-1].callback


def busy_agent(floor: Floor, agent: str = "100") -> None:
    """An agent who takes calls and is in one, so that callers wait."""
    floor.agent(agent).is_busy()


def talking_agent(floor: Floor, agent: str = "100") -> None:
    """An agent who takes calls and talks to somebody for as long as it takes."""
    known = floor.agent(agent)
    waits(floor, "")
    known.picks_up()


def ready(floor: Floor, agent: str = "100") -> None:
    """The agent is free again, after a call or a pause."""
    floor.known(agent).goes_ready()


def rung(floor: Floor) -> list[str]:
    """The numbers that were dialed so far."""
    return [dial.number for dial in floor.done(DialOutside)]


def customer(floor: Floor) -> Callee:
    """The customer dialed back now, or last."""
    return floor.callee()


def attempts(floor: Floor) -> list[tuple[int, str, float | None]]:
    """The attempts so far: number, result, and seconds until the next."""
    return [
        (e.attempt, e.result, (e.next_at - e.at).total_seconds() if e.next_at else None)
        for e in floor.told(CallbackAttempted)
    ]


def closed(floor: Floor) -> list[str]:
    """How callbacks were closed."""
    return [each.result for each in floor.told(CallbackClosed)]


def outbound(floor: Floor) -> list[InteractionId]:
    """The interactions in which a customer was called."""
    started = floor.told(event.InteractionStarted)
    return [each.interaction for each in started if each.direction == "outbound"]


def ended(floor: Floor, interaction: InteractionId) -> event.InteractionEnded:
    """The one end of an interaction."""
    ends = floor.told(event.InteractionEnded)
    (end,) = (each for each in ends if each.interaction == interaction)
    return end


def day(*ranges: tuple[int, int]) -> Calendar:
    """The same hours each day in Amsterdam, in full hours."""
    hours = tuple(TimeRange(start * 60, end * 60) for start, end in ranges)
    return Calendar("Europe/Amsterdam", (hours,) * 7)


def placed(floor: Floor) -> InteractionId:
    """The interaction for which the one place is kept."""
    line = floor.center._distribution.queues.lines[SALES]
    (kept,) = (waiting for waiting in line if waiting.callback is not None)
    return kept.interaction


def opens_beside(floor: Floor, *steps: Verb, queues: dict[QueueName, Any] | None = None) -> None:
    """Another flow is published beside the shop, with a number of its own."""
    beside = floor.write({"start": list(steps)})
    beside = msgspec.structs.replace(
        beside, name="beside", numbers=(BESIDE,), dial_allow=("+316", "+3120")
    )
    flows = (*floor.site.flows, beside)
    floor.site = msgspec.structs.replace(
        floor.site, flows=flows, queues=floor.site.queues | (queues or {})
    )
    floor.take(SitePublished(floor.site))


def restore(floor: Floor, **changed: Any) -> request.RestoreCallback:  # noqa: ANN401  # any field
    """A callback of another process, given at nine."""
    fields: dict[str, Any] = {
        "callback": CallbackId("n0-b0-2"), "interaction": NOBODY, "queue": SALES,
        "dialed": ANN, "waiting_since": floor.now - timedelta(hours=1),
        "head_start": timedelta(), "priority": 5, "flow": "shop", "language": "en", "hours": "",
        "attempts": 3, "attempts_made": 1, "retry_after": timedelta(minutes=15), "next_at": None,
        "expires_at": floor.now + timedelta(hours=5), "mode": CUSTOMER_FIRST,
    }  # fmt: skip
    restored = request.RestoreCallback(**fields | changed)
    floor.take(restored)
    return restored
