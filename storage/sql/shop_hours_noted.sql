-- Keep which hours a shop has from now on. The lock is that of who counts for reports (storage/reports):
-- nobody counts with the hours before while these are not committed yet.
CREATE FUNCTION shop_hours_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
DECLARE
    of_shop uuid := CASE TG_TABLE_NAME WHEN 'shop' THEN to_jsonb(NEW) ->> 'id'
                                       ELSE to_jsonb(NEW) ->> 'shop_id' END;
BEGIN
    IF TG_ARGV[0] = 'changed' THEN
        PERFORM pg_advisory_xact_lock(461262714226);
    END IF;
    INSERT INTO shop_hours_log (shop_id, since, time_zone, hours, plans)
    SELECT s.id, clock_timestamp(), s.time_zone, s.hours, coalesce(p.plans, '[]')
      FROM shop s LEFT JOIN shop_plans p ON p.shop_id = s.id WHERE s.id = of_shop;
    RETURN NULL;
END
$function$;

CREATE TRIGGER shop_opened AFTER INSERT ON shop
    FOR EACH ROW EXECUTE FUNCTION shop_hours_noted('opened');
CREATE TRIGGER shop_hours_changed AFTER UPDATE OF hours, time_zone ON shop
    FOR EACH ROW WHEN ((OLD.hours, OLD.time_zone) IS DISTINCT FROM (NEW.hours, NEW.time_zone))
    EXECUTE FUNCTION shop_hours_noted('changed');
CREATE TRIGGER shop_plans_made AFTER INSERT ON shop_plans
    FOR EACH ROW EXECUTE FUNCTION shop_hours_noted('changed');
CREATE TRIGGER shop_plans_changed AFTER UPDATE OF plans ON shop_plans
    FOR EACH ROW WHEN (OLD.plans IS DISTINCT FROM NEW.plans) EXECUTE FUNCTION shop_hours_noted('changed');
