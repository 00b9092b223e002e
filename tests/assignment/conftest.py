"""A small shop on real PostgreSQL and Valkey, with a clock that stands still."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.assignment.office import Office
from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn", "office"]


@pytest.fixture
async def office(database: Database, redis_url: str) -> AsyncIterator[Office]:
    """An open shop with one node and nobody at work yet."""
    async with Office.open(database, redis_url) as opened:
        yield opened
