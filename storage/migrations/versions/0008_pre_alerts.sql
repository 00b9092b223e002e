-- works with: 0002_pre_routing
-- Rules of what those who lead are told of, what they raised, what is still to be told elsewhere,
-- and how somebody likes to look at the live view. Nodes of the version before overlook them.

CREATE TABLE alert_rule (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    name        text NOT NULL,
    metric      text NOT NULL CHECK (metric IN ('waiting', 'longest_wait', 'service_level', 'abandonment', 'uncovered', 'not_responding', 'missed', 'unanswered', 'gone')),
    threshold   integer NOT NULL CHECK (threshold BETWEEN 1 AND 86400), -- a number of people, seconds or percent
    queue_id    uuid REFERENCES queue,                    -- null: each queue for itself
    agent_id    uuid REFERENCES agent,                    -- null: each agent for themselves
    hold_s      integer NOT NULL CHECK (hold_s BETWEEN 0 AND 3600),   -- raised when it was so for so long,
    clear_s     integer NOT NULL CHECK (clear_s BETWEEN 0 AND 3600),  -- and cleared when it was well for so long
    active      boolean NOT NULL DEFAULT true,
    webhook_url text,
    webhook_secret text NOT NULL,                         -- HMAC key of what is sent there
    created_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz
);
CREATE INDEX alert_rule_of_shop ON alert_rule (shop_id) WHERE archived_at IS NULL;

-- One breach of one rule by one queue or agent, from when it began. Until it is raised nobody is told.
CREATE TABLE alert (
    id           uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id      uuid NOT NULL REFERENCES shop,
    rule_id      uuid NOT NULL REFERENCES alert_rule,
    rule_name    text NOT NULL,                           -- as the rule was when it was raised
    metric       text NOT NULL,
    threshold    integer NOT NULL,
    subject_id   uuid NOT NULL,                           -- a queue or an agent, as the metric says
    subject_name text NOT NULL,
    value        integer NOT NULL,                        -- the worst so far
    began_at     timestamptz NOT NULL,
    raised_at    timestamptz,
    well_since   timestamptz,                             -- it is well again, and may stay so
    cleared_at   timestamptz
);
CREATE UNIQUE INDEX alert_standing ON alert (rule_id, subject_id) WHERE cleared_at IS NULL;
CREATE INDEX alert_standing_of_shop ON alert (shop_id) WHERE cleared_at IS NULL;
CREATE INDEX alert_of_shop ON alert (shop_id, id DESC) WHERE raised_at IS NOT NULL;

-- What is still to be told to other programs, written with what is told; kept for a while as a record.
CREATE TABLE alert_post (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    rule_id    uuid NOT NULL REFERENCES alert_rule,
    alert_id   uuid REFERENCES alert,                     -- null: somebody tries whether it arrives
    kind       text NOT NULL CHECK (kind IN ('raised', 'cleared', 'test')),
    body       jsonb NOT NULL,
    due_at     timestamptz NOT NULL,
    tries      smallint NOT NULL DEFAULT 0,
    ended_at   timestamptz,                               -- it arrived, or was given up
    arrived    boolean NOT NULL DEFAULT false,
    problem    text                                       -- why it did not, in a word
);
CREATE INDEX alert_post_due ON alert_post (due_at) WHERE ended_at IS NULL;
CREATE INDEX alert_post_of_rule ON alert_post (rule_id, id DESC);
CREATE INDEX alert_post_of_alert ON alert_post (alert_id, id);

-- How somebody likes to look at the live view, by name.
CREATE TABLE live_look (
    id       uuid PRIMARY KEY DEFAULT uuidv7(),
    agent_id uuid NOT NULL REFERENCES agent,
    name     text NOT NULL,
    look     jsonb NOT NULL,
    UNIQUE (agent_id, name)
);
