"""Asks for reports of random times, as supervisors do, and says how long each kind takes."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from storage.database import Database, Record
from storage.reports.counts import Scope
from storage.reports.facts import FromFacts
from storage.reports.figures import Figure, added, shown
from storage.reports.queries import By
from storage.reports.reading import Reports
from storage.reports.roll_ups import FromRollUps
from storage.reports.rolled import LONG

SEED = 20260101
ZONE = ZoneInfo("Asia/Shanghai")
PERIODS_DAYS = (1, 7, 31, 92, 366)
BYS: tuple[By, ...] = ("queue", "agent", "topic", "day", "weekday", "hour", "weekhour")


class Took(Struct, frozen=True):
    """How long one kind of report took, in milliseconds."""

    days: int
    by: str
    p50_ms: float
    p95_ms: float
    max_ms: float


class Reader:
    """Asks for reports that end on a random day of the last weeks."""

    def __init__(self, db: Database, shop_id: UUID, until: datetime) -> None:
        self._db, self._reports, self._shop_id = db, Reports(db), shop_id
        self._until, self._chance = until, Random(SEED)

    async def measure(self, times: int) -> AsyncIterator[Took]:
        """Ask for each kind again and again."""
        for days in PERIODS_DAYS:
            for by in BYS:
                samples: list[float] = []
                for _ in range(times):
                    began = time.perf_counter()
                    await self._reports.count(self._scope(days), by, figures_of(by))
                    samples.append((time.perf_counter() - began) * 1000)
                samples.sort()
                p95_ms = samples[min(times * 95 // 100, times - 1)]
                yield Took(days, by, samples[times // 2], p95_ms, samples[-1])

    async def explain(self, days: int, by: By) -> AsyncIterator[str]:
        """Return the plans of all statements of one report, with what they took."""
        plans: list[str] = []

        async def explained(query: LiteralString, *arguments: object) -> list[Record]:
            told: LiteralString = f"EXPLAIN (ANALYZE, BUFFERS) {query}"
            rows = await self._db.fetch(told, *arguments)
            plans.append("\n".join(row["QUERY PLAN"] for row in rows))
            return await self._db.fetch(query, *arguments)

        facts, scope = FromFacts(explained), self._scope(days)
        source = FromRollUps(explained, facts) if scope.until - scope.since > LONG else facts
        for part in source.parts(scope, by, figures_of(by)):
            await part
            for plan in plans:
                yield plan
            plans.clear()

    def _scope(self, days: int) -> Scope:
        local = self._until.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        until = local - timedelta(days=self._chance.randrange(30))
        return Scope(
            shop_id=self._shop_id,
            since=(until - timedelta(days=days)).astimezone(UTC),
            until=until.astimezone(UTC),
            time_zone=ZONE.key,
            in_open_hours=self._chance.random() < 0.3,
            within_ms=60_000,
        )


def figures_of(by: By) -> Sequence[Figure]:
    """Return what a report by that has."""
    return added("offered") if by == "weekhour" else shown("offered")
