-- Progress reports by the keys that make them, as corrections of earlier ones, and with the observations that
-- they speak of. A client's own id is unique for its key, whose name others may have too.
ALTER TABLE progress_reports ADD COLUMN author_key TEXT COLLATE "C";
ALTER TABLE progress_reports ADD COLUMN corrects BIGINT REFERENCES progress_reports (id);
ALTER TABLE progress_reports ADD COLUMN corrected_by BIGINT REFERENCES progress_reports (id);
UPDATE progress_reports SET author_key =
    (SELECT key_id FROM entries WHERE entries.seq = progress_reports.seq AND entries.author = progress_reports.author);
ALTER TABLE progress_reports DROP CONSTRAINT progress_reports_client;
ALTER TABLE progress_reports ADD CONSTRAINT progress_reports_client UNIQUE (author_key, client_id);
ALTER TABLE progress_reports ADD CONSTRAINT progress_reports_corrects UNIQUE (corrects);

CREATE TABLE progress_report_observations (
    progress_report BIGINT NOT NULL REFERENCES progress_reports (id),
    ordinal BIGINT NOT NULL,
    observation BIGINT NOT NULL REFERENCES observations (id),
    PRIMARY KEY (progress_report, ordinal)
);
