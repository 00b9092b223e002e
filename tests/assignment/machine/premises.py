"""Where one office after the other moves in: an event loop and a database."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import uvloop

from storage.database import Database, Limits
from tests.assignment.machine.picture import open_eyes
from tests.assignment.office import Office

WIPE = """
TRUNCATE shop, partition_lease, report_due, report_fact, report_leg, report_offer, report_rolled,
    report_day, report_bin, report_busy CASCADE
"""


class Premises:
    """An event loop and a database, which one office after the other moves into."""

    def __init__(self, dsn: str, redis_url: str) -> None:
        self._redis_url = redis_url
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._failures: list[dict[str, Any]] = []
        loop = self._runner.get_loop()
        loop.set_exception_handler(lambda _, context: self._failures.append(context))
        self.happened: Counter[str] = Counter()
        patient = Limits(
            connections_min=1,
            connections_max=8,
            wait_s=60.0,
            command_s=60.0,
            statement_s=60.0,
            lock_s=30.0,
            idle_in_transaction_s=60.0,
        )
        self.db = self.run(Database.connect(dsn, patient))
        self.run(open_eyes(self.db))

    def run(self, doing: Any) -> Any:
        """Do something to its end; what fails beside it fails too."""
        done = self._runner.run(doing)
        assert not self._failures, self._failures
        return done

    def move_in(self, stack: AsyncExitStack) -> Office:
        """Open an empty office."""

        async def open_office() -> Office:
            await self.db.execute(WIPE)
            return await stack.enter_async_context(Office.open(self.db, self._redis_url))

        return self.run(open_office())

    def close(self) -> None:
        """Leave."""
        self.run(self.db.close())
        self._runner.close()
