-- Roll-ups follow the facts that they are made of in the transaction in which those change, whoever
-- changes them, nodes of the version before too: what goes is subtracted and what comes is added.

-- In which bin of a histogram a duration falls: whole seconds up to 100, from there on 1, 2 or 2.5 %
-- wide. The upper end belongs to the bin. storage/reports/bins.py says the same.
CREATE FUNCTION report_bin_of(ms bigint) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT (CASE
    WHEN ms <= 0          THEN 0
    WHEN ms <= 100000     THEN (ms + 999) / 1000
    WHEN ms <= 200000     THEN 100 + (ms - 100000 + 1999) / 2000
    WHEN ms <= 500000     THEN 150 + (ms - 200000 + 4999) / 5000
    WHEN ms <= 1000000    THEN 210 + (ms - 500000 + 9999) / 10000
    WHEN ms <= 2000000    THEN 260 + (ms - 1000000 + 19999) / 20000
    WHEN ms <= 5000000    THEN 310 + (ms - 2000000 + 49999) / 50000
    WHEN ms <= 10000000   THEN 370 + (ms - 5000000 + 99999) / 100000
    WHEN ms <= 20000000   THEN 420 + (ms - 10000000 + 199999) / 200000
    WHEN ms <= 50000000   THEN 470 + (ms - 20000000 + 499999) / 500000
    WHEN ms <= 100000000  THEN 530 + (ms - 50000000 + 999999) / 1000000
    WHEN ms <= 200000000  THEN 580 + (ms - 100000000 + 1999999) / 2000000
    WHEN ms <= 500000000  THEN 630 + (ms - 200000000 + 4999999) / 5000000
    WHEN ms <= 1000000000 THEN 690 + (ms - 500000000 + 9999999) / 10000000
    ELSE least(740 + (ms - 1000000000 + 19999999) / 20000000, 790)
END)::smallint
$function$;

-- By what a row is rolled up, and the key that it has there.
CREATE FUNCTION report_axes(
    queue_id uuid, agent_id uuid, topic text, channel text, language text, local timestamp
) RETURNS TABLE (axis text, key text) LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT * FROM (VALUES
    ('shop', NULL), ('queue', queue_id::text), ('agent', agent_id::text), ('topic', topic),
    ('channel', channel), ('language', language),
    ('hour', lpad(extract(hour FROM local)::text, 2, '0'))) axes (axis, key)
$function$;

-- Histograms are kept for days of the whole shop, and else for months: there would be more bins
-- than facts.
CREATE FUNCTION report_bin_since(axis text, local timestamp) RETURNS date LANGUAGE sql IMMUTABLE
PARALLEL SAFE
AS $function$
SELECT CASE axis WHEN 'shop' THEN local ELSE date_trunc('month', local) END::date
$function$;

CREATE FUNCTION report_roll_facts(changed report_fact[], sign integer) RETURNS void LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO report_day AS d (shop_id, axis, day, key, conversations, asked, answered, waiting,
        abandoned, unanswered, wait_ms, wait_open_ms, transferred, transfers, reopened,
        reopenings, talks, messages)
    SELECT c.shop_id, a.axis, c.local::date, a.key,
           sign * count(*),
           sign * count(*) FILTER (WHERE fate <> 'silent'),
           sign * count(*) FILTER (WHERE fate = 'answered'),
           sign * count(*) FILTER (WHERE fate = 'waiting'),
           sign * count(*) FILTER (WHERE fate = 'abandoned'),
           sign * count(*) FILTER (WHERE fate = 'unanswered'),
           sign * coalesce(sum(wait_ms) FILTER (WHERE fate = 'answered'), 0),
           sign * coalesce(sum(wait_open_ms) FILTER (WHERE fate = 'answered'), 0),
           sign * count(*) FILTER (WHERE transfers > 0),
           sign * sum(transfers),
           sign * count(*) FILTER (WHERE reopened > 0),
           sign * sum(reopened),
           sign * count(*) FILTER (WHERE is_over),
           sign * coalesce(sum(customer_messages + agent_messages) FILTER (WHERE is_over), 0)
      FROM (SELECT f.*, f.at AT TIME ZONE r.time_zone AS local
              FROM unnest(changed) f
              JOIN report_rolled r ON r.shop_id = f.shop_id AND f.at >= r.since) c
     CROSS JOIN LATERAL report_axes(queue_id, agent_id, topic, channel, language, local) a
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (shop_id, axis, day, key) DO UPDATE
       SET conversations = d.conversations + excluded.conversations,
           asked = d.asked + excluded.asked,
           answered = d.answered + excluded.answered,
           waiting = d.waiting + excluded.waiting,
           abandoned = d.abandoned + excluded.abandoned,
           unanswered = d.unanswered + excluded.unanswered,
           wait_ms = d.wait_ms + excluded.wait_ms,
           wait_open_ms = d.wait_open_ms + excluded.wait_open_ms,
           transferred = d.transferred + excluded.transferred,
           transfers = d.transfers + excluded.transfers,
           reopened = d.reopened + excluded.reopened,
           reopenings = d.reopenings + excluded.reopenings,
           talks = d.talks + excluded.talks,
           messages = d.messages + excluded.messages;

    INSERT INTO report_bin AS b (shop_id, axis, since, key, measure, bin, n)
    SELECT c.shop_id, a.axis, report_bin_since(a.axis, c.local), a.key, m.measure, m.bin,
           sign * count(*)
      FROM (SELECT f.*, f.at AT TIME ZONE r.time_zone AS local
              FROM unnest(changed) f
              JOIN report_rolled r ON r.shop_id = f.shop_id AND f.at >= r.since
             WHERE fate IN ('answered', 'abandoned', 'unanswered')) c
     CROSS JOIN LATERAL report_axes(queue_id, agent_id, topic, channel, language, local) a
     CROSS JOIN LATERAL (VALUES (fate, report_bin_of(wait_ms)),
                                (fate || '_open', report_bin_of(wait_open_ms))) m (measure, bin)
     GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (shop_id, axis, since, measure, bin, key) DO UPDATE SET n = b.n + excluded.n;
