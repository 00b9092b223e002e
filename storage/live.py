"""What goes on in a shop at this moment: who waits, who is served, how today went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Queries, fields
from storage.rows import State


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkNow:
    """A conversation, as far as somebody who looks at all of them needs to know."""

    id: UUID
    shop_id: UUID
    state: State
    visitor_id: UUID
    visitor_name: str | None
    queue_id: UUID | None
    agent_id: UUID | None
    priority: int
    emergency: bool
    queued_at: datetime | None
    assigned_at: datetime | None
    unanswered_since: datetime | None
    wrap_up_until: datetime | None
    is_unclaimed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """A queue in use, and what became of those who came to it today.

    ``in_time`` of ``answered`` had waited ``target_s`` at most; ``abandoned`` left before anybody
    took them. ``promises``: the time is the queue's own.
    """

    id: UUID
    name: str
    target_s: int
    promises: bool
    answered: int
    in_time: int
    abandoned: int


class Live:
    """Reads what is open; nothing of what is over, but for what has just ended."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def newest(self) -> int:
        """Return the number of the newest event of all."""
        found = await self._db.fetchval("SELECT coalesce(max(id), 0) FROM conversation_event")
        return int(str(found))

    async def open_talks(self, shop_id: UUID) -> list[TalkNow]:
        """Return the conversations of a shop that are not over."""
        return [TalkNow(**row) for row in await self._db.fetch(OPEN, shop_id)]

    async def in_hand(self, shop_id: UUID) -> list[TalkNow]:
        """Return those that some agent has in hand; what is said in them leaves no event."""
        return [TalkNow(**row) for row in await self._db.fetch(IN_HAND, shop_id)]

    async def changed(self, shop_ids: Iterable[UUID], after: int, until: int) -> list[TalkNow]:
        """Return those with an event of a number in (after, until], over by now or not."""
        return [
            TalkNow(**row) for row in await self._db.fetch(CHANGED, list(shop_ids), after, until)
        ]

    async def queues(self, shop_id: UUID, today: datetime, target_s: int) -> list[QueueNow]:
        """Return the queues in use; ``target_s`` counts for those that promise nothing."""
        rows = await self._db.fetch(QUEUES, shop_id, today, target_s)
        return [QueueNow(**fields(row)) for row in rows]


TALK = """
SELECT c.id, c.shop_id, c.state, c.visitor_id,
       CASE WHEN b.shop_id IS NULL THEN v.name END AS visitor_name, c.queue_id, c.agent_id,
       c.priority, c.emergency, c.queued_at, c.assigned_at, c.unanswered_since, c.wrap_up_until,
       c.unclaimed_at IS NOT NULL AND c.state IN ('queued', 'offered') AS is_unclaimed
  FROM conversation c JOIN visitor v ON v.id = c.visitor_id
  LEFT JOIN shop_blur b ON b.shop_id = c.shop_id
"""

# Two indexes are for one half each: who waits, by shop, and what is in hand, by agent.
OPEN = f"""
{TALK} WHERE c.shop_id = $1 AND c.state IN ('queued', 'offered')
 UNION ALL
{TALK} WHERE c.state IN ('active', 'wrap_up')
   AND c.agent_id IN (SELECT id FROM agent WHERE shop_id = $1)
"""

IN_HAND = f"""
{TALK} WHERE c.state IN ('active', 'wrap_up')
   AND c.agent_id IN (SELECT id FROM agent WHERE shop_id = $1)
"""

CHANGED = f"""
{TALK} WHERE c.shop_id = ANY ($1)
   AND c.id IN (SELECT conversation_id FROM conversation_event WHERE id > $2 AND id <= $3)
"""

QUEUES = """
SELECT q.id, q.name, coalesce(q.target_s, $3) AS target_s, q.target_s IS NOT NULL AS promises,
       coalesce(d.answered, 0) AS answered, coalesce(d.in_time, 0) AS in_time,
       coalesce(d.abandoned, 0) AS abandoned
  FROM queue q
  LEFT JOIN LATERAL (
       SELECT c.queue_id, count(c.waiting_ms) AS answered,
              count(*) FILTER (WHERE c.waiting_ms <= 1000 * coalesce(q.target_s, $3)) AS in_time,
              count(*) FILTER (WHERE c.waiting_ms IS NULL AND c.state = 'closed'
                                 AND c.closed_by = 'customer') AS abandoned
         FROM conversation c
        WHERE c.shop_id = $1 AND c.created_at >= $2 AND c.queued_at IS NOT NULL
          AND c.queue_id = q.id
        GROUP BY c.queue_id) d ON true
 WHERE q.shop_id = $1 AND q.archived_at IS NULL
 ORDER BY q.name, q.id
"""
