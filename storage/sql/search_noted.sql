-- Note that a conversation has to be read anew by the index of words; new messages are noted where
-- they are stored. Whatever was changed or erased: what is found follows what is there.
CREATE FUNCTION search_noted() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_TABLE_NAME = 'visitor' THEN
        INSERT INTO search_due (conversation_id, anew)
        SELECT id, true FROM conversation WHERE visitor_id = NEW.id;
    ELSIF TG_TABLE_NAME = 'message' THEN
        INSERT INTO search_due (conversation_id, anew) VALUES (OLD.conversation_id, true);
    ELSE
        INSERT INTO search_due (conversation_id, anew) VALUES (OLD.id, true);
    END IF;
    RETURN NULL;
END
$function$;

-- A customer may be sought who has not said anything yet.
CREATE FUNCTION search_begun() RETURNS trigger LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO search_due (conversation_id) SELECT id FROM begun;
    RETURN NULL;
END
$function$;

CREATE TRIGGER search_begun AFTER INSERT ON conversation REFERENCING NEW TABLE AS begun
    FOR EACH STATEMENT EXECUTE FUNCTION search_begun();
CREATE TRIGGER search_moved AFTER DELETE OR UPDATE OF visitor_id ON conversation
    FOR EACH ROW EXECUTE FUNCTION search_noted();
CREATE TRIGGER search_erased AFTER DELETE OR UPDATE OF text ON message
    FOR EACH ROW EXECUTE FUNCTION search_noted();
CREATE TRIGGER search_renamed AFTER UPDATE OF name, email, phone, external_id ON visitor
    FOR EACH ROW WHEN ((OLD.name, OLD.email, OLD.phone, OLD.external_id)
                       IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone, NEW.external_id))
    EXECUTE FUNCTION search_noted();
