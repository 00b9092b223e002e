"""What alerts count of a shop beside what the live view reads: a row for each subject."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Database


@dataclass(frozen=True, slots=True)
class LineNow:
    """Who waits in a queue: how many, the oldest since when."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class HandNow:
    """What an agent has in hand: how many, and since when the oldest customer has no answer.

    The latter by queue.
    """

    count: int
    unanswered: dict[UUID | None, datetime]


class AlertFacts:
    """Counts who waits and who is served, in PostgreSQL."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def lines(self, shop_id: UUID) -> dict[UUID, LineNow]:
        """Return by queue who waits in it; queues without anybody are missing."""
        rows = await self._db.fetch(LINES, shop_id)
        return {row["queue_id"]: LineNow(row["waiting"], row["oldest"]) for row in rows}

    async def hands(self, shop_id: UUID) -> dict[UUID, HandNow]:
        """Return by agent what they have in hand; agents without anything are missing."""
        rows = await self._db.fetch(HANDS, shop_id)
        hands: dict[UUID, HandNow] = {}
        for row in rows:
            known = hands.get(row["agent_id"], HandNow(0, {}))
            since = {} if row["unanswered"] is None else {row["queue_id"]: row["unanswered"]}
            hands[row["agent_id"]] = HandNow(known.count + row["count"], known.unanswered | since)
        return hands


LINES = """
SELECT queue_id, count(*)::int AS waiting, min(queued_at) AS oldest
  FROM conversation
 WHERE shop_id = $1 AND state IN ('queued', 'offered') AND queue_id IS NOT NULL
 GROUP BY queue_id
"""

HANDS = """
SELECT agent_id, queue_id, count(*)::int AS count, min(unanswered_since) AS unanswered
  FROM conversation
 WHERE state = 'active' AND agent_id IN (SELECT id FROM agent WHERE shop_id = $1)
 GROUP BY agent_id, queue_id
"""
