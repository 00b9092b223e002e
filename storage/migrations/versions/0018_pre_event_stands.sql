-- works with: 0002_pre_routing
-- reviewed: event_stands
-- Events of before say nothing: they stand where their time stands among the messages'.
ALTER TABLE conversation_event ADD COLUMN head integer;

-- An event stands in the stream of public messages: after the last one that there is when it is
-- written. Who writes it holds the conversation's row, so that what comes later has a higher number.
CREATE FUNCTION event_stands() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    SELECT c.head INTO NEW.head FROM conversation c WHERE c.id = NEW.conversation_id;
    RETURN NEW;
END
$function$;

CREATE TRIGGER event_stands BEFORE INSERT ON conversation_event
    FOR EACH ROW WHEN (NEW.head IS NULL) EXECUTE FUNCTION event_stands();
