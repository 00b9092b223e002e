"""Stories need the whole house, and nothing in it may block the event loop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from tests.support.database import another, database, database_template, dsn
from tests.support.house import house

__all__ = ["another", "database", "database_template", "dsn", "house"]


@pytest.fixture(autouse=True)
def _nothing_blocks() -> Iterator[BlockBuster]:
    with blockbuster_ctx("server") as guard:
        for name, function in guard.functions.items():
            if name.startswith(
                ("os.", "io.", "builtins.")
            ):  # a node reads its pages when it starts
                function.deactivate()
        yield guard
