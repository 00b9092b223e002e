"""What is to be reviewed: chosen by rules, taken by one, reviewed or dismissed."""

from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database
from storage.quality.rows import TaskRow


class Tasks:
    """Keeps what is to be reviewed. Nobody is shown their own part."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(
        self,
        reader: tuple[UUID, UUID],
        state: str,
        after: UUID | None,
        limit: int,
        *,
        mine: bool = False,
    ) -> list[TaskRow]:
        """Return what is open, or was reviewed or dismissed, of a reader (shop, agent)."""
        rows = await self._db.fetch(PAGE, *reader, state, after, limit, mine)
        return [row_of(TaskRow, row) for row in rows]

    async def open_count(self, reader: tuple[UUID, UUID]) -> int:
        """Return how much is to be reviewed."""
        found = await self._db.fetchval(OPEN_COUNT, *reader)
        assert isinstance(found, int)
        return found

    async def get(self, reader: tuple[UUID, UUID], task_id: UUID) -> TaskRow | None:
        """Return one, or None."""
        row = await self._db.fetchrow(ONE, *reader, task_id)
        return None if row is None else row_of(TaskRow, row)

    async def take(self, task_id: UUID, reviewer_id: UUID) -> bool:
        """Take it; False when somebody else has it, or it has ended."""
        return await self._db.execute(TAKE, task_id, reviewer_id) == 1

    async def release(self, task_id: UUID, by: UUID) -> bool:
        """Let others take it; False when somebody else has it, or it has ended."""
        return await self._db.execute(RELEASE, task_id, by) == 1

    async def dismiss(self, task_id: UUID, by: UUID, now: datetime) -> bool:
        """End it without a review; False when somebody else has it, or it has ended."""
        return await self._db.execute(DISMISS, task_id, by, now) == 1


SHOWN = """
SELECT k.*, r.name AS rule_name, r.kind, r.scorecard_id, c.score,
       v.id AS visitor_id, coalesce(v.name, v.email) AS customer,
       w.id AS review_id, w.published_at IS NOT NULL AS review_published
  FROM review_task k
  JOIN review_rule r ON r.id = k.rule_id
  JOIN conversation c ON c.id = k.conversation_id
  JOIN visitor v ON v.id = c.visitor_id
  LEFT JOIN review w ON w.conversation_id = k.conversation_id AND w.agent_id = k.agent_id
        AND w.reviewer_id = k.reviewer_id AND w.calibration_id IS NULL
        AND (k.review_id IS NULL OR w.id = k.review_id)
 WHERE k.shop_id = $1 AND k.agent_id <> $2
"""

ONE = SHOWN + " AND k.id = $3"

PAGE = (
    SHOWN
    + """
   AND coalesce(k.ending, 'open') = $3
   AND ($4::uuid IS NULL OR k.id > $4)
   AND (NOT $6 OR k.reviewer_id = $2)
 ORDER BY k.id LIMIT $5
"""
)

OPEN_COUNT = """
SELECT count(*)::int FROM review_task
 WHERE shop_id = $1 AND agent_id <> $2 AND ended_at IS NULL
"""

# Nobody has it, or they do, or whoever has it does not judge here any more.
FREE = """
   AND ended_at IS NULL AND (reviewer_id IS NULL OR reviewer_id = $2 OR NOT EXISTS (
           SELECT FROM agent a
            WHERE a.id = reviewer_id AND a.deactivated_at IS NULL AND a.role <> 'agent'))
"""

TAKE = "UPDATE review_task SET reviewer_id = $2 WHERE id = $1" + FREE

RELEASE = "UPDATE review_task SET reviewer_id = NULL WHERE id = $1" + FREE

DISMISS = (
    "UPDATE review_task SET ended_at = $3, ending = 'dismissed', reviewer_id = $2 WHERE id = $1"
    + FREE
)
