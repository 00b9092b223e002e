"""Who touches nothing for longer than their shop allows: they are idle until they do.

Only the change is written. When somebody touched something last is kept where it costs less
(`storage.inputs`). Whoever writes here holds the agent, so that nobody waits crosswise.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from storage.database import Database, Queries, Record
from storage.rows import Heard, Status


class Idle:
    """Keeps who is idle."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def rest(self, agent_id: UUID, since: datetime) -> Heard | None:
        """Note that an agent has touched nothing since then; None when it makes no difference.

        That is where the shop has no such rule (any more), and with who wants no work anyhow.
        """
        async with self._db.transaction() as tx:
            held = await tx.fetchrow(HOLD, agent_id)
            if held is None or not await tx.execute(REST, agent_id, since):
                return None
            return _heard(held, idle=True)

    async def wake(self, agent_id: UUID) -> Heard | None:
        """Note that an agent is there; None, and nothing is written, when they were not idle."""
        row = await self._db.fetchrow(WAKE, agent_id)
        return None if row is None else _heard(row, idle=False)


async def woken(tx: Queries, agent_id: UUID) -> Heard | None:
    """Do as `Idle.wake`, inside the caller's transaction."""
    row = await tx.fetchrow(WAKE, agent_id)
    return None if row is None else _heard(row, idle=False)


HOLD = """
SELECT a.id, a.status, a.unresponsive_at IS NULL AS responding
  FROM agent a
 WHERE a.id = $1 AND a.status = 'available' AND a.deactivated_at IS NULL
   AND EXISTS (SELECT FROM shop_idle WHERE shop_id = a.shop_id)
   FOR NO KEY UPDATE
"""

REST = "INSERT INTO agent_idle (agent_id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING"

WAKE = """
WITH held AS (SELECT a.id, a.status, a.unresponsive_at IS NULL AS responding FROM agent a
               WHERE a.id = $1 AND EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id)
                 FOR NO KEY UPDATE)
DELETE FROM agent_idle i USING held WHERE i.agent_id = held.id
RETURNING held.id, held.status, held.responding
"""


def _heard(row: Record, *, idle: bool) -> Heard:
    return Heard(row["id"], cast("Status", row["status"]), row["responding"], idle)
