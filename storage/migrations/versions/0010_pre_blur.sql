-- works with: 0002_pre_routing
-- Shops in which whoever watches sees no personal data. A table, not a column: nodes of the version
-- before read all columns.

CREATE TABLE shop_blur (
    shop_id uuid PRIMARY KEY REFERENCES shop ON DELETE CASCADE
);

CREATE INDEX step_in_watching ON step_in (by_id) WHERE kind = 'watched' AND ended_at IS NULL;
