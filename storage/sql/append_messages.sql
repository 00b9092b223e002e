-- Store drafts: one row out for each draft in. The only place where messages are numbered.
-- Everything is decided under the locks of the conversations, which are taken in id order.
CREATE FUNCTION append_messages(
    conversation_ids uuid[], shop_ids uuid[], client_ids text[], sender_kinds text[],
    sender_ids uuid[], sender_names text[], texts text[], privates boolean[], notices text[],
    nows timestamptz[]
) RETURNS TABLE (
    number bigint, status text, seq integer, at timestamptz, latency_ms bigint, after integer,
    became_queued boolean
) LANGUAGE plpgsql
-- The same plan whatever the tables looked like when the connection was young.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
#variable_conflict use_column
DECLARE
    draft    record;
    held     conversation;             -- the conversation at hand, as it will be
    line     message;                  -- the message at hand
    is_fresh boolean := false;         -- held has changed
    changed  conversation[] := '{}';
    stored   message[] := '{}';
    queued   uuid[] := '{}';
BEGIN
    PERFORM FROM conversation WHERE id = ANY (conversation_ids) ORDER BY id FOR NO KEY UPDATE;

    -- A statement of its own: its snapshot is younger than the locks.
    FOR draft IN
        SELECT d.*, c AS found, known AS known,
               -- for strangers it does not exist
               c.id IS NULL OR c.shop_id IS DISTINCT FROM d.shop_id
                   OR (d.sender_kind = 'customer' AND c.visitor_id IS DISTINCT FROM d.sender_id)
                   AS is_missing,
               row_number() OVER (PARTITION BY d.conversation_id, d.client_id ORDER BY d.number) > 1
                   AS is_twin
          FROM unnest(conversation_ids, shop_ids, client_ids, sender_kinds, sender_ids,
                      sender_names, texts, privates, notices, nows) WITH ORDINALITY
            AS d (conversation_id, shop_id, client_id, sender_kind, sender_id,
                  sender_name, text, private, notice, now, number)
          LEFT JOIN conversation c ON c.id = d.conversation_id
          LEFT JOIN message known
            ON known.conversation_id = c.id AND known.client_id = d.client_id
         ORDER BY d.conversation_id, d.number
    LOOP
        number := draft.number;
        seq := NULL; at := NULL; latency_ms := NULL; after := NULL; became_queued := false;
        line := draft.known;
        IF draft.is_twin AND line.seq IS NULL THEN
            SELECT s.* INTO line FROM unnest(stored) s
             WHERE s.conversation_id = draft.conversation_id AND s.client_id = draft.client_id;
        END IF;
        IF (draft.found).id IS NOT NULL AND held.id IS DISTINCT FROM draft.conversation_id THEN
            IF is_fresh THEN changed := changed || held; END IF;
            held := draft.found;
            is_fresh := false;
        END IF;

        status := CASE
            WHEN draft.is_missing THEN 'missing'
            WHEN line.seq IS NOT NULL THEN
                CASE WHEN line.sender_kind = draft.sender_kind AND line.private = draft.private
                      AND (line.sender_id = draft.sender_id OR line.sender_kind <> 'agent')
                     THEN 'duplicate' ELSE 'not_yours' END
            WHEN draft.private THEN
                CASE WHEN draft.sender_kind = 'customer' THEN 'not_yours' ELSE 'stored' END
            WHEN draft.sender_kind = 'system' THEN 'stored'
            WHEN held.state IN ('wrap_up', 'closed') THEN 'closed'
            WHEN draft.sender_kind = 'agent'
             AND (held.state <> 'active' OR held.agent_id IS DISTINCT FROM draft.sender_id)
                THEN 'not_yours'
            ELSE 'stored'
        END;
        IF status = 'duplicate' THEN
            seq := line.seq; at := line.at; latency_ms := line.latency_ms; after := line.after;
        END IF;
        IF status <> 'stored' THEN
            RETURN NEXT;
            CONTINUE;
        END IF;

        at := greatest(draft.now, held.last_at);
        line := NULL;
        IF draft.private THEN
            held.note_head := held.note_head + 1;
            seq := held.note_head;
            after := held.head;
        ELSE
            held.head := held.head + 1;
            seq := held.head;
            line.gap_ms := elapsed_ms(held.last_at, at);
            IF held.assigned_at IS NOT NULL AND draft.sender_kind = 'customer' THEN
                held.customer_talk_ms := held.customer_talk_ms
                    + coalesce(elapsed_ms(greatest(held.last_at, held.assigned_at), at), 0);
            ELSIF held.assigned_at IS NOT NULL AND draft.sender_kind = 'agent' THEN
                held.agent_talk_ms := held.agent_talk_ms
                    + coalesce(elapsed_ms(greatest(held.last_at, held.assigned_at), at), 0);
            END IF;
            IF draft.sender_kind = 'customer' THEN
                held.unanswered_since := coalesce(held.unanswered_since, at);
                IF held.state = 'new' THEN
                    held.state := 'queued';
                    held.queued_at := at;
                    held.epoch := held.epoch + 1;
                    became_queued := true;
                    queued := queued || held.id;
                END IF;
            ELSIF draft.sender_kind = 'agent' AND held.unanswered_since IS NOT NULL THEN
                latency_ms := elapsed_ms(held.unanswered_since, at);
                held.unanswered_since := NULL;
                held.first_response_ms := coalesce(held.first_response_ms, latency_ms);
                held.replies := held.replies + 1;
                held.reply_ms_sum := held.reply_ms_sum + latency_ms;
                held.reply_ms_max := greatest(held.reply_ms_max, latency_ms);
            END IF;
            held.last_at := at;
            IF draft.sender_kind <> 'system' THEN
                held.last_sender := draft.sender_kind;
                held.last_text := left(draft.text, 200);
            END IF;
        END IF;
        is_fresh := true;

        line.conversation_id := draft.conversation_id;
        line.private := draft.private;
        line.seq := seq;
        line.client_id := draft.client_id;
        line.after := after;
        line.sender_kind := draft.sender_kind;
        line.sender_id := draft.sender_id;
        line.sender_name := draft.sender_name;
        line.text := draft.text;
        line.notice := draft.notice;
        line.at := at;
        line.latency_ms := latency_ms;
        stored := stored || line;
        RETURN NEXT;
    END LOOP;
    IF is_fresh THEN changed := changed || held; END IF;

    INSERT INTO message SELECT s.* FROM unnest(stored) s;
    UPDATE conversation c
       SET head = n.head, note_head = n.note_head, state = n.state, epoch = n.epoch,
           queued_at = n.queued_at, last_at = n.last_at, last_sender = n.last_sender,
           last_text = n.last_text, unanswered_since = n.unanswered_since,
           first_response_ms = n.first_response_ms, replies = n.replies,
           reply_ms_sum = n.reply_ms_sum, reply_ms_max = n.reply_ms_max,
           customer_talk_ms = n.customer_talk_ms, agent_talk_ms = n.agent_talk_ms
      FROM unnest(changed) n WHERE c.id = n.id;
    IF cardinality(queued) > 0 THEN
        INSERT INTO conversation_event
               (conversation_id, at, kind, from_state, to_state, actor_kind, actor_id)
        SELECT n.id, n.queued_at, 'queued', 'new', 'queued', 'customer', n.visitor_id
          FROM unnest(changed) n WHERE n.id = ANY (queued);
    END IF;
END
$function$;
