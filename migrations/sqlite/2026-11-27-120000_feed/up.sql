-- The change feed: which installation its bookmarks are of, which edits changed who sees a row, and rows in the order of
-- the entries that touched them.
ALTER TABLE ledger ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
UPDATE ledger SET epoch = lower(hex(randomblob(8)));

ALTER TABLE edits ADD COLUMN changes_access INTEGER NOT NULL DEFAULT 0;
CREATE INDEX edits_changing_access ON edits (seq, ordinal) WHERE changes_access;

CREATE INDEX areas_by_seq ON areas (seq, code);
CREATE INDEX projects_by_seq ON projects (seq, code);
CREATE INDEX milestones_by_seq ON milestones (seq, project, ordinal);
CREATE INDEX plan_items_by_seq ON plan_items (seq, code);
CREATE INDEX progress_reports_by_seq ON progress_reports (seq, id);
