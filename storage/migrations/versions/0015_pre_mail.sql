-- works with: 0002_pre_routing
-- E-mail that goes out: alerts for those who lead, and reports on a schedule. Nodes of the version
-- before overlook the tables, and leave the new column as it is.

ALTER TABLE alert_rule ADD COLUMN mail_to uuid[] NOT NULL DEFAULT '{}'; -- those who lead and are told by e-mail

-- Reports that are made again and again, and sent to those who lead.
CREATE TABLE scheduled_report (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    name        text NOT NULL,
    period      text NOT NULL CHECK (period IN ('yesterday', 'days_7', 'days_28', 'last_week', 'last_month')),
    query       jsonb NOT NULL,                           -- by, hours, level, within_s, compare
    every       text NOT NULL CHECK (every IN ('day', 'week', 'month')), -- weeks on Monday, months on the first
    at_minute   smallint NOT NULL CHECK (at_minute BETWEEN 0 AND 1439), -- of the shop's day
    mail_to     uuid[] NOT NULL,
    active      boolean NOT NULL DEFAULT true,
    next_at     timestamptz NOT NULL,
    held_until  timestamptz,                              -- a node is making it
    sent_on     date,                                     -- the shop's day for which it was made last
    created_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz
);
CREATE INDEX scheduled_report_of_shop ON scheduled_report (shop_id) WHERE archived_at IS NULL;
CREATE INDEX scheduled_report_due ON scheduled_report (next_at) WHERE active AND archived_at IS NULL;

-- What is still to be sent by e-mail, written with what is told; kept for a while as a record.
-- News of a rule fold into what has not been tried yet.
CREATE TABLE mail (
    id        uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id   uuid NOT NULL REFERENCES shop,
    to_id     uuid NOT NULL REFERENCES agent,             -- the address is looked up when it leaves
    rule_id   uuid REFERENCES alert_rule,
    report_id uuid REFERENCES scheduled_report,
    body      jsonb NOT NULL,                             -- facts; of alerts by whom they are about
    sheet     bytea,                                      -- what is attached, until it has ended
    leaves_at timestamptz NOT NULL,                       -- when it was to leave first
    due_at    timestamptz NOT NULL,
    tries     smallint NOT NULL DEFAULT 0,
    ended_at  timestamptz,                                -- it arrived, or was given up
    arrived   boolean NOT NULL DEFAULT false,
    problem   text,                                       -- why it did not, in a word
    CHECK (num_nonnulls(rule_id, report_id) = 1)
);
CREATE INDEX mail_due ON mail (due_at) WHERE ended_at IS NULL;
CREATE INDEX mail_of_rule ON mail (rule_id, to_id, id DESC) WHERE rule_id IS NOT NULL;
CREATE INDEX mail_of_report ON mail (report_id, id DESC) WHERE report_id IS NOT NULL;
CREATE INDEX mail_ended ON mail (ended_at);
