-- What Kefu remembers. The sum of storage/migrations makes exactly this and the functions in
-- storage/sql; a test compares.
-- Ids are uuidv7: they sort by time of creation. Times are timestamptz. Ages in ms where they are sums.

CREATE TABLE shop (
    id                uuid PRIMARY KEY DEFAULT uuidv7(),
    key               text NOT NULL UNIQUE,               -- public; stands in the embed snippet
    name              text NOT NULL,
    greeting          text,
    locale            text NOT NULL DEFAULT 'en',
    time_zone         text NOT NULL DEFAULT 'UTC',
    accent            text NOT NULL DEFAULT '#2f6f5e',
    identity_secret   text NOT NULL,                      -- HMAC and JWT key of signed identities
    identity_required boolean NOT NULL DEFAULT false,
    allowed_origins   text[] NOT NULL DEFAULT '{}',       -- exact: scheme://host[:port]
    topics            text[] NOT NULL DEFAULT '{before_purchase,order_delivery,returns,complaint,other}',
    -- {"weekly": {"1": [["09:00","18:00"]], …}} ISO weekdays, local times; past midnight "21:00"-"26:00"; null: always open
    hours             jsonb,
    agents_may_pick   boolean NOT NULL DEFAULT true,
    wait_notice_s     integer NOT NULL DEFAULT 60,        -- from here on a wait is shown as long
    wait_urgent_s     integer NOT NULL DEFAULT 180,       -- and from here on as too long
    created_at        timestamptz NOT NULL DEFAULT now(),
    -- What becomes of the conversations of an agent who is gone for so long: they stay, or wait again.
    lost_agent        text NOT NULL DEFAULT 'stay' CHECK (lost_agent IN ('stay', 'requeue')),
    lost_agent_s      integer NOT NULL DEFAULT 120 CHECK (lost_agent_s BETWEEN 10 AND 86400),
    misses_max        smallint NOT NULL DEFAULT 2 CHECK (misses_max BETWEEN 1 AND 10), -- missed in a row: not responding
    CHECK (0 < wait_notice_s AND wait_notice_s < wait_urgent_s AND wait_urgent_s <= 86400)
);

-- Opening hours for some of its queues: [{"name": …, "queues": [key, …], "weekly": …, "special": …}, …]
CREATE TABLE shop_plans (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    plans   jsonb NOT NULL
);

-- Nothing is offered to agents who have touched nothing for so many seconds; without a row it is.
CREATE TABLE shop_idle (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    after_s integer NOT NULL CHECK (after_s BETWEEN 60 AND 14400)
);

-- Who watches a conversation in these shops sees no personal data in it.
CREATE TABLE shop_blur (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE
);

-- How fast agents are at what, as it was learnt last: {agent: {skill key: speed, …}, …}
CREATE TABLE shop_speeds (
    shop_id   uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    version   bigint NOT NULL DEFAULT 1,      -- another one whenever the speeds are
    learnt_at timestamptz NOT NULL,
    speeds    jsonb NOT NULL
);

CREATE TABLE skill (
    id      uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id uuid NOT NULL REFERENCES shop,
    key     text NOT NULL,                                -- languages: 'lang:zh', 'lang:en', …
    name    text NOT NULL,
    kind    text NOT NULL DEFAULT 'skill' CHECK (kind IN ('skill', 'language')),
    UNIQUE (shop_id, key)
);

CREATE TABLE agent (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    email           text NOT NULL UNIQUE CHECK (email = lower(email)),
    name            text NOT NULL,
    password_hash   text NOT NULL,
    role            text NOT NULL DEFAULT 'agent' CHECK (role IN ('agent', 'supervisor', 'admin')),
    capacity        smallint NOT NULL DEFAULT 3,          -- units; a conversation takes as many as its queue says
    status          text NOT NULL DEFAULT 'away' CHECK (status IN ('available', 'busy', 'away')),
    status_at       timestamptz NOT NULL DEFAULT now(),
    idle_since      timestamptz NOT NULL DEFAULT now(),   -- last real contact ended, or became available
    deactivated_at  timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT agent_capacity_check CHECK (capacity BETWEEN 1 AND 100),
    assigned_at     timestamptz,                          -- last took a conversation
    misses          smallint NOT NULL DEFAULT 0,          -- offers missed in a row
    unresponsive_at timestamptz                           -- since when nothing is offered: they missed too many
);
CREATE INDEX agent_of_shop ON agent (shop_id);

