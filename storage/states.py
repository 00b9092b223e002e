"""Logs when agents were connected, and reads how they spent their time.

What they were ready for is logged by a trigger (storage/sql/agent_state_noted.sql).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries

Ready = Literal["available", "busy", "away", "unresponsive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """How an agent spent a time, in milliseconds; each a part of ``present_ms`` but the last two.

    ``ready_ms``: available. ``working_ms``: available or busy, and ``occupied_ms`` the part of it
    with at least one conversation in hand. ``held_ms`` is the time with at least one, present or
    not, and ``in_hand_ms`` adds up all conversations.
    """

    agent_id: UUID
    present_ms: int
    ready_ms: int
    working_ms: int
    occupied_ms: int
    held_ms: int
    in_hand_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A time of an agent. ``present``: connected; ``held``: with a conversation in hand."""

    agent_id: UUID
    word: Literal["present", "held"] | Ready
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """What somebody was ready for."""

    shop_id: UUID
    agent_id: UUID
    state: Ready
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRow:
    """When somebody was connected to a node."""

    shop_id: UUID
    agent_id: UUID
    node: str
    since: datetime
    until: datetime


class StateLog:
    """Keeps the log."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def vouch(
        self, shop_id: UUID, agents: Iterable[UUID], node: str, now: datetime, until: datetime
    ) -> None:
        """Say that these agents are connected to a node until a time; what has run out is over."""
        await self._db.execute(VOUCH, shop_id, list(agents), node, now, until)

    async def since(self, shop_id: UUID) -> datetime | None:
        """Return from when on it is known who was connected."""
        found = await self._db.fetchval(SINCE, shop_id)
        return found if isinstance(found, datetime) else None

    async def spent(
        self, shop_id: UUID, since: datetime, until: datetime, now: datetime
    ) -> list[Spent]:
        """Return how each agent who was there spent a time that is at most a month long."""
        rows = await self._db.fetch(SPENT, shop_id, since, min(until, now))
        return [row_of(Spent, row) for row in rows]

    async def logged(
        self, shop_id: UUID, since: datetime, until: datetime, agent_id: UUID | None = None
    ) -> list[Logged]:
        """Return what is known of a time that is some days long at most, of all or of one."""
        rows = await self._db.fetch(LOGGED, shop_id, since, until, agent_id)
        return [row_of(Logged, row) for row in rows]


VOUCH = """
WITH known AS (
    UPDATE agent_presence SET until = $5
     WHERE agent_id = ANY ($2::uuid[]) AND node = $3 AND until >= $4 AND shop_id = $1
    RETURNING agent_id
)
INSERT INTO agent_presence (shop_id, agent_id, node, since, until)
SELECT $1, a.id, $3, $4, $5 FROM agent a
 WHERE a.id = ANY ($2::uuid[]) AND a.shop_id = $1 AND $5::timestamptz > $4::timestamptz
   AND a.id NOT IN (SELECT agent_id FROM known)
"""

SINCE = "SELECT min(since) FROM agent_presence WHERE shop_id = $1"

# Times that overlap, of two nodes or of two conversations, count once but in `in_hand`.
SPENT = """
WITH present AS (
    SELECT agent_id, range_agg(tstzrange(since, until)) * tstzmultirange(tstzrange($2, $3)) AS spans
      FROM agent_presence
     WHERE shop_id = $1 AND until > $2 AND since < $3 AND until > since GROUP BY agent_id
), states AS (
    SELECT agent_id,
           coalesce(range_agg(tstzrange(since, until)) FILTER (WHERE state = 'available'), '{}')
               AS ready,
           coalesce(range_agg(tstzrange(since, until))
                    FILTER (WHERE state IN ('available', 'busy')), '{}') AS working
      FROM agent_state
     WHERE shop_id = $1 AND (until > $2 OR until IS NULL) AND since < $3 GROUP BY agent_id
), held AS (
    SELECT l.agent_id, range_agg(tstzrange(l.at, l.until)) AS spans,
           sum(extract(epoch FROM least(coalesce(l.until, $3), $3) - greatest(l.at, $2)) * 1000)
               AS in_hand_ms
      FROM present p CROSS JOIN LATERAL (
           SELECT agent_id, at, greatest(at, ended_at) AS until FROM report_leg
            WHERE agent_id = p.agent_id AND shop_id = $1 AND at < $3 AND ended_at > $2
           UNION ALL
           SELECT agent_id, at, NULL FROM report_leg
            WHERE agent_id = p.agent_id AND shop_id = $1 AND at < $3 AND ended_at IS NULL) l
     GROUP BY l.agent_id
)
SELECT p.agent_id, length_ms(p.spans) AS present_ms,
       length_ms(p.spans * coalesce(s.ready, '{}')) AS ready_ms,
       length_ms(p.spans * coalesce(s.working, '{}')) AS working_ms,
       length_ms(p.spans * coalesce(s.working, '{}') * coalesce(h.spans, '{}')) AS occupied_ms,
       length_ms(coalesce(h.spans, '{}') * tstzmultirange(tstzrange($2, $3))) AS held_ms,
       coalesce(h.in_hand_ms, 0)::bigint AS in_hand_ms
  FROM present p LEFT JOIN states s USING (agent_id) LEFT JOIN held h USING (agent_id)
 ORDER BY p.agent_id
"""

# What somebody has in hand now is kept behind by a second, by the job that counts.
LOGGED = """
WITH present AS (
    SELECT agent_id, since, until FROM agent_presence
     WHERE shop_id = $1 AND until > $2 AND since < $3 AND until > since
       AND ($4::uuid IS NULL OR agent_id = $4)
), each AS (
    SELECT agent_id, 'present' AS word, since, until FROM present
     UNION ALL
    SELECT agent_id, state, since, coalesce(until, $3) FROM agent_state
     WHERE shop_id = $1 AND (until > $2 OR until IS NULL) AND since < $3
       AND ($4::uuid IS NULL OR agent_id = $4)
     UNION ALL
    SELECT agent_id, 'held', at, coalesce(ended_at, $3) FROM report_leg
     WHERE shop_id = $1 AND at < $3 AND (ended_at > $2 OR ended_at IS NULL)
       AND agent_id IN (SELECT agent_id FROM present)
)
SELECT agent_id, word, greatest(since, $2) AS since, least(until, $3) AS until
  FROM each ORDER BY since, word
"""
