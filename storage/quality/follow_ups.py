"""Customers who rated low, and who sees to them."""

from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database
from storage.errors import Changed, Missing
from storage.quality.rows import FollowUpOutcome, FollowUpRow, FollowUpState

LOW_SCORE = 2
"""From which rating down somebody sees to it, where the shop has not said otherwise."""


class FollowUps:
    """Keeps what follows low ratings. ``owner_id``: only theirs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def low_score(self, shop_id: UUID) -> int | None:
        """Return from which rating down somebody sees to it; None: never."""
        row = await self._db.fetchrow("SELECT * FROM shop_quality WHERE shop_id = $1", shop_id)
        return LOW_SCORE if row is None else row["low_score"]

    async def set_low_score(self, shop_id: UUID, score: int | None, now: datetime) -> None:
        """Say from which rating down somebody sees to it, from now on."""
        await self._db.execute(SET_LOW_SCORE, shop_id, score, now)

    async def page(
        self, shop_id: UUID, owner_id: UUID | None, after: UUID | None, limit: int, *, done: bool
    ) -> list[FollowUpRow]:
        """Return those that are not done, the oldest first; or those that are, the newest."""
        query = DONE if done else OPEN
        rows = await self._db.fetch(query, shop_id, owner_id, after, limit)
        return [row_of(FollowUpRow, row) for row in rows]

    async def open_count(self, shop_id: UUID, owner_id: UUID | None) -> int:
        """Return how many are not done."""
        found = await self._db.fetchval(OPEN_COUNT, shop_id, owner_id)
        assert isinstance(found, int)
        return found

    async def get(
        self, shop_id: UUID, owner_id: UUID | None, follow_up_id: UUID
    ) -> FollowUpRow | None:
        """Return one, or None."""
        row = await self._db.fetchrow(ONE, shop_id, owner_id, follow_up_id)
        return None if row is None else row_of(FollowUpRow, row)

    async def change(
        self,
        seen: FollowUpRow,
        state: tuple[FollowUpState, FollowUpOutcome | None],
        owner_id: UUID | None,
        note: str,
        by: tuple[UUID, datetime],
    ) -> None:
        """Change what was ``seen``; Changed when it is another version by now, Missing."""
        touched = await self._db.execute(CHANGE, seen.id, seen.version, *state, owner_id, note, *by)
        if touched == 1:
            return
        now = await self._db.fetchval("SELECT version FROM follow_up WHERE id = $1", seen.id)
        if now is None:
            raise Missing
        raise Changed(str(now))


SHOWN = """
SELECT f.*, v.id AS visitor_id, coalesce(v.name, v.email) AS customer, c.score_comment AS comment
  FROM follow_up f
  JOIN conversation c ON c.id = f.conversation_id
  JOIN visitor v ON v.id = c.visitor_id
 WHERE f.shop_id = $1 AND ($2::uuid IS NULL OR f.owner_id = $2)
"""

ONE = SHOWN + " AND f.id = $3"

OPEN = (
    SHOWN
    + """
   AND f.state <> 'done' AND ($3::uuid IS NULL OR f.id > $3)
 ORDER BY f.id LIMIT $4
"""
)

DONE = (
    SHOWN
    + """
   AND f.state = 'done' AND ($3::uuid IS NULL OR f.id < $3)
 ORDER BY f.id DESC LIMIT $4
"""
)

OPEN_COUNT = """
SELECT count(*)::int FROM follow_up
 WHERE shop_id = $1 AND ($2::uuid IS NULL OR owner_id = $2) AND state <> 'done'
"""

CHANGE = """
UPDATE follow_up
   SET state = $3, outcome = $4, owner_id = $5, note = $6, changed_by = $7, changed_at = $8,
       version = version + 1
 WHERE id = $1 AND version = $2
"""

SET_LOW_SCORE = """
INSERT INTO shop_quality (shop_id, low_score, since) VALUES ($1, $2, $3)
ON CONFLICT (shop_id) DO UPDATE SET low_score = excluded.low_score, since = excluded.since
 WHERE shop_quality.low_score IS DISTINCT FROM excluded.low_score
"""
