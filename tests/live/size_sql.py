"""A large shop, and how it changes: straight in PostgreSQL, so that the view is measured alone."""

CROWD = """
WITH place AS (
    SELECT uuidv7() AS visitor_id, n, ($3::uuid[])[1 + (n - $2 - 1) / $4] AS agent_id
      FROM generate_series(1, $2 + cardinality($3::uuid[]) * $4) n),
customer AS (
    INSERT INTO visitor (id, shop_id, name)
    SELECT visitor_id, $1, CASE WHEN n % 3 = 0 THEN 'Customer ' || n END FROM place),
queues AS (SELECT array_agg(id ORDER BY key) AS ids FROM queue WHERE shop_id = $1)
INSERT INTO conversation (shop_id, visitor_id, client_id, state, queue_id, agent_id, created_at,
                          queued_at, assigned_at, unanswered_since, waiting_ms)
SELECT $1, visitor_id, 'size', CASE WHEN n <= $2 THEN 'queued' ELSE 'active' END,
       ids[1 + n % cardinality(ids)], CASE WHEN n > $2 THEN agent_id END,
       now() - n * '0.1s'::interval, now() - n * '0.1s'::interval, CASE WHEN n > $2 THEN now() END,
       CASE WHEN n % 2 = 0 THEN now() - (n % 90) * '1s'::interval END,
       CASE WHEN n > $2 THEN n * 20 END
  FROM place, queues
"""

SLOTS = """
INSERT INTO slot (agent_id, number, conversation_id)
SELECT agent_id, row_number() OVER (PARTITION BY agent_id), id
  FROM conversation WHERE state = 'active'
"""

CHANGES = """
WITH chosen AS MATERIALIZED (
    SELECT id, row_number() OVER () AS n
      FROM (SELECT id FROM conversation WHERE shop_id = $1 AND state = 'queued'
             ORDER BY random() LIMIT $2) any_of_them),
moved AS (
    UPDATE conversation c
       SET state = CASE WHEN n % 5 = 0 THEN 'closed' ELSE state END,
           closed_by = CASE WHEN n % 5 = 0 THEN 'customer' END,
           closed_at = CASE WHEN n % 5 = 0 THEN now() END,
           priority = (c.priority + 1) % 9
      FROM chosen WHERE c.id = chosen.id),
newcomers AS (
    INSERT INTO visitor (shop_id, name)
    SELECT $1, 'Newcomer' FROM chosen WHERE n % 5 = 0 RETURNING id),
came AS (
    INSERT INTO conversation (shop_id, visitor_id, client_id, state, queue_id, queued_at)
    SELECT $1, id, 'size', 'queued', (SELECT min(id::text)::uuid FROM queue WHERE shop_id = $1),
           now() - interval '9 minutes'
      FROM newcomers RETURNING id)
INSERT INTO conversation_event (conversation_id, kind, actor_kind)
SELECT id, 'prioritized', 'system' FROM chosen
 UNION ALL
SELECT id, 'queued', 'customer' FROM came
"""

STATUS = """
UPDATE agent SET status = CASE WHEN status = 'busy' THEN 'available' ELSE 'busy' END,
                 status_at = now()
 WHERE id = $1
"""