-- Who touches nothing, and since when; the row goes as soon as they do.
CREATE TABLE agent_idle (
    agent_id uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
    since    timestamptz NOT NULL
);

CREATE TABLE agent_skill (
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    skill_id uuid NOT NULL REFERENCES skill ON DELETE CASCADE,
    level    smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (agent_id, skill_id)
);

CREATE TABLE agent_session (
    token_hash bytea PRIMARY KEY,                         -- sha256 of the token; the token is never stored
    agent_id   uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX agent_session_of_agent ON agent_session (agent_id);

CREATE TABLE queue (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    key             text NOT NULL,
    name            text NOT NULL,
    topics          text[] NOT NULL DEFAULT '{}',         -- topics that lead here; the queue 'general' takes the rest
    priority        smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 10),
    offer_timeout_s smallint NOT NULL DEFAULT 30 CHECK (offer_timeout_s BETWEEN 5 AND 600),
    wrap_up_s       smallint NOT NULL DEFAULT 10 CHECK (wrap_up_s BETWEEN 0 AND 3600),
    auto_accept     boolean NOT NULL DEFAULT false,
    match_language  boolean NOT NULL DEFAULT true,        -- the customer's language becomes a preferred skill
    archived_at     timestamptz,
    policy          text NOT NULL DEFAULT 'min_cost' CHECK (policy IN ('min_cost', 'least_loaded', 'longest_idle', 'round_robin', 'least_flexible', 'fastest_first', 'random')),
    target_s        integer CHECK (target_s BETWEEN 1 AND 86400),        -- answer within; urgency is wait / target
    weight          real NOT NULL DEFAULT 1 CHECK (weight > 0 AND weight <= 100), -- how much its waiting counts
    units           smallint NOT NULL DEFAULT 1 CHECK (units BETWEEN 1 AND 100),  -- of an agent's capacity, for each conversation
    per_agent_max   smallint CHECK (per_agent_max BETWEEN 1 AND 100),    -- conversations of this queue in one agent's hands
    length_max      integer CHECK (length_max BETWEEN 1 AND 1000000),    -- who comes when so many wait is told that it is full
    wait_max_s      integer CHECK (wait_max_s BETWEEN 10 AND 604800),    -- who waits so long is told so, and asked to leave a message
    sticky_s        smallint NOT NULL DEFAULT 20 CHECK (sticky_s BETWEEN 0 AND 600), -- a returning customer waits so long for their last agent
    offers_at_once  smallint NOT NULL DEFAULT 1 CHECK (offers_at_once BETWEEN 1 AND 10), -- the first to accept has it
    overflow        jsonb NOT NULL DEFAULT '[]',          -- [{"queue": id, "after_s": 60, "skip_if_empty": true}, …]: whose agents may help, from which age
    takes_transfers_when_empty boolean NOT NULL DEFAULT true, -- a transfer is queued here though nobody is there
    UNIQUE (shop_id, key)
);

CREATE TABLE queue_skill (
    queue_id uuid NOT NULL REFERENCES queue ON DELETE CASCADE,
    skill_id uuid NOT NULL REFERENCES skill ON DELETE CASCADE,
    level    smallint NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
    required boolean NOT NULL DEFAULT true,
    steps    jsonb NOT NULL DEFAULT '[]',                 -- [[after_s, level], …]: from that age so much is enough; 0: dropped
    PRIMARY KEY (queue_id, skill_id)
);

-- From so many seconds without a word on, the last of them the agent's, a conversation takes no room.
-- Null: no longer; the row stays, for how long its conversations have been quiet is to be known still.
CREATE TABLE queue_quiet (
    queue_id uuid PRIMARY KEY REFERENCES queue ON DELETE CASCADE,
    after_s  integer CHECK (after_s BETWEEN 1 AND 86400)
);

CREATE TABLE canned_reply (
    id       uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id  uuid NOT NULL REFERENCES shop,
    shortcut text NOT NULL,
    locale   text NOT NULL DEFAULT 'en',
    text     text NOT NULL,
    UNIQUE (shop_id, shortcut, locale)
);

