"""Counts figures out of facts, for a shop and a time, sorted by something; and lists their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries
from storage.reports.counts import TOTAL, Key, Scope, Table
from storage.reports.facts import FromFacts, in_parts
from storage.reports.figures import Figure
from storage.reports.queries import By, listing
from storage.reports.roll_ups import FromRollUps
from storage.reports.rolled import LONG


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row behind a figure, and what it adds."""

    row_id: str
    conversation_id: UUID
    at: datetime
    queue_id: UUID | None
    agent_id: UUID | None
    value: int
    weight: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Go on behind this row."""

    at: datetime
    row_id: str


class Reports:
    """Reads facts and their roll-ups. Nothing here reads conversations or messages.

    ``db`` may be one in which long statements take turns; what it raises then is raised here.
    """

    def __init__(self, db: Queries) -> None:
        self._db = db
        self._facts = FromFacts(db.fetch)
        self._roll_ups = FromRollUps(db.fetch, self._facts)

    async def count(self, scope: Scope, by: By, figures: Sequence[Figure]) -> Table:
        """Return the figures of each key, and of all together; of long times from roll-ups."""
        is_long = scope.until - scope.since > LONG
        counting = self._roll_ups if is_long else self._facts
        return {TOTAL: {}} | await in_parts(counting.parts(scope, by, figures))

    async def rows(
        self, scope: Scope, by: By, figure: Figure, key: Key, behind: Behind | None, limit: int
    ) -> list[ReportRow]:
        """Return rows behind a figure, the newest first."""
        is_total, name = key
        at = scope.until if behind is None else behind.at
        row_id = "" if behind is None else behind.row_id
        found = await self._db.fetch(
            listing(by, figure), *scope.arguments(), name, is_total, at, row_id, limit
        )
        return [row_of(ReportRow, row) for row in found]

    async def since(self, shop_id: UUID) -> datetime | None:
        """Return when the first conversation that is counted was asked; None when there is none."""
        found = await self._db.fetchval(
            "SELECT min(at) FROM report_fact WHERE shop_id = $1", shop_id
        )
        return found if isinstance(found, datetime) else None

    async def is_complete(self, shop_id: UUID) -> bool:
        """Tell whether conversations from before there were reports are all taken in."""
        return not await self._db.fetchval(
            "SELECT EXISTS (SELECT FROM report_backlog WHERE shop_id = $1)", shop_id
        )
