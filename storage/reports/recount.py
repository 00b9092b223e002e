"""Reads conversations and what is kept of them side by side, in order, a part at a time."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from storage.database import Database
from storage.reports import keeping
from storage.reports.rows import Facts, ShopHours, Story

FIRST = UUID(int=0)


class Ledger:
    """What is stored and what is kept, as both are at one moment each."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def parts(self, shop_id: UUID | None, size: int) -> AsyncIterator[list[UUID]]:
        """Go through all conversations, and all that facts are kept of, ``size`` at a time."""
        last = FIRST
        while True:
            rows = await self._db.fetch(PART, shop_id, last, size)
            if not rows:
                return
            last = rows[-1]["id"]
            yield [row["id"] for row in rows]

    async def stories(self, conversations: Sequence[UUID]) -> list[Story]:
        """Return what is known of conversations."""
        return await keeping.stories(self._db, conversations)

    async def hours(self, shops: set[UUID]) -> dict[UUID, ShopHours]:
        """Return which hours shops kept when."""
        return await keeping.hours(self._db, shops)

    async def kept(self, conversations: Sequence[UUID]) -> dict[UUID, Facts]:
        """Return the facts that are kept."""
        return await keeping.kept(self._db, conversations)

    async def due(self, conversations: Sequence[UUID]) -> set[UUID]:
        """Return those that are still to be counted: they are behind, and not wrong."""
        rows = await self._db.fetch(DUE, list(conversations))
        return {row["id"] for row in rows}

    async def put_right(self, conversations: Sequence[UUID]) -> None:
        """Have these counted anew by the job that counts."""
        await self._db.execute(NOTE, list(conversations))


PART = """
SELECT id FROM (
       (SELECT id FROM conversation
         WHERE id > $2 AND ($1::uuid IS NULL OR shop_id = $1) ORDER BY id LIMIT $3)
       UNION
       (SELECT conversation_id FROM report_fact
         WHERE conversation_id > $2 AND ($1::uuid IS NULL OR shop_id = $1)
         ORDER BY conversation_id LIMIT $3)
       UNION
       (SELECT conversation_id FROM report_leg
         WHERE conversation_id > $2 AND ($1::uuid IS NULL OR shop_id = $1)
         ORDER BY conversation_id LIMIT $3)
       UNION
       (SELECT conversation_id FROM report_offer
         WHERE conversation_id > $2 AND ($1::uuid IS NULL OR shop_id = $1)
         ORDER BY conversation_id LIMIT $3)
       ) both_sides (id)
 ORDER BY id LIMIT $3
"""

DUE = """
SELECT conversation_id AS id FROM report_due WHERE conversation_id = ANY ($1::uuid[])
UNION
SELECT c.id FROM conversation c JOIN report_backlog b USING (shop_id)
 WHERE c.id = ANY ($1::uuid[]) AND (c.created_at, c.id) < (b.before_at, b.before_id)
"""

NOTE = "INSERT INTO report_due (conversation_id) SELECT unnest($1::uuid[])"