CREATE TABLE visitor (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    external_id text,                                     -- the shop's own id; only ever set from a verified identity
    name        text,
    email       text,
    phone       text,
    locale      text,
    attributes  jsonb NOT NULL DEFAULT '{}',
    page_url    text,
    page_title  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (shop_id, external_id)
);

CREATE TABLE conversation (
    id                uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id           uuid NOT NULL REFERENCES shop,
    visitor_id        uuid NOT NULL REFERENCES visitor,
    client_id         text NOT NULL,                      -- of conversation:start; makes starting idempotent
    state             text NOT NULL CHECK (state IN ('new', 'assistant', 'queued', 'offered', 'active', 'wrap_up', 'closed')),
    epoch             integer NOT NULL DEFAULT 1,         -- + 1 with every change that others must see
    topic             text,
    locale            text,
    attributes        jsonb NOT NULL DEFAULT '{}',
    queue_id          uuid REFERENCES queue,
    agent_id          uuid REFERENCES agent,              -- offered: nobody yet; active and after: whose it is
    last_agent_id     uuid REFERENCES agent,              -- of this visitor's previous conversation: preferred
    wanted_agent_id   uuid REFERENCES agent,              -- of a transfer to a person: offered to them first
    priority          smallint NOT NULL DEFAULT 0,
    head              integer NOT NULL DEFAULT 0,         -- newest number of the public stream
    note_head         integer NOT NULL DEFAULT 0,         -- newest number of the private stream
    created_at        timestamptz NOT NULL DEFAULT now(),
    queued_at         timestamptz,                        -- the age: set once, kept through everything (P6)
    assigned_at       timestamptz,
    wrap_up_at        timestamptz,
    wrap_up_until     timestamptz,
    closed_at         timestamptz,
    closed_by         text CHECK (closed_by IN ('customer', 'agent', 'assistant', 'system')),
    outcome           text,
    -- how far each side has read
    read_customer     integer NOT NULL DEFAULT 0,
    read_agent        integer NOT NULL DEFAULT 0,
    delivered         integer NOT NULL DEFAULT 0,
    -- the newest public message, for lists
    last_at           timestamptz,
    last_sender       text,
    last_text         text,                               -- first 200 characters
    unanswered_since  timestamptz,                        -- first customer message still without a reply
    -- timing, computed when it happens
    waiting_ms        bigint,                             -- queued_at → first assignment
    first_response_ms bigint,                             -- first customer message → first agent message
    replies           integer NOT NULL DEFAULT 0,         -- runs of agent messages that answered somebody
    reply_ms_sum      bigint NOT NULL DEFAULT 0,
    reply_ms_max      bigint NOT NULL DEFAULT 0,
    customer_talk_ms  bigint NOT NULL DEFAULT 0,
    agent_talk_ms     bigint NOT NULL DEFAULT 0,
    handle_ms         bigint,                             -- assigned → closed, wrap-up included
    wrap_up_ms        bigint,
    -- satisfaction
    score             smallint CHECK (score BETWEEN 1 AND 5),
    score_comment     text,
    scored_at         timestamptz,
    emergency         boolean NOT NULL DEFAULT false,     -- goes before all others
    full_at           timestamptz,                        -- the queue was full, or the wait too long: a message was asked for
    unclaimed_at      timestamptz,                        -- everybody who could take it has declined or missed it
    eta_low_s         integer,                            -- what was first estimated, to be held against waiting_ms
    eta_high_s        integer,
    UNIQUE (visitor_id, client_id)
) WITH (fillfactor = 70);                                 -- every message updates its conversation in place
-- Who waits has an age. Old rows were not checked, so as not to hold anybody up.
ALTER TABLE conversation ADD CONSTRAINT conversation_waits_since
    CHECK (state NOT IN ('queued', 'offered') OR queued_at IS NOT NULL) NOT VALID;
