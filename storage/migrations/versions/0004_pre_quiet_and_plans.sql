-- works with: 0002_pre_routing
-- A conversation in which nobody has said anything for long takes no room of its agent, queues may
-- keep hours of their own, and shops may offer nothing to who touches nothing. Where after_s is null
-- the queue had a rule: what was quiet then is no work now. Tables, not columns: nodes of the
-- version before read all columns.

CREATE TABLE queue_quiet (
    queue_id uuid PRIMARY KEY REFERENCES queue ON DELETE CASCADE,
    after_s  integer CHECK (after_s BETWEEN 1 AND 86400)
);

CREATE TABLE shop_plans (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    plans   jsonb NOT NULL
);

CREATE TABLE shop_idle (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    after_s integer NOT NULL CHECK (after_s BETWEEN 60 AND 14400)
);

CREATE TABLE agent_idle (
    agent_id uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
    since    timestamptz NOT NULL
);

CREATE FUNCTION quiet_ms(of_conversation uuid) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(sum(elapsed_ms(e.at, e.until)), 0)::bigint
          FROM (SELECT kind, at, lead(at) OVER (ORDER BY id) AS until
                  FROM conversation_event WHERE conversation_id = of_conversation) e
         WHERE e.kind = 'gone_quiet' AND e.until > e.at);
