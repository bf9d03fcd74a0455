"""The same inputs give the same outcomes, in another center, process and order of hashing; and the
accounts balance in the end, for any events in any order.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest

from contactcenter_ari.core.acd.settings import MissLimits, QueueSettings
from contactcenter_ari.core.acd.strategy import Strategy
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.declaration import SqlLookUp
from contactcenter_ari.core.flow.language.destination import Destination, Way
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.gather import Gather
from contactcenter_ari.core.flow.verb.input_rules import InputRules
from contactcenter_ari.core.flow.verb.lookup import LookUpStep
from contactcenter_ari.core.flow.verb.menu import Menu
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.queue import Announcement, Queue
from contactcenter_ari.core.site.site import CenterStarted, Input, Site, SitePublished
from contactcenter_ari.core.spoken.value import DIGITS, TEXT
from contactcenter_ari.core.turn import Outcome
from contactcenter_ari.core.vocabulary.command import (
    BridgeLegs,
    Command,
    DialLeg,
    LookUp,
    PauseRecording,
    PlayPrompt,
)
from contactcenter_ari.core.vocabulary.event import Event
from contactcenter_ari.core.vocabulary.ids import AgentId, LegId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import (
    EndWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    RemoveAgent,
)
from contactcenter_ari.core.vocabulary.signal import (
    CallArrived,
    CommandFailed,
    DigitPressed,
    LegAnswered,
    LegHungUp,
    LegRinging,
    LegsBridged,
    LookUpFinished,
    PhoneDialed,
    PhoneReachable,
    PhoneUnreachable,
    PlaybackFinished,
)

if TYPE_CHECKING:
    from tests.core.conftest import Floor

AGENTS = [AgentId(str(number)) for number in range(100, 105)]
NUMBERS = ["", "+31612345678", "anonymous", "+31" * 60]
NAMES = ["", "O'Brien", '"><b>', "Ж" * 40]

REPLAY = """
import hashlib, sys, msgspec
from datetime import datetime
from contactcenter_ari.core.center.center import Center
from contactcenter_ari.core.site.site import CenterStarted, Input, Site
site = msgspec.json.decode(open(sys.argv[1], "rb").read(), type=Site)
log = msgspec.json.decode(open(sys.argv[2], "rb").read(), type=list[tuple[Input, datetime]])
center = Center(CenterStarted("n1", "b1"), site)
seen = hashlib.sha256()
for input_, now in log:
    seen.update(msgspec.json.encode(center.handle(input_, now)))
