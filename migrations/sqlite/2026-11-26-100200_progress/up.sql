-- Progress reports by the keys that make them, as corrections of earlier ones, and with the observations that
-- they speak of. A client's own id is unique for its key, whose name others may have too.
-- A constraint of a table changes with the table: what refers to its rows is set aside meanwhile.
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
    author_key TEXT,
    client_id TEXT,
    corrects INTEGER REFERENCES progress_reports_anew (id),
    corrected_by INTEGER REFERENCES progress_reports_anew (id),
    recorded_at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT progress_reports_subject CHECK ((project IS NULL) <> (plan_item IS NULL)),
    CONSTRAINT progress_reports_progress CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT progress_reports_client UNIQUE (author_key, client_id),
    CONSTRAINT progress_reports_corrects UNIQUE (corrects)
) STRICT;
INSERT INTO progress_reports_anew
    (id, project, plan_item, as_of, progress, text, problems, next_step, author, author_key, client_id,
     recorded_at, seq, updated_at)
SELECT id, project, plan_item, as_of, progress, text, problems, next_step, author,
    (SELECT key_id FROM entries WHERE entries.seq = progress_reports.seq AND entries.author = progress_reports.author),
    client_id, recorded_at, seq, updated_at
FROM progress_reports;
DROP TABLE progress_reports;
ALTER TABLE progress_reports_anew RENAME TO progress_reports;
CREATE INDEX progress_reports_by_project ON progress_reports (project, as_of, id);
CREATE INDEX progress_reports_by_plan_item ON progress_reports (plan_item, as_of, id);

INSERT INTO progress_report_attachments SELECT * FROM set_aside;
DROP TABLE set_aside;

CREATE TABLE progress_report_observations (
    progress_report INTEGER NOT NULL REFERENCES progress_reports (id),
    ordinal INTEGER NOT NULL,
    observation INTEGER NOT NULL REFERENCES observations (id),
    PRIMARY KEY (progress_report, ordinal)
) STRICT;