END
$function$;

CREATE FUNCTION report_roll_legs(changed report_leg[], sign integer) RETURNS void LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO report_day AS d (shop_id, axis, day, key, stretches, first_responses,
        first_response_ms, first_response_open_ms, answering, replies, reply_ms, reply_open_ms,
        agent_talks, agent_talk_ms, customer_talks, customer_talk_ms, handled, handle_ms, wrap_ups,
        wrap_up_ms, scored, scores, scores_squared, rateable, rated)
    SELECT c.shop_id, a.axis, c.local::date, a.key,
           sign * count(*),
           sign * count(first_response_ms),
           sign * coalesce(sum(first_response_ms), 0),
           sign * coalesce(sum(first_response_open_ms) FILTER (WHERE first_response_ms IS NOT NULL), 0),
           sign * count(*) FILTER (WHERE replies > 0),
           sign * coalesce(sum(replies), 0),
           sign * coalesce(sum(reply_ms) FILTER (WHERE replies > 0), 0),
           sign * coalesce(sum(reply_open_ms) FILTER (WHERE replies > 0), 0),
           sign * count(agent_talk_ms),
           sign * coalesce(sum(agent_talk_ms), 0),
           sign * count(customer_talk_ms),
           sign * coalesce(sum(customer_talk_ms), 0),
           sign * count(handle_ms),
           sign * coalesce(sum(handle_ms), 0),
           sign * count(wrap_up_ms),
           sign * coalesce(sum(wrap_up_ms), 0),
           sign * count(score),
           sign * coalesce(sum(score), 0),
           sign * coalesce(sum(score * score), 0),
           sign * count(*) FILTER (WHERE is_last AND ending = 'closed'),
           sign * count(score) FILTER (WHERE is_last AND ending = 'closed')
      FROM (SELECT l.*, l.at AT TIME ZONE r.time_zone AS local
              FROM unnest(changed) l
              JOIN report_rolled r ON r.shop_id = l.shop_id AND l.at >= r.since) c
     CROSS JOIN LATERAL report_axes(queue_id, agent_id, topic, channel, language, local) a
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (shop_id, axis, day, key) DO UPDATE
       SET stretches = d.stretches + excluded.stretches,
           first_responses = d.first_responses + excluded.first_responses,
           first_response_ms = d.first_response_ms + excluded.first_response_ms,
           first_response_open_ms = d.first_response_open_ms + excluded.first_response_open_ms,
           answering = d.answering + excluded.answering,
           replies = d.replies + excluded.replies,
           reply_ms = d.reply_ms + excluded.reply_ms,
           reply_open_ms = d.reply_open_ms + excluded.reply_open_ms,
           agent_talks = d.agent_talks + excluded.agent_talks,
           agent_talk_ms = d.agent_talk_ms + excluded.agent_talk_ms,
           customer_talks = d.customer_talks + excluded.customer_talks,
           customer_talk_ms = d.customer_talk_ms + excluded.customer_talk_ms,
           handled = d.handled + excluded.handled,
           handle_ms = d.handle_ms + excluded.handle_ms,
           wrap_ups = d.wrap_ups + excluded.wrap_ups,
           wrap_up_ms = d.wrap_up_ms + excluded.wrap_up_ms,
           scored = d.scored + excluded.scored,
           scores = d.scores + excluded.scores,
           scores_squared = d.scores_squared + excluded.scores_squared,
           rateable = d.rateable + excluded.rateable,
           rated = d.rated + excluded.rated;

    INSERT INTO report_bin AS b (shop_id, axis, since, key, measure, bin, n)
    SELECT c.shop_id, a.axis, report_bin_since(a.axis, c.local), a.key, m.measure,
           report_bin_of(m.ms), sign * count(*)
      FROM (SELECT l.*, l.at AT TIME ZONE r.time_zone AS local
              FROM unnest(changed) l
              JOIN report_rolled r ON r.shop_id = l.shop_id AND l.at >= r.since) c
     CROSS JOIN LATERAL report_axes(queue_id, agent_id, topic, channel, language, local) a
     CROSS JOIN LATERAL (VALUES ('first', first_response_ms), ('first_open', first_response_open_ms),
                                ('handle', handle_ms)) m (measure, ms)
     WHERE m.ms IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (shop_id, axis, since, measure, bin, key) DO UPDATE SET n = b.n + excluded.n;

    PERFORM report_roll_busy(changed);
