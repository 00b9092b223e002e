"""Long statements take turns, so that those who talk keep their connections.

One gate for a node: whoever reads reports, and whoever reads the time of agents, share it.
"""

import asyncio
from typing import LiteralString

from storage.database import Record, Store
from storage.errors import Busy

AT_ONCE = 2
"""Statements of a node: they are long, and leave the other connections to those who talk."""
WAITING_MAX = 40
"""Statements that wait for their turn; a report has four or five, and twice as many compared."""

PLANNED_ANEW: LiteralString = "SET LOCAL plan_cache_mode = force_custom_plan"
"""One plan for every time and shop would be half as fast: PostgreSQL makes it after five runs."""


class Turns:
    """Reads rows in turn; raises Busy when too many wait already. All else passes at once."""

    def __init__(self, db: Store) -> None:
        self._db = db
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def fetch(self, query: LiteralString, *args: object) -> list[Record]:
        """Return all rows, in turn."""
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn, self._db.transaction() as tx:
                await tx.execute(PLANNED_ANEW)
                return await tx.fetch(query, *args)
        finally:
            self._waiting -= 1

    async def fetchrow(self, query: LiteralString, *args: object) -> Record | None:
        """Return the first row, or None."""
        return await self._db.fetchrow(query, *args)

    async def fetchval(self, query: LiteralString, *args: object) -> object:
        """Return the first column of the first row, or None."""
        return await self._db.fetchval(query, *args)

    async def execute(self, query: LiteralString, *args: object) -> int:
        """Return how many rows were touched."""
        return await self._db.execute(query, *args)
