"""Reports on the database of a test."""

from collections.abc import AsyncIterator

import pytest

from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.report import Report


@pytest.fixture
async def report(database_url: str) -> AsyncIterator[Report]:
    """Reports on the test's database."""
    async with Database(database_url) as database:
        yield Report(database)
