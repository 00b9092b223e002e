"""Who works in a shop at this moment, what they can do, and how their day went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Queries, fields
from storage.rows import Status

LATELY = timedelta(days=31)
"""Of whoever was not connected for longer nobody asks since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """Somebody in service. ``taken`` of their capacity, in units.

    ``as_is_at``: since then they are what they chose or, though available, have not responded.
    """

    id: UUID
    name: str
    status: Status
    as_is_at: datetime
    idle_at: datetime | None
    is_responding: bool
    capacity: int
    taken: int

    @property
    def is_idle(self) -> bool:
        """They touch nothing."""
        return self.idle_at is not None


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody came who is here, and when they left who is not."""

    came_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """What became today of what an agent was given.

    ``handled``: conversations of theirs that were closed, which took ``mean_s`` on average.
    ``missed``: offers that ran out, of conversations that came today.
    """

    handled: int = 0
    mean_s: float | None = None
    missed: int = 0


class LiveAgents:
    """Reads those in service; whether they are connected is not stored here."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def now(self, shop_id: UUID) -> list[AgentNow]:
        """Return who is in service."""
        return [AgentNow(**row) for row in await self._db.fetch(AGENTS, shop_id)]

    async def stays(
        self, shop_id: UUID, agent_ids: Iterable[UUID], now: datetime
    ) -> dict[UUID, Stay]:
        """Return the newest stay of each who was connected lately, by the log of reports."""
        rows = await self._db.fetch(STAYS, shop_id, list(agent_ids), now, now - LATELY)
        return {row["agent_id"]: Stay(row["came_at"], row["left_at"]) for row in rows}

    async def skills(self, shop_id: UUID) -> dict[UUID, Mapping[str, int]]:
        """Return skill → level of everybody in service."""
        rows = await self._db.fetch(SKILLS, shop_id)
        return {row["id"]: row["skills"] or {} for row in rows}

    async def replied(self, shop_id: UUID) -> dict[UUID, datetime]:
        """Return when each agent said something last in what they have in hand."""
        rows = await self._db.fetch(REPLIED, shop_id)
        return {row["agent_id"]: row["replied_at"] for row in rows}

    async def days(self, shop_id: UUID, today: datetime) -> dict[UUID, AgentDay]:
        """Return the day of everybody who has had anything since ``today`` began."""
        rows = await self._db.fetch(DAYS, shop_id, today)
        days = [fields(row) for row in rows]
        return {day.pop("agent_id"): AgentDay(**day) for day in days}


AGENTS = """
SELECT a.id, a.name, a.status, i.since AS idle_at, a.unresponsive_at IS NULL AS is_responding,
       greatest(a.status_at, CASE a.status WHEN 'available' THEN n.since END) AS as_is_at,
       a.capacity, coalesce(s.taken, 0) AS taken
  FROM agent a
  LEFT JOIN agent_state n ON n.agent_id = a.id AND n.until IS NULL
  LEFT JOIN agent_idle i ON i.agent_id = a.id
  LEFT JOIN (SELECT agent_id, count(*) AS taken FROM slot GROUP BY agent_id) s ON s.agent_id = a.id
 WHERE a.shop_id = $1 AND a.deactivated_at IS NULL
"""

STAYS = """
SELECT agent_id, min(since) FILTER (WHERE until > $3) AS came_at, max(until) AS left_at
  FROM agent_presence
 WHERE shop_id = $1 AND until > $4 AND agent_id = ANY ($2::uuid[])
 GROUP BY agent_id
"""

SKILLS = """
SELECT a.id,
       (SELECT jsonb_object_agg(s.key, k.level) FROM agent_skill k JOIN skill s ON s.id = k.skill_id
         WHERE k.agent_id = a.id) AS skills
  FROM agent a WHERE a.shop_id = $1 AND a.deactivated_at IS NULL
"""

# The newest of a conversation is a few steps back at most, unless its agent has said nothing yet.
REPLIED = """
SELECT c.agent_id, max(m.at) AS replied_at
  FROM conversation c
 CROSS JOIN LATERAL (
       SELECT at FROM message
        WHERE conversation_id = c.id AND NOT private AND sender_id = c.agent_id
        ORDER BY seq DESC LIMIT 1) m
 WHERE c.state IN ('active', 'wrap_up')
   AND c.agent_id IN (SELECT id FROM agent WHERE shop_id = $1)
 GROUP BY c.agent_id
"""

# The offers of one conversation are few; they are looked up by it, whatever the size of the table.
DAYS = """
SELECT agent_id, sum(handled)::int AS handled, sum(mean_s) AS mean_s, sum(missed)::int AS missed
  FROM (SELECT agent_id, count(handle_ms) AS handled, avg(handle_ms)::float8 / 1000 AS mean_s,
               0 AS missed
          FROM conversation
         WHERE shop_id = $1 AND state = 'closed' AND closed_at >= $2 AND agent_id IS NOT NULL
         GROUP BY agent_id
         UNION ALL
        SELECT missed.agent_id, 0, NULL, missed.count
          FROM conversation c
         CROSS JOIN LATERAL (
               SELECT agent_id, count(*) FROM offer
                WHERE conversation_id = c.id AND end_reason = 'timed_out'
                GROUP BY agent_id) missed
         WHERE c.shop_id = $1 AND c.created_at >= $2) each
 GROUP BY agent_id
"""
