"""Everything the routing engine needs to know, in few queries."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record, fields
from storage.offers import LIVE_OF_SHOP
from storage.people import (
    AgentFacts,
    NeededSkill,
    QueueFacts,
    Refusal,
    ShopFacts,
    WaitingFacts,
)
from storage.queues import overflow_of, steps_of
from storage.rows import OfferRow


class RoutingFacts:
    """Reads facts as they are now."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def shop(self, shop_id: UUID) -> ShopFacts:
        """Return a shop's agents, queues, waiting customers and live offers, at one moment."""
        async with self._db.transaction() as tx:
            await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            agents = await tx.fetch(AGENTS_OF_SHOP, shop_id)
            queues = await tx.fetch(QUEUES, shop_id)
            waiting = await tx.fetch(WAITING_OF_SHOP, shop_id)
            offers = await tx.fetch(LIVE_OF_SHOP, shop_id)
        return ShopFacts(
            agents=tuple(_agents(agents)),
            queues=tuple(_queue(row) for row in queues),
            waiting=tuple(_waiting(waiting)),
            offers=tuple(row_of(OfferRow, row) for row in offers),
        )

    async def queues(self, shop_id: UUID) -> list[QueueFacts]:
        """Return a shop's queues alone."""
        return [_queue(row) for row in await self._db.fetch(QUEUES, shop_id)]

    async def agents(self, agent_ids: Iterable[UUID]) -> list[AgentFacts]:
        """Return these agents, also when they were deactivated."""
        return _agents(await self._db.fetch(AGENTS, list(agent_ids)))

    async def waiting(self, conversation_ids: Iterable[UUID]) -> list[WaitingFacts]:
        """Return those of these conversations that still wait or are on offer."""
        return _waiting(await self._db.fetch(WAITING, list(conversation_ids)))

    async def offers(self, conversation_ids: Iterable[UUID]) -> list[OfferRow]:
        """Return the live offers of these conversations."""
        rows = await self._db.fetch(LIVE_OF, list(conversation_ids))
        return [row_of(OfferRow, row) for row in rows]


LIVE_OF = """
SELECT * FROM offer
 WHERE conversation_id = ANY ($1::uuid[]) AND ended_at IS NULL AND from_agent_id IS NULL
 ORDER BY made_at, id
"""

AGENTS_OF_SHOP = """
SELECT a.id, a.shop_id, a.name, a.status, a.capacity, a.idle_since,
       a.deactivated_at IS NOT NULL AS deactivated,
       (SELECT jsonb_object_agg(s.key, k.level) FROM agent_skill k JOIN skill s ON s.id = k.skill_id
         WHERE k.agent_id = a.id) AS skills,
       ARRAY (SELECT conversation_id FROM slot WHERE agent_id = a.id
               GROUP BY conversation_id ORDER BY min(number)) AS held,
       (SELECT count(*)::int FROM slot WHERE agent_id = a.id) AS in_hand,
       a.unresponsive_at IS NULL AS responding, a.assigned_at,
       (SELECT jsonb_object_agg(queue_id, held)
          FROM (SELECT c.queue_id, count(DISTINCT c.id) AS held
                  FROM slot s JOIN conversation c ON c.id = s.conversation_id
                  JOIN queue q ON q.id = c.queue_id AND q.per_agent_max IS NOT NULL
                       AND q.archived_at IS NULL
                 WHERE s.agent_id = a.id GROUP BY c.queue_id) limited) AS of_queue,
       CASE WHEN EXISTS (SELECT FROM queue_quiet)
            THEN (SELECT count(*)::int FROM conversation c
                   WHERE c.agent_id = a.id AND c.state IN ('active', 'wrap_up')
                     AND NOT EXISTS (SELECT FROM slot
                                      WHERE conversation_id = c.id AND agent_id = a.id))
            ELSE 0 END AS quiet,
       EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id) AS idle
  FROM agent a WHERE a.shop_id = $1 AND a.deactivated_at IS NULL ORDER BY a.id
"""

AGENTS = """
SELECT a.id, a.shop_id, a.name, a.status, a.capacity, a.idle_since,
       a.deactivated_at IS NOT NULL AS deactivated,
       (SELECT jsonb_object_agg(s.key, k.level) FROM agent_skill k JOIN skill s ON s.id = k.skill_id
         WHERE k.agent_id = a.id) AS skills,
       ARRAY (SELECT conversation_id FROM slot WHERE agent_id = a.id
               GROUP BY conversation_id ORDER BY min(number)) AS held,
       (SELECT count(*)::int FROM slot WHERE agent_id = a.id) AS in_hand,
       a.unresponsive_at IS NULL AS responding, a.assigned_at,
       (SELECT jsonb_object_agg(queue_id, held)
          FROM (SELECT c.queue_id, count(DISTINCT c.id) AS held
                  FROM slot s JOIN conversation c ON c.id = s.conversation_id
                  JOIN queue q ON q.id = c.queue_id AND q.per_agent_max IS NOT NULL
                       AND q.archived_at IS NULL
                 WHERE s.agent_id = a.id GROUP BY c.queue_id) limited) AS of_queue,
       CASE WHEN EXISTS (SELECT FROM queue_quiet)
            THEN (SELECT count(*)::int FROM conversation c
                   WHERE c.agent_id = a.id AND c.state IN ('active', 'wrap_up')
                     AND NOT EXISTS (SELECT FROM slot
                                      WHERE conversation_id = c.id AND agent_id = a.id))
            ELSE 0 END AS quiet,
       EXISTS (SELECT FROM agent_idle WHERE agent_id = a.id) AS idle
  FROM agent a WHERE a.id = ANY ($1::uuid[]) ORDER BY a.id
"""

