-- Find conversations of a shop in which every word begins one that was said, newest first, behind a
-- place. Blocks come in the order of their newest conversation, so the search ends as soon as no
-- block that is left can hold one that belongs among the first so many. It also ends after look_ms:
-- then all that come before `resume`, and `resume` itself if it is one, have been found.
CREATE FUNCTION search_conversations(
    of_shop uuid, beginnings text[], before_at timestamptz, before_id uuid, count_max integer,
    look_ms integer, OUT ids uuid[], OUT resume uuid
) LANGUAGE plpgsql
-- Plans made while the tables are small must do when they are large.
SET enable_seqscan = off
AS $function$
#variable_conflict use_column
DECLARE
    until timestamptz := clock_timestamp() + look_ms * interval '1 ms';
    wanted tsquery := (SELECT string_agg('''' || word || ''':*', ' & ') FROM unnest(beginnings) word);
    together tsquery := replace(wanted::text, '&', '<0>');
    whose tsquery := '''=' || of_shop || '''';
    resume_at timestamptz := '-infinity';
    found_ids uuid[];
    found_at timestamptz[];
    more_ids uuid[];
    more_at timestamptz[];
    next_block record;
    members uuid[];
    said tsvector;
BEGIN
    SELECT coalesce(array_agg(conversation_id), '{}'), coalesce(array_agg(created_at), '{}')
      INTO found_ids, found_at
      FROM (SELECT conversation_id, created_at FROM search_fresh
             WHERE shop_id = of_shop AND words @@ wanted
               AND (created_at, conversation_id) < (before_at, before_id)
             ORDER BY created_at DESC, conversation_id DESC LIMIT count_max) fresh;
    FOR next_block IN
        SELECT id, newest_at FROM search_block
         WHERE words @@ (whose && wanted) AND oldest_at <= before_at
         ORDER BY newest_at DESC, id DESC
    LOOP
        EXIT WHEN (SELECT count(*) FROM unnest(found_at) at
                    WHERE at > next_block.newest_at) >= count_max;
        SELECT conversations, words INTO members, said FROM search_block WHERE id = next_block.id;
        CONTINUE WHEN NOT said @@ together AND clock_timestamp() <= until;
        SELECT coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.created_at), '{}')
          INTO more_ids, more_at
          FROM (SELECT place
                  FROM unnest(beginnings) WITH ORDINALITY AS wish (word, number)
                 CROSS JOIN unnest(said) AS line (lexeme, positions)
                 CROSS JOIN unnest(line.positions) AS place
                 WHERE line.lexeme ^@ wish.word
                 GROUP BY place HAVING count(DISTINCT wish.number) = cardinality(beginnings)) hit
          JOIN conversation c ON c.id = members[hit.place]
         WHERE c.shop_id = of_shop AND (c.created_at, c.id) < (before_at, before_id);
        found_ids := found_ids || more_ids;
        found_at := found_at || more_at;
        -- Only behind a block that begins behind the place where we began is the next page nearer.
        IF clock_timestamp() > until AND next_block.newest_at < before_at THEN
            resume := members[1];
            resume_at := next_block.newest_at;
            EXIT;
        END IF;
    END LOOP;
    SELECT coalesce(array_agg(id ORDER BY at DESC, id DESC), '{}') INTO ids
      FROM (SELECT id, at FROM unnest(found_ids, found_at) AS each (id, at)
             WHERE resume IS NULL OR (at, id) >= (resume_at, resume)
             ORDER BY at DESC, id DESC LIMIT count_max) first;
    IF cardinality(ids) >= count_max THEN
        resume := NULL;
    END IF;
END
$function$;
