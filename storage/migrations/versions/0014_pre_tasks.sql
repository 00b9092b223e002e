-- works with: 0002_pre_routing
-- reviewed: task_left
-- What is to be done later. Nodes of the version before overlook it: what they close leaves a task due.

-- What is to be done for a customer later: it comes due, is routed like anything else, and is done.
CREATE TABLE task (
    id                  uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id             uuid NOT NULL REFERENCES shop,
    conversation_id     uuid NOT NULL REFERENCES conversation,  -- from which it came; its customer is the task's
    kind                text NOT NULL CHECK (kind IN ('follow_up', 'call_back')),
    text                text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1000), -- no customer ever reads it
    due_at              timestamptz NOT NULL,
    queue_id            uuid REFERENCES queue,                  -- null: the queue of its conversation
    assignee_id         uuid REFERENCES agent,                  -- null: whoever can
    state               text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'due', 'done', 'cancelled')),
    version             integer NOT NULL DEFAULT 1,             -- + 1 with every change
    created_by          uuid NOT NULL REFERENCES agent,
    created_at          timestamptz NOT NULL,
    due_conversation_id uuid REFERENCES conversation,           -- where it is done, from when it is due
    reminded_at         timestamptz,                            -- the assignee was told that it is due soon
    told_at             timestamptz,                            -- pages were told that it is due
    done_at             timestamptz,                            -- done, or cancelled
    done_by             uuid REFERENCES agent,
    outcome             text,
    CHECK ((state IN ('done', 'cancelled')) = (done_at IS NOT NULL)),
    CHECK (state <> 'due' OR due_conversation_id IS NOT NULL)
);
CREATE INDEX task_coming ON task (due_at, id) WHERE state = 'open';
CREATE INDEX task_to_do ON task (shop_id, due_at, id) WHERE state IN ('open', 'due');
CREATE INDEX task_ended ON task (shop_id, done_at DESC, id DESC) WHERE state IN ('done', 'cancelled');
CREATE INDEX task_of_conversation ON task (conversation_id, due_at);
CREATE INDEX task_due_in ON task (due_conversation_id) WHERE due_conversation_id IS NOT NULL;
CREATE INDEX task_of_creator ON task (created_by) WHERE state IN ('open', 'due');
CREATE INDEX task_of_assignee ON task (assignee_id) WHERE state IN ('open', 'due');
CREATE INDEX task_untold ON task (due_at, id) WHERE state = 'due' AND told_at IS NULL;

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
