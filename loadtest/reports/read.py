"""Asks for reports of random times, as supervisors do, and says how long each kind takes."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.parts.stores import stores_of
from server.protocol.reports import DaysQuery, Hours, ReportQuery, ReportRowsQuery
from server.services.attendance_reports import AttendanceDesk
from server.services.clock import SystemClock
from server.services.reports import ReportDesk
from server.services.seats import AgentSeat
from server.settings import Settings
from storage.database import Database, Record
from storage.reports.counts import Scope
from storage.reports.facts import FromFacts
from storage.reports.figures import Figure, added, shown
from storage.reports.queries import By
from storage.reports.reading import Reports
from storage.reports.roll_ups import FromRollUps
from storage.reports.rolled import LONG
from storage.reports.turns import Turns
from storage.states import StateLog

SEED = 20260101
ZONE = ZoneInfo("Asia/Shanghai")
PERIODS_DAYS = (1, 7, 31, 92, 366)
OPEN_SHARE = 0.3
"""Of the questions, those for opening hours."""

BYS: tuple[By, ...] = ("queue", "agent", "topic", "day", "weekday", "hour", "weekhour")


LIMITS_S = (60, 125)
"""A limit that a bin of the histograms ends at, and one within a bin."""

TIME_DAYS_MAX = 31


class Took(Struct, frozen=True):
    """How long one kind of question took, in milliseconds."""

    days: int
    what: str
    p50_ms: float
    p95_ms: float
    max_ms: float


Ask = Callable[[int], Awaitable[object]]


class Reader:
    """Asks as supervisors do, for days of which the last is one of the last month."""

    def __init__(self, db: Database, shop_id: UUID, until: datetime) -> None:
        clock, stores, turns = SystemClock(), stores_of(Settings(), db), Turns(db)
        self._reports = ReportDesk(Reports(turns), stores, clock)
        self._attendance = AttendanceDesk(StateLog(turns), stores, clock)
        self._seat = AgentSeat(UUID(int=1), shop_id, "Lead", "supervisor")
        self._db, self._shop_id = db, shop_id
        self._until, self._chance = until, Random(SEED)

    async def measure(self, times: int) -> AsyncIterator[Took]:
        """Ask for each kind again and again, all of it as a page asks."""
        for days in PERIODS_DAYS:
            for what, ask in self._questions(days):
                samples: list[float] = []
                for _ in range(times):
                    began = time.perf_counter()
                    await ask(days)
                    samples.append((time.perf_counter() - began) * 1000)
                samples.sort()
                p95_ms = samples[min(times * 95 // 100, times - 1)]
                yield Took(days, what, samples[times // 2], p95_ms, samples[-1])

    def _questions(self, days: int) -> Iterator[tuple[str, Ask]]:
        for by in BYS:
            yield by, partial(self._report, by, LIMITS_S[0])
        yield f"queue {LIMITS_S[1]} s", partial(self._report, "queue", LIMITS_S[1])
        yield "rows", self._rows
        if days <= TIME_DAYS_MAX:
            yield "agents", self._agents

    async def _report(self, by: By, within_s: int, days: int) -> None:
        first, last = self._days(days)
        hours: Hours = "open" if self._chance.random() < OPEN_SHARE else "clock"
        query = ReportQuery(first=first, last=last, by=by, hours=hours, within_s=within_s)
        await self._reports.report(self._seat, query)

    async def _rows(self, days: int) -> None:
        first, last = self._days(days)
        query = ReportRowsQuery(first=first, last=last, figure="handle_p90", by="agent")
        await self._reports.rows(self._seat, query)

    async def _agents(self, days: int) -> None:
        first, last = self._days(days)
        await self._attendance.spent(self._seat, DaysQuery(first=first, last=last))

    def _days(self, days: int) -> tuple[date, date]:
        until = self._until.astimezone(ZONE).date() - timedelta(days=self._chance.randrange(30))
        return until - timedelta(days=days), until - timedelta(days=1)

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
            in_open_hours=self._chance.random() < OPEN_SHARE,
            within_ms=LIMITS_S[0] * 1_000,
        )


def figures_of(by: By) -> Sequence[Figure]:
    """Return what a report by that has."""
    return added("offered") if by == "weekhour" else shown("offered")