-- A customer has at most one conversation that is still open (P2, D3, D14).
CREATE UNIQUE INDEX conversation_open ON conversation (visitor_id) WHERE state NOT IN ('wrap_up', 'closed');
CREATE INDEX conversation_waiting ON conversation (shop_id, queued_at, id) WHERE state IN ('queued', 'offered');
CREATE INDEX conversation_in_hand ON conversation (agent_id) WHERE state IN ('active', 'wrap_up');
CREATE INDEX conversation_closed ON conversation (shop_id, closed_at DESC, id DESC) WHERE state = 'closed';
CREATE INDEX conversation_closed_of_agent ON conversation (agent_id, closed_at DESC, id DESC) WHERE state = 'closed';
CREATE INDEX conversation_of_shop ON conversation (shop_id, created_at DESC, id DESC);
CREATE INDEX conversation_of_visitor ON conversation (visitor_id, id DESC);
CREATE INDEX conversation_wrap_up ON conversation (wrap_up_until) WHERE state = 'wrap_up';

CREATE TABLE message (
    conversation_id uuid NOT NULL REFERENCES conversation,
    private         boolean NOT NULL,                     -- two streams, each numbered without holes
    seq             integer NOT NULL,
    client_id       text NOT NULL,
    after           integer,                              -- of a note: the public number it stands behind
    sender_kind     text NOT NULL CHECK (sender_kind IN ('customer', 'agent', 'assistant', 'system')),
    sender_id       uuid,
    sender_name     text,
    text            text NOT NULL,
    notice          text,                                 -- of a system line: which one; pages translate it
    at              timestamptz NOT NULL,
    gap_ms          bigint,                               -- since the public message before it
    latency_ms      bigint,                               -- of a reply: since the first unanswered customer message
    PRIMARY KEY (conversation_id, private, seq),
    UNIQUE (conversation_id, client_id)
);

-- Every change of state, with time and actor.
CREATE TABLE conversation_event (
    id              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation_id uuid NOT NULL REFERENCES conversation,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind            text NOT NULL,                        -- started, queued, offered, accepted, declined, timed_out, transferred, closed, …
    from_state      text,
    to_state        text,
    actor_kind      text NOT NULL CHECK (actor_kind IN ('customer', 'agent', 'assistant', 'system')),
    actor_id        uuid,
    data            jsonb NOT NULL DEFAULT '{}',
    head            integer                               -- seq of the last public message before it
);
CREATE INDEX conversation_event_of ON conversation_event (conversation_id, id);

-- An offer is a lease with an expiry; its end states have names.
CREATE TABLE offer (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    made_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    end_reason      text CHECK (end_reason IN ('accepted', 'declined', 'timed_out', 'agent_lost', 'agent_away', 'customer_gone', 'rescinded')),
    decline_reason  text,
    from_agent_id   uuid REFERENCES agent,                -- of a warm transfer: who keeps the conversation until it is accepted
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX offer_live ON offer (conversation_id, agent_id) WHERE ended_at IS NULL;
CREATE INDEX offer_live_of_agent ON offer (agent_id) WHERE ended_at IS NULL;
CREATE INDEX offer_of_conversation ON offer (conversation_id, made_at);

-- Capacity as rows (P4): an offer or assignment holds one a unit; number ≤ capacity is checked when it is taken.
-- A conversation that is active and holds none of its agent's is quiet (queue_quiet).
CREATE TABLE slot (
    agent_id        uuid NOT NULL REFERENCES agent,
    number          smallint NOT NULL CHECK (number >= 1),
    conversation_id uuid NOT NULL REFERENCES conversation,
    taken_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (agent_id, number)
);
CREATE INDEX slot_of_conversation ON slot (conversation_id);

-- Why each decision was made (P8).
CREATE TABLE decision (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    conversation_id uuid NOT NULL REFERENCES conversation,
    offer_id        uuid REFERENCES offer,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    record          jsonb NOT NULL
);
CREATE INDEX decision_of_conversation ON decision (conversation_id, id);

-- What supervisors did over somebody's head, and whom they watched: who, when, why. Agents never read it.
CREATE TABLE step_in (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    at              timestamptz NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('watched', 'whispered', 'joined', 'stepped_out', 'assigned', 'requeued', 'prioritized', 'closed', 'status_set')),
    by_id           uuid NOT NULL REFERENCES agent,
    conversation_id uuid REFERENCES conversation,
    agent_id        uuid REFERENCES agent,                -- from whom it was taken, to whom it was whispered, whose status
    reason          text,
    data            jsonb NOT NULL DEFAULT '{}',
    seen_at         timestamptz,                          -- of a watch: its node was alive then, and
    ended_at        timestamptz                           -- it ended; where a node died, at seen_at
);
CREATE INDEX step_in_of_shop ON step_in (shop_id, id DESC);
CREATE INDEX step_in_of_conversation ON step_in (conversation_id, id);
CREATE INDEX step_in_watching ON step_in (by_id) WHERE kind = 'watched' AND ended_at IS NULL;

