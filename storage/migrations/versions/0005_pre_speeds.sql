-- works with: 0002_pre_routing
-- How fast agents are at what, as the routing learnt it, where every node reads it. Nodes of the
-- version before learn for themselves and overlook it.

CREATE TABLE shop_speeds (
    shop_id   uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE,
    version   bigint NOT NULL DEFAULT 1,
    learnt_at timestamptz NOT NULL,
    speeds    jsonb NOT NULL
);
