-- works with: 0002_pre_routing
-- reviewed: report_roll_busy, report_roll_older, report_zone_noted
-- What reports had wrong. A stretch that ends before it began is one of no length, a day with very many
-- rows is rolled up in parts, and a change of the time zone waits for who counts before it touches what
-- they count. The time of agents is looked for by when it ended.

CREATE OR REPLACE FUNCTION report_roll_busy(changed report_leg[]) RETURNS void LANGUAGE plpgsql
AS $function$
BEGIN
    DELETE FROM report_busy b
     USING (SELECT DISTINCT r.shop_id, l.agent_id, (l.at AT TIME ZONE r.time_zone)::date AS day
              FROM unnest(changed) l
              JOIN report_rolled r ON r.shop_id = l.shop_id AND l.at >= r.since) t
     WHERE b.shop_id = t.shop_id AND b.agent_id = t.agent_id AND b.day = t.day;

    INSERT INTO report_busy (shop_id, axis, day, key, agent_id, busy_ms)
    SELECT shop_id, axis, day, key, agent_id,
           (SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span)) * 1000), 0)
              FROM unnest(spans) span)
      FROM (SELECT t.shop_id, a.axis, t.day, a.key, t.agent_id,
                   range_agg(tstzrange(l.at, greatest(l.at, l.ended_at))) AS spans
              FROM (SELECT DISTINCT r.shop_id, l.agent_id, r.time_zone,
                           (l.at AT TIME ZONE r.time_zone)::date AS day
                      FROM unnest(changed) l
                      JOIN report_rolled r ON r.shop_id = l.shop_id AND l.at >= r.since) t
              -- An hour more on both sides: clocks are changed at midnight in some places.
              JOIN report_leg l ON l.agent_id = t.agent_id AND l.shop_id = t.shop_id
               AND l.at >= t.day::timestamp AT TIME ZONE t.time_zone - interval '1 h'
               AND l.at < (t.day + 1)::timestamp AT TIME ZONE t.time_zone + interval '1 h'
               AND (l.at AT TIME ZONE t.time_zone)::date = t.day AND l.handle_ms IS NOT NULL
             CROSS JOIN LATERAL report_axes(l.queue_id, l.agent_id, l.topic, l.channel, l.language,
                                            l.at AT TIME ZONE t.time_zone) a
             GROUP BY 1, 2, 3, 4, 5) held;
END
$function$;

CREATE OR REPLACE FUNCTION report_roll_older(of_shop uuid) RETURNS void LANGUAGE plpgsql
AS $function$
DECLARE
    rows_max CONSTANT integer := 5000;
    held     report_rolled;
    newest   timestamptz;
    begins   timestamptz;
BEGIN
    SELECT * INTO held FROM report_rolled r WHERE r.shop_id = of_shop FOR UPDATE;
    newest := greatest(
        (SELECT max(at) FROM report_fact WHERE shop_id = of_shop AND at < held.since),
        (SELECT max(at) FROM report_leg WHERE shop_id = of_shop AND at < held.since),
        (SELECT max(at) FROM report_offer WHERE shop_id = of_shop AND at < held.since));
    begins := coalesce(greatest(
        least(date_trunc('day', newest AT TIME ZONE held.time_zone) AT TIME ZONE held.time_zone,
              newest),
        (SELECT at FROM report_fact WHERE shop_id = of_shop AND at < held.since
          ORDER BY at DESC OFFSET rows_max - 1 LIMIT 1),
        (SELECT at FROM report_leg WHERE shop_id = of_shop AND at < held.since
          ORDER BY at DESC OFFSET rows_max - 1 LIMIT 1),
        (SELECT at FROM report_offer WHERE shop_id = of_shop AND at < held.since
          ORDER BY at DESC OFFSET rows_max - 1 LIMIT 1)), '-infinity');
    UPDATE report_rolled SET since = begins WHERE shop_id = of_shop;
    PERFORM report_roll_facts(ARRAY(
        SELECT f FROM report_fact f
         WHERE shop_id = of_shop AND at >= begins AND at < held.since), 1);
    PERFORM report_roll_legs(ARRAY(
        SELECT l FROM report_leg l
         WHERE shop_id = of_shop AND at >= begins AND at < held.since), 1);
    PERFORM report_roll_offers(ARRAY(
        SELECT o FROM report_offer o
         WHERE shop_id = of_shop AND at >= begins AND at < held.since), 1);
END
$function$;

CREATE OR REPLACE FUNCTION report_zone_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM pg_advisory_xact_lock(461262714226);
    END IF;
    INSERT INTO report_rolled (shop_id, time_zone, since) VALUES (NEW.id, NEW.time_zone, '-infinity')
    ON CONFLICT (shop_id) DO UPDATE
       SET time_zone = NEW.time_zone, since = 'infinity', is_stale = true;
    RETURN NULL;
END
$function$;

CREATE INDEX report_leg_ended ON report_leg (agent_id, ended_at);

-- A topic without a word is none. Sums follow; whoever counts now is waited for, lest both wait for each other.
SELECT pg_advisory_xact_lock(461262714226);
UPDATE report_fact SET topic = nullif(topic, ''), language = nullif(language, '')
 WHERE topic = '' OR language = '';
UPDATE report_leg SET topic = nullif(topic, ''), language = nullif(language, '')
 WHERE topic = '' OR language = '';
UPDATE report_offer SET topic = nullif(topic, ''), language = nullif(language, '')
 WHERE topic = '' OR language = '';
