"""How long conversations held their slots lately, and how many come, for those who plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Queries, fields

ARRIVALS_S = 3600
"""Arrivals are counted over so long."""

LEARNT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a queue has to do: arrivals a second, and the mean handle time of ``count`` closed.

    ``patience_s``: after how long customers give up on average, None where nobody did.
    ``coverage``: the share of the last ``scored`` estimates of waits that held.
    """

    arrivals_per_s: float
    mean_s: float
    count: int
    patience_s: float | None = None
    scored: int = 0
    coverage: float = 1.0


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

    async def traffic(self, shop_id: UUID, now: datetime) -> dict[UUID, Traffic]:
        """Return what each queue has to do: arrivals of the last hour, and what was lately."""
        rows = await self._db.fetch(ARRIVED, shop_id, now - timedelta(seconds=ARRIVALS_S))
        per_s: dict[UUID, float] = {row["queue_id"]: row["count"] / ARRIVALS_S for row in rows}
        found = {queue_id: Traffic(each, 0.0, 0) for queue_id, each in per_s.items()}
        for row in await self._db.fetch(LATELY, shop_id):
            about = fields(row)
            queue_id: UUID = about.pop("queue_id")
            found[queue_id] = Traffic(per_s.get(queue_id, 0.0), **about)
        return found

    async def by_agent(self, shop_id: UUID, now: datetime) -> list[Handled]:
        """Return how long each agent took for each queue in the last 90 days."""
        rows = await self._db.fetch(BY_AGENT, shop_id, now - timedelta(days=LEARNT_DAYS))
        return [Handled(**dict(row.items())) for row in rows]


ARRIVED = """
SELECT queue_id, count(*)::int AS count FROM conversation
 WHERE shop_id = $1 AND created_at > $2 AND queued_at IS NOT NULL AND queue_id IS NOT NULL
 GROUP BY queue_id
"""

# While it was quiet a conversation held no slot.
# The shop's last 1,000. Patience: all waits over those who gave up, who was served bore as much.
# Estimates are held against the waits of those who were served, the last 200 of each queue.
LATELY = """
SELECT queue_id,
       coalesce(avg(handle_ms), 0)::float8 / 1000 AS mean_s,
       count(handle_ms)::int AS count,
       (nullif(sum(waited_s), 0) / nullif(count(*) FILTER (WHERE gave_up), 0))::float8
           AS patience_s,
       count(held) FILTER (WHERE place <= 200)::int AS scored,
       coalesce(avg(held::int) FILTER (WHERE place <= 200), 1)::float8 AS coverage
  FROM (SELECT *, row_number() OVER (PARTITION BY queue_id, held IS NULL
                                     ORDER BY closed_at DESC, id DESC) AS place
          FROM (SELECT id, queue_id, closed_at,
                       CASE WHEN EXISTS (SELECT FROM queue_quiet) THEN handle_ms - quiet_ms(id)
                            ELSE handle_ms END AS handle_ms,
                       coalesce(waiting_ms / 1000.0, extract(epoch FROM closed_at - queued_at))
                           AS waited_s,
                       waiting_ms IS NULL AND queued_at IS NOT NULL AND closed_by = 'customer'
                           AS gave_up,
                       CASE WHEN waiting_ms IS NOT NULL AND eta_low_s IS NOT NULL
                            THEN waiting_ms BETWEEN eta_low_s * 1000 AND eta_high_s * 1000
                       END AS held
                  FROM conversation
                 WHERE shop_id = $1 AND state = 'closed'
                 ORDER BY closed_at DESC, id DESC LIMIT 1000) AS lately) AS placed
 WHERE queue_id IS NOT NULL
 GROUP BY queue_id
"""

# A conversation that went through several hands says nothing of one of them.
BY_AGENT = """
SELECT agent_id, queue_id, count(*)::int AS count, avg(held_ms)::float8 / 1000 AS mean_s,
       (sum(sum(held_ms)) OVER of_queue / sum(count(*)) OVER of_queue)::float8 / 1000
           AS queue_mean_s
  FROM conversation c
 CROSS JOIN LATERAL (
       SELECT CASE WHEN EXISTS (SELECT FROM queue_quiet) THEN c.handle_ms - quiet_ms(c.id)
                   ELSE c.handle_ms END AS held_ms) held
 WHERE shop_id = $1 AND state = 'closed' AND closed_at > $2 AND handle_ms IS NOT NULL
   AND agent_id IS NOT NULL AND queue_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM conversation_event e
                    WHERE e.conversation_id = c.id
                      AND (e.kind IN ('transferred', 'agent_left', 'requeued')
                           OR e.kind = 'assigned' AND e.data ? 'from'))
 GROUP BY agent_id, queue_id
WINDOW of_queue AS (PARTITION BY queue_id)
 ORDER BY agent_id, queue_id
"""
