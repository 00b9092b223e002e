"""Two nodes as processes of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cluster.stage import Stage, open_stage
from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn", "stage"]


@pytest.fixture
async def stage(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop that is served by two processes."""
    async with open_stage(dsn, redis_url, tmp_path) as opened:
        yield opened
