-- How long a conversation was quiet and took no room of its agent: each time until the next thing
-- that happened to it.
CREATE FUNCTION quiet_ms(of_conversation uuid) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(sum(elapsed_ms(e.at, e.until)), 0)::bigint
          FROM (SELECT kind, at, lead(at) OVER (ORDER BY id) AS until
                  FROM conversation_event WHERE conversation_id = of_conversation) e
         WHERE e.kind = 'gone_quiet' AND e.until > e.at);
