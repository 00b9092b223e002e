"""Facts against what is kept beside each conversation, which is counted as it happens."""

from __future__ import annotations

from storage.database import Queries

COMPARED = """
SELECT c.id, to_jsonb(c) AS stored, to_jsonb(f) AS fact, to_jsonb(l) AS legs
  FROM conversation c
  LEFT JOIN report_fact f ON f.conversation_id = c.id
 CROSS JOIN LATERAL (
       SELECT sum(handle_ms) AS handle_ms, sum(replies) AS replies, sum(reply_ms) AS reply_ms,
              sum(customer_talk_ms) AS customer_talk_ms, sum(agent_talk_ms) AS agent_talk_ms,
              max(first_response_ms) AS first_response_ms, max(score) AS score,
              max(wrap_up_ms) FILTER (WHERE is_last) AS wrap_up_ms
         FROM report_leg WHERE conversation_id = c.id) l
 WHERE f.shop_id IS DISTINCT FROM c.shop_id
    OR c.waiting_ms IS DISTINCT FROM CASE WHEN f.fate = 'answered' THEN f.wait_ms END
    OR f.is_over <> (c.state IN ('wrap_up', 'closed'))
    OR c.state = 'closed' AND (c.handle_ms IS DISTINCT FROM l.handle_ms
                               OR c.wrap_up_ms IS DISTINCT FROM l.wrap_up_ms)
    OR c.score IS DISTINCT FROM l.score
    OR f.is_over AND ((c.first_response_ms, c.replies, c.reply_ms_sum)
                      IS DISTINCT FROM
                      (l.first_response_ms, coalesce(l.replies, 0), coalesce(l.reply_ms, 0))
                      OR (c.customer_talk_ms, c.agent_talk_ms)
                      <> (coalesce(l.customer_talk_ms, 0), coalesce(l.agent_talk_ms, 0)))
"""


async def apart(db: Queries) -> list[dict[str, object]]:
    """Return the conversations of which facts and columns do not say the same."""
    return [dict(row) for row in await db.fetch(COMPARED)]
