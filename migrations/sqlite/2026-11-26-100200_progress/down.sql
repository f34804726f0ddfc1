DROP TABLE progress_report_observations;

CREATE TABLE set_aside AS SELECT * FROM progress_report_attachments;
DELETE FROM progress_report_attachments;

CREATE TABLE progress_reports_anew (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project TEXT REFERENCES projects (code),
    plan_item TEXT REFERENCES plan_items (code),
    as_of TEXT NOT NULL,
    progress INTEGER,
    text TEXT,
    problems TEXT,
    next_step TEXT,
    author TEXT NOT NULL,
    client_id TEXT,
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT progress_reports_subject CHECK ((project IS NULL) <> (plan_item IS NULL)),
    CONSTRAINT progress_reports_progress CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT progress_reports_client UNIQUE (author, client_id)
) STRICT;
-- Keys of one name may have given one id each: the first keeps it.
INSERT INTO progress_reports_anew
SELECT id, project, plan_item, as_of, progress, text, problems, next_step, author,
    CASE WHEN id IN (SELECT min(id) FROM progress_reports GROUP BY author, client_id) THEN client_id END,
    recorded_at, seq, updated_at
FROM progress_reports;
UPDATE progress_reports SET corrects = NULL, corrected_by = NULL;
DROP TABLE progress_reports;
ALTER TABLE progress_reports_anew RENAME TO progress_reports;
CREATE INDEX progress_reports_by_project ON progress_reports (project, as_of, id);
CREATE INDEX progress_reports_by_plan_item ON progress_reports (plan_item, as_of, id);

INSERT INTO progress_report_attachments SELECT * FROM set_aside;
DROP TABLE set_aside;
