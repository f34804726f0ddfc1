DROP TABLE period_locks;
DROP INDEX submissions_by_author;
ALTER TABLE submission_events DROP COLUMN row_comments;
ALTER TABLE submission_events DROP COLUMN author_key;
ALTER TABLE submissions DROP COLUMN checks;
ALTER TABLE submissions DROP COLUMN reason;
ALTER TABLE submissions DROP COLUMN author_key;
