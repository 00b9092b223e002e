"""Storage tests run on real PostgreSQL."""

import pytest

from storage.database import Database
from tests.storage.floor import Floor
from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn"]


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a shop with a queue, as one node sees it."""
    return await Floor.open(database)
