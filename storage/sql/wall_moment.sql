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
