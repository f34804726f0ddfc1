-- What people hand in: progress reports with attachments, submissions; and the keys they hold.
CREATE TABLE progress_reports (
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
CREATE INDEX progress_reports_by_project ON progress_reports (project, as_of, id);
CREATE INDEX progress_reports_by_plan_item ON progress_reports (plan_item, as_of, id);

CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    author TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT attachments_sha256 CHECK (length(sha256) = 64),
    CONSTRAINT attachments_size CHECK (size_bytes > 0)
) STRICT;
CREATE INDEX attachments_by_content ON attachments (sha256);

CREATE TABLE progress_report_attachments (
    progress_report INTEGER NOT NULL REFERENCES progress_reports (id),
    ordinal INTEGER NOT NULL,
    attachment TEXT NOT NULL REFERENCES attachments (id),
    PRIMARY KEY (progress_report, ordinal)
) STRICT;
CREATE INDEX progress_report_attachments_by_attachment ON progress_report_attachments (attachment);

CREATE TABLE submissions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    area INTEGER NOT NULL REFERENCES areas (code),
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    updated_at TEXT NOT NULL,
    CONSTRAINT submissions_state CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'withdrawn'))
) STRICT;
CREATE INDEX submissions_by_area ON submissions (area, state);

CREATE TABLE submission_items (
    submission INTEGER NOT NULL REFERENCES submissions (id),
    row_number INTEGER NOT NULL,
    observation TEXT NOT NULL,
    PRIMARY KEY (submission, row_number),
    CONSTRAINT submission_items_row CHECK (row_number >= 1)
) STRICT;

CREATE TABLE submission_events (
    submission INTEGER NOT NULL REFERENCES submissions (id),
    ordinal INTEGER NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    comment TEXT,
    at TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (submission, ordinal)
) STRICT;

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    area INTEGER REFERENCES areas (code),
    hash TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    CONSTRAINT api_keys_hash UNIQUE (hash),
    CONSTRAINT api_keys_role CHECK (role IN ('reader', 'reporter', 'reviewer', 'editor', 'admin'))
) STRICT;
