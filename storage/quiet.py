"""Quiet conversations: they take no room of their agent until somebody says something again.

A conversation is *due to be quiet* when its queue has a rule, the last word was the agent's, and
nothing was said for so long. It *is* quiet while it is active and its agent has no slot for it.
Whoever wakes it takes the slots again, beyond the capacity if need be: an agent who is over is
offered nothing, is shown as over, and the event says so.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from storage.changes import SYSTEM, Change, lock, write_event
from storage.database import Database, Transaction
from storage.errors import Missing
from storage.handover_steps import IDLE, free, lock_agents, touched
from storage.rows import ConversationRow, Moved
from storage.stepping_in import IS_OVER, TAKE_SLOTS


class Quiet:
    """Gives the room of quiet conversations back, and takes it again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return conversations that take room and are due to be quiet, so many at most."""
        return [row["id"] for row in await self._db.fetch(DUE, now, limit)]

    async def all(self) -> list[UUID]:
        """Return all that are quiet, those in their wrap-up among them."""
        return [row["id"] for row in await self._db.fetch(ALL)]

    async def awake(
        self, conversation_ids: Iterable[UUID], now: datetime, limit: int
    ) -> list[UUID]:
        """Return those of these that are quiet no longer: something was said, or they moved on.

        So many at most, and first those to whom an answer is owed.
        """
        rows = await self._db.fetch(AWAKE, list(conversation_ids), now, limit)
        return [row["id"] for row in rows]

    async def among(self, conversation_ids: Iterable[UUID]) -> set[UUID]:
        """Return those of these that are quiet."""
        return {row["id"] for row in await self._db.fetch(AMONG, list(conversation_ids))}

    async def rest(self, conversation_id: UUID, now: datetime) -> Moved | None:
        """Give its room back; None when it is not due to be quiet, or is already."""
        async with self._db.transaction() as tx:
            row = await _lock(tx, conversation_id)
            if row is None or row.agent_id is None or not await tx.fetchval(IS_DUE, row.id, now):
                return None
            await tx.execute(IDLE, row.agent_id, now)
            await free(tx, row.id, row.agent_id)
            await write_event(tx, row, Change("gone_quiet", "active", SYSTEM, now))
            return Moved(await touched(tx, row.id), row.agent_id)

    async def wake(self, conversation_id: UUID, now: datetime) -> Moved | None:
        """Take its room again, also beyond the capacity; None when it need not."""
        async with self._db.transaction() as tx:
            row = await _lock(tx, conversation_id)
            if row is None or row.agent_id is None:
                return None
            await lock_agents(tx, row.agent_id)
            if not await tx.fetchval(IS_AWAKE, row.id, now):
                return None
            await tx.execute(TAKE_SLOTS, row.agent_id, row.id, now)
            is_over = bool(await tx.fetchval(IS_OVER, row.agent_id))
            data: dict[str, object] = {"agent": str(row.agent_id), "over": is_over}
            await write_event(tx, row, Change("woke", "active", SYSTEM, now, data))
            return Moved(await touched(tx, row.id))


async def _lock(tx: Transaction, conversation_id: UUID) -> ConversationRow | None:
    """Lock a conversation in somebody's hands, or return None."""
    try:
        row = await lock(tx, conversation_id)
    except Missing:
        return None
    return row if row.state == "active" else None


DUE = """
SELECT c.id
  FROM queue_quiet r JOIN conversation c ON c.queue_id = r.queue_id
 WHERE c.state = 'active' AND c.unanswered_since IS NULL
   AND greatest(c.last_at, c.assigned_at) <= $1::timestamptz - make_interval(secs => r.after_s)
   AND EXISTS (SELECT FROM slot s WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id)
 ORDER BY c.id LIMIT $2
"""

IS_DUE = """
SELECT EXISTS (
    SELECT FROM queue_quiet r JOIN conversation c ON c.queue_id = r.queue_id
     WHERE c.id = $1 AND c.state = 'active' AND c.unanswered_since IS NULL
       AND greatest(c.last_at, c.assigned_at) <= $2::timestamptz - make_interval(secs => r.after_s)
       AND EXISTS (SELECT FROM slot s WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id))
"""

# In its wrap-up it may be resumed.
ALL = """
SELECT c.id FROM conversation c
 WHERE c.state IN ('active', 'wrap_up')
   AND NOT EXISTS (SELECT FROM slot s WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id)
"""

AMONG = """
SELECT c.id FROM conversation c
 WHERE c.id = ANY ($1::uuid[]) AND c.state IN ('active', 'wrap_up')
   AND NOT EXISTS (SELECT FROM slot s WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id)
"""

AWAKE = """
SELECT c.id FROM conversation c LEFT JOIN queue_quiet r ON r.queue_id = c.queue_id
 WHERE c.id = ANY ($1::uuid[])
   AND (c.state NOT IN ('active', 'wrap_up')
        OR EXISTS (SELECT FROM slot s WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id)
        OR c.state = 'active'
           AND (r.after_s IS NULL OR c.unanswered_since IS NOT NULL
                OR greatest(c.last_at, c.assigned_at)
                   > $2::timestamptz - make_interval(secs => r.after_s)))
 ORDER BY c.unanswered_since, c.last_at, c.id LIMIT $3
"""

IS_AWAKE = """
SELECT c.state = 'active'
       AND (r.after_s IS NULL OR c.unanswered_since IS NOT NULL
            OR greatest(c.last_at, c.assigned_at)
               > $2::timestamptz - make_interval(secs => r.after_s))
       AND NOT EXISTS (SELECT FROM slot s
                        WHERE s.conversation_id = c.id AND s.agent_id = c.agent_id)
  FROM conversation c LEFT JOIN queue_quiet r ON r.queue_id = c.queue_id WHERE c.id = $1
"""