-- Who talks with a customer beside the agent who has the conversation.
CREATE TABLE participant (
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    joined_at       timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, agent_id)
);
CREATE INDEX participant_of_agent ON participant (agent_id);

-- What supervisors say to the agent of a conversation. No message: whatever reads messages cannot tell of it.
CREATE TABLE whisper (
    conversation_id uuid NOT NULL REFERENCES conversation,
    seq             integer NOT NULL,                     -- 1, 2, 3 … without holes in a conversation
    client_id       text NOT NULL,
    by_id           uuid NOT NULL REFERENCES agent,
    to_id           uuid NOT NULL REFERENCES agent,       -- who had it in hand then
    after           integer NOT NULL,                     -- the public number it stands behind
    text            text NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, seq),
    UNIQUE (conversation_id, client_id)
);

-- The routing engine of a partition runs on the node that holds its lease; an older epoch writes nothing.
CREATE TABLE partition_lease (
    partition  integer PRIMARY KEY,
    node       text NOT NULL,
    epoch      bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

-- A supervisor's question to the simulator, and its answer.
CREATE TABLE simulation (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    agent_id    uuid NOT NULL REFERENCES agent,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    request     jsonb NOT NULL,
    result      jsonb,
    error       text
);
CREATE INDEX simulation_of_shop ON simulation (shop_id, id DESC);

-- What those who lead are told of.
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
    archived_at timestamptz,
    mail_to     uuid[] NOT NULL DEFAULT '{}'              -- those who lead and are told by e-mail
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

-- Who is to work when. Moments, so that the night on which clocks change is as long as it is; `day` is
-- the shop's date on which it begins. Two shifts of somebody never overlap: writers hold the shop's row.
CREATE TABLE shift (
    id           uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id      uuid NOT NULL REFERENCES shop,
    agent_id     uuid NOT NULL REFERENCES agent,
    day          date NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    breaks_from  timestamptz[] NOT NULL DEFAULT '{}',     -- in order, inside the shift, apart from each other
    breaks_until timestamptz[] NOT NULL DEFAULT '{}',
    version      integer NOT NULL DEFAULT 1,              -- grows with every change
    changed_by   uuid NOT NULL REFERENCES agent,
    changed_at   timestamptz NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (cardinality(breaks_from) = cardinality(breaks_until)),
    wall         jsonb                                    -- [start, end, [[from, until], …]] in minutes, as it was meant
);
CREATE INDEX shift_of_shop ON shift (shop_id, day);
CREATE INDEX shift_of_agent ON shift (agent_id, starts_at);

-- Whole days on which somebody does not work, or would rather not: both days included.
CREATE TABLE time_off (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id    uuid NOT NULL REFERENCES shop,
    agent_id   uuid NOT NULL REFERENCES agent,
    first_day  date NOT NULL,
    last_day   date NOT NULL,
    starts_at  timestamptz NOT NULL,                      -- midnight before the first day
    ends_at    timestamptz NOT NULL,                      -- midnight after the last day
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
    note       text,
    asked_at   timestamptz NOT NULL,
    decided_by uuid REFERENCES agent,
    decided_at timestamptz,
    CHECK (first_day <= last_day AND starts_at < ends_at)
);
CREATE INDEX time_off_of_shop ON time_off (shop_id, ends_at);
CREATE INDEX time_off_of_agent ON time_off (agent_id, ends_at);

-- A shift is to change hands: asked, accepted by the colleague (`to_id`; null: by whoever is first),
-- approved by somebody who leads. Only then it does.
CREATE TABLE shift_swap (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    shift_id    uuid NOT NULL REFERENCES shift ON DELETE CASCADE,
    from_id     uuid NOT NULL REFERENCES agent,
    to_id       uuid REFERENCES agent,
    state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'approved', 'declined', 'refused', 'withdrawn', 'lapsed')),
    asked_at    timestamptz NOT NULL,
    answered_at timestamptz,
    decided_by  uuid REFERENCES agent,
    decided_at  timestamptz
);
CREATE INDEX shift_swap_of_shop ON shift_swap (shop_id, id DESC);
CREATE UNIQUE INDEX shift_swap_open ON shift_swap (shift_id) WHERE state IN ('asked', 'accepted');

