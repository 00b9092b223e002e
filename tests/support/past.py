"""Customers who were there before, for what looks back."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support.house import Agent, House

LASTS_S = 200


async def past(house: House, agent: Agent, customers: int = 60) -> tuple[datetime, datetime]:
    """Let customers have come every half minute to one agent; return when."""
    until = house.now().replace(microsecond=0)
    since = until - timedelta(seconds=30 * customers)
    await house.db.execute(
        """
        INSERT INTO visitor (shop_id) SELECT $1 FROM generate_series(1, $2::int)
        """,
        house.shop.id,
        customers,
    )
    await house.db.execute(
        """
        INSERT INTO conversation
               (shop_id, visitor_id, client_id, state, queue_id, agent_id, queued_at, created_at,
                assigned_at, closed_at, waiting_ms, handle_ms)
        SELECT $1, id, 'past-' || n, 'closed', $2, $3, came, came,
               came + interval '20 s', came + (20 + $5) * interval '1 s', 20000, $5 * 1000
          FROM (SELECT id, row_number() OVER () AS n FROM visitor WHERE shop_id = $1) v,
               LATERAL (SELECT $4::timestamptz + n * interval '29 s' AS came) at
        """,
        house.shop.id,
        house.queue.id,
        agent.row.id,
        since,
        LASTS_S,
    )
    return since, until
