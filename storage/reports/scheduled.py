"""Reports that are sent again and again: what is in them, when they are due, and for whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries, Record
from storage.mails import ReportMail, write_report_mail

Period = Literal["yesterday", "days_7", "days_28", "last_week", "last_month"]
Every = Literal["day", "week", "month"]
Due = Callable[[str], datetime]
"""When a report is due, by the clock of the time zone that its shop has now."""


@dataclass(frozen=True, slots=True)
class ScheduledRow:
    """One report; ``query`` is what it asks for beside the days.

    It is due at ``next_at``, and was made last for the shop's day ``sent_on``.
    """

    id: UUID
    shop_id: UUID
    name: str
    period: Period
    query: dict[str, Any]
    every: Every
    at_minute: int
    mail_to: Sequence[UUID]
    active: bool
    next_at: datetime
    sent_on: date | None


class ScheduledReports:
    """Keeps the reports of shops."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, shop_id: UUID, report_id: UUID) -> ScheduledRow | None:
        """Return the shop's report, or None."""
        return _row(await self._db.fetchrow(GET, report_id, shop_id))

    async def of_shop(self, shop_id: UUID) -> list[ScheduledRow]:
        """Return a shop's reports by name."""
        return [row_of(ScheduledRow, row) for row in await self._db.fetch(OF_SHOP, shop_id)]

    async def create(
        self, shop_id: UUID, values: dict[str, Any], due: Due, reports_max: int
    ) -> ScheduledRow | None:
        """Make one of all columns but ids; None where the shop has as many as it may."""
        async with self._db.transaction() as tx:
            zone = await _zone(tx, shop_id)
            if len(await tx.fetch(OF_SHOP, shop_id)) >= reports_max:
                return None
            return _row(await tx.fetchrow(CREATE, shop_id, *_columns(values), due(zone)))

    async def update(
        self, before: ScheduledRow, values: dict[str, Any], due: Due
    ) -> ScheduledRow | None:
        """Replace all columns but ids; None when it is not as it was ``before`` any more."""
        async with self._db.transaction() as tx:
            zone = await _zone(tx, before.shop_id)
            if not await _stands(tx, before):
                return None
            columns = [*_columns(values), due(zone)]
            return _row(await tx.fetchrow(UPDATE, before.id, before.shop_id, *columns))

    async def archive(self, shop_id: UUID, report_id: UUID, now: datetime) -> bool:
        """Send it no more. False when there was none."""
        return await self._db.execute(ARCHIVE, report_id, shop_id, now) == 1

    async def take(self, now: datetime, until: datetime) -> ScheduledRow | None:
        """Take one that is due; another node may take it at ``until``. None when none is."""
        return _row(await self._db.fetchrow(TAKE, now, until))

    async def made(
        self, row: ScheduledRow, mail: ReportMail, day: date, due: Due, now: datetime
    ) -> bool:
        """Have what was made of a row sent, once for a day.

        False where nothing is sent: the report was made or changed meanwhile, or the day has had
        its letter.
        """
        async with self._db.transaction() as tx:
            zone = await _zone(tx, row.shop_id)
            if not await _stands(tx, row):
                return False
            is_new = row.sent_on is None or day > row.sent_on
            await tx.execute(MADE, row.id, due(zone), day if is_new else row.sent_on)
            if is_new:
                await write_report_mail(tx, mail, row.mail_to, now, by_schedule=True)
            return is_new

    async def send_now(self, mail: ReportMail, to: UUID, now: datetime) -> bool:
        """Have a report sent to one who leads the shop, beside its schedule."""
        return await write_report_mail(self._db, mail, [to], now, by_schedule=False) == 1


COLUMNS = (
    "name",
    "period",
    "query",
    "every",
    "at_minute",
    "mail_to",
    "active",
)


def _columns(values: dict[str, Any]) -> list[object]:
    return [values[name] for name in COLUMNS]


def _row(record: Record | None) -> ScheduledRow | None:
    return None if record is None else row_of(ScheduledRow, record)


async def _zone(tx: Queries, shop_id: UUID) -> str:
    """Return the shop's time zone, which nobody changes until the transaction ends."""
    zone = await tx.fetchval(ZONE, shop_id)
    assert isinstance(zone, str)
    return zone


async def _stands(tx: Queries, row: ScheduledRow) -> bool:
    """Tell whether a report is as it was read; so it stays until the transaction ends."""
    return _row(await tx.fetchrow(f"{GET} FOR NO KEY UPDATE", row.id, row.shop_id)) == row


# Before any report: whoever changes the zone of a shop moves its reports.
ZONE = "SELECT time_zone FROM shop WHERE id = $1 FOR NO KEY UPDATE"

GET = "SELECT * FROM scheduled_report WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL"

OF_SHOP = """
SELECT * FROM scheduled_report WHERE shop_id = $1 AND archived_at IS NULL ORDER BY name, id
"""

CREATE = """
INSERT INTO scheduled_report (shop_id, name, period, query, every, at_minute, mail_to, active,
                              next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *
"""

UPDATE = """
UPDATE scheduled_report
   SET name = $3, period = $4, query = $5, every = $6, at_minute = $7, mail_to = $8, active = $9,
       next_at = $10, held_until = NULL
 WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL RETURNING *
"""

ARCHIVE = """
UPDATE scheduled_report SET archived_at = $3
 WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL
"""

TAKE = """
UPDATE scheduled_report SET held_until = $2
 WHERE id = (SELECT id FROM scheduled_report
              WHERE active AND archived_at IS NULL AND next_at <= $1
                AND (held_until IS NULL OR held_until <= $1)
              ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""

MADE = """
UPDATE scheduled_report SET next_at = $2, sent_on = $3, held_until = NULL WHERE id = $1
"""