-- Searching. Everything from here on is made from the tables above and can be made anew. No foreign
-- keys: they would lock conversations that are talked in.
-- What has something new to be found; rows are deleted in the transaction that makes it be found.
CREATE TABLE search_due (
    xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at              timestamptz NOT NULL DEFAULT now(),
    conversation_id uuid NOT NULL,
    anew            boolean NOT NULL DEFAULT false        -- not only new messages: read all of it
);
CREATE INDEX search_due_in_order ON search_due (xid);     -- to step over what is deleted but not cleaned up

-- Conversations that still change, or are not enough for a block: looked through one by one.
CREATE TABLE search_fresh (
    conversation_id uuid PRIMARY KEY,
    shop_id         uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    head            integer NOT NULL,                     -- up to these messages its words are known
    note_head       integer NOT NULL,
    words           tsvector NOT NULL
) WITH (fillfactor = 70, toast_tuple_target = 8160);
ALTER TABLE search_fresh ALTER COLUMN words SET STORAGE EXTERNAL; -- read more often than written: not compressed
CREATE INDEX search_fresh_of_shop ON search_fresh (shop_id, created_at DESC, conversation_id DESC);

-- The words of up to 32 closed conversations of a shop; a word's positions say in which of them.
CREATE TABLE search_block (
    id            bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
    shop_id       uuid NOT NULL,
    newest_at     timestamptz NOT NULL,
    oldest_at     timestamptz NOT NULL,
    conversations uuid[] NOT NULL,                        -- newest first
    words         tsvector NOT NULL
);
-- Entries are written by one job that is in no hurry; readers would have to read a list of pending ones.
CREATE INDEX search_block_words ON search_block USING gin (words) WITH (fastupdate = off);

CREATE TABLE search_place (
    conversation_id uuid PRIMARY KEY,
    block_id        bigint NOT NULL
);

-- Shops with conversations from before there was a search; those older than this are still to come.
CREATE TABLE search_backlog (
    shop_id   uuid PRIMARY KEY,
    before_at timestamptz NOT NULL DEFAULT 'infinity',
    before_id uuid NOT NULL DEFAULT 'ffffffff-ffff-ffff-ffff-ffffffffffff'
);

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
CREATE INDEX report_leg_of_agent ON report_leg (agent_id, at);
CREATE INDEX report_leg_ended ON report_leg (agent_id, ended_at);

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

-- Roll-ups of facts by days of the shop's clock; storage/sql/report_rolled.sql keeps them. What lies
-- before `since` is not in them yet; while they are stale they are of another clock, and go.
CREATE TABLE report_rolled (
    shop_id   uuid PRIMARY KEY,
    time_zone text NOT NULL,
    since     timestamptz NOT NULL,
    is_stale  boolean NOT NULL DEFAULT false
);

