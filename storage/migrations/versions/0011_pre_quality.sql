-- works with: 0002_pre_routing
-- reviewed: quality_noted
-- Quality: scorecards, reviews, calibration, tags, sampling, and what follows low ratings. Nodes of
-- the version before overlook it all; a trigger notes what they close and what is rated.

CREATE TABLE scorecard (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    name        text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    archived_at timestamptz,
    UNIQUE (shop_id, name)
);

CREATE TABLE scorecard_version (
    scorecard_id uuid NOT NULL REFERENCES scorecard,
    version      integer NOT NULL,
    made_at      timestamptz NOT NULL,
    made_by      uuid NOT NULL REFERENCES agent,
    pass_mark    smallint NOT NULL CHECK (pass_mark BETWEEN 0 AND 100),
    questions    jsonb NOT NULL,
    PRIMARY KEY (scorecard_id, version)
);

CREATE TABLE calibration (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    scorecard_id    uuid NOT NULL,
    version         integer NOT NULL,
    opened_by       uuid NOT NULL REFERENCES agent,
    opened_at       timestamptz NOT NULL,
    closed_at       timestamptz,
    FOREIGN KEY (scorecard_id, version) REFERENCES scorecard_version
);
CREATE INDEX calibration_of_shop ON calibration (shop_id, id DESC);

CREATE TABLE review (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    reviewer_id     uuid NOT NULL REFERENCES agent,
    scorecard_id    uuid NOT NULL,
    version         integer NOT NULL,
    calibration_id  uuid REFERENCES calibration,
    answers         jsonb NOT NULL DEFAULT '{}',
    note            text NOT NULL DEFAULT '',
    score           real CHECK (score BETWEEN 0 AND 100),
    passed          boolean,
    failed_on       text,
    created_at      timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    published_at    timestamptz,
    reply           text CHECK (reply IN ('acknowledged', 'answered', 'disputed')),
    reply_text      text,
    replied_at      timestamptz,
    decision        text CHECK (decision IN ('upheld', 'revised')),
    decision_text   text,
    decided_by      uuid REFERENCES agent,
    decided_at      timestamptz,
    first_answers   jsonb,
    first_score     real,
    CHECK (agent_id <> reviewer_id),
    CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CHECK (decision IS NULL OR reply = 'disputed'),
    FOREIGN KEY (scorecard_id, version) REFERENCES scorecard_version
);
CREATE UNIQUE INDEX review_once ON review (conversation_id, agent_id, reviewer_id, calibration_id) NULLS NOT DISTINCT;
CREATE INDEX review_of_shop ON review (shop_id, id DESC);
CREATE INDEX review_of_agent ON review (agent_id, id DESC) WHERE published_at IS NOT NULL AND calibration_id IS NULL;
CREATE INDEX review_of_calibration ON review (calibration_id) WHERE calibration_id IS NOT NULL;

CREATE TABLE tag (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    name        text NOT NULL,
    archived_at timestamptz
);
CREATE UNIQUE INDEX tag_name ON tag (shop_id, lower(name));

CREATE TABLE conversation_tag (
    conversation_id uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
    tag_id          uuid NOT NULL REFERENCES tag,
    by_id           uuid NOT NULL REFERENCES agent,
    at              timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, tag_id)
);
CREATE INDEX conversation_tag_of_tag ON conversation_tag (tag_id, conversation_id DESC);

CREATE TABLE review_rule (
    id           uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id      uuid NOT NULL REFERENCES shop,
    name         text NOT NULL,
    scorecard_id uuid NOT NULL REFERENCES scorecard,
    kind         text NOT NULL CHECK (kind IN ('share', 'per_agent_week', 'low_score', 'long_handle', 'transfers', 'reopened', 'tag')),
    amount       real NOT NULL DEFAULT 0,
    tag_id       uuid REFERENCES tag,
    queue_id     uuid REFERENCES queue,
    since        timestamptz NOT NULL,
    active       boolean NOT NULL DEFAULT true,
    weeks_done   timestamptz,
    removed_at   timestamptz,
    CHECK ((kind = 'tag') = (tag_id IS NOT NULL))
);
CREATE INDEX review_rule_of_shop ON review_rule (shop_id) WHERE removed_at IS NULL;

CREATE TABLE review_task (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    rule_id         uuid NOT NULL REFERENCES review_rule,
    at              timestamptz NOT NULL,
    reviewer_id     uuid REFERENCES agent,
    review_id       uuid REFERENCES review ON DELETE SET NULL,
    ended_at        timestamptz,
    ending          text CHECK (ending IN ('reviewed', 'dismissed')),
    UNIQUE (conversation_id, agent_id),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE INDEX review_task_open ON review_task (shop_id, id) WHERE ended_at IS NULL;
CREATE INDEX review_task_of_rule ON review_task (rule_id, agent_id);

CREATE TABLE shop_quality (
    shop_id   uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    low_score smallint CHECK (low_score BETWEEN 1 AND 4)
);

CREATE TABLE follow_up (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL UNIQUE REFERENCES conversation,
    agent_id        uuid REFERENCES agent,
    score           smallint NOT NULL,
    rated_at        timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'in_progress', 'done')),
    outcome         text CHECK (outcome IN ('solved', 'apologised', 'unreachable', 'no_action')),
    owner_id        uuid REFERENCES agent,
    note            text NOT NULL DEFAULT '',
    version         integer NOT NULL DEFAULT 1,
    changed_by      uuid REFERENCES agent,
    changed_at      timestamptz NOT NULL,
    CHECK ((state = 'done') = (outcome IS NOT NULL))
);
CREATE INDEX follow_up_of_shop ON follow_up (shop_id, id DESC);
CREATE INDEX follow_up_open ON follow_up (shop_id, id) WHERE state <> 'done';
CREATE INDEX follow_up_of_owner ON follow_up (owner_id, id) WHERE state <> 'done';

CREATE TABLE quality_due (
    id              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation_id uuid NOT NULL
);

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
