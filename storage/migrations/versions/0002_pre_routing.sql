-- Skills relax with age, queues overflow and have limits, offers may go to several, people step in.

ALTER TABLE shop
    ADD COLUMN lost_agent text NOT NULL DEFAULT 'stay' CHECK (lost_agent IN ('stay', 'requeue')),
    ADD COLUMN lost_agent_s integer NOT NULL DEFAULT 120 CHECK (lost_agent_s BETWEEN 10 AND 86400),
    ADD COLUMN misses_max smallint NOT NULL DEFAULT 2 CHECK (misses_max BETWEEN 1 AND 10);

ALTER TABLE agent
    DROP CONSTRAINT agent_capacity_check,
    ADD CONSTRAINT agent_capacity_check CHECK (capacity BETWEEN 1 AND 100),
    ADD COLUMN assigned_at timestamptz,
    ADD COLUMN misses smallint NOT NULL DEFAULT 0,
    ADD COLUMN unresponsive_at timestamptz;

ALTER TABLE queue
    ADD COLUMN policy text NOT NULL DEFAULT 'min_cost' CHECK (policy IN ('min_cost', 'least_loaded', 'longest_idle', 'round_robin', 'least_flexible', 'fastest_first', 'random')),
    ADD COLUMN target_s integer CHECK (target_s BETWEEN 1 AND 86400),
    ADD COLUMN weight real NOT NULL DEFAULT 1 CHECK (weight > 0 AND weight <= 100),
    ADD COLUMN units smallint NOT NULL DEFAULT 1 CHECK (units BETWEEN 1 AND 100),
    ADD COLUMN per_agent_max smallint CHECK (per_agent_max BETWEEN 1 AND 100),
    ADD COLUMN length_max integer CHECK (length_max BETWEEN 1 AND 1000000),
    ADD COLUMN wait_max_s integer CHECK (wait_max_s BETWEEN 10 AND 604800),
    ADD COLUMN sticky_s smallint NOT NULL DEFAULT 20 CHECK (sticky_s BETWEEN 0 AND 600),
    ADD COLUMN offers_at_once smallint NOT NULL DEFAULT 1 CHECK (offers_at_once BETWEEN 1 AND 10),
    ADD COLUMN overflow jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN takes_transfers_when_empty boolean NOT NULL DEFAULT true;

ALTER TABLE queue_skill
    ADD COLUMN steps jsonb NOT NULL DEFAULT '[]';

ALTER TABLE conversation
    ADD COLUMN emergency boolean NOT NULL DEFAULT false,
    ADD COLUMN full_at timestamptz,
    ADD COLUMN unclaimed_at timestamptz,
    ADD COLUMN eta_low_s integer,
    ADD COLUMN eta_high_s integer;

ALTER TABLE offer
    ADD COLUMN from_agent_id uuid REFERENCES agent;
DROP INDEX offer_live;
CREATE UNIQUE INDEX offer_live ON offer (conversation_id, agent_id) WHERE ended_at IS NULL;

ALTER TABLE slot
    DROP CONSTRAINT slot_conversation_id_key;
CREATE INDEX slot_of_conversation ON slot (conversation_id);

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
