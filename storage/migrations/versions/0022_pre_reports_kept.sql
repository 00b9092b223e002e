-- works with: 0002_pre_routing
-- reviewed: scheduled_report_zone
-- Letters of nodes of the version before count as sent by hand: they leave, as they did.
ALTER TABLE mail ADD COLUMN by_schedule boolean NOT NULL DEFAULT false; -- a report for those on its list, as long as they are

-- When the clock on a wall first shows a time of a day, or jumps over it; as routing/wall.py has it.
CREATE FUNCTION wall_moment(day date, minutes integer, zone text) RETURNS timestamptz
LANGUAGE sql STABLE
AS $function$
    -- Of two moments PostgreSQL takes the later, and of a time that is jumped over one behind it.
    SELECT min(at)
      FROM (SELECT day + minutes * interval '1 minute') AS w (shown),
           LATERAL (SELECT shown AT TIME ZONE zone) AS l (latest),
           LATERAL generate_series(latest - interval '24 hours', latest, interval '1 minute') AS at
     WHERE at AT TIME ZONE zone >= shown
$function$;

-- What is due by the clock on the wall is derived anew, also in nights in which that is moved.
CREATE OR REPLACE FUNCTION scheduled_report_zone() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE scheduled_report
       SET next_at = wall_moment(
               -- Less the time of the day, as a clock that jumps may show the day after.
               (next_at AT TIME ZONE OLD.time_zone - at_minute * interval '1 minute')::date,
               at_minute, NEW.time_zone)
     WHERE shop_id = NEW.id AND archived_at IS NULL;
    RETURN NULL;
END
$function$;
