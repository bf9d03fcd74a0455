"""A request to the core, with the patience of an HTTP client."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

from contactcenter_ari.core.vocabulary.request import Request
from contactcenter_ari.runtime.driver import Driver
from contactcenter_ari.web.problem import Problem, ProblemKind

CENTER_BUSY = ProblemKind(HTTPStatus.SERVICE_UNAVAILABLE, "center_busy")
REQUEST_LIMIT = timedelta(seconds=5)
"""How long a request may wait for its turn; turns take well under a millisecond."""


async def submit(driver: Driver, request: Request) -> None:
    """Wait until the request is granted; raises RequestRefused, and Problem 503 when the core
    does not come to it in time.
    """
    try:
        async with asyncio.timeout(REQUEST_LIMIT.total_seconds()):
            await driver.request(request)
    except TimeoutError as error:
        detail = "the center did not come to this in time; it may still do it"
        raise Problem(CENTER_BUSY, detail, {"Retry-After": "5"}) from error