QUEUES = """
SELECT q.id, q.key, q.name, q.priority, q.offer_timeout_s, q.wrap_up_s, q.auto_accept,
       q.match_language, q.policy, q.target_s, q.weight, q.units, q.per_agent_max, q.length_max,
       q.wait_max_s, q.sticky_s, q.offers_at_once, q.overflow,
       (SELECT after_s FROM queue_quiet WHERE queue_id = q.id) AS quiet_after_s,
       (SELECT jsonb_agg(jsonb_build_object('key', s.key, 'level', k.level, 'required', k.required,
                                            'steps', k.steps) ORDER BY s.key)
          FROM queue_skill k JOIN skill s ON s.id = k.skill_id WHERE k.queue_id = q.id) AS skills
  FROM queue q WHERE q.shop_id = $1 AND q.archived_at IS NULL ORDER BY q.id
"""

# Who had it and did not keep it: offers that were declined or ran out, and those who handed it on.
# Whoever was asked to take over from a colleague has not passed over anybody who waits.
WAITING_OF_SHOP = """
SELECT c.id, c.shop_id, c.visitor_id, c.state, c.epoch, c.queue_id, c.topic, c.locale, c.priority,
       c.queued_at, c.last_agent_id, c.wanted_agent_id, c.emergency,
       c.waiting_ms IS NOT NULL AS was_taken, c.full_at, c.unclaimed_at,
       ARRAY (SELECT agent_id FROM offer WHERE conversation_id = c.id AND ended_at IS NULL
               ORDER BY id) AS offered_to,
       r.agent_id AS refused_by, r.reason AS refused_how, r.at AS refused_at
  FROM conversation c
  LEFT JOIN LATERAL (
       SELECT agent_id, CASE WHEN from_agent_id IS NULL THEN end_reason ELSE 'asked' END AS reason,
              ended_at AS at FROM offer
        WHERE conversation_id = c.id AND end_reason IN ('declined', 'timed_out')
        UNION ALL
       SELECT actor_id, kind, at FROM conversation_event
        WHERE conversation_id = c.id AND kind = 'transferred'
        UNION ALL
       SELECT (data ->> 'from')::uuid, 'transferred', at FROM conversation_event
        WHERE conversation_id = c.id AND kind = 'requeued' AND data ? 'from') r ON true
 WHERE c.shop_id = $1 AND c.state IN ('queued', 'offered')
 ORDER BY c.queued_at, c.id, r.at
"""

WAITING = """
SELECT c.id, c.shop_id, c.visitor_id, c.state, c.epoch, c.queue_id, c.topic, c.locale, c.priority,
       c.queued_at, c.last_agent_id, c.wanted_agent_id, c.emergency,
       c.waiting_ms IS NOT NULL AS was_taken, c.full_at, c.unclaimed_at,
       ARRAY (SELECT agent_id FROM offer WHERE conversation_id = c.id AND ended_at IS NULL
               ORDER BY id) AS offered_to,
       r.agent_id AS refused_by, r.reason AS refused_how, r.at AS refused_at
  FROM conversation c
  LEFT JOIN LATERAL (
       SELECT agent_id, CASE WHEN from_agent_id IS NULL THEN end_reason ELSE 'asked' END AS reason,
              ended_at AS at FROM offer
        WHERE conversation_id = c.id AND end_reason IN ('declined', 'timed_out')
        UNION ALL
       SELECT actor_id, kind, at FROM conversation_event
        WHERE conversation_id = c.id AND kind = 'transferred'
        UNION ALL
       SELECT (data ->> 'from')::uuid, 'transferred', at FROM conversation_event
        WHERE conversation_id = c.id AND kind = 'requeued' AND data ? 'from') r ON true
 WHERE c.id = ANY ($1::uuid[]) AND c.state IN ('queued', 'offered')
 ORDER BY c.queued_at, c.id, r.at
"""


def _agents(rows: Sequence[Record]) -> list[AgentFacts]:
    return [_agent(row) for row in rows]


def _agent(row: Record) -> AgentFacts:
    held: dict[str, int] = row["of_queue"] or {}
    of_queue = {UUID(queue): count for queue, count in held.items()}
    skills: dict[str, int] = row["skills"] or {}
    return AgentFacts(**fields(row, skills=skills, held=tuple(row["held"]), of_queue=of_queue))


def _queue(row: Record) -> QueueFacts:
    needs: list[dict[str, Any]] = row["skills"] or []
    skills = tuple(
        NeededSkill(need["key"], need["level"], need["required"], steps_of(need["steps"]))
        for need in needs
    )
    return QueueFacts(**fields(row, skills=skills, overflow=overflow_of(row["overflow"])))


def _waiting(rows: Sequence[Record]) -> list[WaitingFacts]:
    """Gather the rows of each conversation, one a refusal, which follow each other."""
    found: dict[UUID, tuple[Record, list[Refusal]]] = {}
    for row in rows:
        _, refusals = found.setdefault(row["id"], (row, []))
        if row["refused_by"] is not None:
            refusals.append(Refusal(row["refused_by"], row["refused_how"], row["refused_at"]))
    names = [name for name in WaitingFacts.__slots__ if name != "refusals"]
    return [
        WaitingFacts(**{name: row[name] for name in names}, refusals=tuple(refusals))
        for row, refusals in found.values()
    ]