-- A day, as sums: of the shop (without a key), of each queue, agent, topic, channel, language, hour.
CREATE TABLE report_day (
    shop_id                uuid NOT NULL,
    axis                   text NOT NULL,
    day                    date NOT NULL,
    key                    text,
    conversations          bigint NOT NULL DEFAULT 0,
    asked                  bigint NOT NULL DEFAULT 0,
    answered               bigint NOT NULL DEFAULT 0,
    waiting                bigint NOT NULL DEFAULT 0,
    abandoned              bigint NOT NULL DEFAULT 0,
    unanswered             bigint NOT NULL DEFAULT 0,
    wait_ms                bigint NOT NULL DEFAULT 0,     -- of those who were answered
    wait_open_ms           bigint NOT NULL DEFAULT 0,
    transferred            bigint NOT NULL DEFAULT 0,
    transfers              bigint NOT NULL DEFAULT 0,
    reopened               bigint NOT NULL DEFAULT 0,
    reopenings             bigint NOT NULL DEFAULT 0,
    talks                  bigint NOT NULL DEFAULT 0,     -- that are over
    messages               bigint NOT NULL DEFAULT 0,
    stretches              bigint NOT NULL DEFAULT 0,
    first_responses        bigint NOT NULL DEFAULT 0,
    first_response_ms      bigint NOT NULL DEFAULT 0,
    first_response_open_ms bigint NOT NULL DEFAULT 0,
    answering              bigint NOT NULL DEFAULT 0,     -- stretches with replies
    replies                bigint NOT NULL DEFAULT 0,
    reply_ms               bigint NOT NULL DEFAULT 0,
    reply_open_ms          bigint NOT NULL DEFAULT 0,
    agent_talks            bigint NOT NULL DEFAULT 0,
    agent_talk_ms          bigint NOT NULL DEFAULT 0,
    customer_talks         bigint NOT NULL DEFAULT 0,
    customer_talk_ms       bigint NOT NULL DEFAULT 0,
    handled                bigint NOT NULL DEFAULT 0,
    handle_ms              bigint NOT NULL DEFAULT 0,
    wrap_ups               bigint NOT NULL DEFAULT 0,
    wrap_up_ms             bigint NOT NULL DEFAULT 0,
    scored                 bigint NOT NULL DEFAULT 0,
    scores                 bigint NOT NULL DEFAULT 0,
    scores_squared         bigint NOT NULL DEFAULT 0,
    rateable               bigint NOT NULL DEFAULT 0,     -- last stretches of what was closed
    rated                  bigint NOT NULL DEFAULT 0,
    asked_agents           bigint NOT NULL DEFAULT 0,     -- offers, and questions of colleagues
    offers                 bigint NOT NULL DEFAULT 0,
    offers_accepted        bigint NOT NULL DEFAULT 0,
    offers_declined        bigint NOT NULL DEFAULT 0,
    offers_missed          bigint NOT NULL DEFAULT 0,
    UNIQUE NULLS NOT DISTINCT (shop_id, axis, day, key)
);

-- Histograms: of days for the shop, of months for all else; bins as `report_bin_of` makes them.
CREATE TABLE report_bin (
    shop_id uuid NOT NULL,
    axis    text NOT NULL,
    since   date NOT NULL,
    key     text,
    measure text NOT NULL,
    bin     smallint NOT NULL,
    n       integer NOT NULL,
    UNIQUE NULLS NOT DISTINCT (shop_id, axis, since, measure, bin, key)
);

-- How long an agent had at least one conversation that was taken on a day.
CREATE TABLE report_busy (
    shop_id  uuid NOT NULL,
    axis     text NOT NULL,
    day      date NOT NULL,
    key      text,
    agent_id uuid NOT NULL,
    busy_ms  bigint NOT NULL,
    UNIQUE NULLS NOT DISTINCT (shop_id, axis, day, key, agent_id)
);
CREATE INDEX report_busy_of_agent ON report_busy (agent_id, day);

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

-- What agents were ready for, from when until when; the last state of each has no end yet.
CREATE TABLE agent_state (
    shop_id  uuid NOT NULL REFERENCES shop,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    state    text NOT NULL CHECK (state IN ('available', 'busy', 'away', 'unresponsive')),
    since    timestamptz NOT NULL,
    until    timestamptz
);
CREATE UNIQUE INDEX agent_state_now ON agent_state (agent_id) WHERE until IS NULL;
CREATE INDEX agent_state_of_shop ON agent_state (shop_id, until, since);

-- When an agent was connected to a node. While they are, the node says again and again until when it
-- vouches for them, so that an end is known even of a node that died.
CREATE TABLE agent_presence (
    shop_id  uuid NOT NULL REFERENCES shop,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    node     text NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL
);
CREATE INDEX agent_presence_of_agent ON agent_presence (agent_id, node, until);
CREATE INDEX agent_presence_of_shop ON agent_presence (shop_id, until);

-- Quality. By what reviews judge; `version` is the newest of its versions.
CREATE TABLE scorecard (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id     uuid NOT NULL REFERENCES shop,
    name        text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    archived_at timestamptz,
    UNIQUE (shop_id, name)
);

