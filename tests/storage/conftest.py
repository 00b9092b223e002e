"""Storage tests run on real PostgreSQL, on a small shop floor."""

import pytest

from storage.database import Database
from tests.storage.floor import Floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a shop with a queue, as one node sees it."""
    return await Floor.open(database)
