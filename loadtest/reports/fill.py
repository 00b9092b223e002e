"""Makes the facts of a million conversations inside PostgreSQL, as the job of a node would."""

from datetime import datetime, timedelta
from uuid import UUID

from storage.database import Database
from storage.shops import Shops

MONTHS_DAYS = 425
"""Fourteen months."""

AGENTS, QUEUES = 50, 20
SLICE = 50_000
"""Conversations that are made in one statement."""


async def fill(db: Database, conversations: int, until: datetime) -> UUID:
    """Make a shop with facts of so many conversations before ``until``; return its id.

    Nothing is rolled up yet: that is the job's, and part of what is measured.
    """
    shop = await Shops(db).create("reports", "Reports", "s" * 40, {"time_zone": "Asia/Shanghai"})
    await db.execute(
        "UPDATE report_rolled SET since = 'infinity', is_stale = false WHERE shop_id = $1", shop.id
    )
    await db.execute(HIRE, shop.id, AGENTS)
    await db.execute(ATTEND, shop.id, AGENTS, until)
    begin = until - timedelta(days=MONTHS_DAYS)
    for first in range(0, conversations, SLICE):
        count = min(SLICE, conversations - first)
        arguments = (shop.id, begin, MONTHS_DAYS, AGENTS, QUEUES, conversations, first, count)
        await db.execute(FACTS, *arguments)
    await db.execute("ANALYZE")
    return shop.id


HIRE = """
INSERT INTO agent (id, shop_id, email, name, password_hash, status)
SELECT md5('agent' || n)::uuid, $1, 'agent' || n || '@reports.example', 'Agent ' || n, '-',
       'available'
  FROM generate_series(0, $2::integer - 1) n
"""

# Each is there for eight hours of every day of the last two months.
ATTEND = """
INSERT INTO agent_presence (shop_id, agent_id, node, since, until)
SELECT $1, md5('agent' || n)::uuid, 'n', $3::timestamptz - day * interval '1 day',
       $3::timestamptz - day * interval '1 day' + interval '8 h'
  FROM generate_series(0, $2::integer - 1) n, generate_series(1, 62) day
"""

# One in twelve leaves; waits and handle times are spread as log-normal ones are, nearly.
FACTS = """
WITH drawn AS (
    SELECT uuidv7() AS id, n,
           $2::timestamptz + n * ($3::integer * interval '1 day' / $6::integer)
           - ((random() + random()) * interval '4 h') AS asked,
           md5('agent' || (random() * ($4::integer - 1))::integer)::uuid AS agent_id,
           md5('queue' || (random() * random() * ($5::integer - 1))::integer)::uuid AS queue_id,
           ('{before_purchase,order_delivery,returns,complaint,other}'::text[])
               [1 + (random() * 4)::integer] AS topic,
           ('{zh,zh,zh,en,de}'::text[])[1 + (random() * 4)::integer] AS language,
           random() < 0.08 AS is_gone,
           (1000 * exp(3.2 + 2.2 * (random() + random() + random() - 1.5)))::bigint AS wait_ms,
           (1000 * exp(6.0 + 1.4 * (random() + random() + random() - 1.5)))::bigint AS handle_ms,
           CASE WHEN random() < 0.4 THEN 1 + (4 * sqrt(random()))::integer END AS score
      FROM generate_series($7::bigint, $7::bigint + $8::bigint - 1) AS n
), facts AS (
    INSERT INTO report_fact
    SELECT id, $1, asked, queue_id, CASE WHEN NOT is_gone THEN agent_id END, topic, 'chat',
           language, CASE WHEN is_gone THEN 'abandoned' ELSE 'answered' END, true, wait_ms,
           wait_ms * 9 / 10, (random() < 0.06)::integer, (random() < 0.02)::integer, 6, 4
      FROM drawn
), offers AS (
    INSERT INTO report_offer
    SELECT uuidv7(), id, $1, asked + wait_ms * interval '0.9 ms',
           CASE WHEN random() < 0.05 THEN 'timed_out' ELSE 'accepted' END, false, queue_id,
           agent_id, topic, 'chat', language
      FROM drawn WHERE NOT is_gone
)
INSERT INTO report_leg
SELECT id, 1, $1, asked + wait_ms * interval '1 ms',
       asked + (wait_ms + handle_ms) * interval '1 ms', 'closed', queue_id, agent_id, topic, 'chat',
       language, handle_ms, 10000, handle_ms / 4, handle_ms / 2, 4, handle_ms / 3, handle_ms / 4,
       wait_ms + 9000, wait_ms * 9 / 10 + 9000, true, score
  FROM drawn WHERE NOT is_gone
"""
