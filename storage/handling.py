"""How long conversations held their slots lately, and how many come, for those who plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Queries

ARRIVALS_S = 3600
"""Arrivals are counted over so long."""

LEARNT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a queue has to do: arrivals a second, and the mean handle time of ``count`` closed."""

    arrivals_per_s: float
    mean_s: float
    count: int


@dataclass(frozen=True, slots=True)
class Handled:
    """How long an agent took for conversations of a queue, beside all agents together."""

    agent_id: UUID
    queue_id: UUID
    count: int
    mean_s: float
    queue_mean_s: float


class Handling:
    """Handle times of the conversations that were closed last."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def of_shop(self, shop_id: UUID) -> dict[UUID, tuple[float, int]]:
        """Return queue → (mean seconds, of how many) over the shop's last 1,000 conversations."""
        rows = await self._db.fetch(
            """
            SELECT queue_id, avg(handle_ms)::float8 / 1000 AS mean_s, count(*)::int AS count
              FROM (SELECT queue_id, handle_ms FROM conversation
                     WHERE shop_id = $1 AND state = 'closed'
                     ORDER BY closed_at DESC, id DESC LIMIT 1000) AS lately
             WHERE queue_id IS NOT NULL AND handle_ms IS NOT NULL
             GROUP BY queue_id
            """,
            shop_id,
        )
        return {row["queue_id"]: (row["mean_s"], row["count"]) for row in rows}

    async def traffic(self, shop_id: UUID, now: datetime) -> dict[UUID, Traffic]:
        """Return what each queue has to do: arrivals of the last hour, and `of_shop`."""
        rows = await self._db.fetch(ARRIVED, shop_id, now - timedelta(seconds=ARRIVALS_S))
        arrived: dict[UUID, int] = {row["queue_id"]: row["count"] for row in rows}
        handled = await self.of_shop(shop_id)
        return {
            queue_id: Traffic(
                arrived.get(queue_id, 0) / ARRIVALS_S, *handled.get(queue_id, (0.0, 0))
            )
            for queue_id in arrived.keys() | handled.keys()
        }

    async def by_agent(self, shop_id: UUID, now: datetime) -> list[Handled]:
        """Return how long each agent took for each queue in the last 90 days."""
        rows = await self._db.fetch(BY_AGENT, shop_id, now - timedelta(days=LEARNT_DAYS))
        return [Handled(**dict(row.items())) for row in rows]


ARRIVED = """
SELECT queue_id, count(*)::int AS count FROM conversation
 WHERE shop_id = $1 AND created_at > $2 AND queued_at IS NOT NULL AND queue_id IS NOT NULL
 GROUP BY queue_id
"""

# A conversation that went through several hands says nothing of one of them.
BY_AGENT = """
SELECT agent_id, queue_id, count(*)::int AS count, avg(handle_ms)::float8 / 1000 AS mean_s,
       (sum(sum(handle_ms)) OVER of_queue / sum(count(*)) OVER of_queue)::float8 / 1000
           AS queue_mean_s
  FROM conversation c
 WHERE shop_id = $1 AND state = 'closed' AND closed_at > $2 AND handle_ms IS NOT NULL
   AND agent_id IS NOT NULL AND queue_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM conversation_event e
                    WHERE e.conversation_id = c.id AND e.kind IN ('transferred', 'agent_left'))
 GROUP BY agent_id, queue_id
WINDOW of_queue AS (PARTITION BY queue_id)
 ORDER BY agent_id, queue_id
"""
