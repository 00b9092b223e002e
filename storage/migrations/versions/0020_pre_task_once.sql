-- works with: 0002_pre_routing
-- reviewed: task_once
-- Whoever lost the answer asks again: what has the same name is the same task. Nodes of the version
-- before give no names, and so break no rule.
ALTER TABLE task ADD COLUMN client_id text;
CREATE UNIQUE INDEX task_once ON task (created_by, client_id);
