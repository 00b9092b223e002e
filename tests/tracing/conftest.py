from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.database import another, database, database_template, databases, dsn
from tests.tracing.collector import Collector, open_collector

__all__ = ["another", "collector", "database", "database_template", "databases", "dsn"]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """A collector that outlives the nodes of the test."""
    async with open_collector() as opened:
        yield opened
