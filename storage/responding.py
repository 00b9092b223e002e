"""Who answers what is offered. Too many misses in a row, and nothing is offered until they act.

Each function works inside the caller's transaction, which holds the agent from here on.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from storage.database import Queries
from storage.idle import woken
from storage.rows import Heard, Status


async def missed(tx: Queries, agent_id: UUID, now: datetime) -> Heard | None:
    """Count an offer that nobody answered; tell when that was one too many.

    Their idle time goes on: an offer that was not taken is no work, and no reward either.
    """
    row = await tx.fetchrow(MISSED, agent_id, now)
    if row is None or not row["is_new"]:
        return None
    return Heard(agent_id, row["status"], False, row["idle"])


async def acted(tx: Queries, agent_id: UUID) -> Heard | None:
    """Note that they are there: misses are forgotten. Tell when they had stopped to respond.

    And when they were idle.
    """
    back = _back(agent_id, await tx.fetchval(ACTED, agent_id))
    return await woken(tx, agent_id) or back


async def took(tx: Queries, agent_id: UUID, now: datetime) -> Heard | None:
    """Note that they took a conversation: as `acted`, and whose turn it is counts from now."""
    back = _back(agent_id, await tx.fetchval(TOOK, agent_id, now))
    return await woken(tx, agent_id) or back


MISSED = """
UPDATE agent a
   SET misses = held.misses + 1,
       unresponsive_at = CASE WHEN held.misses + 1 >= s.misses_max
                              THEN coalesce(held.unresponsive_at, $2)
                              ELSE held.unresponsive_at END
  FROM (SELECT * FROM agent WHERE id = $1 FOR NO KEY UPDATE) held
  JOIN shop s ON s.id = held.shop_id
 WHERE a.id = held.id
RETURNING a.status, held.unresponsive_at IS NULL AND a.unresponsive_at IS NOT NULL AS is_new,
          EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id) AS idle
"""

# Who responds and missed nothing is not written.
ACTED = """
UPDATE agent a SET misses = 0, unresponsive_at = NULL
  FROM (SELECT * FROM agent WHERE id = $1 AND (misses > 0 OR unresponsive_at IS NOT NULL)
           FOR NO KEY UPDATE) held
 WHERE a.id = held.id
RETURNING CASE WHEN held.unresponsive_at IS NOT NULL THEN a.status END
"""

TOOK = """
UPDATE agent a SET misses = 0, unresponsive_at = NULL, assigned_at = $2
  FROM (SELECT * FROM agent WHERE id = $1 FOR NO KEY UPDATE) held
 WHERE a.id = held.id
RETURNING CASE WHEN held.unresponsive_at IS NOT NULL THEN a.status END
"""


def _back(agent_id: UUID, status: object) -> Heard | None:
    return Heard(agent_id, cast("Status", status), True) if isinstance(status, str) else None
