-- The change feed: which installation its bookmarks are of, which edits changed who sees a row, and rows in the order of
-- the entries that touched them.
ALTER TABLE ledger ADD COLUMN epoch TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE ledger SET epoch = substr(md5(random()::text || clock_timestamp()::text), 1, 16);

ALTER TABLE edits ADD COLUMN changes_access BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX edits_changing_access ON edits (seq, ordinal) WHERE changes_access;

CREATE INDEX areas_by_seq ON areas (seq, code);
CREATE INDEX projects_by_seq ON projects (seq, code);
CREATE INDEX milestones_by_seq ON milestones (seq, project, ordinal);
CREATE INDEX plan_items_by_seq ON plan_items (seq, code);
CREATE INDEX progress_reports_by_seq ON progress_reports (seq, id);
