-- Split a text into what can be searched for: words without case and accents, and of writing that
-- knows no spaces (Chinese, Japanese, Thai …) every two neighbours, the last sign by itself.
-- Of a very long text the first 30 kB of different words: what belongs together must fit a tsvector.
CREATE FUNCTION search_words(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $function$
#variable_conflict use_column
DECLARE
    plain text;
    words text[];
BEGIN
    IF octet_length(said) = length(said) THEN
        words := regexp_split_to_array(lower(said COLLATE pg_c_utf8), '[^a-z0-9]+');
    ELSE
        plain := normalize(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]+', '', 'g'), NFC);
        plain := lower(plain COLLATE pg_c_utf8);
        words := string_to_array(regexp_replace(plain COLLATE pg_c_utf8,
            '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^[:alnum:]]+',
            ' ', 'g'), ' ');
        words := words || ARRAY(
            SELECT substr(run, place, 2)
              FROM unnest(string_to_array(regexp_replace(plain COLLATE pg_c_utf8,
                '[^\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+',
                ' ', 'g'), ' ')) run, generate_series(1, length(run)) place);
    END IF;
    words := ARRAY(SELECT left(word, 40) FROM unnest(words) word WHERE word <> '');
    IF octet_length(said) > 8000 THEN
        words := ARRAY(
            SELECT word
              FROM (SELECT word, first, sum(octet_length(word) + 6) OVER (ORDER BY first) AS bytes
                      FROM (SELECT word, min(place) AS first
                              FROM unnest(words) WITH ORDINALITY AS each (word, place)
                             GROUP BY word) different) counted
             WHERE bytes <= 30000 ORDER BY first);
    END IF;
    RETURN words;
END
$function$;
