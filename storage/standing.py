"""How the routing and the shops stand, for `kefu doctor`: read, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseStanding:
    """Who holds a partition, and for how long; negative: since when nobody does (seconds)."""

    partition: int
    node: str
    epoch: int
    left_s: float | None
    """None: it was given up on purpose, and nobody has taken it since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopStanding:
    """How a shop stands. Ages are seconds."""

    id: UUID
    key: str
    wait_urgent_s: int
    lost_agent: str
    lost_agent_s: int
    waiting: int
    longest_s: float | None
    offers_overdue: int
    wrap_ups_overdue: int
    decisions: int
    in_hand: Mapping[UUID, int]
    """By agent: conversations that are being had."""


async def leases(db: Database) -> list[LeaseStanding]:
    """Return who holds which partition."""
    rows = await db.fetch(LEASES)
    return [LeaseStanding(**dict(row.items())) for row in rows]


async def shops(db: Database, now: datetime, late_s: float, recent_s: float) -> list[ShopStanding]:
    """Return every shop, with the decisions of the last ``recent_s`` seconds.

    ``late_s`` seconds past its end an offer or a wrap-up is overdue.
    """
    late, since = now - timedelta(seconds=late_s), now - timedelta(seconds=recent_s)
    rows = await db.fetch(SHOPS, now, late, since, _first_id(since))
    in_hand: dict[UUID, dict[UUID, int]] = {}
    for row in await db.fetch(IN_HAND):
        in_hand.setdefault(row["shop_id"], {})[row["agent_id"]] = row["count"]
    return [ShopStanding(**dict(row.items()), in_hand=in_hand.get(row["id"], {})) for row in rows]


def _first_id(since: datetime) -> UUID:
    """Return the smallest uuidv7 of a time: ids begin with it, in milliseconds."""
    return UUID(int=int(since.timestamp() * 1000) << 80)


LEASES = """
SELECT partition, node, epoch,
       CASE WHEN isfinite(expires_at)
            THEN extract(epoch FROM expires_at - clock_timestamp())::float8 END AS left_s
  FROM partition_lease ORDER BY partition
"""

# The last hour of decisions is one range of the primary key, as ids sort by time.
SHOPS = """
SELECT s.id, s.key, s.wait_urgent_s, s.lost_agent, s.lost_agent_s,
       coalesce(w.waiting, 0) AS waiting, w.longest_s, coalesce(o.overdue, 0) AS offers_overdue,
       coalesce(u.overdue, 0) AS wrap_ups_overdue, coalesce(d.decisions, 0) AS decisions
  FROM shop s
  LEFT JOIN (SELECT shop_id, count(*) AS waiting,
                    extract(epoch FROM $1::timestamptz - min(queued_at))::float8 AS longest_s
               FROM conversation WHERE state IN ('queued', 'offered') GROUP BY 1) w
    ON w.shop_id = s.id
  LEFT JOIN (SELECT c.shop_id, count(*) AS overdue
               FROM offer JOIN conversation c ON c.id = conversation_id
              WHERE ended_at IS NULL AND expires_at < $2 GROUP BY 1) o ON o.shop_id = s.id
  LEFT JOIN (SELECT shop_id, count(*) AS overdue FROM conversation
              WHERE state = 'wrap_up' AND wrap_up_until < $2 GROUP BY 1) u ON u.shop_id = s.id
  LEFT JOIN (SELECT c.shop_id, count(*) AS decisions
               FROM decision JOIN conversation c ON c.id = conversation_id
              WHERE decision.id >= $4 AND at >= $3 GROUP BY 1) d ON d.shop_id = s.id
 ORDER BY s.key
"""

IN_HAND = """
SELECT shop_id, agent_id, count(*)::int AS count
  FROM conversation WHERE state = 'active' AND agent_id IS NOT NULL GROUP BY 1, 2
"""