print(seen.hexdigest())
"""


def open_shop(floor: Floor) -> None:
    """A site with a bit of everything."""
    agents = Destination(Way.SECTION, "agents")
    flow = floor.write(
        {
            "start": [
                Play("welcome", barge_in=False),
                LookUpStep("customer", {"number": parse("caller.number")}, "who", {}),
                Menu(
                    InputRules(("main",), failed=agents),
                    {"1": agents, "2": Destination(Way.SECTION, "number"), "9": agents},
                ),
            ],
            "number": [Gather("policy", InputRules(("your number",)), 2, 4)],
            "agents": [
                Queue(
                    QueueName("sales"),
                    {
                        "answered": Destination(Way.SECTION, "rating"),
                        "timeout": Destination(Way.SECTION, "more"),
                    },
                    head_start=parse("1m if who.found else 0s"),
                    greeting="please wait",
                    announce=(Announcement("still", timedelta(seconds=10), timedelta(seconds=9)),),
                    max_wait=timedelta(seconds=60),
                )
            ],
            "more": [Queue(QueueName("support"), {})],
            "rating": [Menu(InputRules(("rate us",)), {"5": Destination(Way.HANG_UP)})],
        }
    )
    customer = SqlLookUp("SELECT name", inputs={"number": TEXT}, returns={"name": TEXT})
    floor.open(
        msgspec.structs.replace(
            flow, look_ups={"customer": customer}, variables={"policy": DIGITS}
        ),
        QueueSettings(
            name=QueueName("sales"),
            strategy=Strategy.LEAST_OCCUPIED,
            misses_before_not_ready=MissLimits.alike(2),
        ),
        QueueSettings(name=QueueName("support"), wrap_up=timedelta(), max_waiting=3),
    )
    for agent in AGENTS:
        floor.colleague(agent, *(["sales", "support"] if agent > "101" else ["sales"]))


def something(floor: Floor, dice: Random) -> Input:
    """Anything that could happen now, wanted or not, and some of it twice."""
    switch = floor.switch
    agent, phone = dice.choice(AGENTS), PhoneId(f"phone-{dice.choice(AGENTS)}")
    legs = [*switch.legs, LegId("nobody")]
    leg, at_desk = dice.choice(legs), dice.choice([*switch.phones_in_use().values(), legs[-1]])
    inputs: list[Input] = [
        *[CallArrived(LegId(f"leg-{len(floor.inputs)}"), floor.flow.numbers[0], n, m)
          for n, m in [(dice.choice(NUMBERS), dice.choice(NAMES))] * 3],
        PhoneDialed(LegId(f"own-{len(floor.inputs)}"), phone, f"*1{dice.randrange(1, 5)}"),
        *[DigitPressed(leg, dice.choice("1259*#"))] * 3,
        *[PlaybackFinished(p.playback, failed=dice.random() < 0.1)
          for p in switch.playing.values()][:4],
        *[LegsBridged(bridge) for bridge in switch.bridges],
        *[LookUpFinished(c.look_up, {"name": "x"} if dice.random() < 0.5 else None)
          for c in floor.done(LookUp)[-2:]],
        LegAnswered(at_desk), LegAnswered(at_desk), LegRinging(at_desk),
        LegHungUp(leg, dice.choice([16, 17, 19, 21])),
        LogIn(agent, "me"), GoReady(agent, "me"), LogOut(agent, "me"), EndWrapUp(agent, "me"),
        GoNotReady(agent, dice.choice(["lunch", "training", "golf"]), "me"),
        RemoveAgent(AgentId("100"), "me"),
        PhoneReachable(phone), PhoneReachable(phone), PhoneUnreachable(phone),
        SitePublished(floor.site),
        *[last for last, _ in floor.inputs[-1:] if isinstance(last, LegHungUp)],
    ]  # fmt: skip
    return dice.choice(inputs)


def live(floor: Floor, dice: Random) -> None:
    """One thing happens; perhaps a command of it fails, perhaps time passes."""
    with suppress(RequestRefused):
        outcome = floor.take(something(floor, dice))
        fragile = (DialLeg, BridgeLegs, PauseRecording, PlayPrompt, LookUp)
        for command in outcome.commands:
            if isinstance(command, fragile) and dice.random() < 0.05:
                floor.take(CommandFailed(command, dice.choice([500, 0]), "dice"))
                break
    if dice.random() < 0.4:
        floor.wait(dice.choice([0, 0.5, 3, 5, 20]), silent=dice.random() < 0.5)


def a_day(floor: Floor, seed: int, things: int) -> None:
    """A day in which this many things happen."""
    dice = Random(seed)  # noqa: S311  # a story, no secret
    open_shop(floor)
    for _ in range(things):
        live(floor, dice)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_books_balance(floor: Floor, seed: int) -> None:
    """Anything in any order: one end for each call, one exit for each stay, nothing left."""
    a_day(floor, seed, 400)
    assert floor.events


def test_two_centers_in_lockstep(floor: Floor) -> None:
    """A stand-by that is told the same inputs says the same, turn by turn."""
    a_day(floor, 99, 300)
    first, second = (Center(CenterStarted("n1", "b1"), floor.site) for _ in range(2))
    for input_, now in floor.inputs:
        outcomes: list[Outcome | str] = []
        for center in (first, second):
            try:
                outcomes.append(center.handle(input_, now))
            except RequestRefused as refused:
                outcomes.append(refused.code)
        assert outcomes[0] == outcomes[1]
        assert first.next_deadline() == second.next_deadline()


def test_event_numbers_and_ids(floor: Floor) -> None:
    """Events are numbered without a gap, and no minted id is ever given twice."""
    a_day(floor, 7, 300)
    assert [e.number for e in floor.events] == list(range(1, len(floor.events) + 1))
    dialed = [c.leg for c in floor.done(DialLeg)]
    assert len(dialed) == len(set(dialed))


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_replay_in_another_process(floor: Floor, tmp_path: Path, hash_seed: str) -> None:
    """Replaying the written log gives the same commands and events, however strings hash."""
    a_day(floor, 5, 300)
    site, log = tmp_path / "site.json", tmp_path / "inputs.json"
    site.write_bytes(msgspec.json.encode(floor.site))
    log.write_bytes(msgspec.json.encode(floor.inputs))
    replayed = subprocess.run(
        [sys.executable, "-c", REPLAY, str(site), str(log)],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = hashlib.sha256()
    center = Center(CenterStarted("n1", "b1"), floor.site)
    for input_, now in floor.inputs:
        seen.update(msgspec.json.encode(center.handle(input_, now)))
    assert replayed.stdout.strip() == seen.hexdigest()


def test_everything_survives_json(floor: Floor) -> None:
    """Site, inputs, commands and events are plain data: written and read they are the same."""
    a_day(floor, 3, 300)
    assert msgspec.json.decode(msgspec.json.encode(floor.site), type=Site) == floor.site
    inputs = msgspec.json.encode(floor.inputs)
    assert msgspec.json.decode(inputs, type=list[tuple[Input, datetime]]) == floor.inputs
    commands = msgspec.json.encode(floor.commands)
    assert msgspec.json.decode(commands, type=list[Command]) == floor.commands
    events = msgspec.json.encode(floor.events)
    assert msgspec.json.decode(events, type=list[Event]) == floor.events
