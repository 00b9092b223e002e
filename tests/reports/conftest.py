"""Reports are tested on real PostgreSQL, on the small shop floor of the storage tests."""

import pytest

from storage.database import Database
from tests.reports.books import Books
from tests.storage.floor import Floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a shop with a queue, as one node sees it."""
    return await Floor.open(database)


@pytest.fixture
def books(floor: Floor) -> Books:
    """Return what reports keep of that shop."""
    return Books(floor.db)
