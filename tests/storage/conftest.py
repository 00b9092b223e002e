"""Storage tests run on real PostgreSQL, on a small shop floor."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from storage.database import Database
from tests.storage.floor import Floor
from tests.support.database import administer, renamed


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a shop with a queue, as one node sees it."""
    return await Floor.open(database)


@pytest.fixture
async def empty(dsn: str, postgres_dsn: str) -> AsyncIterator[str]:
    """Address of a database without a schema."""
    name = urlsplit(dsn).path[1:] + "_empty"
    await administer(postgres_dsn, f"CREATE DATABASE {name}")
    yield renamed(dsn, name)
    await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")
