DROP TABLE idempotency;
DROP INDEX revisions_by_release;
DROP INDEX entries_by_time;
DROP INDEX entries_by_author;
DROP INDEX edits_by_area;
ALTER TABLE edits DROP COLUMN area;
ALTER TABLE entries DROP COLUMN key_id;
