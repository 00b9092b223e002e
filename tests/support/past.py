"""Conversations that were had before a test begins, many at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Queries
from storage.simulations import Running, SimulationRow, Simulations
from tests.support.house import Agent, House


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a conversation was like: who had it (nobody where the customer left), and how long."""

    agent: UUID | None = None
    handle_s: float | None = None
    waited_s: float = 0
    told_s: tuple[int, int] | None = None


async def had(
    db: Queries, shop_id: UUID, queue_id: UUID, asked: datetime, talks: list[Talk]
) -> None:
    """Let conversations have been asked for at a time and be over, each by another customer."""
    await db.execute(
        HAD,
        shop_id,
        queue_id,
        asked,
        [each.agent for each in talks],
        [each.handle_s for each in talks],
        [float(each.waited_s) for each in talks],
        [None if each.told_s is None else each.told_s[0] for each in talks],
        [None if each.told_s is None else each.told_s[1] for each in talks],
    )


async def past(house: House, agent: Agent, customers: int = 60) -> tuple[datetime, datetime]:
    """Let customers have come every half minute to one agent; return since and until when."""
    until = house.now().replace(microsecond=0)
    since = until - timedelta(seconds=30 * customers)
    talk = Talk(agent=agent.row.id, handle_s=200, waited_s=20)
    for n in range(customers):
        came = since + timedelta(seconds=29 * (n + 1))
        await had(house.db, house.shop.id, house.queue.id, came, [talk])
    return since, until


HAD = """
WITH talk AS (
    SELECT uuidv7() AS visitor_id, *
      FROM unnest($4::uuid[], $5::float8[], $6::float8[], $7::integer[], $8::integer[])
           AS t(agent_id, handle_s, waited_s, low, high)),
customer AS (INSERT INTO visitor (id, shop_id) SELECT visitor_id, $1 FROM talk)
INSERT INTO conversation (shop_id, visitor_id, client_id, state, queue_id, agent_id, created_at,
                          queued_at, assigned_at, closed_at, closed_by, handle_ms, waiting_ms,
                          eta_low_s, eta_high_s)
SELECT $1, visitor_id, 'past', 'closed', $2, agent_id, $3::timestamptz, $3::timestamptz,
       CASE WHEN agent_id IS NOT NULL THEN $3::timestamptz + make_interval(secs => waited_s) END,
       $3::timestamptz + make_interval(secs => waited_s + coalesce(handle_s, 0)),
       CASE WHEN agent_id IS NULL THEN 'customer' ELSE 'agent' END, (handle_s * 1000)::bigint,
       CASE WHEN agent_id IS NOT NULL THEN (waited_s * 1000)::bigint END, low, high
  FROM talk
"""


async def simulation(house: House, agent: Agent, asked: dict[str, object]) -> SimulationRow:
    """Note that somebody asked the simulator something."""
    limit = Running(1_000, house.now() - timedelta(minutes=1))
    store = Simulations(house.db)
    row = await store.begin(house.shop.id, agent.row.id, asked, house.now(), limit)
    assert row is not None
    return row
