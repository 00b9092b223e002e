-- Note which conversations have ended or were rated, in the transaction in which it happens.
CREATE FUNCTION quality_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO quality_due (conversation_id) VALUES (NEW.conversation_id);
    RETURN NULL;
END
$function$;

CREATE TRIGGER quality_noted AFTER INSERT ON conversation_event
    FOR EACH ROW WHEN (NEW.to_state = 'closed' OR NEW.kind = 'rated')
    EXECUTE FUNCTION quality_noted();