-- What a scorecard asks. It never changes: a review keeps the version it was made with.
-- [{"key": …, "text": …, "help": …, "scale": 2-5, "weight": …, "critical": …, "optional": …}, …]
CREATE TABLE scorecard_version (
    scorecard_id uuid NOT NULL REFERENCES scorecard,
    version      integer NOT NULL,
    made_at      timestamptz NOT NULL,
    made_by      uuid NOT NULL REFERENCES agent,
    pass_mark    smallint NOT NULL CHECK (pass_mark BETWEEN 0 AND 100), -- a score below it has not passed
    questions    jsonb NOT NULL,
    PRIMARY KEY (scorecard_id, version)
);

-- Several judge the same, each blind to the others until it is closed.
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

-- What somebody who leads says of one agent's part in a conversation; a draft until it is published.
-- answers: {question: {"step": 1…scale or null: does not apply, "comment": …}, …}
CREATE TABLE review (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL REFERENCES conversation,
    agent_id        uuid NOT NULL REFERENCES agent,
    reviewer_id     uuid NOT NULL REFERENCES agent,
    scorecard_id    uuid NOT NULL,
    version         integer NOT NULL,
    calibration_id  uuid REFERENCES calibration,          -- then the agent never sees it
    answers         jsonb NOT NULL DEFAULT '{}',
    note            text NOT NULL DEFAULT '',
    score           real CHECK (score BETWEEN 0 AND 100), -- null: nothing applied, or still a draft
    passed          boolean,
    failed_on       text,                                 -- the critical question that failed it all
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
    first_answers   jsonb,                                -- as published, where a dispute changed them
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

-- What conversations are about, in the shop's own words.
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

-- Which conversations are to be reviewed, from `since` on. amount: a share of 1, a number a week, a score, seconds, or a count.
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
    weeks_done   timestamptz,                             -- of per_agent_week: until when weeks were drawn
    removed_at   timestamptz,
    CHECK ((kind = 'tag') = (tag_id IS NOT NULL)),
    version      integer NOT NULL DEFAULT 1
);
CREATE INDEX review_rule_of_shop ON review_rule (shop_id) WHERE removed_at IS NULL;

-- What rules chose, each agent's part once; who takes one reviews it.
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

-- From which rating down somebody sees to it; null: never, without a row: 2.
CREATE TABLE shop_quality (
    shop_id   uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    low_score smallint CHECK (low_score BETWEEN 1 AND 4),
    since     timestamptz                                 -- ratings from before are left alone
);

-- Whoever was unhappy, and who sees to it.
CREATE TABLE follow_up (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id         uuid NOT NULL REFERENCES shop,
    conversation_id uuid NOT NULL UNIQUE REFERENCES conversation,
    agent_id        uuid REFERENCES agent,                -- who had it last
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

-- Conversations that have ended or were rated; rows are deleted in the transaction that judges them.
CREATE TABLE quality_due (
    id              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation_id uuid NOT NULL
);

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
    client_id           text,                                   -- named by who made it: asked for again it is the same
    CHECK (state <> 'due' OR due_conversation_id IS NOT NULL)
);
CREATE UNIQUE INDEX task_once ON task (created_by, client_id);
CREATE INDEX task_coming ON task (due_at, id) WHERE state = 'open';
CREATE INDEX task_to_do ON task (shop_id, due_at, id) WHERE state IN ('open', 'due');
CREATE INDEX task_ended ON task (shop_id, done_at DESC, id DESC) WHERE state IN ('done', 'cancelled');
CREATE INDEX task_of_conversation ON task (conversation_id, due_at);
CREATE INDEX task_due_in ON task (due_conversation_id) WHERE due_conversation_id IS NOT NULL;
CREATE INDEX task_of_creator ON task (created_by) WHERE state IN ('open', 'due');
CREATE INDEX task_of_assignee ON task (assignee_id) WHERE state IN ('open', 'due');
CREATE INDEX task_untold ON task (due_at, id) WHERE state = 'due' AND told_at IS NULL;

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
    by_schedule boolean NOT NULL DEFAULT false,           -- a report for those on its list, as long as they are
    CHECK (num_nonnulls(rule_id, report_id) = 1)
);
CREATE INDEX mail_due ON mail (due_at) WHERE ended_at IS NULL;
CREATE INDEX mail_of_rule ON mail (rule_id, to_id, id DESC) WHERE rule_id IS NOT NULL;
CREATE INDEX mail_of_report ON mail (report_id, id DESC) WHERE report_id IS NOT NULL;
CREATE INDEX mail_ended ON mail (ended_at);
