-- works with: 0002_pre_routing
-- Nodes of the version before know none of these tables.

-- Two who change a rule at once: one wins, the other is told.
ALTER TABLE review_rule ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Ratings from before a limit was set are no news.
ALTER TABLE shop_quality ADD COLUMN since timestamptz;

-- What was meant by the clock on the wall, where a night had fewer or more hours than it shows.
ALTER TABLE shift ADD COLUMN wall jsonb;
