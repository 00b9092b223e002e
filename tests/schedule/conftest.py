"""A shop to plan for."""

import pytest

from storage.database import Database
from tests.schedule.rota import Rota


@pytest.fixture
async def rota(database: Database) -> Rota:
    """Return a shop in Berlin on a Monday morning."""
    return await Rota.open(database)
