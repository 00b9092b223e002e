-- Write the words of up to 32 conversations of a shop as one block, or a block anew. A word's
-- positions say in which of them it was said; the word '=<shop>' says whose block it is.
CREATE FUNCTION search_write_block(of_block bigint, members uuid[]) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    WITH member AS (
        SELECT c.id, c.shop_id, c.created_at,
               row_number() OVER (ORDER BY c.created_at DESC, c.id DESC) AS place,
               (search_said(c.id, 0, 0)).said
          FROM conversation c WHERE c.id = ANY (members)
    ), word AS (
        SELECT lexeme, string_agg(place::text, ',') AS places
          FROM member CROSS JOIN LATERAL unnest(array_to_tsvector(search_words(said)))
         GROUP BY lexeme
    )
    INSERT INTO search_block AS block (id, shop_id, newest_at, oldest_at, conversations, words)
    SELECT of_block, min(shop_id::text)::uuid, max(created_at), min(created_at),
           array_agg(id ORDER BY place),
           coalesce((SELECT string_agg('''' || lexeme || ''':' || places, ' ') FROM word), '')::tsvector
           || array_to_tsvector(ARRAY['=' || min(shop_id::text)])
      FROM member HAVING count(*) > 0
    ON CONFLICT (id) DO UPDATE
       SET newest_at = excluded.newest_at, oldest_at = excluded.oldest_at,
           conversations = excluded.conversations, words = excluded.words;

    DELETE FROM search_fresh WHERE conversation_id = ANY (members);
    INSERT INTO search_place (conversation_id, block_id)
    SELECT id, of_block FROM conversation WHERE id = ANY (members)
    ON CONFLICT (conversation_id) DO NOTHING;
END;
