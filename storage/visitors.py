"""Customers: anonymous, or vouched for by their shop."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from storage.columns import row_of
from storage.database import Database, Record
from storage.people import VisitorRow, VisitorSummary
from storage.rows import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a shop says of a customer; None leaves as it was."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])


class Visitors:
    """Keeps what is known of customers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def create_anonymous(
        self,
        shop_id: UUID,
        now: datetime,
        *,
        locale: str | None = None,
        page_url: str | None = None,
        page_title: str | None = None,
    ) -> VisitorRow:
        """Make a customer nobody knows yet."""
        row = await self._db.fetchrow(CREATE, shop_id, now, locale, page_url, page_title)
        assert row is not None
        return row_of(VisitorRow, row)

    async def get(self, visitor_id: UUID) -> VisitorRow | None:
        """Return the customer, or None."""
        return _row(await self._db.fetchrow("SELECT * FROM visitor WHERE id = $1", visitor_id))

    async def get_many(self, visitor_ids: Iterable[UUID]) -> dict[UUID, VisitorRow]:
        """Return those that exist, by id."""
        rows = await self._db.fetch(
            "SELECT * FROM visitor WHERE id = ANY ($1::uuid[])", list(visitor_ids)
        )
        return {row["id"]: row_of(VisitorRow, row) for row in rows}

    async def by_external(self, shop_id: UUID, external_id: str) -> VisitorRow | None:
        """Return the customer whom the shop knows by ``external_id``, or None."""
        return _row(await self._db.fetchrow(BY_EXTERNAL, shop_id, external_id))

    async def upsert_signed(
        self, shop_id: UUID, external_id: str, profile: Profile, now: datetime
    ) -> VisitorRow:
        """Return the one customer with this verified id, with what the shop says of them."""
        row = await self._db.fetchrow(
            UPSERT,
            shop_id,
            external_id,
            profile.name,
            profile.email,
            profile.phone,
            profile.locale,
            dict(profile.attributes),
            now,
        )
        assert row is not None
        return row_of(VisitorRow, row)

    async def merge(self, anonymous_id: UUID, signed_id: UUID) -> bool:
        """Give an anonymous customer's open conversation to the signed one they turned out to be.

        False when there is none, when the signed one has an open conversation, or when the first
        is not anonymous: what belongs to somebody is never given away.
        """
        try:
            async with self._db.transaction() as tx:
                rows = await tx.fetch(LOCK_TWO, [anonymous_id, signed_id])
                held = {row["id"]: row for row in rows}
                if anonymous_id not in held or signed_id not in held:
                    return False
                anonymous, signed = held[anonymous_id], held[signed_id]
                if anonymous["external_id"] or anonymous["shop_id"] != signed["shop_id"]:
                    return False
                return await tx.execute(MOVE_OPEN, anonymous_id, signed_id) == 1
        except asyncpg.UniqueViolationError:  # the signed one began a conversation this moment
            return False

    async def set_page(
        self, visitor_id: UUID, url: str | None, title: str | None, now: datetime
    ) -> VisitorRow | None:
        """Keep the shop page that the customer is on."""
        return _row(await self._db.fetchrow(SET_PAGE, visitor_id, url, title, now))

    async def set_attributes(
        self, visitor_id: UUID, attributes: Mapping[str, Scalar]
    ) -> VisitorRow | None:
        """Add to the attributes, or replace those of the same name."""
        return _row(await self._db.fetchrow(SET_ATTRIBUTES, visitor_id, dict(attributes)))

    async def introduce(self, visitor_id: UUID, profile: Profile) -> None:
        """Keep a stranger's name and how to reach them, as they say; others stay as they are."""
        said = (profile.name, profile.email, profile.phone)
        await self._db.execute(INTRODUCE, visitor_id, *said)

    async def set_locale(self, visitor_id: UUID, locale: str) -> VisitorRow | None:
        """Keep the customer's language."""
        return _row(
            await self._db.fetchrow(
                "UPDATE visitor SET locale = $2 WHERE id = $1 RETURNING *", visitor_id, locale
            )
        )

    async def touch(self, visitor_id: UUID, now: datetime) -> None:
        """Keep when the customer was last seen."""
        await self._db.execute(
            "UPDATE visitor SET seen_at = greatest(seen_at, $2) WHERE id = $1", visitor_id, now
        )

    async def summaries(self, visitor_ids: Iterable[UUID]) -> dict[UUID, VisitorSummary]:
        """Return, for every one of these ids, how many conversations there were and how liked."""
        rows = await self._db.fetch(SUMMARIES, list(visitor_ids))
        return {row["id"]: VisitorSummary(row["conversations"], row["csat"]) for row in rows}


CREATE = """
INSERT INTO visitor (shop_id, created_at, seen_at, locale, page_url, page_title)
VALUES ($1, $2, $2, $3, $4, $5) RETURNING *
"""

BY_EXTERNAL = "SELECT * FROM visitor WHERE shop_id = $1 AND external_id = $2"

UPSERT = """
INSERT INTO visitor AS v (shop_id, external_id, name, email, phone, locale, attributes, created_at,
                          seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (shop_id, external_id) DO UPDATE
   SET name = coalesce(excluded.name, v.name), email = coalesce(excluded.email, v.email),
       phone = coalesce(excluded.phone, v.phone), locale = coalesce(excluded.locale, v.locale),
       attributes = v.attributes || excluded.attributes,
       seen_at = greatest(v.seen_at, excluded.seen_at)
RETURNING *
"""

# Two tabs that sign in at once do it one after the other.
LOCK_TWO = """
SELECT id, shop_id, external_id FROM visitor WHERE id = ANY ($1::uuid[]) ORDER BY id
   FOR NO KEY UPDATE
"""

MOVE_OPEN = """
UPDATE conversation c SET visitor_id = $2, epoch = epoch + 1
 WHERE visitor_id = $1 AND state NOT IN ('wrap_up', 'closed')
   AND NOT EXISTS (SELECT FROM conversation o
                    WHERE o.visitor_id = $2
                      AND (o.state NOT IN ('wrap_up', 'closed') OR o.client_id = c.client_id))
"""

SET_PAGE = """
UPDATE visitor SET page_url = $2, page_title = $3, seen_at = greatest(seen_at, $4)
 WHERE id = $1 RETURNING *
"""

SET_ATTRIBUTES = "UPDATE visitor SET attributes = attributes || $2 WHERE id = $1 RETURNING *"

INTRODUCE = """
UPDATE visitor
   SET name = coalesce($2, name), email = coalesce($3, email), phone = coalesce($4, phone)
 WHERE id = $1 AND external_id IS NULL
"""

SUMMARIES = """
SELECT v.id, count(c.id)::integer AS conversations, avg(c.score)::float8 AS csat
  FROM unnest($1::uuid[]) AS v (id) LEFT JOIN conversation c ON c.visitor_id = v.id
 GROUP BY v.id
"""


def _row(record: Record | None) -> VisitorRow | None:
    return None if record is None else row_of(VisitorRow, record)
