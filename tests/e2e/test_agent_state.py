"""Agents change their state: by codes dialed on the phone, and over HTTP."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import aiohttp
import pytest
import pytest_asyncio

from contactcenter_ari.core.vocabulary.event import AgentState
from tests.e2e.world import Worker, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


IN, OUT, AGAIN = "Welcome at work.", "See you tomorrow.", "You are available again."
LUNCH, NO_CODE, NO = "Taking a pause: lunch.", "There is no such code.", "That is impossible now."
ANSWERS = {IN, OUT, AGAIN, LUNCH, NO_CODE, NO}


async def _dial(world: World, worker: Worker, code: str, answer: str) -> None:
    """Dial, hear this answer and no other, and be hung up."""
    talk = await worker.phone.dial(code)
    await talk.until_hears(await world.sound(answer))
    await talk.until_over()
    for other in ANSWERS - {answer}:
        assert not talk.has_heard(await world.sound(other)), other


async def test_codes_change_the_state_and_are_confirmed(world: World) -> None:
    """*11 logs in, *131 is lunch, *14 ready, *12 logs out; each is confirmed and a row."""
    worker = await world.hire("longest", ready=False)
    assert worker.view.state is AgentState.LOGGED_OUT
    await _dial(world, worker, "*11", IN)
    await worker.until(AgentState.READY)
    await _dial(world, worker, "*131", LUNCH)
    await worker.until(AgentState.NOT_READY, "lunch")
    await _dial(world, worker, "*14", AGAIN)
    await worker.until(AgentState.READY)
    await _dial(world, worker, "*12", OUT)
    await worker.until(AgentState.LOGGED_OUT)


async def test_a_code_that_cannot_be_granted_is_told(world: World) -> None:
    """Unknown codes, unknown reasons and impossible moves change nothing."""
    worker = await world.hire("longest", ready=False)
    await _dial(world, worker, "*99", NO_CODE)
    await _dial(world, worker, "*138", NO_CODE)
    await _dial(world, worker, "*14", NO)
    assert worker.view.state is AgentState.LOGGED_OUT


@pytest_asyncio.fixture(loop_scope="session")
async def http(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """A program that uses the center's API."""
    async with aiohttp.ClientSession(f"http://{world.environment.addresses.web}") as session:
        yield session


async def test_the_api_changes_the_state(world: World, http: aiohttp.ClientSession) -> None:
    """An agent's own token moves the agent, and nobody else."""
    worker = await world.hire("longest", ready=False)
    other = await world.hire("longest", ready=False)
    mine = {"Authorization": f"Bearer {worker.hired.token}"}
    for state, reason, after in (
        ("logged_in", None, AgentState.READY),
        ("not_ready", "lunch", AgentState.NOT_READY),
        ("ready", None, AgentState.READY),
        ("logged_out", None, AgentState.LOGGED_OUT),
    ):
        wanted = {"state": state} | ({"reason": reason} if reason else {})
        url = f"/api/v1/agents/{worker.id}/state"
        async with http.put(url, json=wanted, headers=mine) as reply:
            assert reply.status == HTTPStatus.OK, await reply.text()
        assert worker.view.state is after
    url = f"/api/v1/agents/{other.id}/state"
    async with http.put(url, json={"state": "logged_in"}, headers=mine) as reply:
        assert reply.status == HTTPStatus.FORBIDDEN
    async with http.put(url, json={"state": "logged_in"}) as reply:
        assert reply.status == HTTPStatus.UNAUTHORIZED
    assert other.view.state is AgentState.LOGGED_OUT
