-- Log what an agent is ready for from when on, in the transaction in which it changes. Who misses too
-- many offers is not responding, whatever they chose; who is out of service has no state.
CREATE FUNCTION agent_state_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
DECLARE
    now_is text := CASE WHEN NEW.unresponsive_at IS NOT NULL THEN 'unresponsive' ELSE NEW.status END;
    moment timestamptz := CASE
        WHEN TG_OP = 'INSERT' THEN NEW.status_at
        WHEN NEW.deactivated_at IS NOT NULL AND OLD.deactivated_at IS NULL THEN NEW.deactivated_at
        WHEN NEW.unresponsive_at IS NOT NULL AND OLD.unresponsive_at IS NULL THEN NEW.unresponsive_at
        WHEN NEW.status <> OLD.status THEN NEW.status_at
        ELSE clock_timestamp() END;
BEGIN
    UPDATE agent_state s SET until = greatest(s.since, moment)
     WHERE s.agent_id = NEW.id AND s.until IS NULL
       AND (s.state <> now_is OR NEW.deactivated_at IS NOT NULL);
    IF NEW.deactivated_at IS NULL
       AND NOT EXISTS (SELECT FROM agent_state s WHERE s.agent_id = NEW.id AND s.until IS NULL) THEN
        INSERT INTO agent_state (shop_id, agent_id, state, since)
        VALUES (NEW.shop_id, NEW.id, now_is, moment);
    END IF;
    RETURN NULL;
END
$function$;

CREATE TRIGGER agent_state_begun AFTER INSERT ON agent
    FOR EACH ROW EXECUTE FUNCTION agent_state_noted();
CREATE TRIGGER agent_state_changed AFTER UPDATE OF status, unresponsive_at, deactivated_at ON agent
    FOR EACH ROW
    WHEN ((OLD.status, OLD.unresponsive_at IS NULL, OLD.deactivated_at IS NULL)
          IS DISTINCT FROM (NEW.status, NEW.unresponsive_at IS NULL, NEW.deactivated_at IS NULL))
    EXECUTE FUNCTION agent_state_noted();
