DROP INDEX progress_reports_by_seq;
DROP INDEX plan_items_by_seq;
DROP INDEX milestones_by_seq;
DROP INDEX projects_by_seq;
DROP INDEX areas_by_seq;
DROP INDEX edits_changing_access;
ALTER TABLE edits DROP COLUMN changes_access;
ALTER TABLE ledger DROP COLUMN epoch;
