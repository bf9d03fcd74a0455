"""A center that runs on this machine, asked over its own API as its administrator.

The address and the token are read from the data of the installation; nothing is made there.
"""

from datetime import timedelta
from typing import TypeVar

import aiohttp
import msgspec

from contactcenter_ari.config.settings import Settings
from contactcenter_ari.core.errors import ContactCenterError
from contactcenter_ari.machine.secret import SECRET_LIMIT
from contactcenter_ari.runtime.regular_file import read_json, read_regular
from contactcenter_ari.service.address import FILE, Addresses
from contactcenter_ari.service.secret import administrator_file
from contactcenter_ari.web.agent import AgentList
from contactcenter_ari.web.call import CallList
from contactcenter_ari.web.flow import FlagSwitch, FlowList, FlowProblemDetails, Rollback
from contactcenter_ari.web.offer import OfferList
from contactcenter_ari.web.port import FlowsRefused
from contactcenter_ari.web.problem import ProblemDetails
from contactcenter_ari.web.queue import QueueList

ANSWER_LIMIT = timedelta(minutes=5)
"""Publishing runs all tests and speaks all prompts."""
SHOW_LIMIT = timedelta(seconds=10)
"""The paths that only show how things stand take no time."""
API = "/api/v1"
FLOWS = f"{API}/flows"

T = TypeVar("T")


class CenterAway(ContactCenterError):
    """No center runs on this data, or it does not answer; the message says what to do."""


class CenterRefused(ContactCenterError):
    """The running center refused; the message is its own."""


class RunningCenter:
    """Asks one running center about its flows, and how its floor stands."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    def __repr__(self) -> str:
        return f"<RunningCenter at {self._url}>"

    @classmethod
    def of(cls, settings: Settings) -> "RunningCenter":
        """The center that runs by these settings; raises CenterAway."""
        data = settings.data.absolute()
        try:
            web = read_json(data / FILE, Addresses).web
            secret = read_regular(administrator_file(data), SECRET_LIMIT)
            token = secret.decode("ascii").strip()
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            raise _away(f"no center has run with {data}") from error
        return cls(f"http://{web}", token)

    async def flows(self) -> FlowList:
        """The served version, and the versions published before."""
        return await self._ask("GET", FLOWS, FlowList)

    async def publish(self) -> FlowList:
        """Publish the files as they are; raises FlowsRefused."""
        return await self._ask("POST", FLOWS, FlowList)

    async def rollback(self, version: str) -> FlowList:
        """Go back to a version, or to the one before."""
        return await self._ask("POST", f"{FLOWS}/rollback", FlowList, Rollback(version))

    async def switch_flag(self, flow: str, flag: str, value: str) -> FlowList:
        """Switch a flag of a flow; raises CenterRefused for one it does not have."""
        return await self._ask("POST", f"{FLOWS}/flags", FlowList, FlagSwitch(flow, flag, value))

    async def queues(self) -> QueueList:
        """The queues as they stand."""
        return await self._ask("GET", f"{API}/queues", QueueList, limit=SHOW_LIMIT)

    async def agents(self) -> AgentList:
        """The agents as they stand."""
        return await self._ask("GET", f"{API}/agents", AgentList, limit=SHOW_LIMIT)

    async def calls(self) -> CallList:
        """The calls in progress."""
        return await self._ask("GET", f"{API}/calls", CallList, limit=SHOW_LIMIT)

    async def offers(self) -> OfferList:
        """The last offers, and why they were made."""
        return await self._ask("GET", f"{API}/offers", OfferList, limit=SHOW_LIMIT)

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: Rollback | FlagSwitch | None = None,
        *,
        limit: timedelta = ANSWER_LIMIT,
    ) -> T:
        """Send a request; raises CenterAway, CenterRefused, FlowsRefused."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        raw = None if body is None else msgspec.json.encode(body)
        timeout = aiohttp.ClientTimeout(total=limit.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(self._url, headers=headers, timeout=timeout) as client,
                client.request(method, path, data=raw) as response,
            ):
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _away(f"{self._url} does not answer") from error
        if response.ok:
            return _decoded(answer, kind)
        raise _refusal(answer)


def _refusal(answer: bytes) -> ContactCenterError:
    details = _decoded(answer, FlowProblemDetails)
    if details.problems:
        return FlowsRefused(details.problems)
    return CenterRefused(_decoded(answer, ProblemDetails).detail)


def _decoded(answer: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise CenterRefused("what answers is no center of this version") from error


def _away(reason: str) -> CenterAway:
    return CenterAway(f"{reason}; start the center with: contactcenter up")