END
$function$;

-- The time in which an agent had at least one conversation is no sum: what overlaps counts once.
-- So the days of agents that something has changed in are counted anew.
CREATE FUNCTION report_roll_busy(changed report_leg[]) RETURNS void LANGUAGE plpgsql
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

CREATE FUNCTION report_roll_offers(changed report_offer[], sign integer) RETURNS void
LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO report_day AS d (shop_id, axis, day, key, asked_agents, offers, offers_accepted,
                                 offers_declined, offers_missed)
    SELECT c.shop_id, a.axis, c.local::date, a.key,
           sign * count(*),
           sign * count(*) FILTER (WHERE NOT is_warm),
           sign * count(*) FILTER (WHERE NOT is_warm AND ending = 'accepted'),
           sign * count(*) FILTER (WHERE NOT is_warm AND ending = 'declined'),
           sign * count(*) FILTER (WHERE NOT is_warm AND ending = 'timed_out')
      FROM (SELECT o.*, o.at AT TIME ZONE r.time_zone AS local
              FROM unnest(changed) o
              JOIN report_rolled r ON r.shop_id = o.shop_id AND o.at >= r.since) c
     CROSS JOIN LATERAL report_axes(queue_id, agent_id, topic, channel, language, local) a
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (shop_id, axis, day, key) DO UPDATE
       SET asked_agents = d.asked_agents + excluded.asked_agents,
           offers = d.offers + excluded.offers,
           offers_accepted = d.offers_accepted + excluded.offers_accepted,
           offers_declined = d.offers_declined + excluded.offers_declined,
           offers_missed = d.offers_missed + excluded.offers_missed;
END
$function$;

-- Take the newest day in that is not rolled up yet, or the newest part of it: at most some thousand
-- rows of each kind, and those of the same moment. Once there is no day left, all is rolled up.
CREATE FUNCTION report_roll_older(of_shop uuid) RETURNS void LANGUAGE plpgsql
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

CREATE FUNCTION report_fact_rolled() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM report_roll_facts(ARRAY(SELECT ROW(c.*)::report_fact FROM changed c), TG_ARGV[0]::integer);
    RETURN NULL;
END
$function$;

CREATE FUNCTION report_leg_rolled() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM report_roll_legs(ARRAY(SELECT ROW(c.*)::report_leg FROM changed c), TG_ARGV[0]::integer);
    RETURN NULL;
END
$function$;

CREATE FUNCTION report_offer_rolled() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM report_roll_offers(ARRAY(SELECT ROW(c.*)::report_offer FROM changed c), TG_ARGV[0]::integer);
    RETURN NULL;
END
$function$;

CREATE TRIGGER report_fact_came AFTER INSERT ON report_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_fact_rolled('1');
CREATE TRIGGER report_fact_went AFTER DELETE ON report_fact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_fact_rolled('-1');
CREATE TRIGGER report_fact_was AFTER UPDATE ON report_fact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_fact_rolled('-1');
CREATE TRIGGER report_fact_became AFTER UPDATE ON report_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_fact_rolled('1');
CREATE TRIGGER report_leg_came AFTER INSERT ON report_leg REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_leg_rolled('1');
CREATE TRIGGER report_leg_went AFTER DELETE ON report_leg REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_leg_rolled('-1');
CREATE TRIGGER report_leg_was AFTER UPDATE ON report_leg REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_leg_rolled('-1');
CREATE TRIGGER report_leg_became AFTER UPDATE ON report_leg REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_leg_rolled('1');
CREATE TRIGGER report_offer_came AFTER INSERT ON report_offer REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_offer_rolled('1');
CREATE TRIGGER report_offer_went AFTER DELETE ON report_offer REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_offer_rolled('-1');
CREATE TRIGGER report_offer_was AFTER UPDATE ON report_offer REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_offer_rolled('-1');
CREATE TRIGGER report_offer_became AFTER UPDATE ON report_offer REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION report_offer_rolled('1');

-- Days are those of the shop's clock: with another clock all is rolled up anew. The lock is that of who
-- counts: whoever has both takes it before a row of report_rolled.
CREATE FUNCTION report_zone_noted() RETURNS trigger LANGUAGE plpgsql
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

CREATE TRIGGER report_zone_set AFTER INSERT ON shop
    FOR EACH ROW EXECUTE FUNCTION report_zone_noted();
CREATE TRIGGER report_zone_changed AFTER UPDATE OF time_zone ON shop
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)
    EXECUTE FUNCTION report_zone_noted();
