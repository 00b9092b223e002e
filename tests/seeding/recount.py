"""What is stored beside a conversation, counted again from its messages and events."""

FINGERPRINT = """
SELECT (SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM conversation c) AS conversations,
       (SELECT md5(string_agg(m::text, '' ORDER BY m.conversation_id, m.seq)) FROM message m)
           AS messages,
       (SELECT md5(string_agg(e::text, '' ORDER BY e.id)) FROM conversation_event e) AS events,
       (SELECT md5(string_agg(a::text, '' ORDER BY a.id)) FROM agent a) AS agents,
       (SELECT md5(string_agg(v::text, '' ORDER BY v.id)) FROM visitor v) AS visitors,
       (SELECT md5(string_agg(s::text, '' ORDER BY s.id)) FROM shop s) AS shops,
       (SELECT md5(string_agg(q::text, '' ORDER BY q.id)) FROM queue q) AS queues
"""

# A run of customer messages begins where nobody waited; the first agent message answers it.
RECOUNT = """
WITH line AS (
    SELECT m.*, c.assigned_at,
           lag(m.at) OVER w AS before,
           sum((m.sender_kind = 'agent')::int)
               OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS answers_before
      FROM message m JOIN conversation c ON c.id = m.conversation_id
     WHERE NOT m.private
    WINDOW w AS (PARTITION BY m.conversation_id ORDER BY m.seq)
), run AS (
    SELECT line.*, min(at) FILTER (WHERE sender_kind = 'customer')
                       OVER (PARTITION BY conversation_id, coalesce(answers_before, 0)) AS asked_at
      FROM line
), timed AS (
    SELECT run.*,
           elapsed_ms(before, at) AS gap,
           CASE WHEN sender_kind = 'agent' AND asked_at < at THEN elapsed_ms(asked_at, at) END
               AS latency,
           CASE WHEN at >= assigned_at THEN elapsed_ms(greatest(before, assigned_at), at) END
               AS talk
      FROM run
), counted AS (
    SELECT conversation_id,
           bool_and(gap IS NOT DISTINCT FROM gap_ms) AS gaps,
           bool_and(latency IS NOT DISTINCT FROM latency_ms) AS latencies,
           count(latency) AS replies,
           coalesce(sum(latency), 0) AS reply_sum,
           coalesce(max(latency), 0) AS reply_max,
           (array_agg(latency ORDER BY seq) FILTER (WHERE latency IS NOT NULL))[1]
               AS first_response,
           coalesce(sum(talk) FILTER (WHERE sender_kind = 'customer'), 0) AS customer_talk,
           coalesce(sum(talk) FILTER (WHERE sender_kind = 'agent'), 0) AS agent_talk,
           max(seq) AS head, max(at) AS last_at
      FROM timed GROUP BY conversation_id
), told AS (
    SELECT conversation_id,
           min(at) FILTER (WHERE kind = 'queued') AS queued_at,
           min(at) FILTER (WHERE kind = 'accepted') AS accepted_at,
           max(at) FILTER (WHERE kind = 'ended') AS ended_at,
           max(at) FILTER (WHERE kind = 'closed') AS closed_at,
           count(*) AS changes
      FROM conversation_event GROUP BY conversation_id
)
SELECT c.id, to_jsonb(c) AS stored, to_jsonb(n) AS counted, to_jsonb(t) AS told
  FROM conversation c
  JOIN counted n ON n.conversation_id = c.id
  JOIN told t ON t.conversation_id = c.id
 WHERE NOT (n.gaps AND n.latencies)
    OR (c.replies, c.reply_ms_sum, c.reply_ms_max, c.customer_talk_ms, c.agent_talk_ms)
       <> (n.replies, n.reply_sum, n.reply_max, n.customer_talk, n.agent_talk)
    OR c.first_response_ms IS DISTINCT FROM n.first_response
    OR c.head <> n.head OR c.last_at <> n.last_at
    OR c.queued_at <> t.queued_at
    OR c.assigned_at IS DISTINCT FROM t.accepted_at
    OR c.closed_at <> t.closed_at
    OR c.waiting_ms IS DISTINCT FROM elapsed_ms(t.queued_at, t.accepted_at)
    OR c.wrap_up_ms IS DISTINCT FROM elapsed_ms(t.ended_at, t.closed_at)
    OR c.handle_ms IS DISTINCT FROM elapsed_ms(t.accepted_at, t.closed_at)
    OR c.epoch <> t.changes
"""
