-- Whoever leaves the shop's service leaves their tasks to whoever can, in the transaction in which
-- they go, by whatever road.
CREATE FUNCTION task_left() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    WITH freed AS (
        UPDATE task SET assignee_id = NULL, version = version + 1
         WHERE assignee_id = NEW.id AND state IN ('open', 'due')
        RETURNING id, conversation_id
    )
    INSERT INTO conversation_event (conversation_id, at, kind, actor_kind, data)
    SELECT conversation_id, NEW.deactivated_at, 'task_changed', 'system',
           jsonb_build_object('task', id, 'from', NEW.id)
      FROM freed ORDER BY id;
    RETURN NULL;
END
$function$;

CREATE TRIGGER task_left AFTER UPDATE OF deactivated_at ON agent
    FOR EACH ROW WHEN (OLD.deactivated_at IS NULL AND NEW.deactivated_at IS NOT NULL)
    EXECUTE FUNCTION task_left();
