-- What is sent at eight is sent at eight, also once the shop's clock is another.
CREATE FUNCTION scheduled_report_zone() RETURNS trigger LANGUAGE plpgsql
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

CREATE TRIGGER scheduled_report_zone AFTER UPDATE OF time_zone ON shop
    FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION scheduled_report_zone();
