-- works with: 0002_pre_routing
-- The plan of work: shifts, time off, and shifts that change hands. Nodes of the version before
-- overlook the tables.

CREATE TABLE shift (
    id           uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id      uuid NOT NULL REFERENCES shop,
    agent_id     uuid NOT NULL REFERENCES agent,
    day          date NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    breaks_from  timestamptz[] NOT NULL DEFAULT '{}',
    breaks_until timestamptz[] NOT NULL DEFAULT '{}',
    version      integer NOT NULL DEFAULT 1,
    changed_by   uuid NOT NULL REFERENCES agent,
    changed_at   timestamptz NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (cardinality(breaks_from) = cardinality(breaks_until))
);
CREATE INDEX shift_of_shop ON shift (shop_id, day);
CREATE INDEX shift_of_agent ON shift (agent_id, starts_at);

CREATE TABLE time_off (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    shop_id    uuid NOT NULL REFERENCES shop,
    agent_id   uuid NOT NULL REFERENCES agent,
    first_day  date NOT NULL,
    last_day   date NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
    note       text,
    asked_at   timestamptz NOT NULL,
    decided_by uuid REFERENCES agent,
    decided_at timestamptz,
    CHECK (first_day <= last_day AND starts_at < ends_at)
);
CREATE INDEX time_off_of_shop ON time_off (shop_id, ends_at);
CREATE INDEX time_off_of_agent ON time_off (agent_id, ends_at);

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
