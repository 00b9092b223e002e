-- works with: 0002_pre_routing
-- reviewed: scheduled_report_zone
-- What is sent at eight is sent at eight, also once the shop's clock is another.
CREATE FUNCTION scheduled_report_zone() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE scheduled_report
       SET next_at = (next_at AT TIME ZONE OLD.time_zone) AT TIME ZONE NEW.time_zone
     WHERE shop_id = NEW.id AND archived_at IS NULL;
    RETURN NULL;
END
$function$;

CREATE TRIGGER scheduled_report_zone AFTER UPDATE OF time_zone ON shop
    FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION scheduled_report_zone();
