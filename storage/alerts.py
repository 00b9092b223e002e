"""What rules have found: breaches that stand, and those that are over.

All that the next look must know is stored, so whichever node takes it goes on where the one before
stopped. A look is one transaction under a lock that one node at a time has for a shop.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from storage.alert_rules import AlertRuleRow, Metric
from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import AnotherNode
from storage.mails import write_alert_mail

LOCK = 0x6B656661  # "kefa"; the second key is the shop's


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One breach. Nobody is told before it is raised; ``value`` is the worst so far."""

    id: UUID
    shop_id: UUID
    rule_id: UUID
    rule_name: str
    metric: Metric
    threshold: int
    subject_id: UUID
    subject_name: str
    value: int
    began_at: datetime
    raised_at: datetime | None
    well_since: datetime | None
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A breach that was not there before, of a subject by id and name."""

    rule: AlertRuleRow
    subject_id: UUID
    subject_name: str
    value: int
    at: datetime
    is_raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is to be told to another program about an alert."""

    rule_id: UUID
    alert_id: UUID | None
    kind: Literal["raised", "cleared", "test"]
    body: dict[str, object]
    due_at: datetime


class Alerts:
    """Where breaches are kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @asynccontextmanager
    async def look(self, shop_id: UUID) -> AsyncGenerator["AlertLook"]:
        """Do what is done within, all or nothing; AnotherNode while another node is at it."""
        async with self._db.transaction() as tx:
            if not await tx.fetchval(HOLD, LOCK, str(shop_id)):
                raise AnotherNode
            yield AlertLook(tx, shop_id)

    async def standing(self, shop_id: UUID, limit: int) -> list[AlertRow]:
        """Return what is raised and not cleared, the newest first."""
        return [row_of(AlertRow, row) for row in await self._db.fetch(STANDING, shop_id, limit)]

    async def past(self, shop_id: UUID, before: UUID | None, limit: int) -> list[AlertRow]:
        """Return what was raised, the newest first, from before one of them."""
        rows = await self._db.fetch(PAST, shop_id, before, limit)
        return [row_of(AlertRow, row) for row in rows]


class AlertLook:
    """What can be done under the lock of a shop."""

    def __init__(self, tx: Transaction, shop_id: UUID) -> None:
        self._tx, self._shop_id = tx, shop_id

    async def open(self) -> list[AlertRow]:
        """Return every breach that is not over, raised or not."""
        return [row_of(AlertRow, row) for row in await self._tx.fetch(OPEN, self._shop_id)]

    async def begin(self, begun: Begun) -> AlertRow:
        """Note a new breach."""
        rule = begun.rule
        row = await self._tx.fetchrow(
            BEGIN,
            self._shop_id,
            rule.id,
            rule.name,
            rule.metric,
            rule.threshold,
            begun.subject_id,
            begun.subject_name,
            begun.value,
            begun.at,
            begun.at if begun.is_raised else None,
        )
        assert row is not None
        return row_of(AlertRow, row)

    async def keep(self, row: AlertRow) -> None:
        """Store a breach as it stands now."""
        await self._tx.execute(
            KEEP, row.id, row.value, row.raised_at, row.well_since, row.cleared_at
        )

    async def forget(self, alert_ids: Sequence[UUID]) -> None:
        """Drop breaches that ended before they were raised."""
        await self._tx.execute(FORGET, list(alert_ids))

    async def post(self, post: Post) -> None:
        """Have something told to another program, if what is done here is committed."""
        await write_post(self._tx, post)

    async def mail(
        self, rule_id: UUID, news: Mapping[str, object], now: datetime, pause: timedelta
    ) -> None:
        """Have those who are told of a rule sent news of it, if what is done here is committed."""
        await write_alert_mail(self._tx, rule_id, news, now, pause)


async def write_post(db: Transaction | Database, post: Post) -> None:
    """Note what is to be told."""
    await db.execute(POST, post.rule_id, post.alert_id, post.kind, post.body, post.due_at)


HOLD = "SELECT pg_try_advisory_xact_lock($1, hashtext($2))"

OPEN = "SELECT * FROM alert WHERE shop_id = $1 AND cleared_at IS NULL ORDER BY id"

STANDING = """
SELECT * FROM alert WHERE shop_id = $1 AND cleared_at IS NULL AND raised_at IS NOT NULL
 ORDER BY raised_at DESC, id DESC LIMIT $2
"""

PAST = """
SELECT * FROM alert
 WHERE shop_id = $1 AND raised_at IS NOT NULL AND ($2::uuid IS NULL OR id < $2)
 ORDER BY id DESC LIMIT $3
"""

BEGIN = """
INSERT INTO alert (shop_id, rule_id, rule_name, metric, threshold, subject_id, subject_name, value,
                   began_at, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *
"""

KEEP = """
UPDATE alert SET value = $2, raised_at = $3, well_since = $4, cleared_at = $5 WHERE id = $1
"""

FORGET = "DELETE FROM alert WHERE id = ANY ($1) AND raised_at IS NULL"

POST = """
INSERT INTO alert_post (rule_id, alert_id, kind, body, due_at) VALUES ($1, $2, $3, $4, $5)
"""
