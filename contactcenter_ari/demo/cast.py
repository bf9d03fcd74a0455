"""The people of the demonstration: callers with their stories, agents with their queues.

Each story says how its call must end; the verdict holds that against the database.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from contactcenter_ari.core.vocabulary.event import EndReason
from contactcenter_ari.loadtest.caller import Caller, Story
from contactcenter_ari.postgres.customer import Customer

NUMBER = "+31201234567"
GOLD = Customer("Jansen", ("+31611000001",), "10000001", Decimal("1204.50"), status="gold")
KNOWN = Customer("Petersen", ("+31611000002",), "10000002", Decimal("87.10"), language="nl")
CUSTOMERS = (GOLD, KNOWN)
PATIENT = timedelta(minutes=15)
"""These callers wait for the center to end their call, however busy the machine is."""

BUSY_QUEUES = ("claims", "service")
"""Queues with agents who answer."""
SLOW_QUEUE = "sales"
"""The queue whose only agent is at lunch, so that its callers are not served."""
LUNCH_CODE = "*131"
LOG_IN_CODE = "*11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One caller's part: the story in words, the keys, the one end it may come to, and the
    topic that the flow must have noted.
    """

    story: str
    script: Story
    keys: str
    ends: EndReason
    topic: str = ""
    patience: timedelta = PATIENT
    number: str = ""


CLAIM = Part(
    story="reports a claim, talks to an agent",
    script=Story.THROUGH_MENU,
    keys=",11",
    ends=EndReason.COMPLETED,
    topic="claim",
)
DUTCH = Part(
    story="asks for someone, in Dutch",
    script=Story.THROUGH_MENU,
    keys=",2,0",
    ends=EndReason.COMPLETED,
)
VIP = Part(
    story="gold customer, talks to an agent",
    script=Story.THROUGH_MENU,
    keys=",,1",
    ends=EndReason.COMPLETED,
    topic="claim",
    number=GOLD.numbers[0],
)
BALANCE = Part(
    story="asks the balance of a policy, hangs up",
    script=Story.THROUGH_MENU,
    keys=",1,3," + GOLD.policy_number,
    ends=EndReason.LEFT_FLOW,
    topic="balance",
    patience=timedelta(seconds=10),
)
GIVES_UP = Part(
    story="waits for sales, gives up",
    script=Story.HANGS_UP_WAITING,
    keys=",121",
    ends=EndReason.ABANDONED,
    topic="sales",
    patience=timedelta(seconds=14),
)
WRONG_KEYS = Part(
    story="presses wrong keys, is sent to an agent",
    script=Story.PRESSES_WRONG_KEYS,
    keys=",,9,,9,,9,,9,,9",
    ends=EndReason.COMPLETED,
)
SILENT = Part(
    story="presses nothing, is sent to an agent",
    script=Story.PRESSES_NOTHING,
    keys="-",
    ends=EndReason.COMPLETED,
)

MIX = (
    *(CLAIM,) * 9,
    *(DUTCH,) * 3,
    *(BALANCE,) * 2,
    *(GIVES_UP,) * 2,
    VIP,
    VIP,
    WRONG_KEYS,
    SILENT,
)
"""The stories of twenty callers."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A caller who is to call, and the part to be played."""

    caller: Caller
    part: Part


def cast_callers(calls: int, *, agents: int, seed: int, audio: Path) -> list[Appearance]:
    """The callers in the order they call. With a single agent nobody can be at lunch, so
    every caller is served.
    """
    mix = [part for part in MIX if agents > 1 or part is not GIVES_UP]
    random.Random(seed).shuffle(mix)  # noqa: S311  # a mix of stories, not a secret
    return [_appearance(mix[number % len(mix)], number, audio) for number in range(calls)]


def _appearance(part: Part, number: int, audio: Path) -> Appearance:
    caller = Caller(
        story=part.script,
        number=NUMBER,
        caller=part.number or f"+3162{number:07d}",
        audio=audio,
        keys=part.keys,
        listen=timedelta(seconds=3),
        patience=part.patience,
    )
    return Appearance(caller, part)
