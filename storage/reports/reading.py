"""Counts figures out of facts, for a shop and a time, sorted by something; and lists their rows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries, Record
from storage.errors import Busy
from storage.reports.figures import Figure, Source
from storage.reports.queries import By, counting, levelling, listing, overlapping

SOURCES: tuple[Source, ...] = ("conversations", "stretches", "offers")
PLAIN = frozenset({"sum", "mean", "p50", "p90"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: [``since``, ``until``) of a shop, by the clock of ``time_zone``."""

    shop_id: UUID
    since: datetime
    until: datetime
    time_zone: str
    in_open_hours: bool
    within_ms: int

    def arguments(self) -> tuple[object, ...]:
        """Return them in the order in which statements take them."""
        return (
            self.shop_id,
            self.since,
            self.until,
            self.time_zone,
            self.in_open_hours,
            self.within_ms,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure comes to: milliseconds, scores, or how many, as its rows have them.

    A sum has a ``total``, a mean is ``total / weight``; others say their ``value`` outright, which
    is None where there were no rows. ``deviation`` is the standard deviation of the rows.
    """

    rows: int
    total: int = 0
    weight: int = 0
    value: float | None = None
    deviation: float | None = None


Key = tuple[bool, str | None]
"""Whether it is all of them, and else the key: None are those that have none."""

TOTAL: Key = (True, None)
Table = dict[Key, dict[str, Counted]]


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


AT_ONCE = 2
"""Statements of a node: they are long, and leave the other connections to those who talk."""
WAITING_MAX = 40
"""Statements that wait for their turn; a report has four or five, and twice as many compared."""


class Reports:
    """Reads facts. Nothing here reads conversations or messages.

    Raises Busy when too many reports are asked for at once.
    """

    def __init__(self, db: Queries) -> None:
        self._db = db
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def count(self, scope: Scope, by: By, figures: Sequence[Figure]) -> Table:
        """Return the figures of each key, and of all together."""
        parts = [
            self._plain(scope, source, by, [each for each in figures if each.source == source])
            for source in SOURCES
        ]
        parts += [self._special(scope, by, each) for each in figures if each.way not in PLAIN]
        table: Table = {TOTAL: {}}
        for part in await asyncio.gather(*parts):
            for key, found in part.items():
                table.setdefault(key, {}).update(found)
        return table

    async def rows(
        self, scope: Scope, by: By, figure: Figure, key: Key, behind: Behind | None, limit: int
    ) -> list[ReportRow]:
        """Return rows behind a figure, the newest first."""
        is_total, name = key
        at = scope.until if behind is None else behind.at
        row_id = "" if behind is None else behind.row_id
        found = await self._fetch(
            listing(by, figure), *scope.arguments(), name, is_total, at, row_id, limit
        )
        return [row_of(ReportRow, row) for row in found]

    async def is_complete(self, shop_id: UUID) -> bool:
        """Tell whether conversations from before there were reports are all taken in."""
        return not await self._db.fetchval(
            "SELECT EXISTS (SELECT FROM report_backlog WHERE shop_id = $1)", shop_id
        )

    async def _fetch(self, query: LiteralString, *arguments: object) -> list[Record]:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                return await self._db.fetch(query, *arguments)
        finally:
            self._waiting -= 1

    async def _plain(
        self, scope: Scope, source: Source, by: By, figures: Sequence[Figure]
    ) -> Table:
        plain = [each for each in figures if each.way in PLAIN]
        if not plain:
            return {}
        rows = await self._fetch(counting(source, by, plain), *scope.arguments())
        return {
            _key(row): {
                each.name: _counted(each, tuple(row)[2 + 4 * place : 6 + 4 * place])
                for place, each in enumerate(plain)
            }
            for row in rows
        }

    async def _special(self, scope: Scope, by: By, figure: Figure) -> Table:
        if figure.way == "virtual":
            rows = await self._fetch(levelling(by, figure), *scope.arguments())
            return {_key(row): {figure.name: Counted(row["n"], value=row["level"])} for row in rows}
        rows = await self._fetch(overlapping(by, figure), *scope.arguments())
        return {
            _key(row): {figure.name: Counted(row["n"], row["total"], row["weight"])} for row in rows
        }


def _key(row: Record) -> Key:
    return row["is_total"], row["key"]


def _counted(figure: Figure, columns: Sequence[Any]) -> Counted:
    n, first, weight, deviation = columns
    if figure.way in {"p50", "p90"}:
        return Counted(n, value=first)
    return Counted(n, first, weight, deviation=deviation)
