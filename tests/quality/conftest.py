"""Quality is tested on real PostgreSQL, on the small shop floor of the storage tests."""

import pytest

from storage.database import Database
from tests.quality.assessors import Assessors
from tests.storage.floor import Floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a shop with a queue, as one node sees it."""
    return await Floor.open(database, wrap_up_s=0)


@pytest.fixture
async def assessors(floor: Floor) -> Assessors:
    """Return those who judge in that shop, and whom they judge."""
    return await Assessors.hire(floor)
