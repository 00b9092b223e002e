-- works with: 0002_pre_routing
-- reviewed: report_noted, report_gone, shop_opened, shop_hours_changed, shop_plans_made, shop_plans_changed
-- Reports: facts of conversations that a job derives, a little behind what is stored, and the opening
-- hours of then. Nodes of the version before need not know: triggers note what they do.

-- Reports. Everything from here on but the log of hours is made from the tables above and can be made
-- anew; `kefu recount` does so and compares. No foreign keys: they would lock what is talked in.
-- Conversations to which something has happened; rows are deleted in the transaction that counts it.
CREATE TABLE report_due (
    xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL DEFAULT now(),
    conversation_id uuid NOT NULL
);
CREATE INDEX report_due_in_order ON report_due (xid);     -- to step over what is deleted but not cleaned up

-- One conversation, as reports count it. What was said counts once the talk is over.
CREATE TABLE report_fact (
    conversation_id   uuid PRIMARY KEY,
    shop_id           uuid NOT NULL,
    at                timestamptz NOT NULL,               -- first asked; or begun, where nothing was asked
    queue_id          uuid,                               -- where it came to
    agent_id          uuid,                               -- who took it first
    topic             text,
    channel           text NOT NULL,
    language          text,
    fate              text NOT NULL CHECK (fate IN ('silent', 'waiting', 'answered', 'abandoned', 'unanswered')),
    is_over           boolean NOT NULL,
    wait_ms           bigint,                             -- asked → taken, or → gone; null while it waits
    wait_open_ms      bigint,                             -- the same, counted within opening hours
    transfers         integer NOT NULL,
    reopened          integer NOT NULL,
    customer_messages integer,
    agent_messages    integer
);
CREATE INDEX report_fact_of_shop ON report_fact (shop_id, at, conversation_id);

-- One stretch of a conversation in one agent's hands.
CREATE TABLE report_leg (
    conversation_id     uuid NOT NULL,
    number              smallint NOT NULL,                -- 1, 2, 3 …
    shop_id             uuid NOT NULL,
    at                  timestamptz NOT NULL,             -- taken
    ended_at            timestamptz,
    ending              text CHECK (ending IN ('closed', 'transferred', 'assigned', 'left')),
    queue_id            uuid,
    agent_id            uuid NOT NULL,
    topic               text,
    channel             text NOT NULL,
    language            text,
    handle_ms           bigint,                           -- taken → ended, wrap-up included
    wrap_up_ms          bigint,
    customer_talk_ms    bigint,
    agent_talk_ms       bigint,
    replies             integer,
    reply_ms            bigint,                           -- sum of their latencies
    reply_open_ms       bigint,
    first_response_ms   bigint,                           -- where the first agent message was said
    first_response_open_ms bigint,
    is_last             boolean NOT NULL,                 -- nobody had it afterwards
    score               smallint,                         -- of the last
    PRIMARY KEY (conversation_id, number)
);
CREATE INDEX report_leg_of_shop ON report_leg (shop_id, at, conversation_id);

-- One offer to one agent, questions of colleagues (`warm`) among them.
CREATE TABLE report_offer (
    offer_id        uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    shop_id         uuid NOT NULL,
    at              timestamptz NOT NULL,                 -- made
    ending          text,                                 -- as in offer.end_reason
    is_warm         boolean NOT NULL,
    queue_id        uuid,
    agent_id        uuid NOT NULL,
    topic           text,
    channel         text NOT NULL,
    language        text
);
CREATE INDEX report_offer_of_shop ON report_offer (shop_id, at, conversation_id);
CREATE INDEX report_offer_of_conversation ON report_offer (conversation_id);

-- Shops with conversations from before there were reports; those older than this are still to come.
CREATE TABLE report_backlog (
    shop_id   uuid PRIMARY KEY,
    before_at timestamptz NOT NULL DEFAULT 'infinity',
    before_id uuid NOT NULL DEFAULT 'ffffffff-ffff-ffff-ffff-ffffffffffff'
);

-- Which hours a shop and its queues kept since when; the first ones for ever before, too.
CREATE TABLE shop_hours_log (
    shop_id   uuid NOT NULL REFERENCES shop ON DELETE CASCADE,
    since     timestamptz NOT NULL,
    time_zone text NOT NULL,
    hours     jsonb,
    plans     jsonb NOT NULL,
    PRIMARY KEY (shop_id, since)
);

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

INSERT INTO report_backlog (shop_id) SELECT id FROM shop;
INSERT INTO shop_hours_log (shop_id, since, time_zone, hours, plans)
SELECT s.id, now(), s.time_zone, s.hours, coalesce(p.plans, '[]')
  FROM shop s LEFT JOIN shop_plans p ON p.shop_id = s.id;
