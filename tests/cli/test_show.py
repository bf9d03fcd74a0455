"""`contactcenter show`, run as people run it, against a real API."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contactcenter_ari.cli.offer_words import what_happened, why_this_agent, why_this_caller
from contactcenter_ari.core.vocabulary.event import OfferResult
from contactcenter_ari.core.vocabulary.ids import AgentId, InteractionId, OfferId, QueueName
from contactcenter_ari.core.vocabulary.offer_reason import PassedAgent, PassedCaller
from contactcenter_ari.machine.port import LOOPBACK, Protocol, free_port
from contactcenter_ari.runtime.address import Address, PortBlock
from contactcenter_ari.service.address import Addresses
from contactcenter_ari.web.offer import OfferReasonStatus, OfferStatus
from contactcenter_ari.web.port import RecentOffer
from tests.web.conftest import Api, api, token
from tests.web.test_floor import ENDED, MADE, talking

__all__ = ["api"]

COMMAND = Path(sys.executable).with_name("contactcenter")
LIMIT = 30
"""Seconds in which what is waited for must come."""


def installed(data: Path, port: int) -> Path:
    """The data of an installation whose center answers at this port."""
    (data / "secrets").mkdir(parents=True)
    (data / "secrets" / "administrator").write_text(token("root"))
    at = Address(LOOPBACK, port)
    block = PortBlock(20000, 20100)
    written = Addresses(sip=at, asterisk_http=at, rtp=block, application=at, web=at)
    (data / "addresses.json").write_bytes(msgspec.json.encode(written))
    return data


@asynccontextmanager
async def showing(data: Path, *words: str) -> AsyncIterator[Process]:
    """The command meanwhile."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        "show",
        *words,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, "CC_DATA_DIR": str(data)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def shown(data: Path, *words: str) -> tuple[int | None, str, str]:
    """Exit status, what was written, and what was complained about."""
    async with asyncio.timeout(LIMIT), showing(data, *words) as process:
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


async def test_queues_agents_and_calls_are_shown(api: Api, tmp_path: Path) -> None:
    """As tables where nothing can be drawn over, and as JSON for programs."""
    data = installed(tmp_path / "data", api.port)
    await talking(api)
    waits = await api.call("\x1b[31m[bold]+316")
    api.offers.now = [RecentOffer(MADE, ENDED)]
    status, out, _ = await shown(data, "queues")
    assert (status, "support" in out, "Longest wait" in out) == (0, True, True)
    status, out, _ = await shown(data, "agents")
    assert (status, "on call" in out, "Bert" in out) == (0, True, True)
    status, out, _ = await shown(data, "calls")
    assert status == 0
    assert "\x1b" not in out
    assert "[bold]+316" in out
    assert "answered after 0:04" in " ".join(out.split())
    assert "idle for longest (idle 1:33) of 2 free agents" in " ".join(out.split())
    status, out, _ = await shown(data, "calls", "--json")
    assert (status, json.loads(out)["calls"][1]["interaction"]) == (0, waits)


async def test_it_follows_until_ctrl_c(api: Api, tmp_path: Path) -> None:
    """A line for each change, and the end is a good one."""
    data = installed(tmp_path / "data", api.port)
    async with asyncio.timeout(LIMIT), showing(data, "queues", "--follow", "--json") as process:
        assert process.stdout is not None
        first = json.loads(await process.stdout.readline())
        await api.set_state("100", "anna", state="logged_in")
        second = json.loads(await process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert [queues["queues"][0]["logged_in"] for queues in (first, second)] == [0, 1]


async def test_a_center_that_stops_is_told(api: Api, tmp_path: Path) -> None:
    """Also while it is being followed."""
    port = free_port(Protocol.TCP)
    status, _, err = await shown(installed(tmp_path / "away", port), "queues", "--follow")
    assert status == 1
    assert "does not answer; start the center with: contactcenter up" in err
    status, _, err = await shown(tmp_path / "none", "calls")
    assert (status, "contactcenter up" in err) == (1, True)
    status, _, err = await shown(tmp_path / "none", "weather")
    assert status == 2
    del api


OFFER_REASON = OfferReasonStatus(
    strategy="least_occupied",
    value=0.43,
    priority=5,
    waited_seconds=12,
    head_start_seconds=300,
    score_seconds=312,
    free_agents=3,
    callers_waiting=7,
    agents_passed=(
        PassedAgent(AgentId("101"), "later_choice", 0.7),
        PassedAgent(AgentId("102"), "skills", 0.1),
    ),
    callers_passed=(PassedCaller(InteractionId("i-2"), "ringing"),),
)


def test_why_in_words() -> None:
    """A supervisor reads who was chosen by what, and who was passed over for what."""
    offer = OfferStatus(
        offer=OfferId("o-1"),
        interaction=InteractionId("i-1"),
        queue=QueueName("sales"),
        agent=AgentId("100"),
        made_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
        rang_at=None,
        ended_at=datetime(2026, 11, 23, 10, tzinfo=UTC) + timedelta(seconds=20),
        result=OfferResult.LAPSED,
        reason=OFFER_REASON,
    )
    names = {AgentId("100"): "Anna", AgentId("101"): "Bert"}
    happened = "sales: call i-1 for Anna (100): nobody picked up after 0:20"
    assert what_happened(offer, names) == happened
    assert why_this_caller(OFFER_REASON) == (
        "score 5:12 (waited 0:12 + head start 5:00) in class 5, the best of 7 waiting; "
        "passed over: i-2 is being offered already"
    )
    assert why_this_agent(OFFER_REASON, names) == (
        "the least occupied (43% occupied) of 3 free agents; passed over: "
        "Bert (101) comes later (70% occupied), 102 lacks the skills asked for (10% occupied)"
    )


@pytest.mark.parametrize(
    ("strategy", "value", "words"),
    [
        ("longest_idle", 94, "idle for longest (idle 1:34)"),
        ("most_skilled", 12, "the most skilled (levels 12)"),
        ("round_robin", 0, "the next in turn (no turn yet)"),
        ("round_robin", 17, "the next in turn (last turn 17)"),
        ("fewest_calls", 2.5, "who took the fewest calls (2.5 calls)"),
        ("linear", 2, "the first in the given order (place 2)"),
        ("ring_all", 5, "one of all who are rung (idle 0:05)"),
        ("by_moon", 1.5, "chosen by by_moon (1.5)"),
    ],
)
def test_every_strategy_has_its_words(strategy: str, value: float, words: str) -> None:
    """One that is not known here is named anyway."""
    reason = msgspec.structs.replace(
        OFFER_REASON, strategy=strategy, value=value, free_agents=1, agents_passed=()
    )
    assert why_this_agent(reason, {}) == f"{words} and the only one free"
