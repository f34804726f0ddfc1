DROP TABLE progress_report_observations;
ALTER TABLE progress_reports DROP CONSTRAINT progress_reports_corrects;
ALTER TABLE progress_reports DROP CONSTRAINT progress_reports_client;
-- Keys of one name may have given one id each: the first keeps it.
UPDATE progress_reports SET client_id = NULL
WHERE id NOT IN (SELECT min(id) FROM progress_reports GROUP BY author, client_id);
ALTER TABLE progress_reports ADD CONSTRAINT progress_reports_client UNIQUE (author, client_id);
ALTER TABLE progress_reports DROP COLUMN corrected_by;
ALTER TABLE progress_reports DROP COLUMN corrects;
ALTER TABLE progress_reports DROP COLUMN author_key;
