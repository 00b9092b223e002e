"""The facts that are kept, the job that keeps them, and their recount, for tests."""

from __future__ import annotations

from uuid import UUID

from prometheus_client import CollectorRegistry

from server.reports.job import Reporting, ReportMetrics
from server.reports.recount import Recounted, recount, repair
from storage.database import Database
from storage.reports import keeping
from storage.reports.agreement import RollUps
from storage.reports.keeping import Keeping
from storage.reports.recount import Ledger
from storage.reports.rows import Facts
from storage.rows import ConversationRow


class Books:
    """One node's job on a database."""

    def __init__(self, db: Database, at_once: int = 500) -> None:
        self.db, self.ledger, self.roll_ups = db, Ledger(db), RollUps(db)
        self._registry = CollectorRegistry()
        self.job = Reporting(Keeping(db), ReportMetrics(self._registry), at_once)

    def value(self, metric: str) -> float:
        """Return what the job says of itself."""
        found = self._registry.get_sample_value(metric)
        assert found is not None
        return found

    async def of(self, row: ConversationRow) -> Facts:
        """Return the facts of a conversation, all that has happened counted."""
        await self.job.catch_up()
        return (await keeping.kept(self.db, [row.id]))[row.id]

    async def recount(self, shop_id: UUID | None = None) -> Recounted:
        """Compare all that is kept with a recount."""
        return await recount(self.ledger, self.roll_ups, self.job, shop_id)

    async def repair(self, result: Recounted) -> None:
        """Put right what a recount found."""
        await repair(self.ledger, self.roll_ups, self.job, result)

    async def wrong(self) -> list[tuple[str, str]]:
        """Return which rows and columns a recount finds wrong."""
        found = await self.recount()
        assert not found.busy
        assert not found.cells
        return [(each.row, each.column) for each in found.differences]
