"""What came to a shop in a period, and when its agents had something to do: for simulations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Database, fields
from storage.errors import TooMuch


@dataclass(frozen=True, slots=True)
class CustomerCame:
    """A customer who came. ``waiting_ms`` is absent when nobody took them.

    ``agent_id``: who has or had them in hand last. ``eta_low_s``, ``eta_high_s``: what was first
    estimated of their wait. ``left_at``: when they gave up, if they did.
    """

    queue_id: UUID | None
    queued_at: datetime
    priority: int
    emergency: bool
    locale: str | None
    last_agent_id: UUID | None
    agent_id: UUID | None
    waiting_ms: int | None
    handle_ms: int | None
    left_at: datetime | None
    eta_low_s: int | None
    eta_high_s: int | None


@dataclass(frozen=True, slots=True)
class Worked:
    """A span in which an agent had a conversation in hand, or answered an offer."""

    agent_id: UUID
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who serves, as they are now."""

    id: UUID
    email: str
    name: str
    capacity: int
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PastTraffic:
    """A period of a shop. ``sticky_s``: how long returning customers wait for their agent.

    ``skills``: keys of all that the shop has, known to somebody or not.
    """

    customers: tuple[CustomerCame, ...]
    worked: tuple[Worked, ...]
    colleagues: tuple[Colleague, ...]
    sticky_s: Mapping[UUID, int]
    skills: tuple[str, ...] = ()


class PastTraffics:
    """Reads periods."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def between(
        self, shop_id: UUID, begin: datetime, end: datetime, customers_max: int | None = None
    ) -> PastTraffic:
        """Return who came from ``begin`` and before ``end``, and who served, at one moment.

        TooMuch when more than ``customers_max`` came; without it all are read, however many.
        """
        async with self._db.transaction() as tx:
            await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            customers = await tx.fetch(
                CUSTOMERS, shop_id, begin, end, None if customers_max is None else customers_max + 1
            )
            if customers_max is not None and len(customers) > customers_max:
                raise TooMuch
            worked = await tx.fetch(WORKED, shop_id, begin, end)
            colleagues = await tx.fetch(COLLEAGUES, shop_id)
            queues = await tx.fetch("SELECT id, sticky_s FROM queue WHERE shop_id = $1", shop_id)
            skills = await tx.fetch("SELECT key FROM skill WHERE shop_id = $1 ORDER BY id", shop_id)
        return PastTraffic(
            customers=tuple(CustomerCame(**row) for row in customers),
            worked=tuple(Worked(**row) for row in worked),
            colleagues=tuple(
                Colleague(**fields(row, skills=row["skills"] or {})) for row in colleagues
            ),
            sticky_s={row["id"]: row["sticky_s"] for row in queues},
            skills=tuple(row["key"] for row in skills),
        )


CUSTOMERS = """
SELECT queue_id, queued_at, priority, emergency, locale, last_agent_id, agent_id,
       waiting_ms,
       CASE WHEN EXISTS (SELECT FROM queue_quiet) THEN handle_ms - quiet_ms(id)
            ELSE handle_ms END AS handle_ms,
       CASE WHEN waiting_ms IS NULL AND state = 'closed' AND closed_by = 'customer'
            THEN closed_at END AS left_at,
       eta_low_s, eta_high_s
  FROM conversation
 WHERE shop_id = $1 AND queued_at >= $2 AND queued_at < $3
 ORDER BY queued_at, id LIMIT $4
"""

WORKED = """
SELECT agent_id, greatest(assigned_at, $2) AS begin, least(coalesce(closed_at, $3), $3) AS end
  FROM conversation
 WHERE shop_id = $1 AND agent_id IS NOT NULL AND assigned_at < $3
   AND coalesce(closed_at, $3) > $2
UNION ALL
SELECT o.agent_id, o.made_at, least(coalesce(o.ended_at, o.made_at), $3)
  FROM offer o JOIN agent a ON a.id = o.agent_id
 WHERE a.shop_id = $1 AND o.made_at >= $2 AND o.made_at < $3
   AND o.end_reason IN ('accepted', 'declined')
"""

COLLEAGUES = """
SELECT a.id, a.email, a.name, a.capacity,
       (SELECT jsonb_object_agg(s.key, k.level) FROM agent_skill k JOIN skill s ON s.id = k.skill_id
         WHERE k.agent_id = a.id) AS skills
  FROM agent a WHERE a.shop_id = $1 AND a.deactivated_at IS NULL ORDER BY a.id
"""
