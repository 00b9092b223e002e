-- Note that something has happened to conversations, in the transaction in which it does: every
-- change that reports count writes an event.
CREATE FUNCTION report_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO report_due (conversation_id) SELECT DISTINCT conversation_id FROM noted;
    RETURN NULL;
END
$function$;

CREATE FUNCTION report_gone() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO report_due (conversation_id) VALUES (OLD.id);
    RETURN NULL;
END
$function$;

CREATE TRIGGER report_noted AFTER INSERT ON conversation_event REFERENCING NEW TABLE AS noted
    FOR EACH STATEMENT EXECUTE FUNCTION report_noted();
CREATE TRIGGER report_gone AFTER DELETE ON conversation
    FOR EACH ROW EXECUTE FUNCTION report_gone();
