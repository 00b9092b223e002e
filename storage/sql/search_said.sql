-- What can be searched for in a conversation: who the customer is, and what was said after the given
-- numbers of the two streams, newest first. Our own lines are the same everywhere and say nothing.
CREATE FUNCTION search_said(
    in_conversation uuid, after_seq integer, after_note integer,
    OUT said text, OUT head integer, OUT note_head integer
) LANGUAGE sql STABLE
RETURN (
    SELECT (concat_ws(' ', v.name, v.email, v.phone, v.external_id, m.said), m.head, m.note_head)
      FROM conversation c
      JOIN visitor v ON v.id = c.visitor_id
     CROSS JOIN LATERAL (
           SELECT string_agg(text, ' ') FILTER (WHERE sender_kind <> 'system') AS said,
                  coalesce(max(seq) FILTER (WHERE NOT private), after_seq) AS head,
                  coalesce(max(seq) FILTER (WHERE private), after_note) AS note_head
             FROM ((SELECT * FROM message
                     WHERE conversation_id = in_conversation AND NOT private AND seq > after_seq
                     ORDER BY seq DESC LIMIT 2000)
                   UNION ALL
                   (SELECT * FROM message
                     WHERE conversation_id = in_conversation AND private AND seq > after_note
                     ORDER BY seq DESC LIMIT 2000)) newest) m
     WHERE c.id = in_conversation
);
